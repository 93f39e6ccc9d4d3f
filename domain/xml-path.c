/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The paths of elements and attributes, as XPath writes them. libxml2 counts the siblings anew for each;
 * here the children of an element are counted once, so that ten thousand findings take no longer than
 * ten thousand paths.
 */
#include "domain/xml-reader.h"

#include <libxml/dict.h>

/* What stands in the table: the number among the siblings of the same name from 1, or that there are
 * none. */
#define ALONE G_MAXUINT

/* What XPath without declarations can ask for: an element of a default namespace has no name.
 * (transfer none): one text for all elements of that name */
static const xmlChar *
get_name (const xmlNode *node)
{
  static const xmlChar any[] = "*";

  if (node->ns == NULL)
    return node->name;
  return node->ns->prefix != NULL ? xmlDictQLookup (node->doc->dict, node->ns->prefix, node->name)
                                  : any;
}

/* One more element of @name; how many there are now */
static guint
count (GHashTable *counts, const xmlChar *name)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) + 1;

  g_hash_table_insert (counts, (xmlChar *) name, GUINT_TO_POINTER (number));
  return number;
}

static void
number_children (VbXmlReader *reader, const xmlNode *parent)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);
  guint n_elements = 0;

  for (xmlNode *child = parent->children; child != NULL; child = child->next)
    if (child->type == XML_ELEMENT_NODE)
      {
        const xmlChar *name = get_name (child);
        guint number = count (counts, name);

        n_elements++;
        g_hash_table_insert (reader->positions, child,
                             GUINT_TO_POINTER (name[0] == '*' ? n_elements : number));
      }
  for (xmlNode *child = parent->children; child != NULL; child = child->next)
    if (child->type == XML_ELEMENT_NODE)
      {
        const xmlChar *name = get_name (child);

        if (name[0] == '*' ? n_elements == 1
                           : GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) == 1)
          g_hash_table_insert (reader->positions, child, GUINT_TO_POINTER (ALONE));
      }
}

static guint
get_position (VbXmlReader *reader, const xmlNode *node)
{
  guint position = GPOINTER_TO_UINT (g_hash_table_lookup (reader->positions, node));

  if (position != 0)
    return position;
  number_children (reader, node->parent);
  return GPOINTER_TO_UINT (g_hash_table_lookup (reader->positions, node));
}

static void
append_element (VbXmlReader *reader, const xmlNode *element, GString *path)
{
  guint position = get_position (reader, element);

  if (element->parent->type == XML_ELEMENT_NODE)
    append_element (reader, element->parent, path);
  g_string_append_c (path, '/');
  g_string_append (path, (const char *) get_name (element));
  if (position != ALONE)
    g_string_append_printf (path, "[%u]", position);
}

char *
vb_xml_reader_get_path (VbXmlReader *reader, const xmlNode *node)
{
  gboolean is_attribute = node->type == XML_ATTRIBUTE_NODE;
  GString *path = g_string_new (NULL);

  append_element (reader, is_attribute ? node->parent : node, path);
  if (is_attribute)
    {
      g_string_append (path, "/@");
      g_string_append (path, (const char *) get_name (node));
    }
  return g_string_free (path, FALSE);
}
