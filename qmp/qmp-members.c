/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A walk over one level of an object. The brackets of the text are known to close in number, for
 * the framer counted them; whether values are JSON is for who parses them.
 */
#include "qmp/qmp-members.h"

#include <string.h>

void
qmp_members_init (QmpMembers *members, const char *text, gsize n_bytes)
{
  *members = (QmpMembers){
    .cursor = text + 1,
    .end = text + n_bytes - 1, /* the closing brace */
    .is_first = TRUE,
    .is_broken = text[n_bytes - 1] != '}',
  };
}

static void
skip_space (QmpMembers *members)
{
  while (members->cursor < members->end && g_ascii_isspace (*members->cursor))
    members->cursor++;
}

static gboolean
skip_byte (QmpMembers *members, char byte)
{
  skip_space (members);
  if (members->cursor >= members->end || *members->cursor != byte)
    return FALSE;
  members->cursor++;
  return TRUE;
}

/* From behind the opening quote to behind the closing one; @text: what is in between */
static gboolean
skip_string (QmpMembers *members, QmpSpan *text)
{
  text->start = members->cursor;
  for (; members->cursor < members->end; members->cursor++)
    {
      if (*members->cursor == '\\')
        members->cursor++;
      else if (*members->cursor == '"')
        {
          text->n_bytes = (gsize) (members->cursor++ - text->start);
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
skip_value (QmpMembers *members, QmpSpan *value)
{
  guint depth = 0;
  QmpSpan string;

  skip_space (members);
  value->start = members->cursor;
  while (members->cursor < members->end && (depth > 0 || *members->cursor != ','))
    {
      char byte = *members->cursor++;
      if (byte == '"' && !skip_string (members, &string))
        return FALSE;
      if (byte == '{' || byte == '[')
        depth++;
      else if ((byte == '}' || byte == ']') && depth-- == 0)
        return FALSE;
    }
  value->n_bytes = (gsize) (members->cursor - value->start);
  while (value->n_bytes > 0 && g_ascii_isspace (value->start[value->n_bytes - 1]))
    value->n_bytes--;
  return value->n_bytes > 0 && depth == 0;
}

gboolean
qmp_members_next (QmpMembers *members, QmpMember *member)
{
  gboolean has_comma;

  skip_space (members);
  if (members->is_broken || members->cursor >= members->end)
    return FALSE;
  has_comma = members->is_first || skip_byte (members, ',');
  members->is_first = FALSE;
  members->is_broken =
      !(has_comma && skip_byte (members, '"') && skip_string (members, &member->name) &&
        skip_byte (members, ':') && skip_value (members, &member->value));
  return !members->is_broken;
}

gboolean
qmp_span_equal (QmpSpan span, const char *text)
{
  return span.n_bytes == strlen (text) && memcmp (span.start, text, span.n_bytes) == 0;
}
