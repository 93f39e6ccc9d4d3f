/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looking at objects as a client does.
 */
#include "tests/bus/inspection.h"

#include <string.h>

GDBusNodeInfo *
introspect (Fixture *fixture, const char *path)
{
  g_autoptr (GVariant) reply =
      fixture_call (fixture, path, "org.freedesktop.DBus.Introspectable", "Introspect", NULL);
  g_autoptr (GError) error = NULL;
  GDBusNodeInfo *info;
  const char *xml;

  g_variant_get (reply, "(&s)", &xml);
  info = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);
  return info;
}

/* What GetAll, Get and the object manager (@properties) tell is what introspection promises. */
static void
check_interface (Fixture *fixture,
                 const char *path,
                 const GDBusInterfaceInfo *info,
                 GVariant *properties)
{
  g_autoptr (GVariant) all = fixture_get_all (fixture, path, info->name);
  guint n_promised = 0;

  for (GDBusPropertyInfo **property = info->properties; property != NULL && *property != NULL;
       property++, n_promised++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (all, (*property)->name, NULL);
      g_autoptr (GVariant) single = fixture_get (fixture, path, info->name, (*property)->name);

      g_assert_nonnull (value);
      g_assert_cmpstr (g_variant_get_type_string (value), ==, (*property)->signature);
      g_assert_cmpvariant (value, single);
      g_assert_cmpint ((*property)->flags, ==, G_DBUS_PROPERTY_INFO_FLAGS_READABLE);
    }
  g_assert_cmpuint (g_variant_n_children (all), ==, n_promised);
  if (properties != NULL)
    g_assert_cmpvariant (all, properties);
}

static gboolean
is_standard (const char *interface)
{
  return g_str_has_prefix (interface, "org.freedesktop.DBus.") &&
         !g_str_equal (interface, OBJECT_MANAGER);
}

void
check_object (Fixture *fixture, const char *path, GVariant *object, const char *expected_names)
{
  g_autoptr (GDBusNodeInfo) info = introspect (fixture, path);
  g_autoptr (GString) names = g_string_new (NULL);

  for (GDBusInterfaceInfo **interface = info->interfaces; *interface != NULL; interface++)
    {
      g_autoptr (GVariant) properties = NULL;

      if (is_standard ((*interface)->name))
        continue;
      g_string_append_printf (names, "%s ", strrchr ((*interface)->name, '.') + 1);
      if (object != NULL)
        {
          properties = g_variant_lookup_value (object, (*interface)->name, NULL);
          g_assert_nonnull (properties);
        }
      if (!g_str_equal ((*interface)->name, OBJECT_MANAGER))
        check_interface (fixture, path, *interface, properties);
    }
  g_assert_cmpstr (names->str, ==, expected_names);
}

GVariant *
get_managed_objects (Fixture *fixture, const char *path)
{
  g_autoptr (GVariant) reply =
      fixture_call (fixture, path, OBJECT_MANAGER, "GetManagedObjects", NULL);

  return g_variant_get_child_value (reply, 0);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

void
check_children (Fixture *fixture, const char *path, const char *expected)
{
  g_autoptr (GDBusNodeInfo) info = introspect (fixture, path);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *text = NULL;

  for (GDBusNodeInfo **node = info->nodes; node != NULL && *node != NULL; node++)
    g_ptr_array_add (names, (*node)->path);
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  text = g_strjoinv (" ", (char **) names->pdata);
  g_assert_cmpstr (text, ==, expected);
}
