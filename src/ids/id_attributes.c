/* SPDX-License-Identifier: MIT */
/*
 * id_attributes.c - the book of an id map: its names, attributes and lists of attributes, each once.
 *
 * A list is the string of the numbers of its attributes, so that equal lists are one number and a run needs 12 bytes.
 * Questions about sets (is it in there?) are answered by marks: each question has a number, and an attribute that was
 * met has it.
 *
 * Invariant: a list names no attribute twice; `marks` has a place for each attribute.
 */
#include "ids/id_map.h"
#include "base/config.h"

void yt_attr_book_free(yt_mem *mem, yt_attr_book *book) {
    yt_strings_free(mem, &book->names);
    yt_strings_free(mem, &book->attributes);
    yt_strings_free(mem, &book->lists);
    yt_vec_free(mem, &book->marks);
    memset(book, 0, sizeof *book);
}

yata_str yt_attr_list(const yt_attr_book *book, uint32_t list, uint32_t *count) {
    yata_str numbers = yt_strings_get(&book->lists, list);
    *count = (uint32_t)(numbers.len / 4);
    return numbers;
}

yata_str yt_attr_name(const yt_attr_book *book, uint32_t attribute, uint32_t *name) {
    uint32_t number;
    memcpy(&number, yt_strings_get(&book->attributes, attribute).data, 4);
    if (name) *name = number;
    return yt_strings_get(&book->names, number);
}

yata_bytes yt_attr_value(const yt_attr_book *book, uint32_t attribute) {
    yata_str both = yt_strings_get(&book->attributes, attribute);
    return (yata_bytes){(const uint8_t *)both.data + 4, both.len - 4};
}

uint32_t yt_attr_intern(yt_mem *mem, yt_attr_book *book, yata_str name, yata_bytes any) {
    uint32_t number = yt_strings_intern(mem, &book->names, name);
    if (number == YT_NONE || !yt_vec_reserve(mem, &book->marks, 1)) return YT_NONE;
    yt_writer both;
    yt_writer_init(&both, mem);
    yt_write_bytes(&both, &number, 4);
    yt_write_bytes(&both, any.data, any.len);
    uint32_t attribute = YT_NONE, before = book->attributes.len;
    if (!both.failed)
        attribute = yt_strings_intern(mem, &book->attributes, (yata_str){(const char *)both.data, both.len});
    yt_writer_free(&both);
    if (book->attributes.len > before) yt_vec_put(&book->marks, 0);
    return attribute;
}

static uint32_t next_question(yt_attr_book *book) {
    if (++book->question == 0) { /* old marks would be taken for new ones */
        memset(book->marks.data, 0, book->marks.len * sizeof *book->marks.data);
        book->question = 1;
    }
    return book->question;
}

uint32_t yt_attr_intern_list(yt_mem *mem, yt_attr_book *book, const uint32_t *attributes, uint32_t count) {
    uint32_t question = next_question(book), *once = NULL, n = 0;
    if (count) once = yt_alloc(mem, count * sizeof *once);
    if (count && !once) return YT_NONE;
    for (uint32_t i = 0; i < count; i++) {
        if (book->marks.data[attributes[i]] == question) continue;
        book->marks.data[attributes[i]] = question;
        once[n++] = attributes[i];
    }
    uint32_t list = yt_strings_intern(mem, &book->lists, (yata_str){(const char *)once, n * sizeof *once});
    yt_free(mem, once, count * sizeof *once);
    return list;
}

uint32_t yt_attr_join(yt_mem *mem, yt_attr_book *book, uint32_t a, uint32_t b) {
    if (a == b) return a;
    uint32_t a_count, b_count;
    yata_str first = yt_attr_list(book, a, &a_count), second = yt_attr_list(book, b, &b_count);
    if (!b_count) return a;
    if (!a_count) return b;
    uint32_t *both = yt_alloc(mem, ((size_t)a_count + b_count) * sizeof *both);
    if (!both) return YT_NONE;
    memcpy(both, first.data, first.len);
    memcpy(both + a_count, second.data, second.len);
    uint32_t list = yt_attr_intern_list(mem, book, both, a_count + b_count);
    yt_free(mem, both, ((size_t)a_count + b_count) * sizeof *both);
    return list;
}

bool yt_attr_same(yt_attr_book *book, uint32_t a, uint32_t b) {
    if (a == b) return true;
    uint32_t a_count, b_count, question;
    yata_str first = yt_attr_list(book, a, &a_count), second = yt_attr_list(book, b, &b_count);
    if (a_count != b_count) return false;
    question = next_question(book);
    for (uint32_t i = 0; i < a_count; i++) book->marks.data[yt_attr_at(first, i)] = question;
    for (uint32_t i = 0; i < b_count; i++)
        if (book->marks.data[yt_attr_at(second, i)] != question) return false;
    return true;
}
