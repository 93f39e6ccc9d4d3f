/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Building the tree. What is in a node follows libxml2's own SAX2.c, whose other functions expect it.
 */
#include "domain/xml-tree.h"

#include <string.h>

#include <libxml/dict.h>
#include <libxml/parserInternals.h>

#define BLOCK_BYTES (64 * 1024 - 64)
#define ALIGNMENT 8
/* An ampersand in an attribute's value, as the parser leaves it */
#define AMPERSAND "&#38;"

struct _VbXmlTree
{
  xmlParserCtxt *context; /* (unowned) while the document is read */
  xmlDict *dictionary;    /* (owned) of the names, prefixes and URIs */
  xmlDoc *document;       /* (unowned) once its root is read */
  xmlNode *root;
  xmlNode *open;     /* (nullable) the innermost open element */
  GString *text;     /* (owned) that was read since the last node */
  GPtrArray *blocks; /* (owned) */
  char *free_start;  /* in the last block */
  gsize n_free;
};

VbXmlTree *
vb_xml_tree_new (xmlParserCtxt *context)
{
  VbXmlTree *tree = g_new0 (VbXmlTree, 1);

  tree->context = context;
  tree->dictionary = context->dict;
  xmlDictReference (tree->dictionary);
  tree->text = g_string_new (NULL);
  tree->blocks = g_ptr_array_new_with_free_func (g_free);
  return tree;
}

void
vb_xml_tree_free (VbXmlTree *tree)
{
  g_ptr_array_unref (tree->blocks);
  g_string_free (tree->text, TRUE);
  xmlDictFree (tree->dictionary);
  g_free (tree);
}

xmlNode *
vb_xml_tree_get_root (const VbXmlTree *tree)
{
  return tree->root;
}

guint
vb_xml_tree_get_line (const xmlNode *element)
{
  return GPOINTER_TO_UINT (element->psvi);
}

static gpointer
add_block (VbXmlTree *tree, gsize n_bytes)
{
  gpointer block = g_malloc (n_bytes);

  g_ptr_array_add (tree->blocks, block);
  return block;
}

static gpointer
allocate (VbXmlTree *tree, gsize n_bytes)
{
  gsize n_taken = (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  char *start;

  if (n_taken > tree->n_free)
    {
      if (n_taken > BLOCK_BYTES / 8)
        return add_block (tree, n_taken);
      tree->free_start = add_block (tree, BLOCK_BYTES);
      tree->n_free = BLOCK_BYTES;
    }
  start = tree->free_start;
  tree->free_start += n_taken;
  tree->n_free -= n_taken;
  return start;
}

/* @n_more: bytes behind, which are not set */
static gpointer
allocate0 (VbXmlTree *tree, gsize n_bytes, gsize n_more)
{
  return memset (allocate (tree, n_bytes + n_more), 0, n_bytes);
}

static xmlChar *
put_text (xmlChar *place, const xmlChar *text, gsize length)
{
  memcpy (place, text, length);
  place[length] = '\0';
  return place;
}

/* @n_more: bytes behind the node, which are not set */
static xmlNode *
new_node (VbXmlTree *tree, xmlElementType type, const xmlChar *name, gsize n_more)
{
  xmlNode *node = allocate0 (tree, sizeof *node, n_more);

  node->type = type;
  node->name = name;
  node->doc = tree->document;
  return node;
}

static void
append (xmlNode *parent, xmlNode *node)
{
  node->parent = parent;
  node->prev = parent->last;
  if (parent->last != NULL)
    parent->last->next = node;
  else
    parent->children = node;
  parent->last = node;
}

static void
append_content (
    VbXmlTree *tree, xmlElementType type, const xmlChar *name, const xmlChar *text, gsize length)
{
  xmlNode *node = new_node (tree, type, name, length + 1);

  node->content = put_text ((xmlChar *) (node + 1), text, length);
  append (tree->open, node);
}

static void
end_text (VbXmlTree *tree)
{
  if (tree->text->len == 0)
    return;
  append_content (tree, XML_TEXT_NODE, xmlStringText, (xmlChar *) tree->text->str, tree->text->len);
  g_string_truncate (tree->text, 0);
}

static void
declare_namespaces (VbXmlTree *tree, xmlNode *element, guint n_namespaces, const xmlChar **pairs)
{
  xmlNs **end = &element->nsDef;

  for (guint i = 0; i < n_namespaces; i++, pairs += 2)
    {
      xmlNs *namespace = allocate0 (tree, sizeof *namespace, 0);

      namespace->type = XML_LOCAL_NAMESPACE;
      namespace->prefix = pairs[0];
      namespace->href = pairs[1];
      *end = namespace;
      end = &namespace->next;
    }
}

static void
decode_ampersands (char *value)
{
  char *to = strchr (value, '&');

  for (const char *from = to; from != NULL && *from != '\0'; to++)
    {
      *to = *from;
      from += g_str_has_prefix (from, AMPERSAND) ? strlen (AMPERSAND) : 1;
    }
  if (to != NULL)
    *to = '\0';
}

/* The value stands behind the attribute: nearly all are only read by this room. */
const char *
vb_xml_tree_get_value (const xmlAttr *attribute)
{
  return (const char *) (attribute + 1);
}

/* @parts: name, prefix, URI, and where the value starts and ends */
static xmlAttr *
new_attribute (VbXmlTree *tree, xmlNode *element, const xmlChar **parts)
{
  gsize length = (gsize) (parts[4] - parts[3]);
  xmlAttr *attribute = allocate0 (tree, sizeof *attribute, length + 1);

  attribute->type = XML_ATTRIBUTE_NODE;
  attribute->name = parts[0];
  attribute->doc = element->doc;
  attribute->parent = element;
  attribute->ns = parts[1] != NULL ? xmlSearchNs (element->doc, element, parts[1]) : NULL;
  decode_ampersands ((char *) put_text ((xmlChar *) (attribute + 1), parts[3], length));
  return attribute;
}

static void
add_attributes (VbXmlTree *tree, xmlNode *element, guint n_attributes, const xmlChar **parts)
{
  xmlAttr *last = NULL;

  for (guint i = 0; i < n_attributes; i++, parts += 5)
    {
      xmlAttr *attribute = new_attribute (tree, element, parts);

      attribute->prev = last;
      if (last != NULL)
        last->next = attribute;
      else
        element->properties = attribute;
      last = attribute;
    }
}

void
vb_xml_tree_start_element (VbXmlTree *tree,
                           const xmlChar *name,
                           const xmlChar *prefix,
                           const xmlChar *uri,
                           guint n_namespaces,
                           const xmlChar **namespaces,
                           guint n_attributes,
                           const xmlChar **attributes)
{
  xmlNode *element;

  end_text (tree);
  tree->document = tree->context->myDoc;
  element = new_node (tree, XML_ELEMENT_NODE, name, 0);
  /* node->line ends at 65535 */
  element->psvi = GUINT_TO_POINTER ((guint) MAX (tree->context->input->line, 0));
  if (tree->open != NULL)
    append (tree->open, element);
  else
    {
      element->parent = (xmlNode *) tree->document;
      tree->root = element;
    }
  declare_namespaces (tree, element, n_namespaces, namespaces);
  if (uri != NULL)
    element->ns = xmlSearchNs (element->doc, element, prefix);
  add_attributes (tree, element, n_attributes, attributes);
  tree->open = element;
}

void
vb_xml_tree_end_element (VbXmlTree *tree)
{
  end_text (tree);
  tree->open = tree->open != tree->root ? tree->open->parent : NULL;
}

void
vb_xml_tree_add_text (VbXmlTree *tree, const xmlChar *text, gsize length)
{
  if (tree->open != NULL)
    g_string_append_len (tree->text, (const char *) text, (gssize) length);
}

void
vb_xml_tree_add_cdata (VbXmlTree *tree, const xmlChar *text, gsize length)
{
  if (tree->open == NULL)
    return;
  end_text (tree);
  append_content (tree, XML_CDATA_SECTION_NODE, NULL, text, length);
}

void
vb_xml_tree_add_comment (VbXmlTree *tree, const xmlChar *text)
{
  if (tree->open == NULL)
    return;
  end_text (tree);
  append_content (tree, XML_COMMENT_NODE, xmlStringComment, text, strlen ((const char *) text));
}

void
vb_xml_tree_add_instruction (VbXmlTree *tree, const xmlChar *target, const xmlChar *text)
{
  if (tree->open == NULL)
    return;
  end_text (tree);
  append_content (tree, XML_PI_NODE, xmlDictLookup (tree->dictionary, target, -1), text,
                  text != NULL ? strlen ((const char *) text) : 0);
}

/* libxml2 reads values from nodes of their own. */
static void
add_values (VbXmlTree *tree, xmlNode *element)
{
  for (xmlAttr *attribute = element->properties; attribute != NULL; attribute = attribute->next)
    {
      xmlNode *text = new_node (tree, XML_TEXT_NODE, xmlStringText, 0);

      text->content = (xmlChar *) vb_xml_tree_get_value (attribute);
      text->parent = (xmlNode *) attribute;
      attribute->children = attribute->last = text;
    }
  for (xmlNode *child = element->children; child != NULL; child = child->next)
    if (child->type == XML_ELEMENT_NODE)
      add_values (tree, child);
}

xmlNode *
vb_xml_tree_copy (xmlNode *element)
{
  xmlNode *copy;

  add_values (element->doc->_private, element);
  copy = xmlDocCopyNode (element, element->doc, 1);
  if (copy == NULL)
    g_error ("out of memory");
  return copy;
}
