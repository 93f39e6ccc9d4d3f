/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes the manual of devices as Markdown: what an emulator says of each device that a domain can
 * have, together with what our own schema says of it. Run by the build, on the emulator of its host.
 *
 * usage: tell-devices EMULATOR
 */
#include "qemu/device-schema.h"
#include "qemu/device-table.h"
#include "qemu/probe.h"

#include <stdlib.h>

#define TIMEOUT_MS 120000
#define NOBODY (-1) /* as whom: as who builds */
#define ABSENT_CATEGORY "not in this emulator"

static const char introduction[] =
    "# Devices\n"
    "\n"
    "<!-- Written by docs/tell-devices.c at each build: change qemu/schema/devices.json. -->\n"
    "\n"
    "What the devices of a domain become in QEMU %s for %s, which is the emulator that this "
    "manual\n"
    "was built with: its own word on what there is, of which type, and what holds unless it is "
    "set.\n"
    "What it means, its unit and range, and what of the [domain XML](domain-xml.md) sets it is "
    "added.\n"
    "`DescribeDevice` on the bus tells the same of each emulator that is installed.\n"
    "\n"
    "A type is `bool`, `u8` to `u64` or `i8` to `i64` by the number of bits, `size` in bytes, "
    "`str`,\n"
    "`link` to another object, or one of the words of a list. A property without a default has "
    "none,\n"
    "or QEMU decides by itself.\n";

static const char *const backend_titles[VB_N_SCHEMA_KINDS] = {
  [VB_SCHEMA_CHARDEV] = "Ends of character devices",
  [VB_SCHEMA_NETDEV] = "Ends of network cards",
  [VB_SCHEMA_BLOCKDEV] = "Formats and places of images",
  [VB_SCHEMA_DISPLAY] = "Windows",
  [VB_SCHEMA_OPTION] = "Options",
};

/* (transfer full): text in a cell of a table; what QEMU says is foreign */
static char *
escape (const char *text)
{
  GString *escaped = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    if (*c == '|')
      g_string_append (escaped, "\\|");
    else if (*c == '<')
      g_string_append (escaped, "&lt;");
    else
      g_string_append_c (escaped, g_ascii_iscntrl (*c) ? ' ' : *c);
  return g_string_free (escaped, FALSE);
}

static void
append_escaped (GString *text, const char *prefix, const char *value, const char *suffix)
{
  g_autofree char *escaped = escape (value);

  if (*value != '\0')
    g_string_append_printf (text, "%s%s%s", prefix, escaped, suffix);
}

static void
append_default (GString *text, GVariant *value)
{
  g_autofree char *printed = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    printed = g_variant_dup_string (value, NULL);
  else
    printed = g_variant_print (value, FALSE);
  append_escaped (text, "`", printed, "`");
}

static void
append_properties (GString *text, GVariant *rows)
{
  const char *name, *type, *description;
  GVariant *default_value;
  GVariantIter iter;

  if (g_variant_n_children (rows) == 0)
    {
      g_string_append (text, "It has no properties.\n\n");
      return;
    }
  g_string_append (text, "| property | type | default | meaning |\n|---|---|---|---|\n");
  g_variant_iter_init (&iter, rows);
  while (g_variant_iter_loop (&iter, "(&s&s&sv)", &name, &type, &description, &default_value))
    {
      append_escaped (text, "| `", name, "`");
      append_escaped (text, " | `", type, "` | ");
      append_default (text, default_value);
      g_string_append (text, " | ");
      append_escaped (text, "", description, "");
      g_string_append (text, " |\n");
    }
  g_string_append_c (text, '\n');
}

/* What of the domain XML asks for it */
static void
append_places (GString *text, const VbSchemaEntry *entry)
{
  for (guint i = 0; i < entry->n_places; i++)
    {
      const VbSchemaPlace *place = &entry->places[i];

      g_string_append_printf (text, "%s`%s%s%s`", i > 0 ? ", " : "", place->slot,
                              place->word != NULL ? "=" : "",
                              place->word != NULL ? place->word : "");
    }
}

static void
append_facts_of_device (GString *text, const VbEmulatorDevice *device)
{
  append_escaped (text, "* QEMU calls it: ", device->description, "\n");
  append_escaped (text, "* bus: ", device->bus, "\n");
  append_escaped (text, "* other name: `", device->alias, "`\n");
}

static void
append_device (GString *text, const VbEmulatorFacts *facts, const VbSchemaEntry *entry)
{
  g_autoptr (GVariant) rows = vb_device_schema_describe (facts, entry->name);
  VbEmulatorDevice device;

  if (rows != NULL)
    g_variant_ref_sink (rows);
  g_string_append_printf (text, "### %s\n\n%s\n\n* domain XML: ", entry->name, entry->summary);
  append_places (text, entry);
  g_string_append_c (text, '\n');
  if (entry->package != NULL)
    g_string_append_printf (text, "* Debian package: `%s`\n", entry->package);
  if (entry->since != NULL)
    g_string_append_printf (text, "* since QEMU %s\n", entry->since);
  if (vb_emulator_facts_find_device (facts, entry->name, &device))
    append_facts_of_device (text, &device);
  g_string_append_c (text, '\n');
  if (rows != NULL)
    append_properties (text, rows);
}

static const char *
get_category (const VbEmulatorFacts *facts, const VbSchemaEntry *entry)
{
  VbEmulatorDevice device;

  return vb_emulator_facts_find_device (facts, entry->name, &device) ? device.category
                                                                     : ABSENT_CATEGORY;
}

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer container): the categories of all devices, sorted */
static GPtrArray *
list_categories (const VbEmulatorFacts *facts, const VbSchemaList *devices)
{
  GPtrArray *categories = g_ptr_array_new ();

  for (guint i = 0; i < devices->n_entries; i++)
    {
      const char *category = get_category (facts, &devices->entries[i]);

      if (!g_ptr_array_find_with_equal_func (categories, category, g_str_equal, NULL))
        g_ptr_array_add (categories, (gpointer) category);
    }
  g_ptr_array_sort (categories, compare_text);
  return categories;
}

static void
append_link (GString *text, const VbEmulatorFacts *facts, const VbSchemaEntry *entry)
{
  g_autofree char *slug = g_ascii_strdown (entry->name, -1);

  g_string_append_printf (text, " [%s](#%s)", entry->name, slug);
}

typedef void (*AppendFunc) (GString *text,
                            const VbEmulatorFacts *facts,
                            const VbSchemaEntry *entry);

static void
append_category (GString *text, const VbEmulatorFacts *facts, const char *category, AppendFunc func)
{
  const VbSchemaList *devices = &vb_schema_lists[VB_SCHEMA_DEVICE];

  for (guint i = 0; i < devices->n_entries; i++)
    if (g_str_equal (get_category (facts, &devices->entries[i]), category))
      func (text, facts, &devices->entries[i]);
}

static void
append_devices (GString *text, const VbEmulatorFacts *facts)
{
  g_autoptr (GPtrArray) categories = list_categories (facts, &vb_schema_lists[VB_SCHEMA_DEVICE]);

  for (guint i = 0; i < categories->len; i++)
    {
      append_escaped (text, "\n* ", g_ptr_array_index (categories, i), ":");
      append_category (text, facts, g_ptr_array_index (categories, i), append_link);
    }
  for (guint i = 0; i < categories->len; i++)
    {
      append_escaped (text, i > 0 ? "\n## Devices: " : "\n\n## Devices: ",
                      g_ptr_array_index (categories, i), "\n\n");
      append_category (text, facts, g_ptr_array_index (categories, i), append_device);
    }
}

static void
append_backends (GString *text, VbSchemaKind kind)
{
  const VbSchemaList *list = &vb_schema_lists[kind];

  g_string_append_printf (text,
                          "\n## %s\n\n| name | meaning | domain XML | Debian package |\n"
                          "|---|---|---|---|\n",
                          backend_titles[kind]);
  for (guint i = 0; i < list->n_entries; i++)
    {
      const VbSchemaEntry *entry = &list->entries[i];

      g_string_append_printf (text, "| `%s` | ", entry->name);
      append_escaped (text, "", entry->summary, " | ");
      append_places (text, entry);
      g_string_append_printf (text, " | %s |\n", entry->package != NULL ? entry->package : "");
    }
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* (transfer full): or the program ends */
static VbEmulatorFacts *
wait_for (GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  VbEmulatorFacts *facts;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  facts = vb_probe_finish (*result, NULL, &error);
  g_clear_object (result);
  if (facts == NULL || vb_emulator_facts_get_error (facts) != NULL)
    {
      g_printerr ("%s\n", facts != NULL ? vb_emulator_facts_get_error (facts) : error->message);
      exit (EXIT_FAILURE);
    }
  return facts;
}

/* (transfer full): what an emulator says of itself and of all devices that we know */
static VbEmulatorFacts *
ask (const char *emulator)
{
  const VbProbeConfig config = { emulator, FALSE, NOBODY, NOBODY, TIMEOUT_MS };
  const VbSchemaList *devices = &vb_schema_lists[VB_SCHEMA_DEVICE];
  g_autoptr (VbEmulatorFacts) facts = NULL;
  GAsyncResult *result = NULL;

  vb_probe_async (&config, NULL, on_done, &result);
  facts = wait_for (&result);
  for (guint i = 0; i < devices->n_entries; i++)
    {
      g_autoptr (VbEmulatorFacts) before = NULL;
      VbEmulatorDevice device;

      if (vb_emulator_facts_knows_properties (facts, devices->entries[i].name) ||
          !vb_emulator_facts_find_device (facts, devices->entries[i].name, &device))
        continue;
      before = g_steal_pointer (&facts);
      vb_probe_describe_async (&config, before, device.name, NULL, on_done, &result);
      facts = wait_for (&result);
    }
  return g_steal_pointer (&facts);
}

int
main (int argc, char *argv[])
{
  g_autoptr (VbEmulatorFacts) facts = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (argc != 2)
    {
      g_printerr ("usage: tell-devices EMULATOR\n");
      return EXIT_FAILURE;
    }
  facts = ask (argv[1]);
  g_string_printf (text, introduction, vb_emulator_facts_get_version (facts),
                   vb_emulator_facts_get_target (facts));
  append_devices (text, facts);
  for (guint kind = VB_SCHEMA_CHARDEV; kind < VB_N_SCHEMA_KINDS; kind++)
    append_backends (text, kind);
  g_print ("%s", text->str);
  return EXIT_SUCCESS;
}
