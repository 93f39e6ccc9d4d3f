/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The paths of elements and attributes, as XPath writes them. libxml2 counts the siblings anew for each;
 * here the children of an element are counted once, so that ten thousand findings take no longer than
 * ten thousand paths.
 */
#include "domain/xml-reader.h"

/* What stands in the table: the number among the siblings of the same name from 1, or that there are
 * none. */
#define ALONE G_MAXUINT

static gboolean
is_plain (const xmlNode *node)
{
  return node->type == XML_ELEMENT_NODE && node->ns == NULL;
}

static guint
count (GHashTable *counts, const xmlChar *name)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) + 1;

  g_hash_table_insert (counts, (char *) name, GUINT_TO_POINTER (number));
  return number;
}

static void
number_children (VbXmlReader *reader, const xmlNode *parent)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);

  for (xmlNode *child = parent->children; child != NULL; child = child->next)
    if (is_plain (child))
      g_hash_table_insert (reader->positions, child,
                           GUINT_TO_POINTER (count (counts, child->name)));
  for (xmlNode *child = parent->children; child != NULL; child = child->next)
    if (is_plain (child) &&
        GPOINTER_TO_UINT (g_hash_table_lookup (counts, (char *) child->name)) == 1)
      g_hash_table_insert (reader->positions, child, GUINT_TO_POINTER (ALONE));
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
  g_string_append_printf (path, "/%s", (char *) element->name);
  if (position != ALONE)
    g_string_append_printf (path, "[%u]", position);
}

/* Names in namespaces are libxml2's affair. */
static gboolean
is_all_plain (const xmlNode *element)
{
  for (; element->type == XML_ELEMENT_NODE; element = element->parent)
    if (!is_plain (element))
      return FALSE;
  return TRUE;
}

char *
vb_xml_reader_get_path (VbXmlReader *reader, const xmlNode *node)
{
  gboolean is_attribute = node->type == XML_ATTRIBUTE_NODE;
  const xmlNode *element = is_attribute ? node->parent : node;
  GString *path;

  if (node->ns != NULL || !is_all_plain (element))
    {
      xmlChar *text = xmlGetNodePath ((xmlNode *) node);
      char *copy = g_strdup ((char *) text);

      xmlFree (text);
      return copy;
    }
  path = g_string_new (NULL);
  append_element (reader, element, path);
  if (is_attribute)
    g_string_append_printf (path, "/@%s", (char *) node->name);
  return g_string_free (path, FALSE);
}
