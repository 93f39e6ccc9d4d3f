/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rest of a noun: what its reader has not asked for, kept verbatim with a warning. Passwords in
 * it are told apart, so that they are not shown where a handled password would not be.
 */
#include "domain/xml-reader.h"

#include <string.h>

#include "domain/xml-escape.h"

/* What a password is called wherever the format has one. */
#define PASSWORD "passwd"

static char *
dump (xmlDoc *document, xmlNode *element)
{
  xmlBuffer *buffer = xmlBufferCreate ();
  char *text;

  xmlNodeDump (buffer, document, element, 0, 0);
  text = g_strdup ((char *) xmlBufferContent (buffer));
  xmlBufferFree (buffer);
  return text;
}

static gboolean
remove_passwords (xmlNode *element)
{
  gboolean removed = xmlUnsetProp (element, BAD_CAST PASSWORD) == 0;

  for (xmlNode *child = element->children; child != NULL; child = child->next)
    if (child->type == XML_ELEMENT_NODE)
      removed |= remove_passwords (child);
  return removed;
}

/* The copy declares by itself the namespaces that its surroundings declared. */
static void
set_text (VbKept *kept, xmlDoc *document, const xmlNode *element)
{
  xmlNode *copy = xmlDocCopyNode ((xmlNode *) element, document, 1);

  kept->text = dump (document, copy);
  if (remove_passwords (copy))
    {
      kept->secret = vb_secret_take (g_steal_pointer (&kept->text));
      kept->text = dump (document, copy);
    }
  xmlFreeNode (copy);
}

VbKept *
vb_xml_reader_keep_element (VbXmlReader *reader, const xmlNode *element, const char *parent)
{
  VbKept *kept = g_new0 (VbKept, 1);

  kept->parent = g_strdup (parent);
  kept->path = vb_xml_reader_get_path (reader, element);
  kept->line = vb_xml_reader_get_line (element);
  set_text (kept, reader->document, element);
  return kept;
}

static char *
format_attribute (const char *prefix, const char *name, const char *value)
{
  GString *text = g_string_new (" ");

  if (prefix != NULL)
    g_string_append_printf (text, "%s:", prefix);
  g_string_append_printf (text, "%s=\"", name);
  vb_xml_append_escaped (text, value, VB_XML_SPECIALS_DOUBLE_QUOTED);
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

static VbKept *
keep_attribute (VbXmlReader *reader, const xmlAttr *attribute, const char *parent)
{
  const xmlNode *element = attribute->parent;
  const char *prefix = attribute->ns != NULL ? (char *) attribute->ns->prefix : NULL;
  const char *name = (char *) attribute->name;
  VbKept *kept = g_new0 (VbKept, 1);
  xmlChar *value = xmlNodeListGetString (attribute->doc, attribute->children, 1);

  kept->parent = g_strdup (parent);
  kept->path = vb_xml_reader_get_path (reader, (const xmlNode *) attribute);
  kept->line = vb_xml_reader_get_line (element);
  kept->is_attribute = TRUE;
  kept->text = format_attribute (prefix, name, value != NULL ? (char *) value : "");
  if (g_str_equal (name, PASSWORD))
    {
      kept->secret = vb_secret_take (g_steal_pointer (&kept->text));
      kept->text = g_strdup ("");
    }
  xmlFree (value);
  return kept;
}

static VbKept *
keep_namespace (const xmlNs *namespace, const char *parent)
{
  VbKept *kept = g_new0 (VbKept, 1);
  const char *uri = namespace->href != NULL ? (char *) namespace->href : "";

  kept->parent = g_strdup (parent);
  kept->is_attribute = TRUE;
  kept->is_namespace = TRUE;
  kept->text = namespace->prefix != NULL
                   ? format_attribute ("xmlns", (char *) namespace->prefix, uri)
                   : format_attribute (NULL, "xmlns", uri);
  return kept;
}

/* One walk through a noun. */
typedef struct
{
  VbXmlReader *reader;
  GString *parent; /* (owned) */
  GPtrArray *kept; /* (owned) (nullable) (element-type VbKept) */
} Walk;

static void
add (Walk *walk, VbKept *kept)
{
  if (walk->kept == NULL)
    walk->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) vb_kept_free);
  g_ptr_array_add (walk->kept, kept);
}

/* The children of one element that were read, as far as the walk is. */
typedef struct
{
  const xmlNode *next; /* (nullable) the first child that is not noted yet */
  GHashTable *names;   /* (owned) (nullable) (element-type utf8): the parser has each name once */
} Seen;

static gboolean
is_repetition (Seen *seen, const xmlNode *element)
{
  if (seen->names == NULL)
    seen->names = g_hash_table_new (NULL, NULL);
  for (; seen->next != element; seen->next = seen->next->next)
    if (seen->next->type == XML_ELEMENT_NODE && seen->next->_private != NULL &&
        seen->next->ns == NULL)
      g_hash_table_add (seen->names, (xmlChar *) seen->next->name);
  return element->ns == NULL && g_hash_table_contains (seen->names, element->name);
}

static void
walk_attributes (Walk *walk, const xmlNode *element)
{
  for (const xmlNs *namespace = element->nsDef; namespace != NULL; namespace = namespace->next)
    add (walk, keep_namespace (namespace, walk->parent->str));
  for (const xmlAttr *attribute = element->properties; attribute != NULL;
       attribute = attribute->next)
    if (attribute->_private == NULL)
      {
        VbKept *kept = keep_attribute (walk->reader, attribute, walk->parent->str);

        add (walk, kept);
        vb_xml_reader_warn (walk->reader, element, strrchr (kept->path, '@') + 1,
                            "the attribute is not handled: it is kept, without effect");
      }
}

static void walk_element (Walk *walk, const xmlNode *element);

static void
walk_child (Walk *walk, Seen *seen, const xmlNode *child)
{
  guint mark = GPOINTER_TO_UINT (child->_private);
  gsize length = walk->parent->len;

  if (mark == G_MAXUINT)
    return;
  if (mark == 0)
    {
      VbKept *kept = vb_xml_reader_keep_element (walk->reader, child, walk->parent->str);

      kept->is_repetition = is_repetition (seen, child);
      add (walk, kept);
      vb_xml_reader_warn (walk->reader, child, NULL, "%s: it is kept, without effect",
                          kept->is_repetition ? "only the first element of this name counts"
                                              : "the element is not handled");
      return;
    }

  if (length > 0)
    g_string_append_c (walk->parent, '/');
  g_string_append (walk->parent, (char *) child->name);
  if (mark > 1)
    g_string_append_printf (walk->parent, "[%u]", mark - 1);
  walk_element (walk, child);
  g_string_truncate (walk->parent, length);
}

static gboolean
is_blank (const char *text)
{
  return text[strspn (text, " \t\r\n")] == '\0';
}

static void
walk_element (Walk *walk, const xmlNode *element)
{
  Seen seen = { .next = element->children };

  walk_attributes (walk, element);
  for (const xmlNode *child = element->children; child != NULL; child = child->next)
    if (child->type == XML_ELEMENT_NODE)
      walk_child (walk, &seen, child);
    else if ((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) &&
             child->_private == NULL && !is_blank ((char *) child->content))
      vb_xml_reader_warn (walk->reader, element, NULL, "text here has no meaning and is dropped");
  g_clear_pointer (&seen.names, g_hash_table_unref);
}

GPtrArray *
vb_xml_reader_keep_rest (VbXmlReader *reader, xmlNode *element)
{
  Walk walk = { .reader = reader, .parent = g_string_new (NULL) };

  walk_element (&walk, element);
  g_string_free (walk.parent, TRUE);
  return walk.kept;
}
