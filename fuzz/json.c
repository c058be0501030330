/* SPDX-License-Identifier: MIT */
/*
 * json.c - JSON text from a stranger becomes a value, prints, and reads back as the same value.
 */
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yata_str json = {(const char *)data, size};
    yata_buffer bytes, text, again, reprinted;
    yata_buffer_init(&bytes, &allocator);
    yata_buffer_init(&text, &allocator);
    yata_buffer_init(&again, &allocator);
    yata_buffer_init(&reprinted, &allocator);
    yata_value value;
    yata_fault fault;

    if (yata_value_from_json(json, &bytes, &value, &fault) == YATA_OK) {
        REQUIRE(yata_value_to_json(&value, &text) == YATA_OK);
        yata_value second;
        REQUIRE(yata_value_from_json(str_from(bytes_of(&text)), &again, &second, NULL) == YATA_OK);
        REQUIRE(yata_value_to_json(&second, &reprinted) == YATA_OK);
        require_equal("a value, and what was read from its text", &text, &reprinted);
    } else {
        REQUIRE(fault.status != YATA_OK && fault.offset <= size && bytes.len == 0);
    }
    yata_buffer_free(&reprinted);
    yata_buffer_free(&again);
    yata_buffer_free(&text);
    yata_buffer_free(&bytes);
    REQUIRE(memory.live == 0);
    return 0;
}
