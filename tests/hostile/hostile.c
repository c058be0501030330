/* SPDX-License-Identifier: MIT */
/*
 * hostile.c - gives mutants (mutant.h) to documents and verifies the promises of examine.h; nothing may take longer
 * than a tenth of a second for every four kilobytes.
 *
 *   hostile SEED COUNT VECTORS...                   mutants of the documents in these files
 *   hostile --record FOLDER SEED COUNT VECTORS...   only writes FOLDER/bases.bin and FOLDER/mutants.bin
 *   hostile --replay BASES MUTANTS                  plays such files
 *   hostile --verdicts BASES MUTANTS                the same, printing number, kind, "ok" or the name of the status,
 * and
 *                                                   ", apart" if a copy of the document has other content
 *
 * A record: kind u8, 0 u8, base u16 LE, length u32 LE, bytes. Kinds: 1 update v1, 3 state vector; others are passed
 * over. Before each mutant its number goes to the file named by YATA_HOSTILE_LAST, if any: that of a crash stays there.
 */
#include "hostile/examine.h"
#include "hostile/mutant.h"
#include <time.h>

enum { APART_ONE_IN = 1000 }; /* so many copies may differ (README.md); verdicts.mjs looks at each */

typedef struct tally {
    bool verdicts;
    FILE *mark;
    unsigned long played, accepted[4], refused[4], apart, slow;
} tally;

/* Of this process alone: others may keep the machine busy. */
static double now(void) {
    return (double)clock() / CLOCKS_PER_SEC;
}

/* The seconds of the apply (or diff) alone, not of its examination. */
static double time_alone(const examine_base *base, const mutant *m) {
    yata_doc *doc;
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    REQUIRE(yata_doc_new(NULL, &doc) == YATA_OK);
    REQUIRE(yata_doc_apply(doc, base->update, no_bytes(), NULL) == YATA_OK);
    yata_bytes bytes = {m->bytes, m->len};
    double begin = now();
    if (m->kind == MUTANT_UPDATE)
        (void)yata_doc_apply(doc, bytes, no_bytes(), NULL);
    else if (m->kind == MUTANT_UPDATE_V2)
        (void)yata_doc_apply_v2(doc, bytes, no_bytes(), NULL);
    else
        (void)yata_doc_encode_diff(doc, bytes, &out);
    double took = now() - begin;
    yata_doc_free(doc);
    yata_buffer_free(&out);
    return took;
}

static void play(tally *t, yata_bytes before, const mutant *m) {
    unsigned long number = t->played++;
    if (t->mark) {
        rewind(t->mark);
        fprintf(t->mark, "%lu\n", number);
        fflush(t->mark);
    }
    if (m->kind < MUTANT_UPDATE || m->kind > MUTANT_STATE_VECTOR) return;
    examine_base base = {before, number % 3 == 0};
    yata_bytes bytes = {m->bytes, m->len};
    yata_fault fault = m->kind == MUTANT_UPDATE      ? examine_update(&base, bytes)
                       : m->kind == MUTANT_UPDATE_V2 ? examine_update_v2(&base, bytes)
                                                     : examine_state_vector(&base, bytes);
    if (fault.status == YATA_OK)
        t->accepted[m->kind]++;
    else
        t->refused[m->kind]++;
    bool apart = m->kind != MUTANT_STATE_VECTOR && examine_apart();
    if (t->verdicts) printf("%lu %d %s%s\n", number, m->kind, yata_status_name(fault.status), apart ? ", apart" : "");
    t->apart += apart;
    const char *patience = getenv("YATA_PATIENCE"); /* tools/test: how much slower the machine may be */
    double most = 0.1 * (double)(1 + m->len / 4096) * (patience ? strtod(patience, NULL) : 1);
    bool slow = true; /* now and then may be the machine's fault */
    for (int attempt = 0; attempt < 3 && slow; attempt++) slow = time_alone(&base, m) > most;
    if (slow) printf("mutant %lu takes too long\n", number);
    t->slow += slow;
}

/* ---- files of records ---- */

static void record_write(FILE *out, int kind, uint32_t base, yata_bytes bytes) {
    uint8_t head[8] = {(uint8_t)kind, 0, (uint8_t)base, (uint8_t)(base >> 8)};
    for (int i = 0; i < 4; i++) head[4 + i] = (uint8_t)(bytes.len >> (8 * i));
    REQUIRE(fwrite(head, 1, 8, out) == 8 && fwrite(bytes.data, 1, bytes.len, out) == bytes.len);
}

static bool record_read(FILE *in, mutant *m) {
    uint8_t head[8];
    if (fread(head, 1, 8, in) != 8) return false;
    size_t len = (size_t)head[4] | (size_t)head[5] << 8 | (size_t)head[6] << 16 | (size_t)head[7] << 24;
    *m = (mutant){head[0], (uint32_t)(head[2] | head[3] << 8), malloc(len ? len : 1), len};
    REQUIRE(m->bytes);
    REQUIRE(fread(m->bytes, 1, len, in) == len);
    return true;
}

static FILE *open_in(const char *folder, const char *name, const char *mode) {
    char path[1024];
    snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", name);
    FILE *file = fopen(path, mode);
    if (!file) FAIL(path);
    return file;
}

static void record_all(const char *folder, const mutant_seeds *seeds, uint64_t seed, uint64_t count) {
    FILE *out = open_in(folder, "bases.bin", "wb");
    for (uint32_t i = 0; i < seeds->count; i++) record_write(out, MUTANT_UPDATE, i, seeds->updates[i]);
    fclose(out);
    out = open_in(folder, "mutants.bin", "wb");
    rng r = rng_from(seed);
    for (uint64_t i = 0; i < count; i++) {
        mutant m;
        mutant_make(seeds, &r, &m);
        record_write(out, m.kind, m.base, (yata_bytes){m.bytes, m.len});
        free(m.bytes);
    }
    fclose(out);
}

static void replay_all(tally *t, const char *bases_path, const char *mutants_path) {
    enum { MOST_BASES = 4096 };
    static mutant bases[MOST_BASES];
    uint32_t base_count = 0;
    mutant m;
    FILE *in = open_in("", bases_path, "rb");
    while (base_count < MOST_BASES && record_read(in, &bases[base_count])) base_count++;
    fclose(in);
    in = open_in("", mutants_path, "rb");
    while (record_read(in, &m)) {
        REQUIRE(m.base < base_count);
        play(t, (yata_bytes){bases[m.base].bytes, bases[m.base].len}, &m);
        free(m.bytes);
    }
    fclose(in);
    for (uint32_t i = 0; i < base_count; i++) free(bases[i].bytes);
}

static void make_all(tally *t, const mutant_seeds *seeds, uint64_t seed, uint64_t count) {
    rng r = rng_from(seed);
    for (uint64_t i = 0; i < count; i++) {
        mutant m;
        mutant_make(seeds, &r, &m);
        play(t, seeds->updates[m.base], &m);
        free(m.bytes);
    }
}

int main(int argc, char **argv) {
    tally t = {0};
    const char *last = getenv("YATA_HOSTILE_LAST");
    if (last) t.mark = open_in("", last, "w");
    if (argc == 4 && (strcmp(argv[1], "--replay") == 0 || strcmp(argv[1], "--verdicts") == 0)) {
        t.verdicts = argv[1][2] == 'v';
        replay_all(&t, argv[2], argv[3]);
    } else {
        int at = argc > 2 && strcmp(argv[1], "--record") == 0 ? 3 : 1;
        REQUIRE(argc > at + 2);
        mutant_seeds seeds;
        uint64_t seed = strtoull(argv[at], NULL, 10), count = strtoull(argv[at + 1], NULL, 10);
        mutant_seeds_read(&seeds, argv + at + 2, argc - at - 2);
        if (at == 3)
            record_all(argv[2], &seeds, seed, count);
        else
            make_all(&t, &seeds, seed, count);
        mutant_seeds_free(&seeds);
        if (at == 3) return 0;
    }
    if (t.mark) fclose(t.mark);
    if (!t.verdicts)
        printf("updates: %lu accepted, %lu refused; v2: %lu accepted, %lu refused; "
               "state vectors: %lu accepted, %lu refused; %lu apart; %lu slow\n",
               t.accepted[MUTANT_UPDATE], t.refused[MUTANT_UPDATE], t.accepted[MUTANT_UPDATE_V2],
               t.refused[MUTANT_UPDATE_V2], t.accepted[MUTANT_STATE_VECTOR], t.refused[MUTANT_STATE_VECTOR], t.apart,
               t.slow);
    return t.slow || t.played == 0 || (!t.verdicts && t.apart > t.played / APART_ONE_IN);
}
