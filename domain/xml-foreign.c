/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text of the host's in a document.
 */
#include "domain/xml-foreign.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* The production Char of XML 1.0 */
static gboolean
is_in_xml (gunichar c)
{
  return (c >= 0x20 && c != 0xfffe && c != 0xffff) || c == '\t' || c == '\n' || c == '\r';
}

/* (transfer full) (nullable) */
static char *
make_valid (const char *text)
{
  g_autofree char *utf8 = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  GString *valid;

  if (utf8 == NULL)
    return NULL;
  valid = g_string_sized_new (strlen (utf8));
  for (const char *c = utf8; *c != '\0'; c = g_utf8_next_char (c))
    if (is_in_xml (g_utf8_get_char (c)))
      g_string_append_len (valid, c, g_utf8_next_char (c) - c);
    else
      g_string_append (valid, REPLACEMENT);
  return g_string_free (valid, FALSE);
}

void
vb_xml_write_foreign_text (VbXmlWriter *writer, const char *text)
{
  g_autofree char *valid = make_valid (text);

  vb_xml_writer_text (writer, valid);
}

void
vb_xml_write_foreign_element (VbXmlWriter *writer, const char *name, const char *text)
{
  g_autofree char *valid = make_valid (text);

  vb_xml_writer_element (writer, name, valid);
}

void
vb_xml_write_foreign_attribute (VbXmlWriter *writer, const char *name, const char *value)
{
  g_autofree char *valid = make_valid (value);

  vb_xml_writer_attribute (writer, name, valid);
}
