/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Levenshtein's distance: how many letters were left out, added, or mistaken for others.
 */
#include "qemu/nearest-word.h"

#include <string.h>

/* Longer words are like no other. */
#define MAX_LENGTH 64
/* One letter in so many may be wrong. */
#define LETTERS_PER_ERROR 3

static guint
get_distance (const char *a, const char *b)
{
  guint row[MAX_LENGTH + 1];
  gsize length = strlen (b);

  for (guint j = 0; j <= length; j++)
    row[j] = j;
  for (guint i = 1; a[i - 1] != '\0'; i++)
    {
      guint diagonal = row[0];

      row[0] = i;
      for (guint j = 1; j <= length; j++)
        {
          guint replaced = diagonal + (a[i - 1] != b[j - 1]);

          diagonal = row[j];
          row[j] = MIN (replaced, MIN (row[j], row[j - 1]) + 1);
        }
    }
  return row[length];
}

const char *
vb_nearest_word (const char *word, const char *const *words)
{
  gsize length = strlen (word);
  gsize least = length / LETTERS_PER_ERROR + 1;
  const char *nearest = NULL;

  for (; length <= MAX_LENGTH && *words != NULL; words++)
    if (strlen (*words) <= MAX_LENGTH)
      {
        gsize distance = get_distance (word, *words);

        if (distance < least)
          {
            least = distance;
            nearest = *words;
          }
      }
  return nearest;
}
