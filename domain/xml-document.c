/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Untrusted text to an XML tree, within bounds. The bounds that libxml2 does not have are kept by
 * hooks into its parser, so that a document beyond them stops while it is read, not after.
 */
#include "domain/xml-document.h"

#include <string.h>

#include <libxml/SAX2.h>
#include <libxml/parser.h>

#include "domain/domain.h"

/* What a document of as many devices as there may be needs, and elsewhere many times over. They keep
 * the time and the memory for hostile documents small: libxml2 compares each attribute of an element
 * with each other one, and a repeated element is looked for among those before it. */
#define MAX_NODES (24 * VB_DOMAIN_MAX_DEVICES)
#define MAX_CHILDREN 1024
#define MAX_ATTRIBUTES (32 * VB_DOMAIN_MAX_DEVICES)
#define MAX_ATTRIBUTES_IN_TAG 256
/* Of what stands in the root. */
#define DEVICES_DEPTH 1

typedef struct
{
  xmlSAXHandler own; /* libxml2's functions, which the hooks call */
  guint depth;
  guint n_nodes;                                 /* elements, comments, instructions, CDATA */
  guint n_children[VB_DOMAIN_MAX_XML_DEPTH + 1]; /* so far, of the open element at each depth */
  gboolean in_devices;
  VbXmlRefusal *refusal;
} Bounds;

G_GNUC_PRINTF (4, 5)
static void
refuse (VbXmlRefusal *refusal, VbDomainError code, guint line, const char *format, ...)
{
  va_list arguments;

  if (refusal->message != NULL)
    return;
  refusal->code = code;
  refusal->line = line;
  va_start (arguments, format);
  refusal->message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

static guint
get_current_line (xmlParserCtxt *context)
{
  return context->input != NULL ? (guint) context->input->line : 0;
}

static gboolean
check_bound (xmlParserCtxt *context, guint n_so_far, guint limit, const char *what)
{
  Bounds *bounds = context->_private;

  if (n_so_far < limit)
    return TRUE;
  refuse (bounds->refusal, VB_DOMAIN_ERROR_LIMIT, get_current_line (context),
          "the document has more than %u %s", limit, what);
  xmlStopParser (context);
  return FALSE;
}

static guint
get_max_children (const Bounds *bounds)
{
  return bounds->in_devices && bounds->depth == DEVICES_DEPTH + 1 ? VB_DOMAIN_MAX_DEVICES
                                                                  : MAX_CHILDREN;
}

static void
on_start_element (void *data,
                  const xmlChar *name,
                  const xmlChar *prefix,
                  const xmlChar *uri,
                  int n_namespaces,
                  const xmlChar **namespaces,
                  int n_attributes,
                  int n_defaulted,
                  const xmlChar **attributes)
{
  xmlParserCtxt *context = data;
  Bounds *bounds = context->_private;

  if (!check_bound (context, bounds->depth, VB_DOMAIN_MAX_XML_DEPTH, "levels of elements") ||
      !check_bound (context, bounds->n_nodes, MAX_NODES, "elements") ||
      !check_bound (context, bounds->n_children[bounds->depth], get_max_children (bounds),
                    "elements in one element"))
    return;

  if (bounds->depth == DEVICES_DEPTH)
    bounds->in_devices = xmlStrEqual (name, BAD_CAST "devices");
  bounds->n_nodes++;
  bounds->n_children[bounds->depth]++;
  bounds->depth++;
  bounds->n_children[bounds->depth] = 0;
  bounds->own.startElementNs (data, name, prefix, uri, n_namespaces, namespaces, n_attributes,
                              n_defaulted, attributes);
}

static void
on_end_element (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  xmlParserCtxt *context = data;
  Bounds *bounds = context->_private;

  bounds->depth--;
  bounds->own.endElementNs (data, name, prefix, uri);
}

static gboolean
count_node (xmlParserCtxt *context)
{
  Bounds *bounds = context->_private;

  return check_bound (context, bounds->n_nodes++, MAX_NODES, "comments and the like");
}

static void
on_comment (void *data, const xmlChar *text)
{
  xmlParserCtxt *context = data;

  if (count_node (context))
    ((Bounds *) context->_private)->own.comment (data, text);
}

static void
on_instruction (void *data, const xmlChar *target, const xmlChar *text)
{
  xmlParserCtxt *context = data;

  if (count_node (context))
    ((Bounds *) context->_private)->own.processingInstruction (data, target, text);
}

static void
on_cdata (void *data, const xmlChar *text, int length)
{
  xmlParserCtxt *context = data;

  if (count_node (context))
    ((Bounds *) context->_private)->own.cdataBlock (data, text, length);
}

/* Called at a document type declaration, before anything in it is read. */
static void
on_document_type (void *data, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
  xmlParserCtxt *context = data;
  Bounds *bounds = context->_private;

  refuse (bounds->refusal, VB_DOMAIN_ERROR_INVALID, get_current_line (context),
          "a document type (<!DOCTYPE>) and entities are not allowed; remove the declaration");
  xmlStopParser (context);
}

static void
on_error (void *data, xmlError *error)
{
  xmlParserCtxt *context = data;
  Bounds *bounds = context->_private;
  g_autofree char *text = NULL;

  if (error->level < XML_ERR_ERROR)
    return;
  text = g_strchomp (g_strdup (error->message != NULL ? error->message : "unknown error"));
  refuse (bounds->refusal, VB_DOMAIN_ERROR_MALFORMED, error->line > 0 ? (guint) error->line : 0,
          "not well-formed XML: %s", text);
}

static guint
count_lines (const char *start, const char *end)
{
  guint n_lines = 1;

  for (const char *cursor = start; (cursor = memchr (cursor, '\n', end - cursor)) != NULL; cursor++)
    n_lines++;
  return n_lines;
}

/* The position within tags, as far as counting attributes needs it. '<' cannot stand in an
 * attribute's value, so whatever comments and texts look like, each tag is found. */
typedef struct
{
  gboolean in_tag;
  char quote; /* in a value: what ends it */
  guint n_in_tag;
  guint n_in_all;
} AttributeScan;

static void
scan_byte (AttributeScan *scan, char byte)
{
  if (byte == '<')
    {
      scan->in_tag = TRUE;
      scan->quote = '\0';
      scan->n_in_tag = 0;
    }
  else if (!scan->in_tag)
    return;
  else if (scan->quote != '\0')
    scan->quote = byte == scan->quote ? '\0' : scan->quote;
  else if (byte == '"' || byte == '\'')
    scan->quote = byte;
  else if (byte == '>')
    scan->in_tag = FALSE;
  else if (byte == '=')
    {
      scan->n_in_tag++;
      scan->n_in_all++;
    }
}

static gboolean
check_attributes (const char *xml, gsize length, VbXmlRefusal *refusal)
{
  AttributeScan scan = { 0 };

  for (const char *cursor = xml; cursor < xml + length; cursor++)
    {
      scan_byte (&scan, *cursor);
      if (scan.n_in_tag <= MAX_ATTRIBUTES_IN_TAG && scan.n_in_all <= MAX_ATTRIBUTES)
        continue;
      refuse (refusal, VB_DOMAIN_ERROR_LIMIT, count_lines (xml, cursor),
              "the document has more than %d attributes in all, or %d in one element",
              MAX_ATTRIBUTES, MAX_ATTRIBUTES_IN_TAG);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_text (const char *xml, gsize length, VbXmlRefusal *refusal)
{
  const char *end;

  if (length > VB_DOMAIN_MAX_XML_BYTES)
    {
      refuse (refusal, VB_DOMAIN_ERROR_LIMIT, 0,
              "the document has %" G_GSIZE_FORMAT " bytes; at most %d are read", length,
              VB_DOMAIN_MAX_XML_BYTES);
      return FALSE;
    }
  if (!g_utf8_validate_len (xml, length, &end))
    {
      refuse (refusal, VB_DOMAIN_ERROR_MALFORMED, count_lines (xml, end), "the text is not UTF-8");
      return FALSE;
    }
  return check_attributes (xml, length, refusal);
}

static void
install_bounds (xmlParserCtxt *context, Bounds *bounds)
{
  bounds->own = *context->sax;
  context->sax->startElementNs = on_start_element;
  context->sax->endElementNs = on_end_element;
  context->sax->comment = on_comment;
  context->sax->processingInstruction = on_instruction;
  context->sax->cdataBlock = on_cdata;
  context->sax->internalSubset = on_document_type;
  context->sax->serror = on_error;
  context->_private = bounds;
}

void
vb_xml_refusal_clear (VbXmlRefusal *refusal)
{
  g_clear_pointer (&refusal->message, g_free);
}

/* libxml2 sets itself up at the first use, and two threads that are first together both do. */
static void
set_up_library (void)
{
  static gsize is_set_up;

  if (g_once_init_enter (&is_set_up))
    {
      xmlInitParser ();
      g_once_init_leave (&is_set_up, 1);
    }
}

xmlDoc *
vb_xml_document_parse (const char *xml, gsize length, VbXmlRefusal *refusal)
{
  Bounds bounds = { .refusal = refusal };
  xmlParserCtxt *context;
  xmlDoc *document;

  if (!check_text (xml, length, refusal))
    return NULL;

  set_up_library ();
  context = xmlNewParserCtxt ();
  if (context == NULL)
    g_error ("out of memory");
  install_bounds (context, &bounds);
  /* XML_PARSE_HUGE: the bounds here are closer than libxml2's, but for texts, where its own one would
   * refuse good documents of 10 MB. */
  document = xmlCtxtReadMemory (context, xml, (int) length, NULL, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                    XML_PARSE_COMPACT | XML_PARSE_BIG_LINES | XML_PARSE_IGNORE_ENC |
                                    XML_PARSE_HUGE);
  xmlFreeParserCtxt (context);

  if (document != NULL && refusal->message != NULL)
    g_clear_pointer (&document, xmlFreeDoc);
  else if (document == NULL)
    refuse (refusal, VB_DOMAIN_ERROR_MALFORMED, 1, "not well-formed XML: the document is empty");
  if (document != NULL)
    {
      /* whatever it declares, it was read as UTF-8, and what is kept of it is written so */
      xmlFree ((xmlChar *) document->encoding);
      document->encoding = xmlStrdup (BAD_CAST "UTF-8");
    }
  return document;
}
