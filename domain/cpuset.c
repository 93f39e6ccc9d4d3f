/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A set of the host's CPUs. Whether the host has them is not decided here.
 */
#include "domain/cpuset.h"

#define WORD_BITS 64
#define MAX_WORDS ((VB_CPUSET_MAX_CPU + WORD_BITS) / WORD_BITS)

/* Reads a number and goes behind it. */
static gboolean
read_cpu (const char **text, guint *cpu)
{
  const char *digit = *text;

  for (*cpu = 0; g_ascii_isdigit (*digit) && *cpu <= VB_CPUSET_MAX_CPU; digit++)
    *cpu = *cpu * 10 + (guint) g_ascii_digit_value (*digit);
  if (digit == *text || *cpu > VB_CPUSET_MAX_CPU)
    return FALSE;
  *text = digit;
  return TRUE;
}

static void
skip_blanks (const char **text)
{
  while (g_ascii_isspace (**text))
    (*text)++;
}

/* By words: a document has room for a million ranges of all CPUs. */
static void
add_range (guint64 *words, guint first, guint last)
{
  for (guint i = first / WORD_BITS; i <= last / WORD_BITS; i++)
    {
      guint64 word = G_MAXUINT64;

      if (i == first / WORD_BITS)
        word &= G_MAXUINT64 << first % WORD_BITS;
      if (i == last / WORD_BITS)
        word &= G_MAXUINT64 >> (WORD_BITS - 1 - last % WORD_BITS);
      words[i] |= word;
    }
}

/* "8", "0-3" or "^2" */
static gboolean
read_item (const char **text, guint64 *words)
{
  gboolean is_exclusion = **text == '^';
  guint first, last;

  *text += is_exclusion;
  if (!read_cpu (text, &first))
    return FALSE;
  last = first;
  if (**text == '-')
    {
      (*text)++;
      if (is_exclusion || !read_cpu (text, &last) || last < first)
        return FALSE;
    }
  if (is_exclusion)
    words[first / WORD_BITS] &= ~(G_GUINT64_CONSTANT (1) << first % WORD_BITS);
  else
    add_range (words, first, last);
  return TRUE;
}

static gboolean
read_items (const char *text, guint64 *words)
{
  gboolean is_first = TRUE;

  do
    {
      text += !is_first;
      is_first = FALSE;
      skip_blanks (&text);
      if (!read_item (&text, words))
        return FALSE;
      skip_blanks (&text);
    }
  while (*text == ',');
  return *text == '\0';
}

VbCpuset *
vb_cpuset_parse (const char *text)
{
  guint64 words[MAX_WORDS] = { 0 };
  guint n_words = MAX_WORDS;
  VbCpuset *set;

  if (!read_items (text, words))
    return NULL;
  while (n_words > 0 && words[n_words - 1] == 0)
    n_words--;
  if (n_words == 0)
    return NULL;
  set = g_malloc (sizeof *set + n_words * sizeof *words);
  set->n_words = n_words;
  for (guint i = 0; i < n_words; i++)
    set->words[i] = words[i];
  return set;
}

static gboolean
contains (const VbCpuset *set, guint cpu)
{
  return cpu / WORD_BITS < set->n_words &&
         (set->words[cpu / WORD_BITS] >> cpu % WORD_BITS & 1) != 0;
}

char *
vb_cpuset_to_string (const VbCpuset *set)
{
  GString *text = g_string_new (NULL);

  for (guint cpu = 0; cpu < set->n_words * WORD_BITS; cpu++)
    {
      guint last = cpu;

      if (!contains (set, cpu))
        continue;
      while (contains (set, last + 1))
        last++;
      g_string_append_printf (text, "%s%u", text->len > 0 ? "," : "", cpu);
      if (last > cpu)
        g_string_append_printf (text, "-%u", last);
      cpu = last;
    }
  return g_string_free (text, FALSE);
}

VbCpuset *
vb_cpuset_copy (const VbCpuset *set)
{
  return set != NULL ? g_memdup2 (set, sizeof *set + set->n_words * sizeof *set->words) : NULL;
}

void
vb_cpuset_free (VbCpuset *set)
{
  g_free (set);
}
