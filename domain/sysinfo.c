/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <sysinfo> element. Entries of other names stay among the rest, without effect.
 */
#include "domain/sysinfo.h"

#include <string.h>

#include "domain/domain-parts.h"
#include "domain/number.h"
#include "domain/uuid.h"

static const char *const type_words[] = { "smbios", NULL };
static const char *const block_words[] = { "bios", "system" };
static const char *const bios_words[] = { "vendor", "version", "date", "release", NULL };
static const char *const system_words[] = { "manufacturer", "product", "version", "serial",
                                            "uuid",         "sku",     "family",  NULL };

static const VbEnumTable type_table = { type_words, "type of system information" };
const VbEnumTable vb_sysinfo_tables[VB_N_SYSINFO_BLOCKS] = {
  [VB_SYSINFO_BIOS] = { bios_words, "BIOS entry" },
  [VB_SYSINFO_SYSTEM] = { system_words, "system entry" },
};

static void
clear_entry (gpointer data)
{
  VbSysinfoEntry *entry = data;

  g_free (entry->text);
  g_clear_pointer (&entry->kept, vb_kept_free);
}

static GArray *
new_entries (void)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (VbSysinfoEntry));

  g_array_set_clear_func (entries, clear_entry);
  return entries;
}

/* @entry: its content is taken over */
static void
append_entry (VbSysinfo *sysinfo, VbSysinfoBlock block, const VbSysinfoEntry *entry)
{
  if (sysinfo->entries[block] == NULL)
    sysinfo->entries[block] = new_entries ();
  g_array_append_vals (sysinfo->entries[block], entry, 1);
}

void
vb_sysinfo_add (VbSysinfo *sysinfo, VbSysinfoBlock block, int name, const char *text)
{
  VbSysinfoEntry entry = { .name = name, .text = g_strdup (text) };
  sysinfo->is_given = TRUE;
  append_entry (sysinfo, block, &entry);
}

const char *
vb_sysinfo_get (const VbSysinfo *sysinfo, VbSysinfoBlock block, int name)
{
  const GArray *entries = sysinfo->entries[block];

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const VbSysinfoEntry *entry = &g_array_index (entries, VbSysinfoEntry, i);

      if (entry->kept == NULL && entry->name == name)
        return entry->text;
    }
  return NULL;
}

/* "mm/dd/yy" or "mm/dd/yyyy", as SMBIOS has it */
static gboolean
is_date (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 4);
  guint64 month, day, year;

  return g_strv_length (parts) == 3 && strlen (parts[0]) == 2 && strlen (parts[1]) == 2 &&
         (strlen (parts[2]) == 2 || strlen (parts[2]) == 4) &&
         vb_number_parse (parts[0], 12, &month) && month > 0 &&
         vb_number_parse (parts[1], 31, &day) && day > 0 && vb_number_parse (parts[2], 9999, &year);
}

/* The domain's UUID, which may stand here alone. */
static void
parse_uuid (VbXmlReader *reader, xmlNode *element, VbDomain *domain, VbSysinfoEntry *entry)
{
  g_autofree char *text = g_steal_pointer (&entry->text);

  entry->text = vb_uuid_normalize (g_strstrip (text));
  if (entry->text == NULL)
    vb_xml_reader_error (reader, element, NULL, VB_UUID_REFUSAL, text);
  else if (domain->uuid == NULL)
    domain->uuid = g_strdup (entry->text);
  else if (!g_str_equal (domain->uuid, entry->text))
    vb_xml_reader_error (reader, element, NULL, "\"%s\" is not the domain's <uuid> \"%s\"",
                         entry->text, domain->uuid);
}

static void
parse_text (VbXmlReader *reader,
            xmlNode *element,
            VbDomain *domain,
            VbSysinfoBlock block,
            VbSysinfoEntry *entry)
{
  entry->text = vb_xml_reader_text (reader, element);
  if (block == VB_SYSINFO_SYSTEM && entry->name == VB_SYSINFO_SYSTEM_UUID)
    parse_uuid (reader, element, domain, entry);
  else if (block == VB_SYSINFO_BIOS && entry->name == VB_SYSINFO_BIOS_DATE &&
           !is_date (entry->text))
    vb_xml_reader_error (reader, element, NULL,
                         "\"%s\" is not a date such as 04/30/11 or 04/30/2011", entry->text);
  else if (strpbrk (entry->text, "\t\r\n") != NULL)
    vb_xml_reader_error (reader, element, NULL, "\"%s\" is not one line", entry->text);
}

static void
parse_entry (VbXmlReader *reader, xmlNode *element, VbDomain *domain, VbSysinfoBlock block)
{
  VbSysinfo *sysinfo = &domain->sysinfo;
  g_autofree char *name = vb_xml_reader_required_attribute (reader, element, "name");
  VbSysinfoEntry entry = { .name = -1 };
  gboolean is_repetition;

  if (name == NULL)
    return;
  entry.name = vb_enum_from_string (&vb_sysinfo_tables[block], name);
  is_repetition = entry.name >= 0 && vb_sysinfo_get (sysinfo, block, entry.name) != NULL;
  if (entry.name >= 0)
    parse_text (reader, element, domain, block, &entry);
  if (entry.name < 0 || is_repetition)
    {
      g_clear_pointer (&entry.text, g_free);
      vb_xml_reader_mark_noun (element);
      entry.kept = vb_xml_reader_keep_element (reader, element, "");
      vb_xml_reader_warn (reader, element, NULL, "%s: it is kept, without effect",
                          is_repetition ? "only the first entry of this name counts"
                                        : "the entry is not handled");
    }
  append_entry (sysinfo, block, &entry);
}

static void
parse_block (VbXmlReader *reader, xmlNode *element, VbDomain *domain, VbSysinfoBlock block)
{
  xmlNode *child = vb_xml_reader_child (reader, element, block_words[block]);
  xmlNode *entry = NULL;

  for (guint i = 0; (entry = vb_xml_reader_next_child (reader, child, entry, "entry", i)); i++)
    parse_entry (reader, entry, domain, block);
}

void
vb_sysinfo_parse (VbXmlReader *reader, VbDomain *domain)
{
  xmlNode *element = vb_xml_reader_child (reader, reader->root, "sysinfo");

  if (element == NULL)
    return;
  domain->sysinfo.is_given = TRUE;
  vb_xml_reader_enum (reader, element, "type", &type_table, 0, VB_XML_REQUIRED);
  for (guint block = 0; block < VB_N_SYSINFO_BLOCKS; block++)
    parse_block (reader, element, domain, (VbSysinfoBlock) block);
}

static void
format_block (const VbSysinfo *sysinfo, VbSysinfoBlock block, VbXmlWriter *writer)
{
  const GArray *entries = sysinfo->entries[block];

  vb_xml_writer_begin_optional (writer, block_words[block]);
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const VbSysinfoEntry *entry = &g_array_index (entries, VbSysinfoEntry, i);

      if (entry->kept != NULL)
        {
          vb_xml_writer_kept (writer, entry->kept);
          continue;
        }
      vb_xml_writer_begin_repeated (writer, "entry", i);
      vb_xml_writer_attribute (writer, "name",
                               vb_enum_to_string (&vb_sysinfo_tables[block], entry->name));
      vb_xml_writer_text (writer, entry->text);
      vb_xml_writer_end (writer);
    }
  vb_xml_writer_end (writer);
}

void
vb_sysinfo_format (const VbSysinfo *sysinfo, VbXmlWriter *writer)
{
  if (!sysinfo->is_given)
    return;
  vb_xml_writer_begin (writer, "sysinfo");
  vb_xml_writer_attribute (writer, "type", type_words[0]);
  for (guint block = 0; block < VB_N_SYSINFO_BLOCKS; block++)
    format_block (sysinfo, (VbSysinfoBlock) block, writer);
  vb_xml_writer_end (writer);
}

void
vb_sysinfo_copy (VbSysinfo *copy, const VbSysinfo *sysinfo)
{
  *copy = *sysinfo;
  for (guint block = 0; block < VB_N_SYSINFO_BLOCKS; block++)
    if (sysinfo->entries[block] != NULL)
      {
        copy->entries[block] = new_entries ();
        for (guint i = 0; i < sysinfo->entries[block]->len; i++)
          {
            VbSysinfoEntry entry = g_array_index (sysinfo->entries[block], VbSysinfoEntry, i);

            entry.text = g_strdup (entry.text);
            entry.kept = vb_kept_copy (entry.kept);
            g_array_append_val (copy->entries[block], entry);
          }
      }
}

void
vb_sysinfo_clear (VbSysinfo *sysinfo)
{
  for (guint block = 0; block < VB_N_SYSINFO_BLOCKS; block++)
    g_clear_pointer (&sysinfo->entries[block], g_array_unref);
}

void
vb_sysinfo_list_ignored (const VbSysinfo *sysinfo, GPtrArray *paths)
{
  for (guint block = 0; block < VB_N_SYSINFO_BLOCKS; block++)
    for (guint i = 0; sysinfo->entries[block] != NULL && i < sysinfo->entries[block]->len; i++)
      {
        const VbSysinfoEntry *entry = &g_array_index (sysinfo->entries[block], VbSysinfoEntry, i);

        if (entry->kept != NULL)
          g_ptr_array_add (paths, g_strdup (entry->kept->path));
      }
}
