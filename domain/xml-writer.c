/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing the canonical document.
 */
#include "domain/xml-writer.h"

#include <string.h>

#include "domain/xml-escape.h"

/* A definition of the usual size fits without growing. */
#define EXPECTED_BYTES 4096
/* Longer than any number with its NUL */
#define NUMBER_BYTES 32
#define SPACES "                                "

static void
append_indentation (GString *text, guint depth)
{
  g_string_append_len (text, SPACES, MIN (2 * (gsize) depth, sizeof SPACES - 1));
}

static VbXmlFrame *
get_top (VbXmlWriter *writer)
{
  return writer->depth > 0 ? &writer->frames[writer->depth - 1] : NULL;
}

static void write_kept (VbXmlWriter *writer, VbXmlFrame *frame, gboolean attributes);

/* Ends the start tag of the open element, so that children may follow. */
static gboolean
close_tag (VbXmlWriter *writer)
{
  VbXmlFrame *frame = get_top (writer);

  if (frame == NULL || !frame->is_tag_open)
    return FALSE;
  write_kept (writer, frame, TRUE);
  frame->is_tag_open = FALSE;
  g_string_append_c (writer->text, '>');
  return TRUE;
}

static void
begin_child_line (VbXmlWriter *writer)
{
  VbXmlFrame *frame = get_top (writer);

  /* white space would become part of a text */
  if (frame == NULL || frame->has_text)
    return;
  g_string_append_c (writer->text, '\n');
  append_indentation (writer->text, writer->depth);
}

static const char *
get_kept_text (const VbXmlWriter *writer, const VbKept *kept)
{
  if (kept->secret != NULL && (writer->flags & VB_FORMAT_SECURE) != 0)
    return vb_secret_reveal (kept->secret);
  return kept->text;
}

void
vb_xml_writer_kept (VbXmlWriter *writer, const VbKept *kept)
{
  close_tag (writer);
  begin_child_line (writer);
  g_string_append (writer->text, get_kept_text (writer, kept));
  get_top (writer)->has_content = TRUE;
}

static void
write_kept (VbXmlWriter *writer, VbXmlFrame *frame, gboolean attributes)
{
  for (guint i = 0; frame->kept != NULL && i < frame->kept->len; i++)
    {
      const VbKept *kept = g_ptr_array_index (frame->kept, i);
      const char *text = get_kept_text (writer, kept);

      if (text[0] == '\0' || !kept->is_attribute != !attributes ||
          !g_str_equal (kept->parent, writer->path->str + frame->noun_start))
        continue;
      if (attributes)
        g_string_append (writer->text, text);
      else
        vb_xml_writer_kept (writer, kept);
      frame->has_content = TRUE;
    }
}

static void
push (VbXmlWriter *writer, const char *name)
{
  gsize start = writer->text->len;
  gboolean closed_tag = close_tag (writer);

  g_return_if_fail (writer->depth < VB_XML_WRITER_MAX_DEPTH);
  begin_child_line (writer);
  g_string_append_c (writer->text, '<');
  g_string_append (writer->text, name);
  writer->frames[writer->depth++] = (VbXmlFrame){
    .name = name,
    .start = start,
    .path_length = writer->path->len,
    .is_tag_open = TRUE,
    .closed_parent_tag = closed_tag,
  };
}

static void
take_back (VbXmlWriter *writer, const VbXmlFrame *frame)
{
  VbXmlFrame *parent;

  g_string_truncate (writer->text, frame->start);
  g_string_truncate (writer->path, frame->path_length);
  writer->depth--;
  parent = get_top (writer);
  /* its kept attributes went with the truncation; they come again when it is closed again */
  if (parent != NULL && frame->closed_parent_tag)
    parent->is_tag_open = TRUE;
}

void
vb_xml_writer_init (VbXmlWriter *writer, VbFormatFlags flags)
{
  writer->text = g_string_sized_new (EXPECTED_BYTES);
  writer->path = g_string_new (NULL);
  writer->flags = flags;
  writer->depth = 0;
}

char *
vb_xml_writer_finish (VbXmlWriter *writer)
{
  g_string_append_c (writer->text, '\n');
  g_string_free (writer->path, TRUE);
  return g_string_free (writer->text, FALSE);
}

void
vb_xml_writer_begin (VbXmlWriter *writer, const char *name)
{
  const VbXmlFrame *parent = get_top (writer);
  VbXmlFrame *frame;

  push (writer, name);
  frame = get_top (writer);
  frame->kept = parent->kept;
  frame->noun_start = parent->noun_start;
  if (frame->kept == NULL)
    return;
  if (writer->path->len > frame->noun_start)
    g_string_append_c (writer->path, '/');
  g_string_append (writer->path, name);
}

void
vb_xml_writer_begin_optional (VbXmlWriter *writer, const char *name)
{
  vb_xml_writer_begin (writer, name);
  get_top (writer)->is_optional = TRUE;
}

void
vb_xml_writer_begin_repeated (VbXmlWriter *writer, const char *name, guint n_th)
{
  vb_xml_writer_begin (writer, name);
  if (get_top (writer)->kept != NULL)
    g_string_append_printf (writer->path, "[%u]", n_th + 1);
}

void
vb_xml_writer_begin_noun (VbXmlWriter *writer, const char *name, const GPtrArray *kept)
{
  push (writer, name);
  get_top (writer)->kept = kept;
  get_top (writer)->noun_start = writer->path->len;
}

/* An element that was not the first of its name must not become it. */
static gboolean
has_repetition (const VbXmlWriter *writer, const VbXmlFrame *frame)
{
  const char *parent = writer->path->str + frame->noun_start;
  gsize parent_length = frame->path_length - frame->noun_start;

  for (guint i = 0; frame->kept != NULL && i < frame->kept->len; i++)
    {
      const VbKept *kept = g_ptr_array_index (frame->kept, i);

      if (kept->is_repetition && strlen (kept->parent) == parent_length &&
          strncmp (kept->parent, parent, parent_length) == 0 &&
          vb_kept_is_element (kept, frame->name))
        return TRUE;
    }
  return FALSE;
}

void
vb_xml_writer_end (VbXmlWriter *writer)
{
  VbXmlFrame *frame = get_top (writer);

  write_kept (writer, frame, FALSE);
  if (frame->is_tag_open)
    write_kept (writer, frame, TRUE);
  if (frame->is_optional && !frame->has_content && !has_repetition (writer, frame))
    {
      take_back (writer, frame);
      return;
    }

  writer->depth--;
  if (frame->is_tag_open)
    g_string_append (writer->text, "/>");
  else
    {
      if (!frame->has_text)
        {
          g_string_append_c (writer->text, '\n');
          append_indentation (writer->text, writer->depth);
        }
      g_string_append (writer->text, "</");
      g_string_append (writer->text, frame->name);
      g_string_append_c (writer->text, '>');
    }
  g_string_truncate (writer->path, frame->path_length);
  if (writer->depth > 0)
    get_top (writer)->has_content = TRUE;
}

static void
write_plain_attribute (VbXmlWriter *writer,
                       const char *name,
                       const char *value,
                       const char *specials)
{
  g_string_append_c (writer->text, ' ');
  g_string_append (writer->text, name);
  g_string_append (writer->text, "='");
  vb_xml_append_escaped (writer->text, value, specials);
  g_string_append_c (writer->text, '\'');
  get_top (writer)->has_content = TRUE;
}

void
vb_xml_writer_attribute (VbXmlWriter *writer, const char *name, const char *value)
{
  if (value != NULL)
    write_plain_attribute (writer, name, value, VB_XML_SPECIALS_SINGLE_QUOTED);
}

void
vb_xml_writer_word_attribute (VbXmlWriter *writer,
                              const char *name,
                              const VbEnumTable *table,
                              int value)
{
  if (value > 0)
    write_plain_attribute (writer, name, vb_enum_to_string (table, value), "");
}

/* Writes the digits to the end of @buffer; an address has six numbers, and printf() would take longer
 * than all the rest of it. (transfer none): the first one */
static char *
put_digits (char buffer[NUMBER_BYTES], guint64 value, guint base, guint n_digits)
{
  char *start = buffer + NUMBER_BYTES - 1;

  *start = '\0';
  for (guint n = 0; n < n_digits || value > 0; n++, value /= base)
    *--start = "0123456789abcdef"[value % base];
  return start;
}

void
vb_xml_writer_number_attribute (VbXmlWriter *writer, const char *name, guint64 value)
{
  char buffer[NUMBER_BYTES];

  write_plain_attribute (writer, name, put_digits (buffer, value, 10, 1), "");
}

void
vb_xml_writer_hex_attribute (VbXmlWriter *writer, const char *name, guint64 value, guint n_digits)
{
  char buffer[NUMBER_BYTES];
  char *start = put_digits (buffer, value, 16, MIN (n_digits, 16));

  *--start = 'x';
  *--start = '0';
  write_plain_attribute (writer, name, start, "");
}

void
vb_xml_writer_text (VbXmlWriter *writer, const char *text)
{
  VbXmlFrame *frame = get_top (writer);

  if (text == NULL || text[0] == '\0')
    return;
  close_tag (writer);
  vb_xml_append_escaped (writer->text, text, VB_XML_SPECIALS_TEXT);
  frame->has_content = TRUE;
  frame->has_text = TRUE;
}

void
vb_xml_writer_element (VbXmlWriter *writer, const char *name, const char *text)
{
  vb_xml_writer_begin_optional (writer, name);
  vb_xml_writer_text (writer, text);
  vb_xml_writer_end (writer);
}

void
vb_xml_writer_number_element (VbXmlWriter *writer, const char *name, guint64 value)
{
  char buffer[NUMBER_BYTES];

  vb_xml_writer_element (writer, name, put_digits (buffer, value, 10, 1));
}

void
vb_xml_writer_flag (VbXmlWriter *writer, const char *name, gboolean is_set)
{
  if (!is_set)
    return;
  vb_xml_writer_begin (writer, name);
  vb_xml_writer_end (writer);
}
