/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A list in words.
 */
#include "qemu/alternatives.h"

char *
vb_alternatives_join (const char *const *words)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; words[i]; i++)
    {
      const char *separator = words[i + 1] ? ", " : " or ";

      g_string_append_printf (text, "%s%s", i > 0 ? separator : "", words[i]);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
