/* SPDX-License-Identifier: MIT */
/* named_test.h - tests with names: all of them, or those that the command line names. */
#ifndef YATA_TESTS_REGRESS_NAMED_TEST_H
#define YATA_TESTS_REGRESS_NAMED_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct test {
    const char *name;
    void (*run)(void);
};

/* The exit code: 1 if no test has any of these names. A test that fails ends the program. */
static inline int run_tests(const struct test *tests, size_t len, int argc, char **argv) {
    unsigned count = 0;
    for (size_t i = 0; i < len; i++) {
        bool wanted = argc == 1;
        for (int a = 1; a < argc; a++) wanted |= strcmp(argv[a], tests[i].name) == 0;
        if (!wanted) continue;
        printf("%s\n", tests[i].name);
        fflush(stdout);
        tests[i].run();
        count++;
    }
    printf("%u tests\n", count);
    return count == 0;
}

#endif
