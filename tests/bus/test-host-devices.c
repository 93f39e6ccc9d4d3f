/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The devices of the host as objects: many behind one registration, told of as they come, change and
 * go, and named by the domains that mean them.
 */
#include "tests/bus/inspection.h"
#include "tests/fixtures/guard.h"

#include <string.h>

#define HOST_DEVICE "org.virtbus1.HostDevice"
#define PCI_DEVICE "org.virtbus1.PciDevice"
#define USB_DEVICE "org.virtbus1.UsbDevice"
#define HOST_DEV "org.virtbus1.HostDev"

#define FOLDER ROOT "/hostdevice"
#define NIC FOLDER "/pci_0000_00_03_0"
#define VIRTUAL_NIC FOLDER "/pci_0000_00_03_1"
#define STICK FOLDER "/usb_001_004"
#define OTHER_STICK FOLDER "/usb_001_005"

#define ADDED(path) "InterfacesAdded " ROOT " " path "\n"
#define REMOVED(path) "InterfacesRemoved " ROOT " " path "\n"
#define CHANGED(path, interface) "PropertiesChanged " path " " interface "\n"

static void
add_stick (Fixture *fixture, const char *name, guint device_number)
{
  const char *path = host_tree_add_usb (fixture->host_tree, &(HostTreeUsb){
                                                                .name = name,
                                                                .id = "781/5567/100",
                                                                .bus_number = 1,
                                                                .device_number = device_number,
                                                                .serial = "42\xff",
                                                            });
  host_tree_add_usb_interface (fixture->host_tree, path, 0, "8/6/80", "usb-storage");
}

static void
add_devices (Fixture *fixture)
{
  host_tree_add_pci (fixture->host_tree, &(HostTreePci){ .address = "0000:00:03.0",
                                                         .id = "8086:10C9",
                                                         .class_code = 0x020000,
                                                         .driver = "igb",
                                                         .group = "5" });
  host_tree_add_pci (fixture->host_tree, &(HostTreePci){ .address = "0000:00:03.1",
                                                         .id = "8086:10CA",
                                                         .class_code = 0x020000,
                                                         .driver = "vfio-pci",
                                                         .group = "5",
                                                         .physical_function = "0000:00:03.0" });
  add_stick (fixture, "1-2", 4);
  fixture_load_host_devices (fixture);
}

/* They are there before the service is on the bus. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture_set_up (fixture, data);
  fixture_unexport (fixture);
  add_devices (fixture);
  fixture_export (fixture);
}

#define add(path, test) g_test_add (path, Fixture, NULL, set_up, test, fixture_tear_down)

static void
change (Fixture *fixture, VbHostDevice *before, VbHostDevice *after)
{
  g_signal_emit_by_name (fixture->host_devices, "changed", before, after);
}

static VbHostDevice *
find (Fixture *fixture, const char *path)
{
  VbHostDevice *device = vb_host_devices_find (fixture->host_devices, path + strlen (FOLDER "/"));

  g_assert_nonnull (device);
  return device;
}

/* All news have been told when the reply is there. */
static void
assert_log (Fixture *fixture, const char *expected)
{
  g_autofree char *with_reply = g_strconcat (expected, "reply\n", NULL);
  g_autoptr (GVariant) mode = fixture_get (fixture, ROOT, MANAGER, "Mode");
  g_autofree char *log = fixture_take_log (fixture);

  g_assert_cmpstr (log, ==, with_reply);
}

static void
forget_signals (Fixture *fixture)
{
  g_autoptr (GVariant) mode = fixture_get (fixture, ROOT, MANAGER, "Mode");
  g_autofree char *log = fixture_take_log (fixture);
}

static void
test_values (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *path;
    const char *interface;
    const char *property;
    const char *value;
  } rows[] = {
    { NIC, HOST_DEVICE, "Kind", "'pci'" },
    { NIC, HOST_DEVICE, "VendorId", "32902" },
    { NIC, HOST_DEVICE, "ProductId", "4297" },
    { NIC, HOST_DEVICE, "SysfsPath", "'/sys/devices/pci0000:00/0000:00:03.0'" },
    { NIC, HOST_DEVICE, "Driver", "'igb'" },
    { NIC, HOST_DEVICE, "AssignedTo", "'/'" },
    { NIC, HOST_DEVICE, "Safety", "'safe'" },
    { NIC, HOST_DEVICE, "SafetyReasons", "[]" },
    { NIC, PCI_DEVICE, "Address", "'0000:00:03.0'" },
    { NIC, PCI_DEVICE, "ClassCode", "131072" },
    { NIC, PCI_DEVICE, "IommuGroup", "5" },
    { NIC, PCI_DEVICE, "GroupDevices", "['" NIC "', '" VIRTUAL_NIC "']" },
    { NIC, PCI_DEVICE, "Viable", "true" },
    { NIC, PCI_DEVICE, "Blockers", "[]" },
    { NIC, PCI_DEVICE, "ResetMethods", "[]" },
    { NIC, PCI_DEVICE, "BootVga", "false" },
    { NIC, PCI_DEVICE, "PhysicalFunction", "'/'" },
    { NIC, PCI_DEVICE, "VirtualFunctions", "['" VIRTUAL_NIC "']" },
    { VIRTUAL_NIC, PCI_DEVICE, "Viable", "false" },
    { VIRTUAL_NIC, PCI_DEVICE, "Blockers", "['" NIC "']" },
    { VIRTUAL_NIC, PCI_DEVICE, "PhysicalFunction", "'" NIC "'" },
    { STICK, HOST_DEVICE, "Kind", "'usb'" },
    { STICK, HOST_DEVICE, "VendorId", "1921" },
    { STICK, HOST_DEVICE, "ProductId", "21863" },
    { STICK, USB_DEVICE, "BusNumber", "1" },
    { STICK, USB_DEVICE, "DeviceNumber", "4" },
    { STICK, USB_DEVICE, "Port", "'1-2'" },
    { STICK, USB_DEVICE, "SerialNumber", "'42\xef\xbf\xbd'" },
    { STICK, USB_DEVICE, "DeviceClass", "0x00" },
    { STICK, USB_DEVICE, "InterfaceClasses", "['Mass Storage']" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].property);
      fixture_assert_text (fixture, rows[i].path, rows[i].interface, rows[i].property,
                           rows[i].value);
    }
}

/* The root's manager, introspection and the properties agree, the first time and the second. */
static void
test_objects (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *path;
    const char *interfaces;
  } rows[] = {
    { NIC, "HostDevice PciDevice " },
    { VIRTUAL_NIC, "HostDevice PciDevice " },
    { STICK, "HostDevice UsbDevice " },
  };
  g_autoptr (GVariant) objects = get_managed_objects (fixture, ROOT);
  g_autoptr (GVariant) again = get_managed_objects (fixture, ROOT);

  check_children (fixture, FOLDER, "pci_0000_00_03_0 pci_0000_00_03_1 usb_001_004");
  check_object (fixture, FOLDER, NULL, "");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) object =
          g_variant_lookup_value (objects, rows[i].path, G_VARIANT_TYPE ("a{sa{sv}}"));
      g_autoptr (GVariant) same =
          g_variant_lookup_value (again, rows[i].path, G_VARIANT_TYPE ("a{sa{sv}}"));

      g_assert_nonnull (object);
      g_assert_cmpvariant (object, same);
      check_object (fixture, rows[i].path, object, rows[i].interfaces);
      check_children (fixture, rows[i].path, "");
    }
}

static void
test_nobody_there (Fixture *fixture, gconstpointer data)
{
  static const char *const paths[] = { FOLDER "/usb_001_009", STICK "/interface", FOLDER };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *message =
          fixture_fail (fixture, paths[i], PROPERTIES, "GetAll", g_variant_new ("(s)", HOST_DEVICE),
                        i < 2 ? DBUS_ERROR ("UnknownMethod") : DBUS_ERROR ("InvalidArgs"));
    }
}

static void
test_came_changed_went (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbHostDevice) before = NULL;
  g_autoptr (GVariant) changes = NULL;
  g_autofree char *text = NULL;
  VbHostDevice *after;
  guint n_signals;

  add_stick (fixture, "1-3", 5);
  fixture_load_host_devices (fixture);
  change (fixture, NULL, find (fixture, OTHER_STICK));
  assert_log (fixture, ADDED (OTHER_STICK));
  check_object (fixture, OTHER_STICK, NULL, "HostDevice UsbDevice ");
  forget_signals (fixture);

  before = vb_host_device_ref (find (fixture, NIC));
  host_tree_bind_pci (fixture->host_tree, "0000:00:03.0", "vfio-pci");
  fixture_load_host_devices (fixture);
  after = find (fixture, NIC);
  change (fixture, before, after);
  change (fixture, find (fixture, VIRTUAL_NIC), find (fixture, VIRTUAL_NIC));
  fixture_assert_text (fixture, NIC, HOST_DEVICE, "Driver", "'vfio-pci'");
  changes = fixture_take_changes (fixture, NIC, HOST_DEVICE, &n_signals);
  g_assert_cmpuint (n_signals, ==, 1);
  text = g_variant_print (changes, FALSE);
  g_assert_cmpstr (text, ==, "{'Driver': <'vfio-pci'>}");

  change (fixture, find (fixture, OTHER_STICK), NULL);
  assert_log (fixture, REMOVED (OTHER_STICK));
}

/* What happens between two looks at the bus is told as far as it is true. */
static void
test_at_one_instant (Fixture *fixture, gconstpointer data)
{
  VbHostDevice *stick, *nic = find (fixture, NIC);

  add_stick (fixture, "1-3", 5);
  fixture_load_host_devices (fixture);
  stick = find (fixture, OTHER_STICK);

  /* came and went */
  change (fixture, NULL, stick);
  change (fixture, stick, NULL);
  assert_log (fixture, "");
  /* came and changed */
  change (fixture, NULL, stick);
  change (fixture, stick, stick);
  assert_log (fixture, ADDED (OTHER_STICK));
  /* changed and went, while another one came back */
  change (fixture, stick, stick);
  change (fixture, stick, NULL);
  change (fixture, nic, NULL);
  change (fixture, NULL, nic);
  assert_log (fixture, REMOVED (NIC) ADDED (NIC) REMOVED (OTHER_STICK));
  /* nothing that is shown */
  change (fixture, nic, nic);
  assert_log (fixture, "");
}

#define HOSTDEV(type, source) "<hostdev type='" type "'><source>" source "</source></hostdev>"
#define BY_MAKE HOSTDEV ("usb", "<vendor id='0x0781'/><product id='0x5567'/>")
#define BY_PLACE HOSTDEV ("usb", "<address bus='1' device='4'/>")
#define BY_ADDRESS HOSTDEV ("pci", "<address bus='0' slot='3' function='1'/>")
#define NOT_THERE HOSTDEV ("pci", "<address bus='6' slot='2' function='0'/>")

static void
assert_meant (Fixture *fixture, const char *node, const char *value)
{
  g_autofree char *path = g_strconcat (UUID_PATH "/", node, NULL);

  fixture_assert_text (fixture, path, HOST_DEV, "HostDevice", value);
}

/* Two of a make, and nobody knows which is meant. The domain tells so, after the device that came
 * and before the one that goes. */
static void
test_meant_by_domain (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", BY_MAKE BY_PLACE BY_ADDRESS NOT_THERE);
  assert_meant (fixture, "hostdev_0", "'" STICK "'");
  assert_meant (fixture, "hostdev_1", "'" STICK "'");
  assert_meant (fixture, "hostdev_2", "'" VIRTUAL_NIC "'");
  assert_meant (fixture, "hostdev_3", "'/'");
  forget_signals (fixture);

  add_stick (fixture, "1-3", 5);
  fixture_load_host_devices (fixture);
  change (fixture, NULL, find (fixture, OTHER_STICK));
  assert_log (fixture, ADDED (OTHER_STICK) CHANGED (UUID_PATH "/hostdev_0", HOST_DEV));
  assert_meant (fixture, "hostdev_0", "'/'");
  assert_meant (fixture, "hostdev_1", "'" STICK "'");
  forget_signals (fixture);
}

static void
test_meant_went (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbHostDevice) gone = vb_host_device_ref (find (fixture, STICK));

  fixture_define (fixture, "a", BY_MAKE BY_PLACE);
  forget_signals (fixture);
  host_tree_remove (fixture->host_tree, "/sys/devices");
  host_tree_remove (fixture->host_tree, "/sys/bus");
  fixture_load_host_devices (fixture);
  change (fixture, gone, NULL);
  assert_log (fixture, CHANGED (UUID_PATH "/hostdev_0", HOST_DEV)
                           CHANGED (UUID_PATH "/hostdev_1", HOST_DEV) REMOVED (STICK));
  assert_meant (fixture, "hostdev_0", "'/'");
}

/* Who may see them is asked without details, for no domain is meant. */
static void
test_guarded (Fixture *fixture, gconstpointer data)
{
  g_auto (Reply) reply = { NULL };
  g_autofree char *message = NULL;
  g_autofree char *name = NULL;

  scripted_authority_set (fixture->authority, NULL, VB_DECISION_DENIED);
  message = fixture_fail (fixture, STICK, PROPERTIES, "Get",
                          g_variant_new ("(ss)", USB_DEVICE, "SerialNumber"),
                          DBUS_ERROR ("AccessDenied"));
  g_assert_cmpstr (message, ==, "the action " VB_ACTION_DOMAIN_LIST " is not allowed");
  scripted_authority_set (fixture->authority, NULL, VB_DECISION_ASK);
  fixture_send (fixture->client, fixture, STICK, PROPERTIES, "GetAll",
                g_variant_new ("(s)", HOST_DEVICE), 0, &reply);
  fixture_wait_for (scripted_authority_get_n_waiting (fixture->authority) > 0);
  g_assert_cmpstr (scripted_authority_get_question (fixture->authority), ==, VB_ACTION_DOMAIN_LIST);

  /* and it is gone when the answer comes */
  change (fixture, find (fixture, STICK), NULL);
  scripted_authority_answer (fixture->authority, NULL);
  fixture_wait_for (reply.is_there);
  name = g_dbus_error_get_remote_error (reply.error);
  g_assert_cmpstr (name, ==, DBUS_ERROR ("UnknownObject"));
}

/* As many as a large host has */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) objects = NULL;
  gsize n_before;

  objects = get_managed_objects (fixture, ROOT);
  n_before = g_variant_n_children (objects);
  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (VbHostDevice) device = vb_host_device_new (VB_HOST_DEVICE_PCI);

      g_free (device->id);
      device->id = g_strdup_printf ("pci_0001_%02x_%02x_0", i / 32, i % 32);
      change (fixture, NULL, device);
    }
  g_clear_pointer (&objects, g_variant_unref);
  objects = get_managed_objects (fixture, ROOT);
  g_assert_cmpuint (g_variant_n_children (objects), ==, n_before + 1000);
  fixture_assert_text (fixture, FOLDER "/pci_0001_1f_07_0", PCI_DEVICE, "IommuGroup", "-1");
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/bus/host-devices/values", test_values);
  add ("/bus/host-devices/objects", test_objects);
  add ("/bus/host-devices/nobody-there", test_nobody_there);
  add ("/bus/host-devices/came-changed-went", test_came_changed_went);
  add ("/bus/host-devices/at-one-instant", test_at_one_instant);
  add ("/bus/host-devices/meant-by-domain", test_meant_by_domain);
  add ("/bus/host-devices/meant-went", test_meant_went);
  add ("/bus/host-devices/guarded", test_guarded);
  add ("/bus/host-devices/many", test_many);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
