/* SPDX-License-Identifier: MIT */
/*
 * oom.c - fails the n-th allocation for n = 1, 2, 3, ... until a scenario passes without meeting the failure; once
 * with that allocation failing alone, once with all that follow.
 *
 * Each run must end with the same content as one without failures, sound documents and no byte left.
 *
 *   oom [VECTORS...]        also loads each document of these files (tests/vectors/docs) as a scenario
 */
#include "oom/scenario.h"

enum { LINE_MAX_BYTES = 1 << 20, TOLD = 60 };

static struct { unsigned long runs, failures, broken; } total;

void scenario_failed(scenario *s, const char *file, int line) {
    if (s->memory.failures == 0) {
        fprintf(stderr, "%s:%d: no memory, but nothing was refused\n", file, line);
        exit(1);
    }
    s->memory.fail_at = 0;
    for (uint32_t i = 0; i < s->doc_count; i++) {
        const char *broken = NULL;
        if (yata_doc_check(s->docs[i], &broken)) continue;
        fprintf(stderr, "%s:%d: after a failure: %s\n", file, line, broken ? broken : "check");
        exit(1);
    }
}

static void finish(scenario *s) {
    s->memory.fail_at = 0;
    for (uint32_t i = 0; i < s->doc_count; i++) {
        const char *broken = NULL;
        if (!yata_doc_check(s->docs[i], &broken)) FAIL(broken ? broken : "check");
        yata_doc_free(s->docs[i]);
    }
    REQUIRE(s->memory.live == 0);
}

static void run(const scenario_entry *entry, yata_bytes document, uint64_t fail_at, bool fail_after, scenario *s) {
    *s = (scenario){.memory = {.fail_at = fail_at, .fail_after = fail_after}, .document = document};
    s->allocator = counted_allocator(&s->memory);
    yata_buffer_init(&s->seen, NULL);
    entry->run(s);
    finish(s);
    total.runs++;
    total.failures += s->memory.failures;
}

/* What was seen from the first difference on. */
static void tell(const scenario_entry *entry, uint64_t n, bool after, const yata_buffer *expected,
                 const yata_buffer *seen) {
    size_t at = 0;
    while (at < expected->len && at < seen->len && expected->data[at] == seen->data[at]) at++;
    int more = (int)(expected->len - at), other = (int)(seen->len - at);
    fprintf(stderr, "%s, allocation %llu%s fails: at byte %zu\n  expected %.*s\n  seen     %.*s\n", entry->name,
            (unsigned long long)n, after ? " and all after it" : "", at, more < TOLD ? more : TOLD,
            (const char *)expected->data + at, other < TOLD ? other : TOLD, (const char *)seen->data + at);
    total.broken++;
}

static void run_all(const scenario_entry *entry, yata_bytes document) {
    scenario expected, s;
    run(entry, document, 0, false, &expected);
    for (int after = 0; after < 2; after++) {
        for (uint64_t n = 1;; n++) {
            run(entry, document, n, after, &s);
            if (!bytes_equal(bytes_of(&expected.seen), bytes_of(&s.seen))) {
                tell(entry, n, after, &expected.seen, &s.seen);
                yata_buffer_free(&s.seen);
                break;
            }
            yata_buffer_free(&s.seen);
            if (s.memory.failures == 0) break;
        }
    }
    yata_buffer_free(&expected.seen);
}

static void run_documents(const char *path) {
    static const scenario_entry entry = {"document", scenario_document};
    static char line[LINE_MAX_BYTES];
    FILE *in = fopen(path, "rb");
    REQUIRE(in);
    while (fgets(line, sizeof line, in)) {
        if (strncmp(line, "update ", 7) != 0) continue;
        yata_buffer update;
        yata_buffer_init(&update, NULL);
        hex_append(&update, line + 7);
        run_all(&entry, bytes_of(&update));
        yata_buffer_free(&update);
    }
    fclose(in);
}

int main(int argc, char **argv) {
    for (uint32_t i = 0; i < scenario_count; i++) {
        unsigned long before = total.failures;
        run_all(&scenarios[i], no_bytes());
        printf("%-28s %6lu failures\n", scenarios[i].name, total.failures - before);
        fflush(stdout);
    }
    for (int i = 1; i < argc; i++) run_documents(argv[i]);
    printf("%lu runs, %lu failures injected\n", total.runs, total.failures);
    return total.broken != 0;
}
