/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * similar - which word could be meant by one that was typed wrong
 */
#include "similar.h"

/* Longest word that is compared with a mistyped one. */
#define WORD_MAX_SIZE 32

/* How many characters are to be added, left out or changed to make one word the other. */
static size_t distance(const char *a, const char *b, size_t b_size)
{
    size_t row[WORD_MAX_SIZE + 1];
    for (size_t j = 0; j <= b_size; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b_size; j++) {
            size_t changed = corner + (a[i] != b[j]);
            size_t shorter = row[j] + 1, longer = row[j + 1] + 1;
            corner = row[j + 1];
            row[j + 1] = shorter < longer ? shorter : longer;
            row[j + 1] = changed < row[j + 1] ? changed : row[j + 1];
        }
    }
    return row[b_size];
}

bool dd_similar(const char *word, const char *typed, size_t size, size_t *best)
{
    if (size > WORD_MAX_SIZE)
        return false;
    size_t wrong = distance(word, typed, size);
    if (wrong >= *best || 2 * wrong > size)
        return false;
    *best = wrong;
    return true;
}
