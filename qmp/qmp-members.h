/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp. The members of a JSON object as spans of its text, so that a message can be
 * told apart, passed on or dropped without making values of what it carries.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *start;
  gsize n_bytes;
} QmpSpan;

typedef struct
{
  QmpSpan name; /* between the quotes, escapes as they are */
  QmpSpan value;
} QmpMember;

typedef struct
{
  const char *cursor;
  const char *end;
  gboolean is_first;
  gboolean is_broken; /* what was walked through is no object */
} QmpMembers;

/* @text: from the brace that opens an object to the one that closes it, as a framer gives it */
void qmp_members_init (QmpMembers *members, const char *text, gsize n_bytes);
/* FALSE after the last one, and where the text is no object: then `is_broken` is set. */
gboolean qmp_members_next (QmpMembers *members, QmpMember *member);

gboolean qmp_span_equal (QmpSpan span, const char *text);

G_END_DECLS
