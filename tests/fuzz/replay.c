/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replay - runs a fuzz target over its corpus, where libFuzzer isn't there to do it
 *
 * Without arguments: every file of tests/fuzz/corpus/NAME, NAME being what follows "fuzz_" in the
 * program's name; each as it is, and damaged in a thousand ways that are the same each time. With
 * arguments: those files as they are, to look into one that libFuzzer found.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (1u << 20)
#define DAMAGES 1000
#define BYTES_DAMAGED 4

/* The target's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Runs the target on memory of exactly that size, so that a sanitizer sees every step beyond it. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *exact = malloc(size > 0 ? size : 1);
    if (!exact)
        abort();
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* Changes some bytes, or cuts the end off; returns the new size, which isn't 0. */
static size_t damage(uint8_t *data, size_t size, uint64_t *seed)
{
    if (next_random(seed) % 8 == 0)
        return 1 + next_random(seed) % size;
    for (uint32_t i = next_random(seed) % BYTES_DAMAGED; i < BYTES_DAMAGED; i++)
        data[next_random(seed) % size] = (uint8_t)next_random(seed);
    return size;
}

static void run_damaged(const uint8_t *data, size_t size)
{
    uint64_t seed = size;
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (!copy)
        abort();
    for (int i = 0; size > 0 && i < DAMAGES; i++) {
        memcpy(copy, data, size);
        run(copy, damage(copy, size, &seed));
    }
    free(copy);
}

static int run_file(const char *path, int damaged)
{
    static uint8_t data[FILE_MAX];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 0;
    }
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    run(data, size);
    if (damaged)
        run_damaged(data, size);
    return 1;
}

static int run_corpus(const char *program)
{
    char path[512];
    const char *name = strstr(program, "fuzz_");
    while (name && strstr(name + 1, "fuzz_"))
        name = strstr(name + 1, "fuzz_");
    snprintf(path, sizeof path, "tests/fuzz/corpus/%s", name ? name + strlen("fuzz_") : program);
    DIR *folder = opendir(path);
    if (!folder) {
        perror(path);
        return 1;
    }
    size_t length = strlen(path);
    int files = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path + length, sizeof path - length, "/%s", entry->d_name);
        files += run_file(path, 1);
    }
    closedir(folder);
    printf("%d inputs, each %d times\n", files, 1 + DAMAGES);
    return files == 0;
}

int main(int argc, char *argv[])
{
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed |= !run_file(argv[i], 0);
    return argc > 1 ? failed : run_corpus(argv[0]);
}
