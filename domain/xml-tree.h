/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tree of a document while it is read: libxml2's own nodes, so that its functions read and copy
 * them, but laid one behind the other in blocks that are freed at once. One by one, ten thousand
 * disks would be three hundred thousand allocations. Only to be read; private to the room.
 */
#pragma once

#include <glib.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

typedef struct _VbXmlTree VbXmlTree;

/* The nodes belong to the document of @context. */
VbXmlTree *vb_xml_tree_new (xmlParserCtxt *context);
void vb_xml_tree_free (VbXmlTree *tree);
/* (nullable) (transfer none) */
xmlNode *vb_xml_tree_get_root (const VbXmlTree *tree);
guint vb_xml_tree_get_line (const xmlNode *element);
const char *vb_xml_tree_get_value (const xmlAttr *attribute);
/* (transfer full): for libxml2's functions, which find no values in the attributes here; to be freed
 * with xmlFreeNode() */
xmlNode *vb_xml_tree_copy (xmlNode *element);

/* What is read, in its order. @namespaces: pairs of prefix and URI; @attributes: as the parser gives
 * them, five pointers for each */
void vb_xml_tree_start_element (VbXmlTree *tree,
                                const xmlChar *name,
                                const xmlChar *prefix,
                                const xmlChar *uri,
                                guint n_namespaces,
                                const xmlChar **namespaces,
                                guint n_attributes,
                                const xmlChar **attributes);
void vb_xml_tree_end_element (VbXmlTree *tree);
void vb_xml_tree_add_text (VbXmlTree *tree, const xmlChar *text, gsize length);
void vb_xml_tree_add_cdata (VbXmlTree *tree, const xmlChar *text, gsize length);
void vb_xml_tree_add_comment (VbXmlTree *tree, const xmlChar *text);
void vb_xml_tree_add_instruction (VbXmlTree *tree, const xmlChar *target, const xmlChar *text);
