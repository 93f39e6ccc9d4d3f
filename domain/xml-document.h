/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Untrusted text to an XML tree, within bounds: no network, no entities, no document type, limits
 * on size, depth and numbers. Private to the room; knows nothing of domains but those limits.
 */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

/* Where and why a document was refused. */
typedef struct
{
  int code;      /* VbDomainError */
  guint line;    /* 0: unknown */
  char *message; /* (owned) */
} VbXmlRefusal;

void vb_xml_refusal_clear (VbXmlRefusal *refusal);

/* (transfer full) (nullable): to be freed with xmlFreeDoc(); %NULL with @refusal set */
xmlDoc *vb_xml_document_parse (const char *xml, gsize length, VbXmlRefusal *refusal);
