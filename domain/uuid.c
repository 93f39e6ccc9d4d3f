/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * UUIDs as the domain XML writes them, and their one canonical form.
 */
#include "domain/uuid.h"

#include <string.h>

#include <glib.h>

char *
vb_uuid_normalize (const char *text)
{
  g_autoptr (GString) uuid = g_string_sized_new (36);

  if (strlen (text) == 36 && g_uuid_string_is_valid (text))
    return g_ascii_strdown (text, -1);
  if (strlen (text) != 32 || strspn (text, "0123456789abcdefABCDEF") != 32)
    return NULL;
  g_string_append_printf (uuid, "%.8s-%.4s-%.4s-%.4s-%.12s", text, text + 8, text + 12, text + 16,
                          text + 20);
  return g_ascii_strdown (uuid->str, -1);
}
