/* SPDX-License-Identifier: MIT */
/* show.cpp - a value as text, with members in the order of their names. */
#include "check.h"

std::string show(const YOutput *cell) {
    if (!cell) return "(null)";
    char text[40];
    switch (cell->tag) {
    case Y_JSON_BOOL:
        return *youtput_read_bool(cell) ? "true" : "false";
    case Y_JSON_NUM:
        std::snprintf(text, sizeof text, "num %.17g", *youtput_read_float(cell));
        return text;
    case Y_JSON_INT:
        std::snprintf(text, sizeof text, "int %lld", (long long)*youtput_read_long(cell));
        return text;
    case Y_JSON_STR:
        return "'" + std::string(youtput_read_string(cell), cell->len) + "'";
    case Y_JSON_BUF: {
        std::string out = "buf";
        for (uint32_t i = 0; i < cell->len; i++) {
            std::snprintf(text, sizeof text, " %02x", (unsigned char)cell->value.buf[i]);
            out += text;
        }
        return out;
    }
    case Y_JSON_ARR: {
        std::string out = "[";
        for (uint32_t i = 0; i < cell->len; i++) out += (i ? ", " : "") + show(&cell->value.array[i]);
        return out + "]";
    }
    case Y_JSON_MAP: {
        std::map<std::string, std::string> members;
        for (uint32_t i = 0; i < cell->len; i++) members[cell->value.map[i].key] = show(cell->value.map[i].value);
        std::string out = "{";
        for (auto &m : members) out += (out.size() > 1 ? ", " : "") + m.first + ": " + m.second;
        return out + "}";
    }
    case Y_JSON_NULL:
        return "null";
    case Y_JSON_UNDEF:
        return "undefined";
    case Y_DOC: {
        char *guid = ydoc_guid(cell->value.y_doc);
        std::string out = "doc " + std::string(guid);
        ystring_destroy(guid);
        return out;
    }
    default:
        return "type " + std::to_string(cell->tag);
    }
}
