/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Quoting for a shell. A backslash at the end of a line joins it with the next outside of quotes
 * alone, so a word that goes on is closed before and opened again.
 */
#include "qemu/shell-words.h"

#include <string.h>

#define CONTINUATION "\\\n"
/* Of one quoted piece of a word, so that tools with short lines can read it. */
#define MAX_PIECE_BYTES 500

/* Letters apart, what means nothing to a shell anywhere in a word. */
#define PLAIN_PUNCTUATION "%+,-./:=@_"

static gboolean
is_plain (const char *word)
{
  for (const char *c = word; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr (PLAIN_PUNCTUATION, *c) == NULL)
      return FALSE;
  return *word != '\0';
}

/* The name before an assignment must not be quoted. */
static gsize
get_assignment_length (const char *word)
{
  gsize length = strspn (word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_");
  return word[length] == '=' ? length + 1 : 0;
}

/* @max_bytes: 0: no limit */
static void
append_quoted (GString *text, const char *word, gsize max_bytes)
{
  gsize start = text->len;

  g_string_append_c (text, '\'');
  for (const char *c = word; *c != '\0'; c = g_utf8_next_char (c))
    {
      if (max_bytes > 0 && text->len - start > max_bytes)
        {
          g_string_append (text, "'" CONTINUATION "'");
          start = text->len;
        }
      if (*c == '\'')
        g_string_append (text, "'\\''");
      else
        g_string_append_len (text, c, g_utf8_next_char (c) - c);
    }
  g_string_append_c (text, '\'');
}

/* @is_setting: of the environment, before the command */
static void
append_word (GString *text, const char *word, gboolean is_setting, gsize max_bytes)
{
  gsize name_length = is_setting ? get_assignment_length (word) : 0;

  if (is_plain (word) && (max_bytes == 0 || strlen (word) <= max_bytes))
    {
      g_string_append (text, word);
      return;
    }
  g_string_append_len (text, word, (gssize) name_length);
  append_quoted (text, word + name_length, max_bytes);
}

/* @separator: before an option; @max_bytes: of a piece of a word; 0: words are whole */
static char *
join (const char *const *words, const char *separator, gsize max_bytes)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean is_setting = TRUE;

  for (guint i = 0; words[i] != NULL; i++)
    {
      is_setting = is_setting && get_assignment_length (words[i]) > 0;
      if (i > 0)
        g_string_append (text, words[i][0] == '-' ? separator : " ");
      append_word (text, words[i], is_setting, max_bytes);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
vb_shell_words_join (const char *const *words)
{
  return join (words, " ", 0);
}

char *
vb_shell_words_join_pretty (const char *const *words)
{
  return join (words, " " CONTINUATION "  ", MAX_PIECE_BYTES);
}
