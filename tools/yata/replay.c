/* SPDX-License-Identifier: MIT */
/*
 * replay.c - `yata replay`: types an editing trace into a document.
 *
 * The clock runs over the transactions alone: reading the trace, typing the
 * start text and comparing the result are outside. Several runs start from new
 * documents; the best time says most on a busy machine.
 */
#include "command.h"
#include "output.h"
#include "report.h"
#include "session.h"
#include "trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CLIENT_MAX ((UINT64_C(1) << 53) - 1)

typedef struct outcome {
    uint64_t *ns; /* of each run */
    size_t merge_count;
    yata_memory memory; /* of the first document, after the last run */
    yata_buffer update; /* its state */
} outcome;

static uint64_t now(void) {
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) return 0;
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void report_editing(const char *path, editor_fault fault) {
    if (fault.status == YATA_ERR_VALUE) {
        report_file(path, "transaction %zu: its agent does not build on all of its own earlier work", fault.txn);
    } else {
        report_file(path, "transaction %zu, patch %zu: %s", fault.txn, fault.patch, yata_status_name(fault.status));
    }
}

/* Measures one run, and verifies what came out of it in every document. */
static bool run_once(const arguments *args, const char *path, session *s, uint64_t *ns) {
    editor_fault fault = {YATA_OK, 0, 0};
    uint64_t begin = now();
    bool done = session_run(s, (args->given & OPTION_PER_OP) != 0, &fault);
    *ns = now() - begin;
    if (!done) {
        report_editing(path, fault);
        return false;
    }
    for (uint32_t i = 0; i < s->trace->agent_count; i++) {
        if (!editor_verify(session_editor(s, i), path, s->trace->end)) return false;
    }
    return true;
}

static bool replay(const arguments *args, const char *path, const trace *t, uint32_t run, outcome *out) {
    session s;
    yata_status status = session_open(&s, args, t);
    bool ok = status == YATA_OK && run_once(args, path, &s, &out->ns[run]);
    if (ok && run + 1 == args->repeat) {
        const yata_doc *doc = session_editor(&s, 0)->doc;
        out->merge_count = s.merge_count;
        yata_doc_memory(doc, &out->memory);
        status = format_of(args->to)->encode_state(doc, &out->update);
        ok = status == YATA_OK;
    }
    if (status != YATA_OK) report_file(path, "%s", yata_status_name(status));
    session_close(&s);
    return ok;
}

static int by_size(const void *left, const void *right) {
    const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void print_time(const outcome *o, const trace *t, uint32_t repeat) {
    qsort(o->ns, repeat, sizeof *o->ns, by_size);
    double best = (double)o->ns[0], patches = t->patch_count ? (double)t->patch_count : 1.0;
    printf("time          %.4f s, %.1f ns per patch", best / 1e9, best / patches);
    if (repeat > 1) printf(" (best of %" PRIu32 ", median %.4f s)", repeat, (double)o->ns[repeat / 2] / 1e9);
    putchar('\n');
}

static int print(const arguments *args, const trace *t, const outcome *o) {
    size_t txns = args->given & OPTION_PER_OP ? t->patch_count : t->txn_count;
    printf("patches       %zu (%zu insert, %zu delete) in %zu transactions\n", t->patch_count, t->insert_count,
           t->delete_count, txns);
    if (t->concurrent) printf("documents     %" PRIu32 ", %zu merges\n", t->agent_count, o->merge_count);
    print_time(o, t, args->repeat);
    printf("text          %zu bytes, as expected\n", t->end.len);
    printf("update        %zu bytes\n", o->update.len);
    const yata_memory *m = &o->memory;
    printf("memory        %zu bytes in use, %zu at the peak\n", m->used, m->peak);
    printf("              %zu for %" PRIu32 " items, %zu for text and values, %zu for block lists\n", m->items,
           m->item_count, m->text, m->blocks);
    return output_flush();
}

/* The update comes first: a report of a run whose result could not be kept would mislead. */
static int finish(const arguments *args, const trace *t, const outcome *o) {
    if (args->output) {
        int code = output_bytes(args, (yata_bytes){o->update.data, o->update.len});
        if (code != EXIT_FINE) return code;
    }
    return print(args, t, o);
}

static int run(const arguments *args) {
    if (args->output && strcmp(args->output, "-") == 0) {
        return report_usage("replay", "the update needs a file: standard output is for the report");
    }
    const char *path = args->files[0];
    trace t;
    if (!trace_load(path, &t)) return EXIT_DATA;
    outcome o = {.ns = calloc(args->repeat, sizeof *o.ns)};
    yata_buffer_init(&o.update, NULL);
    int code = EXIT_DATA;
    if (!o.ns) {
        report_file(path, "%s", yata_status_name(YATA_ERR_MEMORY));
    } else if (args->client > CLIENT_MAX - (t.agent_count - 1)) {
        code = report_usage("replay", "--client leaves no numbers for %" PRIu32 " agents", t.agent_count);
    } else {
        bool ok = true;
        for (uint32_t i = 0; i < args->repeat && ok; i++) ok = replay(args, path, &t, i, &o);
        if (ok) code = finish(args, &t, &o);
    }
    yata_buffer_free(&o.update);
    free(o.ns);
    trace_free(&t);
    return code;
}

const command command_replay = {
    .name = "replay",
    .summary = "type an editing trace into a document, and measure",
    .accepts = OPTION_OUTPUT | OPTION_OUT_FILE | OPTION_TO | OPTION_NO_GC | OPTION_ROOT | OPTION_PER_OP |
               OPTION_CLIENT | OPTION_REPEAT,
    .files_min = 1,
    .files_max = 1,
    .run = run,
    .help = "yata replay - type an editing trace into a document, and measure\n"
            "\n"
            "Usage: yata replay [OPTION]... TRACE\n"
            "\n"
            "TRACE (- is standard input) is JSON, plain or gzipped, in the form of the editing-traces\n"
            "collection (github.com/josephg/editing-traces):\n"
            "  {\"startContent\": \"\", \"endContent\": \"hi\", \"txns\": [{\"patches\": [[0, 0, \"hi\"]]}]}\n"
            "A patch is [position, how many to delete, what to insert], counted in Unicode scalar values.\n"
            "Concurrent traces (\"kind\": \"concurrent\") get a document for each agent; a transaction first\n"
            "receives the updates its parents had. The text is compared with endContent at the end.\n"
            "\n"
            "Options:\n"
            "      --out FILE        keep the update, the state of the document at the end\n"
            "  -o, --output FILE     the same\n"
            "      --to v1|v2        update format of the update (default v1)\n"
            "      --per-op          make a transaction of every patch\n"
            "      --client N        client id (default 1); further agents get the numbers after it\n"
            "      --root NAME       root to type into (default text)\n"
            "      --repeat N        run N times and report the best time\n"
            "      --no-gc           keep deleted content\n"
            "  -h, --help            print this help\n"
            "\n"
            "Examples:\n"
            "  yata replay automerge-paper.json.gz\n"
            "  yata replay --repeat 5 --out paper.bin automerge-paper.json.gz && yata show paper.bin\n",
};
