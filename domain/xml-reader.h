/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading a domain document element by element. What a reader of an element asks for counts as
 * seen; what nobody asked for is kept verbatim by vb_xml_reader_keep_rest(). Findings are collected,
 * so that one document tells all its errors. Private to the room.
 */
#pragma once

#include <libxml/tree.h>

#include "domain/diagnostics.h"
#include "domain/domain.h"
#include "domain/enum-table.h"
#include "domain/kept.h"

/* Wherever an @element is taken it may be %NULL: an absent element has no attributes and no
 * children. */
typedef struct
{
  xmlDoc *document;           /* (owned) */
  xmlNode *root;              /* (unowned) */
  VbDiagnostics *diagnostics; /* (unowned) (nullable) */
  GError *first_error;        /* (owned) (nullable) */
  GHashTable *positions;      /* (owned) (element-type xmlNode guint), see xml-path.c */
  gboolean live;              /* live values are read, not dropped */
  /* What the readers of devices must know of their domain. */
  VbDomainType domain_type;
  VbOsType os_type;
} VbXmlReader;

/* As @first of an enumeration's reader: the element must have the attribute. */
#define VB_XML_REQUIRED (-1)

/* (transfer full) (nullable): opens the document or tells why not */
VbXmlReader *vb_xml_reader_new (
    const char *xml, gsize length, gboolean live, VbDiagnostics *diagnostics, GError **error);
void vb_xml_reader_free (VbXmlReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbXmlReader, vb_xml_reader_free)

/* Findings about @element or, where @attribute is given, about that attribute of it. */
void vb_xml_reader_error (VbXmlReader *reader,
                          const xmlNode *element,
                          const char *attribute,
                          const char *message_format,
                          ...) G_GNUC_PRINTF (4, 5);
void vb_xml_reader_warn (VbXmlReader *reader,
                         const xmlNode *element,
                         const char *attribute,
                         const char *message_format,
                         ...) G_GNUC_PRINTF (4, 5);
void vb_xml_reader_inform (VbXmlReader *reader,
                           const xmlNode *element,
                           const char *attribute,
                           const char *message_format,
                           ...) G_GNUC_PRINTF (4, 5);
/* An error of the code %VB_DOMAIN_ERROR_LIMIT. */
void
vb_xml_reader_limit (VbXmlReader *reader, const xmlNode *element, const char *message_format, ...)
    G_GNUC_PRINTF (3, 4);
guint vb_xml_reader_get_line (const xmlNode *element);
/* (transfer full): of an element or attribute, such as "/domain/devices/disk[2]/target/@bus" */
char *vb_xml_reader_get_path (VbXmlReader *reader, const xmlNode *node);

/* The first child of that name, now seen. */
xmlNode *vb_xml_reader_child (VbXmlReader *reader, xmlNode *element, const char *name);
/* As vb_xml_reader_child(), but its absence is an error. */
xmlNode *vb_xml_reader_required_child (VbXmlReader *reader, xmlNode *element, const char *name);
/* The child elements of that name one after another, the @n_th from 0, now seen. @previous: the one
 * before, %NULL for the first */
xmlNode *vb_xml_reader_next_child (
    VbXmlReader *reader, xmlNode *element, xmlNode *previous, const char *name, guint n_th);
/* The next child element of any name after @previous; not marked as seen. */
xmlNode *vb_xml_reader_next_element (xmlNode *element, xmlNode *previous);
/* @element is read as a noun of its own, whose rest is kept there. */
void vb_xml_reader_mark_noun (xmlNode *element);
gboolean vb_xml_reader_has_name (const xmlNode *element, const char *name);
/* (nullable) (transfer none): without marking anything as seen */
xmlNode *vb_xml_reader_peek_child (xmlNode *element, const char *name);
/* (nullable) (transfer full) */
char *vb_xml_reader_peek_attribute (const xmlNode *element, const char *name);

/* (transfer full) (nullable): an absent element's text is %NULL, an empty one's is "" */
char *vb_xml_reader_text (VbXmlReader *reader, xmlNode *element);
/* As vb_xml_reader_text() without white space around it: for words and numbers. */
char *vb_xml_reader_word (VbXmlReader *reader, xmlNode *element);
/* (transfer full) (nullable) */
char *vb_xml_reader_attribute (VbXmlReader *reader, xmlNode *element, const char *name);
/* As vb_xml_reader_attribute(), but its absence is an error. */
char *vb_xml_reader_required_attribute (VbXmlReader *reader, xmlNode *element, const char *name);

/* The value of a word in @table from the value @first on. An absent attribute gives @absent, which
 * may be %VB_XML_REQUIRED; an error gives -1. */
int vb_xml_reader_enum (VbXmlReader *reader,
                        xmlNode *element,
                        const char *name,
                        const VbEnumTable *table,
                        int first,
                        int absent);
/* The same for an element's text; absent: no element. */
int vb_xml_reader_enum_text (VbXmlReader *reader,
                             xmlNode *element,
                             const VbEnumTable *table,
                             int absent);
/* "yes" or "no" */
gboolean
vb_xml_reader_flag (VbXmlReader *reader, xmlNode *element, const char *name, gboolean absent);
/* %FALSE, and @value untouched, where the attribute is absent or wrong. */
gboolean vb_xml_reader_number (VbXmlReader *reader,
                               xmlNode *element,
                               const char *name,
                               guint64 minimum,
                               guint64 maximum,
                               guint64 *value);
/* As vb_xml_reader_number(), but the attribute's absence is an error. */
gboolean vb_xml_reader_required_number (VbXmlReader *reader,
                                        xmlNode *element,
                                        const char *name,
                                        guint64 minimum,
                                        guint64 maximum,
                                        guint64 *value);
/* The same for an element's text. */
gboolean vb_xml_reader_number_text (
    VbXmlReader *reader, xmlNode *element, guint64 minimum, guint64 maximum, guint64 *value);
/* An element's text as a size in the unit of its attribute `unit`, KiB without one; rounded up.
 * %FALSE, and @kib untouched, where the element is absent or wrong. */
gboolean vb_xml_reader_size_text (VbXmlReader *reader, xmlNode *element, guint64 *kib);
/* A number as C writes it: decimal, hexadecimal after 0x, octal after 0. %TRUE, and @value untouched,
 * where the attribute is absent and need not be there. */
gboolean vb_xml_reader_c_number (VbXmlReader *reader,
                                 xmlNode *element,
                                 const char *name,
                                 gboolean is_required,
                                 guint64 minimum,
                                 guint64 maximum,
                                 guint64 *value);
/* (transfer full) (nullable): an absolute path; an empty attribute is an absent one */
char *vb_xml_reader_path (VbXmlReader *reader, xmlNode *element, const char *name);
/* (transfer full) (nullable): the same for an element's text */
char *vb_xml_reader_path_text (VbXmlReader *reader, xmlNode *element);
/* (transfer full) (nullable): letters, digits and @others, not empty */
char *vb_xml_reader_token (
    VbXmlReader *reader, xmlNode *element, const char *name, const char *others, gsize max_length);
/* As vb_xml_reader_token(), but the attribute's absence is an error. */
char *vb_xml_reader_required_token (
    VbXmlReader *reader, xmlNode *element, const char *name, const char *others, gsize max_length);
/* (transfer full) (nullable) */
VbCpuset *vb_xml_reader_cpuset (VbXmlReader *reader, xmlNode *element, const char *name);
/* As vb_xml_reader_cpuset(), but the attribute's absence is an error. */
VbCpuset *vb_xml_reader_required_cpuset (VbXmlReader *reader, xmlNode *element, const char *name);
gboolean vb_xml_is_token (const char *text, const char *others, gsize max_length);

/* (transfer full): an element kept whole; @parent: where, relative to the noun */
VbKept *
vb_xml_reader_keep_element (VbXmlReader *reader, const xmlNode *element, const char *parent);
/* (transfer full) (nullable) (element-type VbKept): what nobody has asked for in the noun @element,
 * with a warning for each */
GPtrArray *vb_xml_reader_keep_rest (VbXmlReader *reader, xmlNode *element);
