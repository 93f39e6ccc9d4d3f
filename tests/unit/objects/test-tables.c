/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables keep what introspection promises, and getters are pure: over every golden document, on
 * either side, and between the two.
 */
#include "engine/engine-error.h"
#include "objects/capability-set.h"
#include "objects/device.h"
#include "objects/domain.h"
#include "objects/error-map.h"
#include "objects/host-device-facts.h"
#include "objects/host-device.h"
#include "objects/host.h"
#include "objects/manager.h"
#include "objects/path.h"
#include "policy/authority.h"
#include "qemu/qemu-error.h"

#include <string.h>

static const VbInterfaceTable *const all_tables[] = {
  &vb_manager_interface_table,        &vb_host_interface_table,
  &vb_domain_interface_table,         &vb_device_interface_table,
  &vb_disk_interface_table,           &vb_controller_interface_table,
  &vb_interface_interface_table,      &vb_char_device_interface_table,
  &vb_input_interface_table,          &vb_graphics_interface_table,
  &vb_video_interface_table,          &vb_mem_balloon_interface_table,
  &vb_sound_interface_table,          &vb_watchdog_interface_table,
  &vb_host_dev_interface_table,       &vb_host_device_interface_table,
  &vb_pci_device_interface_table,     &vb_usb_device_interface_table,
  &vb_capability_set_interface_table,
};

static gboolean
is_const (const GDBusPropertyInfo *property)
{
  const char *emits =
      g_dbus_annotation_info_lookup (property->annotations,
                                     "org.freedesktop.DBus.Property.EmitsChangedSignal");

  return g_str_equal (emits, "const");
}

static void
check_properties (const VbInterfaceTable *table)
{
  guint n_rows = 0;

  for (GDBusPropertyInfo **property = table->info->properties;
       property != NULL && *property != NULL; property++, n_rows++)
    {
      const VbPropertyRow *row = vb_property_row_find (table, (*property)->name);

      g_test_message ("%s.%s", table->name, (*property)->name);
      g_assert_nonnull (row);
      g_assert_nonnull (row->get);
      if (table != &vb_host_interface_table)
        g_assert_cmpint (row->facets == 0, ==, is_const (*property));
    }
  for (const VbPropertyRow *row = table->properties; row->name != NULL; row++)
    g_assert_cmpuint (n_rows--, >, 0);
}

static void
check_options (const VbMethodRow *row, const GDBusMethodInfo *method)
{
  guint n_arguments = 0;

  while (method->in_args[n_arguments] != NULL)
    n_arguments++;
  g_assert_cmpstr (method->in_args[n_arguments - 1]->signature, ==, "a{sv}");
  g_assert_nonnull (row->options);
  for (const VbOptionRow *option = row->options; option->name != NULL; option++)
    g_assert_true (g_variant_type_string_is_valid (option->type));
  if (row->takes_document)
    g_assert_cmpstr (method->in_args[0]->signature, ==, "s");
}

static void
test_match_introspection (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (all_tables); i++)
    {
      const VbInterfaceTable *table = all_tables[i];
      guint n_rows = 0;

      g_assert_cmpstr (table->name, ==, table->info->name);
      check_properties (table);
      for (GDBusMethodInfo **method = table->info->methods; method != NULL && *method != NULL;
           method++, n_rows++)
        {
          const VbMethodRow *row = vb_method_row_find (table, (*method)->name);
          g_assert_nonnull (row);
          g_assert_nonnull (row->handle);
          check_options (row, *method);
        }
      for (const VbMethodRow *row = table->methods; row != NULL && row->name != NULL; row++)
        g_assert_cmpuint (n_rows--, >, 0);
    }
}

static VbDomain *
read_domain (const char *xml)
{
  g_autoptr (GError) error = NULL;
  VbDomain *domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error);

  g_assert_no_error (error);
  vb_domain_complete (domain, NULL, NULL);
  return domain;
}

/* Every property has the promised type, whatever the document has. */
static void
check_values (const VbInterfaceTable *const *tables, const VbView *view)
{
  for (; *tables != NULL; tables++)
    for (const VbPropertyRow *row = (*tables)->properties; row != NULL && row->name != NULL; row++)
      {
        g_autoptr (GVariant) value = g_variant_ref_sink (row->get (view));
        g_autoptr (GVariant) again = g_variant_ref_sink (row->get (view));
        GDBusPropertyInfo *info =
            g_dbus_interface_info_lookup_property ((GDBusInterfaceInfo *) (*tables)->info,
                                                   row->name);

        g_assert_cmpstr (g_variant_get_type_string (value), ==, info->signature);
        g_assert_cmpvariant (value, again);
      }
}

static void
check_facts (const VbMachineFacts *facts)
{
  g_autoptr (GPtrArray) devices = vb_machine_facts_list_devices (facts);
  VbView view;

  vb_view_init_domain (&view, facts);
  check_values (vb_domain_tables, &view);
  for (guint i = 0; i < devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (devices, i);
      g_autofree char *node = vb_path_device_node (device);

      g_assert_true (vb_view_find_device (&view, facts, node));
      g_assert_true (view.device == device);
      check_values (vb_device_get_tables (device->kind), &view);
    }
}

static void
check_golden (const char *xml)
{
  g_autoptr (VbDomain) domain = read_domain (xml);
  g_autoptr (VbDomain) bare = vb_domain_copy (domain);
  VbMachineFacts defined = { .definition = domain, .domain = domain, .id = -1 };
  VbMachineFacts transient = { .live = domain, .domain = domain, .id = 1 };
  VbMachineFacts both = {
    .definition = bare, .live = domain, .domain = domain, .pending_changes = TRUE
  };
  VbMachineFacts other = {
    .definition = domain, .live = bare, .domain = bare, .pending_changes = TRUE
  };

  g_ptr_array_set_size (bare->devices, 0);
  check_facts (&defined);
  check_facts (&transient);
  check_facts (&both);
  check_facts (&other);
}

static void
test_golden (void)
{
  g_autofree char *folder =
      g_build_filename (SOURCE_ROOT, "tests", "unit", "domain", "cases", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) cases = g_dir_open (folder, 0, &error);
  const char *name;
  guint n_read = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (cases)) != NULL)
    if (g_str_has_suffix (name, ".out.xml"))
      {
        g_autofree char *file = g_build_filename (folder, name, NULL);
        g_autofree char *xml = NULL;

        g_test_message ("%s", name);
        g_assert_true (g_file_get_contents (file, &xml, NULL, NULL));
        check_golden (xml);
        n_read++;
      }
  g_assert_cmpuint (n_read, >, 0);
}

#define DOCUMENT(title, devices)                                                                   \
  "<domain type='qemu'><name>a</name><uuid>11111111-2222-4333-8444-555555555555</uuid>"            \
  "<title>" title "</title><memory>65536</memory><os><type arch='x86_64'>hvm</type></os>"          \
  "<devices>" devices "</devices></domain>"

/* Only what differs, and only of the parts that are asked for. */
static void
test_compare (void)
{
  g_autoptr (VbDomain) old_domain = read_domain (DOCUMENT ("old", ""));
  g_autoptr (VbDomain) new_domain = read_domain (DOCUMENT ("new", ""));
  VbMachineFacts before = { .definition = old_domain, .domain = old_domain, .id = -1 };
  VbMachineFacts after = {
    .definition = new_domain, .domain = new_domain, .id = 3, .state = VB_STATE_RUNNING
  };
  VbFacets facets = vb_machine_facts_compare (&before, &after);
  g_autoptr (GVariant) changed = NULL;
  g_autoptr (GVariant) state_only = NULL;
  g_autofree char *text = NULL;
  g_autofree char *state_text = NULL;
  VbView old_view, new_view;

  g_assert_cmpint (facets, ==, VB_FACET_DOMAIN | VB_FACET_STATE);
  g_assert_cmpint (vb_machine_facts_compare (&before, &before), ==, 0);
  vb_view_init_domain (&old_view, &before);
  vb_view_init_domain (&new_view, &after);
  changed = g_variant_ref_sink (
      vb_interface_table_compare (&vb_domain_interface_table, facets, &old_view, &new_view));
  text = g_variant_print (changed, FALSE);
  g_assert_cmpstr (text, ==, "{'Id': <3>, 'Title': <'new'>, 'State': <'running'>}");
  state_only =
      g_variant_ref_sink (vb_interface_table_compare (&vb_domain_interface_table, VB_FACET_STATE,
                                                      &old_view, &new_view));
  state_text = g_variant_print (state_only, FALSE);
  g_assert_cmpstr (state_text, ==, "{'Id': <3>, 'State': <'running'>}");
  g_assert_null (
      vb_interface_table_compare (&vb_domain_interface_table, facets, &old_view, &old_view));
}

static void
test_pending (void)
{
  g_autoptr (VbDomain) live =
      read_domain (DOCUMENT ("live", "<disk><source file='/a'/><target dev='vda'/></disk>"));
  g_autoptr (VbDomain) stored =
      read_domain (DOCUMENT ("stored", "<disk><source file='/b'/><target dev='vda'/></disk>"));
  VbMachineFacts facts = {
    .definition = stored, .live = live, .domain = live, .pending_changes = TRUE
  };
  g_autoptr (GVariant) domain = NULL;
  g_autoptr (GVariant) disk = NULL;
  g_autoptr (GVariant) none = NULL;
  g_autofree char *domain_text = NULL;
  g_autofree char *disk_text = NULL;
  VbView view;

  vb_view_init_domain (&view, &facts);
  domain = g_variant_ref_sink (vb_interface_tables_get_pending (vb_domain_tables, &view));
  domain_text = g_variant_print (domain, FALSE);
  g_assert_nonnull (strstr (domain_text, "'Title': <'stored'>"));
  g_assert_true (vb_view_find_device (&view, &facts, "disk_vda"));
  disk = g_variant_ref_sink (
      vb_interface_tables_get_pending (vb_device_get_tables (VB_DEVICE_DISK), &view));
  disk_text = g_variant_print (disk, FALSE);
  g_assert_cmpstr (disk_text, ==, "{'Source': <'/b'>}");
  facts.pending_changes = FALSE;
  none = g_variant_ref_sink (
      vb_interface_tables_get_pending (vb_device_get_tables (VB_DEVICE_DISK), &view));
  g_assert_cmpuint (g_variant_n_children (none), ==, 0);
}

/* Devices of both sides, each once */
static void
test_union (void)
{
  g_autoptr (VbDomain) live =
      read_domain (DOCUMENT ("a", "<disk><source file='/a'/><target dev='vda'/></disk>"
                                  "<disk><source file='/b'/><target dev='vdb'/></disk>"));
  g_autoptr (VbDomain) stored =
      read_domain (DOCUMENT ("a", "<disk><source file='/b'/><target dev='vdb'/></disk>"
                                  "<disk><source file='/c'/><target dev='vdc'/></disk>"));
  VbMachineFacts facts = { .definition = stored, .live = live, .domain = live };
  g_autoptr (GPtrArray) devices = vb_machine_facts_list_devices (&facts);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < devices->len; i++)
    {
      g_autofree char *node = vb_path_device_node (g_ptr_array_index (devices, i));
      g_string_append_printf (names, "%s ", node);
    }
  g_assert_cmpstr (names->str, ==, "disk_vda disk_vdb memballoon_balloon0 disk_vdc ");
}

static void
test_paths (void)
{
  VbDisk disk = { .base = { .kind = VB_DEVICE_DISK }, .target = (char *) "ioemu:h.c\xc3\xa4_" };
  g_autofree char *path = vb_path_for_domain ("11111111-2222-4333-8444-555555555555");
  g_autofree char *device = vb_path_for_device (path, &disk.base);

  g_assert_cmpstr (path, ==, VB_PATH_DOMAINS "/_11111111_2222_4333_8444_555555555555");
  g_assert_cmpstr (device, ==,
                   VB_PATH_DOMAINS "/_11111111_2222_4333_8444_555555555555"
                                   "/disk_ioemu_3ah_2ec_c3_a4_5f");
  g_assert_true (g_variant_is_object_path (device));
  g_assert_cmpstr (vb_path_find_child (device, VB_PATH_DOMAIN_DEPTH), ==,
                   "disk_ioemu_3ah_2ec_c3_a4_5f");
  g_assert_null (vb_path_find_child (path, VB_PATH_DOMAIN_DEPTH));
  g_assert_null (vb_path_find_child (VB_PATH_DOMAINS, VB_PATH_DOMAIN_DEPTH));
  g_assert_null (vb_path_find_child (VB_PATH_ROOT, VB_PATH_ROOT_DEPTH));
  g_assert_null (vb_path_find_child (VB_PATH_CAPABILITIES, VB_PATH_FOLDER_DEPTH));
  g_assert_cmpstr (vb_path_find_child (VB_PATH_CAPABILITIES, VB_PATH_ROOT_DEPTH), ==,
                   "capabilities");
}

static void
test_host_paths (void)
{
  g_autofree char *set = vb_path_for_capability_set (VB_OS_TYPE_HVM, "x86_64");
  g_autofree char *strange = vb_path_for_capability_set (VB_OS_TYPE_XEN, "a-b/c");
  g_autofree char *device = vb_path_for_host_device ("usb_001_004");
  g_autofree char *none = vb_path_for_host_device ("");

  g_assert_cmpstr (set, ==, VB_PATH_CAPABILITIES "/x86_64_hvm");
  g_assert_cmpstr (vb_path_find_child (set, VB_PATH_FOLDER_DEPTH), ==, "x86_64_hvm");
  g_assert_cmpstr (strange, ==, VB_PATH_CAPABILITIES "/a_b_c_xen");
  g_assert_cmpstr (device, ==, VB_PATH_HOST_DEVICES "/usb_001_004");
  g_assert_cmpstr (none, ==, VB_PATH_NONE);
}

/* A device of which nothing is known has all properties, too. */
static void
test_host_devices (void)
{
  g_autoptr (VbClaims) claims = vb_claims_new ();

  for (VbHostDeviceKind kind = VB_HOST_DEVICE_PCI; kind <= VB_HOST_DEVICE_USB; kind++)
    {
      g_autoptr (VbHostDevice) device = vb_host_device_new (kind);
      g_autoptr (VbHostDeviceFacts) facts = vb_host_device_facts_new (device, claims);
      VbView view;

      vb_host_device_kind.init_view (&view, facts);
      check_values (vb_host_device_kind.get_tables (facts), &view);
    }
}

/* What the facts say of a domain's place on this host. */
static void
test_surroundings (void)
{
  g_autoptr (VbDomain) live =
      read_domain (DOCUMENT ("a", "<hostdev type='usb'><source><address bus='1' device='4'/>"
                                  "</source></hostdev>"));
  g_autoptr (VbDomain) stored = vb_domain_copy (live);
  VbDevice *device = g_ptr_array_index (live->devices, 0);
  VbDevice *other = g_ptr_array_index (stored->devices, 0);
  g_autoptr (GHashTable) both = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) one = g_hash_table_new (NULL, NULL);
  VbMachineFacts facts = {
    .definition = stored,
    .live = live,
    .domain = live,
    .live_set = VB_PATH_CAPABILITIES "/i686_hvm",
    .host_devices = both,
  };
  VbMachineFacts later = facts;

  g_hash_table_insert (both, device, (gpointer) "/a");
  g_hash_table_insert (both, other, (gpointer) "/b");
  g_hash_table_insert (one, device, (gpointer) "/a");
  g_assert_cmpstr (vb_machine_facts_get_capability_set (&facts, live), ==,
                   VB_PATH_CAPABILITIES "/i686_hvm");
  g_assert_cmpstr (vb_machine_facts_get_capability_set (&facts, stored), ==, VB_PATH_NONE);
  g_assert_cmpstr (vb_machine_facts_get_host_device (&facts, device), ==, "/a");
  g_assert_cmpstr (vb_machine_facts_get_host_device (&facts, other), ==, "/b");
  g_assert_cmpint (vb_machine_facts_compare (&facts, &later), ==, 0);

  later.host_devices = one;
  g_assert_cmpint (vb_machine_facts_compare (&facts, &later), ==, VB_FACET_HOST);
  g_hash_table_insert (one, other, (gpointer) "/c");
  g_assert_cmpint (vb_machine_facts_compare (&facts, &later), ==, VB_FACET_HOST);
  g_hash_table_insert (one, other, (gpointer) "/b");
  g_assert_cmpint (vb_machine_facts_compare (&facts, &later), ==, 0);
  later.host_devices = NULL;
  g_assert_cmpint (vb_machine_facts_compare (&facts, &later), ==, VB_FACET_HOST);
  g_assert_cmpstr (vb_machine_facts_get_host_device (&later, device), ==, VB_PATH_NONE);
  later.host_devices = both;
  later.definition_set = facts.live_set;
  g_assert_cmpint (vb_machine_facts_compare (&facts, &later), ==, VB_FACET_HOST);
}

static void
test_error_names (void)
{
  const struct
  {
    GQuark domain;
    int code;
    const char *name;
  } rows[] = {
    { VB_DOMAIN_ERROR, VB_DOMAIN_ERROR_MALFORMED, "org.virtbus1.Error.InvalidXml" },
    { VB_DOMAIN_ERROR, VB_DOMAIN_ERROR_LIMIT, "org.virtbus1.Error.InvalidXml" },
    { VB_ENGINE_ERROR, VB_ENGINE_ERROR_BUSY, "org.virtbus1.Error.Busy" },
    { VB_QEMU_ERROR, VB_QEMU_ERROR_TIMEOUT, "org.virtbus1.Error.Timeout" },
    { VB_AUTHORITY_ERROR, VB_AUTHORITY_ERROR_INTERACTION_REQUIRED,
      "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired" },
    { G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED, "org.freedesktop.DBus.Error.AccessDenied" },
    { G_IO_ERROR, G_IO_ERROR_CANCELLED, "org.virtbus1.Error.Cancelled" },
    { G_IO_ERROR, G_IO_ERROR_EXISTS, "org.virtbus1.Error.Internal" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (rows[i].domain, rows[i].code, "");
      g_assert_cmpstr (vb_error_get_bus_name (error), ==, rows[i].name);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/objects/match-introspection", test_match_introspection);
  g_test_add_func ("/objects/golden", test_golden);
  g_test_add_func ("/objects/compare", test_compare);
  g_test_add_func ("/objects/pending", test_pending);
  g_test_add_func ("/objects/union", test_union);
  g_test_add_func ("/objects/paths", test_paths);
  g_test_add_func ("/objects/host-paths", test_host_paths);
  g_test_add_func ("/objects/host-devices", test_host_devices);
  g_test_add_func ("/objects/surroundings", test_surroundings);
  g_test_add_func ("/objects/error-names", test_error_names);
  return g_test_run ();
}
