/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text as XML spells it. Private to the room.
 */
#pragma once

#include <glib.h>

/* What cannot stand as itself. White space in an attribute would be read as blanks. */
#define VB_XML_SPECIALS_TEXT "&<>\r"
#define VB_XML_SPECIALS_SINGLE_QUOTED "&<>'\t\n\r"
#define VB_XML_SPECIALS_DOUBLE_QUOTED "&<>\"\t\n\r"

void vb_xml_append_escaped (GString *text, const char *value, const char *specials);
