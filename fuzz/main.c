/* SPDX-License-Identifier: MIT */
/*
 * main.c - plays files into a fuzz target when no engine is linked.
 *
 * So every target is built by every compiler, its corpus is a test of each build, and any file that an engine found
 * can be replayed without that engine: fuzz-<name> FILE-OR-FOLDER...
 *
 * Each input is copied into a block of exactly its size, so that a sanitizer sees a read of one byte beyond it.
 * Finding no file at all is a failure: a test that plays nothing proves nothing.
 */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Paths that are still to be looked at. A folder is replaced by what it holds, so depth costs no C stack. */
typedef struct worklist {
    char **paths;
    size_t len, cap;
} worklist;

static void die(const char *what, const char *path) {
    fprintf(stderr, "%s: %s: %s\n", path, what, strerror(errno));
    exit(1);
}

static void push(worklist *list, const char *folder, const char *name) {
    if (list->len == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 64;
        list->paths = realloc(list->paths, list->cap * sizeof *list->paths);
        if (!list->paths) die("no memory", name);
    }
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (!path) die("no memory", name);
    snprintf(path, size, "%s%s%s", folder, *folder ? "/" : "", name);
    list->paths[list->len++] = path;
}

static void push_folder(worklist *list, const char *folder) {
    DIR *dir = opendir(folder);
    if (!dir) die("cannot be opened", folder);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] != '.') push(list, folder, entry->d_name);
    }
    closedir(dir);
}

static void play(const char *path, size_t size) {
    FILE *file = fopen(path, "rb");
    if (!file) die("cannot be opened", path);
    uint8_t *data = malloc(size ? size : 1);
    if (!data) die("no memory", path);
    if (fread(data, 1, size, file) != size) die("cannot be read", path);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

int main(int argc, char **argv) {
    worklist list = {NULL, 0, 0};
    size_t played = 0;
    for (int i = argc - 1; i > 0; i--) push(&list, "", argv[i]);
    while (list.len > 0) {
        char *path = list.paths[--list.len];
        struct stat info;
        if (stat(path, &info) != 0) die("cannot be found", path);
        if (S_ISDIR(info.st_mode)) {
            push_folder(&list, path);
        } else {
            /* Before the call, so that the last line names the file that crashed. */
            if (getenv("YATA_VERBOSE")) fprintf(stderr, "%s\n", path);
            play(path, (size_t)info.st_size);
            played++;
        }
        free(path);
    }
    free(list.paths);
    printf("%zu inputs played\n", played);
    if (played == 0) fprintf(stderr, "no input was found\n");
    return played ? 0 : 1;
}
