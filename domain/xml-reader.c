/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading a domain document element by element. The marks of what was seen stand in libxml2's own
 * nodes (`_private`), so that keeping the rest needs no second list.
 */
#include "domain/xml-reader.h"

#include <string.h>

#include "domain/number.h"
#include "domain/xml-document.h"

/* Marks in `_private`: 0 is unseen, 1 a singleton, 1 + n the n-th of a repeated element. */
#define SEEN GUINT_TO_POINTER (1)
#define NOUN GUINT_TO_POINTER (G_MAXUINT)

#define MAX_MESSAGE_BYTES 1024

/* So that the size in bytes fits a signed 64-bit number. */
#define MAX_SIZE_KIB ((guint64) G_MAXINT64 / 1024)

static gboolean
is_named (const xmlNode *node, const char *name)
{
  return node->type == XML_ELEMENT_NODE && node->ns == NULL &&
         strcmp ((char *) node->name, name) == 0;
}

static char *
get_path (VbXmlReader *reader, const xmlNode *element, const char *attribute)
{
  char *path = vb_xml_reader_get_path (reader, element);
  char *full;

  if (attribute == NULL)
    return path;
  full = g_strdup_printf ("%s/@%s", path, attribute);
  g_free (path);
  return full;
}

static void
set_first_error (VbXmlReader *reader, int code, guint line, const char *path, const char *message)
{
  if (reader->first_error != NULL)
    return;
  reader->first_error =
      line > 0 ? g_error_new (VB_DOMAIN_ERROR, code, "line %u: %s: %s", line, path, message)
               : g_error_new (VB_DOMAIN_ERROR, code, "%s: %s", path, message);
}

/* Without the middle of a long one, which is of a long value; @message (transfer full) */
static char *
shorten (char *message)
{
  g_autofree char *whole = message;
  gsize length = strlen (message);
  const char *end, *rest;

  if (length <= MAX_MESSAGE_BYTES)
    return g_steal_pointer (&whole);
  end = g_utf8_find_prev_char (whole, whole + MAX_MESSAGE_BYTES / 2);
  rest = g_utf8_find_next_char (whole + length - MAX_MESSAGE_BYTES / 2, NULL);
  return g_strdup_printf ("%.*s…%s", (int) (end - whole), whole, rest);
}

G_GNUC_PRINTF (6, 0)
static void
add_finding (VbXmlReader *reader,
             VbSeverity severity,
             int code,
             const xmlNode *element,
             const char *attribute,
             const char *format,
             va_list arguments)
{
  g_autofree char *path = NULL;
  g_autofree char *message = NULL;
  guint line = vb_xml_reader_get_line (element);
  gboolean is_first_error = severity == VB_SEVERITY_ERROR && reader->first_error == NULL;

  if (vb_diagnostics_is_full (reader->diagnostics, severity) && !is_first_error)
    return;
  path = get_path (reader, element, attribute);
  message = shorten (g_strdup_vprintf (format, arguments));
  vb_diagnostics_add (reader->diagnostics, severity, path, line, "%s", message);
  if (severity == VB_SEVERITY_ERROR)
    set_first_error (reader, code, line, path, message);
}

void
vb_xml_reader_error (
    VbXmlReader *reader, const xmlNode *element, const char *attribute, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_finding (reader, VB_SEVERITY_ERROR, VB_DOMAIN_ERROR_INVALID, element, attribute, format,
               arguments);
  va_end (arguments);
}

void
vb_xml_reader_limit (VbXmlReader *reader, const xmlNode *element, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_finding (reader, VB_SEVERITY_ERROR, VB_DOMAIN_ERROR_LIMIT, element, NULL, format, arguments);
  va_end (arguments);
}

void
vb_xml_reader_warn (
    VbXmlReader *reader, const xmlNode *element, const char *attribute, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_finding (reader, VB_SEVERITY_WARNING, 0, element, attribute, format, arguments);
  va_end (arguments);
}

void
vb_xml_reader_inform (
    VbXmlReader *reader, const xmlNode *element, const char *attribute, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_finding (reader, VB_SEVERITY_INFO, 0, element, attribute, format, arguments);
  va_end (arguments);
}

guint
vb_xml_reader_get_line (const xmlNode *element)
{
  long line = xmlGetLineNo (element);

  return line > 0 ? (guint) line : 0;
}

VbXmlReader *
vb_xml_reader_new (
    const char *xml, gsize length, gboolean live, VbDiagnostics *diagnostics, GError **error)
{
  g_autoptr (VbXmlReader) reader = g_new0 (VbXmlReader, 1);
  VbXmlRefusal refusal = { 0 };

  reader->live = live;
  reader->positions = g_hash_table_new (NULL, NULL);
  reader->diagnostics = diagnostics;
  reader->document = vb_xml_document_parse (xml, length, &refusal);
  if (reader->document == NULL)
    {
      vb_diagnostics_add (diagnostics, VB_SEVERITY_ERROR, "/", refusal.line, "%s", refusal.message);
      set_first_error (reader, refusal.code, refusal.line, "/", refusal.message);
      vb_xml_refusal_clear (&refusal);
      g_propagate_error (error, g_steal_pointer (&reader->first_error));
      return NULL;
    }

  reader->root = xmlDocGetRootElement (reader->document);
  return g_steal_pointer (&reader);
}

void
vb_xml_reader_free (VbXmlReader *reader)
{
  g_clear_pointer (&reader->document, xmlFreeDoc);
  g_hash_table_unref (reader->positions);
  g_clear_error (&reader->first_error);
  g_free (reader);
}

gboolean
vb_xml_reader_has_name (const xmlNode *element, const char *name)
{
  return is_named (element, name);
}

xmlNode *
vb_xml_reader_next_element (xmlNode *element, xmlNode *previous)
{
  xmlNode *node;

  if (element == NULL)
    return NULL;
  node = previous != NULL ? previous->next : element->children;
  while (node != NULL && node->type != XML_ELEMENT_NODE)
    node = node->next;
  return node;
}

static xmlNode *
find_child (xmlNode *element, xmlNode *previous, const char *name)
{
  xmlNode *node = vb_xml_reader_next_element (element, previous);

  while (node != NULL && !is_named (node, name))
    node = vb_xml_reader_next_element (element, node);
  return node;
}

xmlNode *
vb_xml_reader_peek_child (xmlNode *element, const char *name)
{
  return find_child (element, NULL, name);
}

xmlNode *
vb_xml_reader_child (VbXmlReader *reader, xmlNode *element, const char *name)
{
  xmlNode *child = find_child (element, NULL, name);

  if (child != NULL)
    child->_private = SEEN;
  return child;
}

xmlNode *
vb_xml_reader_required_child (VbXmlReader *reader, xmlNode *element, const char *name)
{
  xmlNode *child = vb_xml_reader_child (reader, element, name);

  if (child == NULL && element != NULL)
    vb_xml_reader_error (reader, element, NULL, "the element <%s> is missing", name);
  return child;
}

xmlNode *
vb_xml_reader_next_child (
    VbXmlReader *reader, xmlNode *element, xmlNode *previous, const char *name, guint n_th)
{
  xmlNode *child = find_child (element, previous, name);

  if (child != NULL)
    child->_private = GUINT_TO_POINTER (n_th + 2);
  return child;
}

void
vb_xml_reader_mark_noun (xmlNode *element)
{
  element->_private = NOUN;
}

static gboolean
is_text (const xmlNode *node)
{
  return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

char *
vb_xml_reader_text (VbXmlReader *reader, xmlNode *element)
{
  GString *text;

  if (element == NULL)
    return NULL;
  text = g_string_new (NULL);
  for (xmlNode *node = element->children; node != NULL; node = node->next)
    if (is_text (node))
      {
        node->_private = SEEN;
        g_string_append (text, (char *) node->content);
      }
  return g_string_free (text, FALSE);
}

char *
vb_xml_reader_word (VbXmlReader *reader, xmlNode *element)
{
  char *text = vb_xml_reader_text (reader, element);

  return text != NULL ? g_strstrip (text) : NULL;
}

static xmlAttr *
find_attribute (const xmlNode *element, const char *name)
{
  xmlAttr *attribute = element != NULL ? element->properties : NULL;

  while (attribute != NULL &&
         (attribute->ns != NULL || strcmp ((char *) attribute->name, name) != 0))
    attribute = attribute->next;
  return attribute;
}

static char *
dup_value (const xmlAttr *attribute)
{
  const xmlNode *text = attribute->children;
  xmlChar *joined;
  char *value;

  if (text == NULL)
    return g_strdup ("");
  if (text->type == XML_TEXT_NODE && text->next == NULL)
    return g_strdup ((char *) text->content);
  joined = xmlNodeListGetString (attribute->doc, text, 1);
  value = g_strdup (joined != NULL ? (char *) joined : "");
  xmlFree (joined);
  return value;
}

char *
vb_xml_reader_peek_attribute (const xmlNode *element, const char *name)
{
  const xmlAttr *attribute = find_attribute (element, name);

  return attribute != NULL ? dup_value (attribute) : NULL;
}

char *
vb_xml_reader_attribute (VbXmlReader *reader, xmlNode *element, const char *name)
{
  xmlAttr *attribute = find_attribute (element, name);

  if (attribute == NULL)
    return NULL;
  attribute->_private = SEEN;
  return dup_value (attribute);
}

char *
vb_xml_reader_required_attribute (VbXmlReader *reader, xmlNode *element, const char *name)
{
  char *value = vb_xml_reader_attribute (reader, element, name);

  if (value == NULL && element != NULL)
    vb_xml_reader_error (reader, element, NULL, "the attribute \"%s\" is missing", name);
  return value;
}

static int
get_enum_value (VbXmlReader *reader,
                const xmlNode *element,
                const char *name,
                const char *word,
                const VbEnumTable *table,
                int first)
{
  VbEnumTable known = { table->words + first, table->noun };
  int value = vb_enum_from_string (&known, word);
  g_autofree char *words = NULL;

  if (value >= 0)
    return value + first;
  words = vb_enum_list_words (&known);
  vb_xml_reader_error (reader, element, name, "\"%s\" is not %s %s; known: %s", word,
                       strchr ("aeiou", table->noun[0]) != NULL ? "an" : "a", table->noun, words);
  return -1;
}

int
vb_xml_reader_enum (VbXmlReader *reader,
                    xmlNode *element,
                    const char *name,
                    const VbEnumTable *table,
                    int first,
                    int absent)
{
  g_autofree char *word = absent == VB_XML_REQUIRED
                              ? vb_xml_reader_required_attribute (reader, element, name)
                              : vb_xml_reader_attribute (reader, element, name);

  if (word == NULL)
    return absent;
  return get_enum_value (reader, element, name, word, table, first);
}

int
vb_xml_reader_enum_text (VbXmlReader *reader,
                         xmlNode *element,
                         const VbEnumTable *table,
                         int absent)
{
  g_autofree char *word = vb_xml_reader_word (reader, element);

  if (word == NULL)
    return absent;
  return get_enum_value (reader, element, NULL, word, table, 0);
}

gboolean
vb_xml_reader_flag (VbXmlReader *reader, xmlNode *element, const char *name, gboolean absent)
{
  static const char *const words[] = { "no", "yes", NULL };
  static const VbEnumTable table = { words, "flag" };
  int value = vb_xml_reader_enum (reader, element, name, &table, 0, absent);

  return value > 0;
}

gboolean
vb_xml_reader_number (VbXmlReader *reader,
                      xmlNode *element,
                      const char *name,
                      guint64 minimum,
                      guint64 maximum,
                      guint64 *value)
{
  g_autofree char *text = vb_xml_reader_attribute (reader, element, name);
  guint64 number;

  if (text == NULL)
    return FALSE;
  if (vb_number_parse (text, maximum, &number) && number >= minimum)
    {
      *value = number;
      return TRUE;
    }
  vb_xml_reader_error (reader, element, name,
                       "\"%s\" is not a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                       text, minimum, maximum);
  return FALSE;
}

static void
require_attribute (VbXmlReader *reader, xmlNode *element, const char *name)
{
  if (element != NULL && find_attribute (element, name) == NULL)
    vb_xml_reader_error (reader, element, NULL, "the attribute \"%s\" is missing", name);
}

gboolean
vb_xml_reader_required_number (VbXmlReader *reader,
                               xmlNode *element,
                               const char *name,
                               guint64 minimum,
                               guint64 maximum,
                               guint64 *value)
{
  require_attribute (reader, element, name);
  return vb_xml_reader_number (reader, element, name, minimum, maximum, value);
}

gboolean
vb_xml_reader_c_number (VbXmlReader *reader,
                        xmlNode *element,
                        const char *name,
                        gboolean is_required,
                        guint64 minimum,
                        guint64 maximum,
                        guint64 *value)
{
  guint64 number;
  g_autofree char *text = is_required ? vb_xml_reader_required_attribute (reader, element, name)
                                      : vb_xml_reader_attribute (reader, element, name);

  if (text == NULL)
    return !is_required;
  if (vb_number_parse_c (text, maximum, &number) && number >= minimum)
    {
      *value = number;
      return TRUE;
    }
  vb_xml_reader_error (reader, element, name,
                       "\"%s\" is not a number from %" G_GUINT64_FORMAT " to 0x%" G_GINT64_MODIFIER
                       "x",
                       text, minimum, maximum);
  return FALSE;
}

gboolean
vb_xml_reader_number_text (
    VbXmlReader *reader, xmlNode *element, guint64 minimum, guint64 maximum, guint64 *value)
{
  g_autofree char *text = vb_xml_reader_word (reader, element);
  guint64 number;

  if (text == NULL)
    return FALSE;
  if (vb_number_parse (text, maximum, &number) && number >= minimum)
    {
      *value = number;
      return TRUE;
    }
  vb_xml_reader_error (reader, element, NULL,
                       "\"%s\" is not a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                       text, minimum, maximum);
  return FALSE;
}

gboolean
vb_xml_reader_size_text (VbXmlReader *reader, xmlNode *element, guint64 *kib)
{
  g_autofree char *text = vb_xml_reader_word (reader, element);
  g_autofree char *unit = vb_xml_reader_attribute (reader, element, "unit");
  guint64 unit_bytes = unit != NULL ? vb_size_unit_bytes (unit) : 1024;
  guint64 amount, size;

  if (text == NULL)
    return FALSE;
  if (unit_bytes == 0)
    {
      g_autofree char *units = vb_size_unit_list ();

      vb_xml_reader_error (reader, element, "unit", "\"%s\" is not a unit; known: %s", unit, units);
      return FALSE;
    }
  if (vb_number_parse (text, G_MAXUINT64, &amount) && vb_size_to_kib (amount, unit_bytes, &size) &&
      size <= MAX_SIZE_KIB)
    {
      *kib = size;
      return TRUE;
    }
  vb_xml_reader_error (reader, element, NULL, "\"%s\" is not a size, or beyond 8 EiB", text);
  return FALSE;
}

static char *
check_path (VbXmlReader *reader, const xmlNode *element, const char *name, char *path)
{
  g_autofree char *owned = path;

  if (owned == NULL || owned[0] == '/')
    return g_steal_pointer (&owned);
  vb_xml_reader_error (reader, element, name, "\"%s\" is not an absolute path", owned);
  return NULL;
}

char *
vb_xml_reader_path (VbXmlReader *reader, xmlNode *element, const char *name)
{
  g_autofree char *path = vb_xml_reader_attribute (reader, element, name);

  if (path != NULL && path[0] == '\0')
    return NULL;
  return check_path (reader, element, name, g_steal_pointer (&path));
}

char *
vb_xml_reader_path_text (VbXmlReader *reader, xmlNode *element)
{
  return check_path (reader, element, NULL, vb_xml_reader_text (reader, element));
}

gboolean
vb_xml_is_token (const char *text, const char *others, gsize max_length)
{
  gsize length = strlen (text);

  if (length == 0 || length > max_length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr (others, text[i]) == NULL)
      return FALSE;
  return TRUE;
}

char *
vb_xml_reader_token (
    VbXmlReader *reader, xmlNode *element, const char *name, const char *others, gsize max_length)
{
  g_autofree char *text = vb_xml_reader_attribute (reader, element, name);

  if (text == NULL || vb_xml_is_token (text, others, max_length))
    return g_steal_pointer (&text);
  vb_xml_reader_error (reader, element, name,
                       "\"%s\" must be 1 to %" G_GSIZE_FORMAT " letters, digits or any of \"%s\"",
                       text, max_length, others);
  return NULL;
}

char *
vb_xml_reader_required_token (
    VbXmlReader *reader, xmlNode *element, const char *name, const char *others, gsize max_length)
{
  require_attribute (reader, element, name);
  return vb_xml_reader_token (reader, element, name, others, max_length);
}

VbCpuset *
vb_xml_reader_cpuset (VbXmlReader *reader, xmlNode *element, const char *name)
{
  g_autofree char *text = vb_xml_reader_attribute (reader, element, name);
  VbCpuset *set = text != NULL ? vb_cpuset_parse (text) : NULL;

  if (text != NULL && set == NULL)
    vb_xml_reader_error (reader, element, name,
                         "\"%s\" is not a set of CPUs from 0 to %d such as 0-3,^2,8", text,
                         VB_CPUSET_MAX_CPU);
  return set;
}

VbCpuset *
vb_xml_reader_required_cpuset (VbXmlReader *reader, xmlNode *element, const char *name)
{
  require_attribute (reader, element, name);
  return vb_xml_reader_cpuset (reader, element, name);
}
