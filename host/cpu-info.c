/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What /proc/cpuinfo says. x86 tells sockets, cores and threads; where an architecture does not,
 * each processor counts as a core of one socket.
 */
#include "host/cpu-info.h"

#include <string.h>

static const char *const model_keys[] = { "model name", "cpu model", "Processor", "cpu", NULL };
static const char *const vendor_keys[] = { "vendor_id", "CPU implementer", "vendor", NULL };
static const char *const feature_keys[] = { "flags", "Features", "features", NULL };

/* (transfer full) (nullable): the first value of any of @keys */
static char *
find_value (char *const *lines, const char *const *keys)
{
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (lines[i], ":", 2);
      if (g_strv_length (parts) == 2 && g_strv_contains (keys, g_strstrip (parts[0])))
        return g_strdup (g_strstrip (parts[1]));
    }
  return NULL;
}

static guint
find_number (char *const *lines, const char *key)
{
  const char *const keys[] = { key, NULL };
  g_autofree char *value = find_value (lines, keys);
  return value != NULL ? (guint) CLAMP (g_ascii_strtoll (value, NULL, 10), 0, 65536) : 0;
}

static guint
count_distinct (char *const *lines, const char *key)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], key))
      g_hash_table_add (seen, g_strdup (lines[i]));
  return g_hash_table_size (seen);
}

static guint
count_processors (char *const *lines)
{
  guint n = 0;
  for (guint i = 0; lines[i] != NULL; i++)
    n += g_str_has_prefix (lines[i], "processor");
  return MAX (n, 1);
}

static gint
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static char **
sorted_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", " ", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  qsort (words, g_strv_length (words), sizeof (char *), compare_strings);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && (i == 0 || strcmp (words[i], words[i - 1]) != 0))
      g_strv_builder_add (builder, words[i]);
  return g_strv_builder_end (builder);
}

void
vb_cpu_info_parse (const char *text, VbHostFacts *facts)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *features = find_value (lines, feature_keys);
  guint cores = find_number (lines, "cpu cores");
  guint siblings = find_number (lines, "siblings");

  facts->cpu_model = find_value (lines, model_keys);
  facts->cpu_vendor = find_value (lines, vendor_keys);
  facts->cpu_features = sorted_words (features);
  if (facts->cpu_model == NULL)
    facts->cpu_model = g_strdup ("");
  if (facts->cpu_vendor == NULL)
    facts->cpu_vendor = g_strdup ("");

  facts->cpu_sockets = MAX (count_distinct (lines, "physical id"), 1);
  facts->cpu_cores = cores > 0 ? cores : count_processors (lines);
  facts->cpu_threads = cores > 0 ? MAX (siblings / cores, 1) : 1;
}
