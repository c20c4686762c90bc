/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory of identities: which files form an identity, by their names alone.
 */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "tls/identity.h"
#include "tls/key_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The suffixes, in order of preference for a certificate. */
enum ending { ENDING_CRT, ENDING_PEM, ENDING_P12, ENDING_PFX, ENDING_KEY, NUM_ENDINGS };
static const char *const endings[NUM_ENDINGS] = {".crt", ".pem", ".p12", ".pfx", ".key"};

struct entry {
    char *name;     /* without its suffix */
    unsigned found; /* a bit for each suffix seen */
};

struct listing {
    struct entry *entries;
    size_t count;
};

static int compare_entries(const void *a, const void *b)
{
    return text_natural_compare(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void add_file(struct listing *listing, const char *file_name)
{
    for (int ending = 0; ending < NUM_ENDINGS; ending++) {
        if (!text_ends_with(file_name, endings[ending]) || file_name[0] == '.')
            continue;
        size_t len = strlen(file_name) - strlen(endings[ending]);
        if ((listing->count & (listing->count - 1)) == 0)
            listing->entries = memory_resize(listing->entries,
                                             (listing->count * 2 + 1) * sizeof *listing->entries);
        listing->entries[listing->count++] =
            (struct entry){memory_text_n(file_name, len), 1u << ending};
        return;
    }
}

/* Sorts, and merges the files of one name into one entry. */
static void fold(struct listing *listing)
{
    qsort(listing->entries, listing->count, sizeof *listing->entries, compare_entries);
    size_t count = 0;
    for (size_t i = 0; i < listing->count; i++) {
        struct entry *entry = &listing->entries[i];
        if (count > 0 && strcmp(listing->entries[count - 1].name, entry->name) == 0) {
            listing->entries[count - 1].found |= entry->found;
            free(entry->name);
        } else {
            listing->entries[count++] = *entry;
        }
    }
    listing->count = count;
}

static bool read_listing(struct listing *listing, const char *path, struct error *err)
{
    DIR *directory = opendir(path);
    if (directory == NULL)
        return error_set(err, "the directory of identities '%s' cannot be opened: %s", path,
                         strerror(errno));
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        add_file(listing, entry->d_name);
    closedir(directory);
    if (listing->count > 0)
        fold(listing);
    return true;
}

/* Whether the file can be read as part of an identity. A directory is skipped with a warning; a
 * FIFO or a device, which would block or never end, is an error. */
static bool check_file(const char *path, const char *entry_name, enum ending ending,
                       bool *out_is_file, struct notices *notices, struct error *err)
{
    char file[4096];
    const char *kind;
    snprintf(file, sizeof file, "%s/%s%s", path, entry_name, endings[ending]);
    *out_is_file = file_is_regular(file, &kind) || kind == NULL;
    if (*out_is_file)
        return true;
    if (strcmp(kind, "a directory") != 0)
        return error_set(err, "'%s' is %s; expected a regular file in --identities", file, kind);
    notices_add(notices, "'%s' is a directory and is skipped", file);
    return true;
}

static bool check_files(struct entry *entry, const char *path, struct notices *notices,
                        struct error *err)
{
    for (enum ending ending = 0; ending < NUM_ENDINGS; ending++) {
        bool is_file = true;
        if ((entry->found & 1u << ending) != 0 &&
            !check_file(path, entry->name, ending, &is_file, notices, err))
            return false;
        if (!is_file)
            entry->found &= ~(1u << ending);
    }
    return true;
}

/* Loads the identity of one name, from the files that exist. */
static bool add_entry(struct identity_set *set, const char *path, const struct entry *entry,
                      const struct password *password, struct notices *notices, struct error *err)
{
    static const enum ending certs[] = {ENDING_CRT, ENDING_PEM, ENDING_P12, ENDING_PFX};
    bool has_key = (entry->found & 1u << ENDING_KEY) != 0;
    char cert[4096], key[4096];
    snprintf(key, sizeof key, "%s/%s.key", path, entry->name);
    for (size_t i = 0; i < sizeof certs / sizeof *certs; i++) {
        if ((entry->found & 1u << certs[i]) == 0)
            continue;
        snprintf(cert, sizeof cert, "%s/%s%s", path, entry->name, endings[certs[i]]);
        bool separate =
            certs[i] == ENDING_CRT || (certs[i] == ENDING_PEM && !key_file_mentions_key(cert));
        if (!separate || has_key)
            return identity_set_add_file(set, entry->name, cert, separate ? key : NULL, password,
                                         notices, err);
    }
    if (entry->found == 1u << ENDING_KEY && identity_set_uses_raw_keys(set))
        return identity_set_add_file(set, entry->name, NULL, key, password, notices, err);
    if ((entry->found & ~(1u << ENDING_KEY)) != 0)
        notices_add(notices, "'%s/%s' has a certificate but no key and is skipped", path,
                    entry->name);
    return true;
}

bool identity_set_add_directory(struct identity_set *set, const char *path,
                                const struct password *password, struct notices *notices,
                                struct error *err)
{
    struct listing listing = {0};
    size_t count_before = identity_set_count(set);
    bool ok = read_listing(&listing, path, err);
    for (size_t i = 0; ok && i < listing.count; i++)
        ok = check_files(&listing.entries[i], path, notices, err) &&
             add_entry(set, path, &listing.entries[i], password, notices, err);
    if (ok && identity_set_count(set) == count_before)
        ok = error_set(
            err,
            "the directory '%s' has no identity; expected NAME.crt with NAME.key, NAME.pem, "
            "NAME.p12 or NAME.pfx%s",
            path, identity_set_uses_raw_keys(set) ? ", or NAME.key alone" : "");
    for (size_t i = 0; i < listing.count; i++)
        free(listing.entries[i].name);
    free(listing.entries);
    return ok;
}
