/* SPDX-License-Identifier: MIT */
/*
 * sort.c - heapsort.
 *
 * Chosen over quicksort for its worst case (peers choose the order of clients in an update) and over merge sort
 * because it needs no memory that could fail. What is sorted is short: clients, not items.
 */
#include "base/sort.h"
#include "base/config.h"

typedef struct heap {
    unsigned char *base;
    size_t element;
    bool (*before)(const void *a, const void *b);
} heap;

static void *at(const heap *h, size_t i) {
    return h->base + i * h->element;
}

static void swap(const heap *h, size_t a, size_t b) {
    unsigned char kept[YT_SORT_ELEMENT];
    memcpy(kept, at(h, a), h->element);
    memcpy(at(h, a), at(h, b), h->element);
    memcpy(at(h, b), kept, h->element);
}

/* Moves element i down until none of its children comes after it. */
static void sift(const heap *h, size_t i, size_t n) {
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= n) return;
        if (child + 1 < n && h->before(at(h, child), at(h, child + 1))) child++;
        if (!h->before(at(h, i), at(h, child))) return;
        swap(h, i, child);
        i = child;
    }
}

void yt_sort(void *array, size_t n, size_t element, bool (*before)(const void *a, const void *b)) {
    YT_ASSERT(element <= YT_SORT_ELEMENT);
    heap h = {array, element, before};
    size_t sorted = 1;
    while (sorted < n && !before(at(&h, sorted), at(&h, sorted - 1))) sorted++;
    if (sorted >= n) return;
    for (size_t i = n / 2; i-- > 0;) sift(&h, i, n);
    for (size_t left = n - 1; left > 0; left--) {
        swap(&h, 0, left);
        sift(&h, 0, left);
    }
}
