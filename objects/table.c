/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the tables are read: by name, all of an object, and what differs between two views of it.
 */
#include "objects/table.h"

/* More than any interface has */
#define MAX_PROPERTIES 64

const VbOptionRow vb_no_options[] = { { NULL } };

const VbInterfaceTable *
vb_interface_table_find (const VbInterfaceTable *const *tables, const char *name)
{
  for (; *tables != NULL; tables++)
    if (g_str_equal ((*tables)->name, name))
      return *tables;
  return NULL;
}

const VbPropertyRow *
vb_property_row_find (const VbInterfaceTable *table, const char *name)
{
  for (const VbPropertyRow *row = table->properties; row != NULL && row->name != NULL; row++)
    if (g_str_equal (row->name, name))
      return row;
  return NULL;
}

const VbMethodRow *
vb_method_row_find (const VbInterfaceTable *table, const char *name)
{
  for (const VbMethodRow *row = table->methods; row != NULL && row->name != NULL; row++)
    if (g_str_equal (row->name, name))
      return row;
  return NULL;
}

const VbOptionRow *
vb_option_row_find (const VbOptionRow *options, const char *name)
{
  for (; options->name != NULL; options++)
    if (g_str_equal (options->name, name))
      return options;
  return NULL;
}

GVariant *
vb_interface_table_read (const VbInterfaceTable *table, const VbView *view)
{
  GVariant *entries[MAX_PROPERTIES];
  gsize n_entries = 0;

  for (const VbPropertyRow *row = table->properties; row != NULL && row->name != NULL; row++)
    {
      GVariant *name = g_variant_new_string (row->name);
      GVariant *value = g_variant_new_variant (row->get (view));
      g_assert (n_entries < MAX_PROPERTIES);
      entries[n_entries++] = g_variant_new_dict_entry (name, value);
    }
  return g_variant_new_array (G_VARIANT_TYPE ("{sv}"), entries, n_entries);
}

GVariant *
vb_interface_table_compare (const VbInterfaceTable *table,
                            VbFacets facets,
                            const VbView *before,
                            const VbView *after)
{
  GVariantBuilder changed;
  guint n_changed = 0;

  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  for (const VbPropertyRow *row = table->properties; row != NULL && row->name != NULL; row++)
    if (row->facets & facets)
      {
        g_autoptr (GVariant) old_value = g_variant_ref_sink (row->get (before));
        g_autoptr (GVariant) new_value = g_variant_ref_sink (row->get (after));
        if (g_variant_equal (old_value, new_value))
          continue;
        g_variant_builder_add (&changed, "{sv}", row->name, new_value);
        n_changed++;
      }
  if (n_changed > 0)
    return g_variant_builder_end (&changed);
  g_variant_builder_clear (&changed);
  return NULL;
}

GVariant *
vb_interface_tables_read (const VbInterfaceTable *const *tables, const VbView *view)
{
  GVariantBuilder interfaces;

  g_variant_builder_init (&interfaces, G_VARIANT_TYPE ("a{sa{sv}}"));
  for (; *tables != NULL; tables++)
    g_variant_builder_add (&interfaces, "{s@a{sv}}", (*tables)->name,
                           vb_interface_table_read (*tables, view));
  return g_variant_builder_end (&interfaces);
}

/* The data is asked for only to make GVariant pack it. */
GVariant *
vb_value_pack (GVariant *value)
{
  GVariant *packed = g_variant_ref_sink (value);

  g_variant_get_data (packed);
  return packed;
}

GVariant *
vb_interface_tables_get_pending (const VbInterfaceTable *const *tables, const VbView *view)
{
  VbView stored;
  GVariantBuilder pending;

  g_variant_builder_init (&pending, G_VARIANT_TYPE_VARDICT);
  for (; vb_view_init_stored (&stored, view) && *tables != NULL; tables++)
    for (const VbPropertyRow *row = (*tables)->properties; row != NULL && row->name != NULL; row++)
      if (row->facets & VB_FACET_DOMAIN && !g_str_equal (row->name, VB_PENDING_NAME))
        {
          g_autoptr (GVariant) shown = g_variant_ref_sink (row->get (view));
          g_autoptr (GVariant) value = g_variant_ref_sink (row->get (&stored));
          if (!g_variant_equal (shown, value))
            g_variant_builder_add (&pending, "{sv}", row->name, value);
        }
  return g_variant_builder_end (&pending);
}

GVariant *
vb_value_from_text (const char *text)
{
  return g_variant_new_string (text != NULL ? text : "");
}

GVariant *
vb_value_from_foreign_text (const char *text)
{
  return g_variant_new_take_string (g_utf8_make_valid (text != NULL ? text : "", -1));
}

GVariant *
vb_value_from_foreign_texts (char **texts)
{
  GVariantBuilder values;

  g_variant_builder_init (&values, G_VARIANT_TYPE_STRING_ARRAY);
  for (; texts != NULL && *texts != NULL; texts++)
    g_variant_builder_add_value (&values, vb_value_from_foreign_text (*texts));
  return g_variant_builder_end (&values);
}

GVariant *
vb_value_empty (const char *array_type)
{
  return g_variant_new_array (G_VARIANT_TYPE (array_type + 1), NULL, 0);
}
