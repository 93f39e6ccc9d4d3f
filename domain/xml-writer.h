/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing the canonical document: two spaces a level, single quotes, elements without content closed
 * in themselves; what was kept is written again in the element that it stood in. Private to the
 * room.
 */
#pragma once

#include "domain/domain.h"

/* One open element. */
typedef struct
{
  const char *name;      /* (unowned) */
  const GPtrArray *kept; /* (unowned) (nullable) of the noun that it belongs to */
  gsize start;           /* where it begins, to take it back */
  gsize path_length;     /* of the path of its parent */
  gsize noun_start;      /* where in the path its noun begins */
  gboolean is_optional;  /* not written when there is nothing in it */
  gboolean is_tag_open;  /* attributes may follow */
  gboolean has_content;  /* attributes or children */
  gboolean has_text;
  gboolean closed_parent_tag; /* by beginning */
} VbXmlFrame;

#define VB_XML_WRITER_MAX_DEPTH 8

typedef struct
{
  GString *text; /* (owned) */
  GString *path; /* (owned) of the open element, relative to its noun, as VbKept.parent */
  VbFormatFlags flags;
  guint depth;
  VbXmlFrame frames[VB_XML_WRITER_MAX_DEPTH];
} VbXmlWriter;

void vb_xml_writer_init (VbXmlWriter *writer, VbFormatFlags flags);
/* (transfer full): the document; the writer is at its end */
char *vb_xml_writer_finish (VbXmlWriter *writer);

void vb_xml_writer_begin (VbXmlWriter *writer, const char *name);
/* Not written if it ends without attributes, children and text. */
void vb_xml_writer_begin_optional (VbXmlWriter *writer, const char *name);
/* The @n_th from 0 of an element that is repeated. */
void vb_xml_writer_begin_repeated (VbXmlWriter *writer, const char *name, guint n_th);
/* An element that has its own list of what was kept; @kept: (nullable) */
void vb_xml_writer_begin_noun (VbXmlWriter *writer, const char *name, const GPtrArray *kept);
void vb_xml_writer_end (VbXmlWriter *writer);

/* @value: (nullable): then nothing is written */
void vb_xml_writer_attribute (VbXmlWriter *writer, const char *name, const char *value);
/* The word of @value in @table; nothing for 0, which stands for an absent attribute. */
void vb_xml_writer_word_attribute (VbXmlWriter *writer,
                                   const char *name,
                                   const VbEnumTable *table,
                                   int value);
void vb_xml_writer_number_attribute (VbXmlWriter *writer, const char *name, guint64 value);
/* As "0x1f" with at least @n_digits. */
void
vb_xml_writer_hex_attribute (VbXmlWriter *writer, const char *name, guint64 value, guint n_digits);
/* @text: (nullable): nothing is written for %NULL or "" */
void vb_xml_writer_text (VbXmlWriter *writer, const char *text);
/* An element with text alone; @text: (nullable): then none */
void vb_xml_writer_element (VbXmlWriter *writer, const char *name, const char *text);
void vb_xml_writer_number_element (VbXmlWriter *writer, const char *name, guint64 value);
/* An element that was kept, in this very place. */
void vb_xml_writer_kept (VbXmlWriter *writer, const VbKept *kept);
/* An element that says something by being there. */
void vb_xml_writer_flag (VbXmlWriter *writer, const char *name, gboolean is_set);
