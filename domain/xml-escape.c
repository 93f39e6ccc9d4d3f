/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text as XML spells it.
 */
#include "domain/xml-escape.h"

#include <string.h>

static const char *
get_escape (char special)
{
  static const char *const escapes[] = {
    ['&'] = "&amp;",  ['<'] = "&lt;",  ['>'] = "&gt;",   ['\''] = "&apos;",
    ['"'] = "&quot;", ['\t'] = "&#9;", ['\n'] = "&#10;", ['\r'] = "&#13;",
  };

  return escapes[(guchar) special];
}

void
vb_xml_append_escaped (GString *text, const char *value, const char *specials)
{
  for (gsize plain = strcspn (value, specials); value[plain] != '\0';
       plain = strcspn (value, specials))
    {
      g_string_append_len (text, value, plain);
      g_string_append (text, get_escape (value[plain]));
      value += plain + 1;
    }
  g_string_append (text, value);
}
