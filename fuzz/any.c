/* SPDX-License-Identifier: MIT */
/*
 * any.c - the same bytes as a lib0 value, as JSON text and as a number, below the public interface.
 *
 * What was read becomes canonical, and canonical bytes stay as they are; what was printed as JSON reads back and prints
 * as the same; without memory nothing is half done. Numbers are compared with strtod.
 */
#include "base/number.h"
#include "target.h"
#include "wire/any.h"

static yata_bytes written(const yt_writer *w) {
    return (yata_bytes){w->data, w->len};
}

/* Exactly one value, which is returned in canonical form. */
static yt_writer canonical_of(yt_mem *mem, yata_bytes bytes) {
    yt_reader r;
    yt_writer w;
    bool canonical;
    yt_reader_init(&r, bytes.data, bytes.len);
    yata_bytes any = yt_any_read(&r, mem->keep_floats, &canonical);
    REQUIRE(yt_reader_ok(&r) && bytes_equal(any, bytes));
    REQUIRE(yt_any_skip(any.data, r.end) == r.end);
    yt_writer_init(&w, mem);
    yt_any_write_canonical(&w, any);
    REQUIRE(!w.failed);
    if (canonical) REQUIRE(bytes_equal(written(&w), bytes));
    return w;
}

static yt_writer json_of(yt_mem *mem, yata_bytes any) {
    yt_writer w;
    yt_writer_init(&w, mem);
    yt_any_to_json(&w, any);
    REQUIRE(!w.failed);
    return w;
}

/* Reads JSON text that Yata printed. False: the objects that stand for binary nest it too deep. */
static bool reads_back(yt_writer *w, yata_bytes json) {
    yt_reader r;
    yt_reader_init(&r, json.data, json.len);
    yt_json_read(&r, w);
    REQUIRE(yt_reader_ok(&r) || (r.fault.status == YATA_ERR_LIMIT && w->len == 0));
    return yt_reader_ok(&r);
}

/* A value without what JSON lacks prints and reads for ever as the same. */
static void require_stable_json(yt_mem *mem, yata_bytes any) {
    yt_writer first = json_of(mem, any), second, third;
    yt_writer_init(&second, mem);
    yt_writer_init(&third, mem);
    if (reads_back(&second, written(&first))) {
        yt_writer canonical = canonical_of(mem, written(&second)), again = json_of(mem, written(&second));
        REQUIRE(bytes_equal(written(&canonical), written(&second)));
        REQUIRE(reads_back(&third, written(&again)));
        REQUIRE(bytes_equal(written(&second), written(&third)));
        yt_writer_free(&canonical);
        yt_writer_free(&again);
    }
    yt_writer_free(&first);
    yt_writer_free(&second);
    yt_writer_free(&third);
}

/* What a caller gets and gives back is the same value; NaN has one form then. */
static void require_same_view(yt_mem *mem, yata_bytes any) {
    yata_value value;
    yt_writer w;
    yt_writer_init(&w, mem);
    yt_any_view(any, &value);
    REQUIRE(yt_any_write_value(&w, &value) == YATA_OK);
    bool nan = value.kind == YATA_VALUE_FLOAT && value.u.number != value.u.number;
    REQUIRE(nan || bytes_equal(written(&w), any));
    yt_writer_free(&w);
}

static void as_value(yt_mem *mem, const uint8_t *data, size_t size) {
    yt_reader r;
    bool canonical;
    yt_reader_init(&r, data, size);
    yata_bytes any = yt_any_read(&r, mem->keep_floats, &canonical);
    if (!yt_reader_ok(&r)) {
        REQUIRE(!canonical && any.len == 0 && r.fault.offset <= size);
        return;
    }
    yt_writer once = canonical_of(mem, any), twice = canonical_of(mem, written(&once));
    REQUIRE(bytes_equal(written(&once), written(&twice)));
    if (!mem->keep_floats) require_same_view(mem, written(&once));
    require_stable_json(mem, written(&once));
    yt_writer_free(&once);
    yt_writer_free(&twice);
}

static void as_json(yt_mem *mem, const uint8_t *data, size_t size) {
    yt_reader r;
    yt_writer w;
    yt_reader_init(&r, data, size);
    yt_writer_init(&w, mem);
    yt_json_read(&r, &w);
    if (yt_reader_ok(&r)) {
        yt_writer canonical = canonical_of(mem, written(&w));
        REQUIRE(bytes_equal(written(&canonical), written(&w)));
        require_stable_json(mem, written(&w));
        yt_writer_free(&canonical);
    } else {
        REQUIRE(w.len == 0 && r.fault.offset <= size);
    }
    yt_writer_free(&w);
}

/* The number-th allocation fails; what was written before stays. */
static void without_memory(counted_memory *memory, yt_mem *mem, uint64_t number, const uint8_t *data, size_t size) {
    yt_reader r;
    yt_writer w;
    bool canonical;
    yt_writer_init(&w, mem);
    yt_write_u8(&w, 42);
    memory->fail_at = memory->calls + number;
    yt_reader_init(&r, data, size);
    yata_bytes any = yt_any_read(&r, mem->keep_floats, &canonical);
    if (yt_reader_ok(&r)) {
        yt_any_write_canonical(&w, any);
        REQUIRE(!w.failed || w.len == 1);
    } else {
        yt_reader_init(&r, data, size);
        yt_json_read(&r, &w);
        REQUIRE((yt_reader_ok(&r) && !w.failed) || w.len == 1);
    }
    memory->fail_at = 0;
    REQUIRE(w.data[0] == 42);
    yt_writer_free(&w);
}

static void as_number(const uint8_t *data, size_t size) {
    double x, expected;
    char printed[YT_NUMBER_MAX];
    size_t used = yt_number_parse((const char *)data, size, &x);
    REQUIRE(used <= size);
    if (used > 0) {
        char *text = malloc(used + 1);
        REQUIRE(text);
        memcpy(text, data, used);
        text[used] = 0;
        expected = strtod(text, NULL);
        REQUIRE(memcmp(&x, &expected, sizeof x) == 0);
        free(text);
    }
    if (size < sizeof x) return;
    memcpy(&x, data, sizeof x);
    used = yt_number_print(x, printed);
    REQUIRE(used <= sizeof printed);
    if (printed[0] == 'n' || (x >= 0 && x <= 0)) return; /* null; -0 prints as 0 */
    REQUIRE(yt_number_parse(printed, used, &expected) == used);
    REQUIRE(memcmp(&x, &expected, sizeof x) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yt_mem mem;
    yt_mem_init(&mem, &allocator);
    mem.keep_floats = true; /* 5.0 is not 5 */
    as_value(&mem, data, size);
    mem.keep_floats = false;
    as_value(&mem, data, size);
    as_json(&mem, data, size);
    as_number(data, size);
    for (uint64_t number = 1; number <= 6; number++) without_memory(&memory, &mem, number, data, size);
    REQUIRE(memory.live == 0 && mem.used == 0);
    return 0;
}
