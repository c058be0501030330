/* SPDX-License-Identifier: MIT */
/* sort.c - heapsort against counting, for every small order and some long ones. */
#include "base/sort.h"
#include "harness/random.h"
#include <criterion/criterion.h>

static uint32_t compared;

static bool smaller(const void *a, const void *b) {
    compared++;
    return *(const uint32_t *)a < *(const uint32_t *)b;
}

static void check_sorted(const uint32_t *numbers, size_t n, uint64_t sum) {
    for (size_t i = 0; i < n; i++) {
        cr_assert(i == 0 || numbers[i - 1] <= numbers[i]);
        sum -= numbers[i];
    }
    cr_assert_eq(sum, 0);
}

Test(sort, every_order_of_five) {
    for (uint32_t code = 0; code < 5 * 5 * 5 * 5 * 5; code++) {
        uint32_t numbers[5], rest = code;
        uint64_t sum = 0;
        for (uint32_t i = 0; i < 5; i++, rest /= 5) sum += numbers[i] = rest % 5;
        yt_sort(numbers, 5, sizeof *numbers, smaller);
        check_sorted(numbers, 5, sum);
    }
}

Test(sort, nothing_and_one) {
    uint32_t number = 3;
    yt_sort(NULL, 0, sizeof number, smaller);
    yt_sort(&number, 1, sizeof number, smaller);
    cr_assert_eq(number, 3);
}

Test(sort, sorted_input_costs_one_look_each) {
    uint32_t numbers[1000];
    for (uint32_t i = 0; i < 1000; i++) numbers[i] = i;
    compared = 0;
    yt_sort(numbers, 1000, sizeof *numbers, smaller);
    cr_assert_eq(compared, 999);
}

Test(sort, hostile_orders_stay_n_log_n) {
    static uint32_t numbers[20000];
    rng r = rng_from(3);
    for (uint32_t order = 0; order < 4; order++) {
        uint64_t sum = 0;
        for (uint32_t i = 0; i < 20000; i++) {
            uint32_t shapes[] = {20000 - i, i % 3, i < 10000 ? i : 20000 - i, rng_below(&r, 500)};
            sum += numbers[i] = shapes[order];
        }
        compared = 0;
        yt_sort(numbers, 20000, sizeof *numbers, smaller);
        check_sorted(numbers, 20000, sum);
        cr_assert_lt(compared, 20000 * 15 * 3);
    }
}

typedef struct wide {
    uint32_t key;
    uint8_t body[YT_SORT_ELEMENT - 4];
} wide;

Test(sort, elements_move_whole) {
    wide list[50];
    for (uint32_t i = 0; i < 50; i++) {
        list[i].key = i * 37 % 50;
        memset(list[i].body, (int)list[i].key, sizeof list[i].body);
    }
    yt_sort(list, 50, sizeof *list, smaller);
    for (uint32_t i = 0; i < 50; i++) {
        cr_assert_eq(list[i].key, i);
        for (size_t k = 0; k < sizeof list[i].body; k++) cr_assert_eq(list[i].body[k], i);
    }
}
