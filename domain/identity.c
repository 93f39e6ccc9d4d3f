/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who a domain is: name, UUID, title, description and metadata, and what may stand in them.
 */
#include <string.h>

#include "domain/domain-parts.h"
#include "domain/uuid.h"

#define MAX_NAME_BYTES 255

static gboolean
set_invalid (GError **error, const char *message)
{
  g_set_error_literal (error, VB_DOMAIN_ERROR, VB_DOMAIN_ERROR_INVALID, message);
  return FALSE;
}

/* Whether XML can hold @text; of the control characters only those in @allowed. */
static gboolean
is_clean (const char *text, const char *allowed)
{
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar character = g_utf8_get_char (text);

      if (character == 0xfffe || character == 0xffff)
        return FALSE;
      if (g_unichar_iscntrl (character) &&
          (character > 0x7f || strchr (allowed, (int) character) == NULL))
        return FALSE;
    }
  return TRUE;
}

gboolean
vb_domain_check_name (const char *name, GError **error)
{
  if (name[0] == '\0')
    return set_invalid (error, "a domain's name must not be empty");
  if (strlen (name) > MAX_NAME_BYTES)
    return set_invalid (error, "a domain's name has at most 255 bytes");
  if (strchr (name, '/') != NULL || !is_clean (name, ""))
    return set_invalid (error,
                        "a domain's name has neither \"/\" nor line ends and control characters");
  return TRUE;
}

gboolean
vb_domain_check_title (const char *title, GError **error)
{
  if (!is_clean (title, "\t"))
    return set_invalid (error, "a title is one line without control characters");
  if (g_utf8_strlen (title, -1) > VB_DOMAIN_MAX_TITLE_CHARS)
    return set_invalid (error, "a title has at most 256 characters");
  return TRUE;
}

gboolean
vb_domain_check_description (const char *description, GError **error)
{
  if (!is_clean (description, "\t\n\r"))
    return set_invalid (error, "a description has no control characters but tabs and line ends");
  if (strlen (description) > VB_DOMAIN_MAX_DESCRIPTION_BYTES)
    return set_invalid (error, "a description has at most 4096 bytes");
  return TRUE;
}

static char *
parse_text (VbXmlReader *reader,
            const char *name,
            gboolean (*check) (const char *text, GError **error))
{
  xmlNode *child = vb_xml_reader_child (reader, reader->root, name);
  g_autofree char *text = vb_xml_reader_text (reader, child);
  g_autoptr (GError) error = NULL;

  if (text == NULL || check (text, &error))
    return g_steal_pointer (&text);
  vb_xml_reader_error (reader, child, NULL, "%s", error->message);
  return NULL;
}

static void
parse_uuid (VbXmlReader *reader, VbDomain *domain)
{
  xmlNode *child = vb_xml_reader_child (reader, reader->root, "uuid");
  g_autofree char *text = vb_xml_reader_word (reader, child);

  if (text == NULL)
    return;
  domain->uuid = vb_uuid_normalize (text);
  if (domain->uuid == NULL)
    vb_xml_reader_error (reader, child, NULL, VB_UUID_REFUSAL, text);
}

static char *
null_if_empty (char *text)
{
  if (text != NULL && text[0] == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

/* Others' notes, of which this program knows nothing. */
static void
parse_metadata (VbXmlReader *reader, VbDomain *domain)
{
  xmlNode *child = vb_xml_reader_child (reader, reader->root, "metadata");

  if (child == NULL)
    return;
  vb_xml_reader_mark_noun (child);
  domain->metadata = vb_xml_reader_keep_element (reader, child, "");
}

void
vb_identity_parse (VbXmlReader *reader, VbDomain *domain)
{
  domain->name = parse_text (reader, "name", vb_domain_check_name);
  if (domain->name == NULL && vb_xml_reader_peek_child (reader->root, "name") == NULL)
    vb_xml_reader_error (reader, reader->root, NULL, "the element <name> is missing");
  parse_uuid (reader, domain);
  domain->title = null_if_empty (parse_text (reader, "title", vb_domain_check_title));
  domain->description =
      null_if_empty (parse_text (reader, "description", vb_domain_check_description));
  parse_metadata (reader, domain);
}

void
vb_identity_format (const VbDomain *domain, VbXmlWriter *writer)
{
  vb_xml_writer_element (writer, "name", domain->name);
  vb_xml_writer_element (writer, "uuid", domain->uuid);
  vb_xml_writer_element (writer, "title", domain->title);
  vb_xml_writer_element (writer, "description", domain->description);
  if (domain->metadata != NULL)
    vb_xml_writer_kept (writer, domain->metadata);
}
