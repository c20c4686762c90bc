/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: fuzz_NAME CORPUS_DIRECTORY NUM_MUTATIONS
 *
 * A substitute for libFuzzer: runs the entry point on each file of the corpus, in natural order,
 * and then on mutations of them that are the same in every run.
 */
#include "base/buffer.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SEEDS 256
#define MAX_LEN 65536

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct corpus {
    struct buffer seeds[MAX_SEEDS];
    size_t count;
};

static int is_seed(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return text_natural_compare((*a)->d_name, (*b)->d_name);
}

static void read_seed(struct buffer *seed, const char *directory, const char *name)
{
    struct buffer path = {0};
    buffer_format(&path, "%s/%s", directory, name);
    FILE *file = fopen(buffer_text(&path), "rb");
    if (file == NULL) {
        perror(buffer_text(&path));
        exit(1);
    }
    seed->len = fread(buffer_reserve(seed, MAX_LEN), 1, MAX_LEN, file);
    fclose(file);
    buffer_cleanup(&path);
}

static void read_corpus(struct corpus *corpus, const char *directory)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_seed, compare_names);
    if (count <= 0 || count > MAX_SEEDS) {
        fprintf(stderr, "%s: a directory of 1 to %d files is needed\n", directory, MAX_SEEDS);
        exit(1);
    }
    for (int i = 0; i < count; i++) {
        read_seed(&corpus->seeds[corpus->count++], directory, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

/* Runs on a copy of the exact size, so that a read beyond the end is detected. */
static void run(const struct buffer *input)
{
    uint8_t *copy = memory_new(input->len, 1);
    if (input->len > 0)
        memcpy(copy, input->data, input->len);
    LLVMFuzzerTestOneInput(copy, input->len);
    free(copy);
}

static void overwrite(struct buffer *input, struct random *random)
{
    static const uint8_t telling[] = {0, 1, '\r', '\n', ' ', ':', '0', '9', 0x7f, 0x80, 0xff};
    uint8_t byte = random_below(random, 2) == 0 ? telling[random_below(random, sizeof telling)]
                                                : (uint8_t)random_next(random);
    input->data[random_below(random, input->len)] = byte;
}

static void cut_out(struct buffer *input, struct random *random)
{
    size_t start = random_below(random, input->len);
    size_t len = 1 + random_below(random, input->len - start);
    memmove(input->data + start, input->data + start + len, input->len - start - len);
    input->len -= len;
}

static void append_piece(struct buffer *input, const struct buffer *from, struct random *random)
{
    if (from->len == 0 || input->len + from->len > MAX_LEN)
        return;
    size_t start = random_below(random, from->len);
    buffer_append(input, from->data + start, 1 + random_below(random, from->len - start));
}

static void mutate(struct buffer *input, const struct corpus *corpus, struct random *random)
{
    for (uint64_t left = 1 + random_below(random, 4); left > 0; left--) {
        uint64_t kind = random_below(random, 8);
        if (kind == 0)
            append_piece(input, &corpus->seeds[random_below(random, corpus->count)], random);
        else if (input->len > 0 && kind == 1)
            cut_out(input, random);
        else if (input->len > 0)
            overwrite(input, random);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s CORPUS_DIRECTORY NUM_MUTATIONS\n", argv[0]);
        return 2;
    }
    static struct corpus corpus;
    struct buffer input = {0};
    struct random random;
    random_init(&random, 1);
    read_corpus(&corpus, argv[1]);
    for (size_t i = 0; i < corpus.count; i++)
        run(&corpus.seeds[i]);
    for (long left = strtol(argv[2], NULL, 10); left > 0; left--) {
        const struct buffer *seed = &corpus.seeds[random_below(&random, corpus.count)];
        buffer_clear(&input);
        buffer_append(&input, seed->data, seed->len);
        mutate(&input, &corpus, &random);
        run(&input);
    }
    for (size_t i = 0; i < corpus.count; i++)
        buffer_cleanup(&corpus.seeds[i]);
    buffer_cleanup(&input);
    return 0;
}
