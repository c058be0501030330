/* SPDX-License-Identifier: MIT */
/* main.cpp - runs the cases, all or those named. */
#include "check.h"

int main(int argc, char **argv) {
    int ran = 0;
    for (const Case &one : cases()) {
        bool wanted = argc == 1;
        for (int i = 1; i < argc; i++) wanted |= !std::strcmp(argv[i], one.name);
        if (!wanted) continue;
        int before = failures();
        one.run();
        if (failures() != before) std::printf("failed: %s\n", one.name);
        ran++;
    }
    std::printf("%d cases, %ld checks, %d failures\n", ran, checks(), failures());
    return failures() || !ran;
}
