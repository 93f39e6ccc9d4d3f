/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading: properties, object managers, introspection; and that nothing can be written.
 */
#include "tests/bus/inspection.h"
#include "tests/fixtures/guard.h"

#include <string.h>

#define ALL_DEVICES                                                                                \
  "<disk type='file'><driver name='qemu' type='qcow2'/><source file='/images/a.qcow2'/>"           \
  "<target dev='vda' bus='virtio'/></disk>"                                                        \
  "<controller type='scsi' index='0'/>"                                                            \
  "<interface type='user'><mac address='52:54:00:12:34:56'/><model type='virtio'/></interface>"    \
  "<serial type='null'/><console type='null'/>"                                                    \
  "<parallel type='tcp'><source mode='bind' host='::1' service='9100'/></parallel>"                \
  "<channel type='unix'><source mode='bind' path='/tmp/agent'/><target type='virtio' "             \
  "name='org.qemu.guest_agent.0'/></channel>"                                                      \
  "<channel type='null'><target type='guestfwd' address='10.0.2.1' port='4600'/></channel>"        \
  "<smartcard mode='passthrough' type='spicevmc'/>"                                                \
  "<input type='tablet' bus='usb'/>"                                                               \
  "<graphics type='vnc' port='-1' autoport='yes' passwd='secret'/>"                                \
  "<video><model type='vga' vram='16384' heads='1'/></video>"                                      \
  "<graphics type='spice' port='5900' tlsPort='5901'/>"                                            \
  "<sound model='ac97'/><watchdog model='ib700' action='pause'/>"                                  \
  "<hostdev type='usb' managed='yes'><source><vendor id='1921'/><product id='0x5567'/></source>"   \
  "</hostdev><hostdev type='usb'><source><address bus='1' device='4'/></source></hostdev>"         \
  "<hostdev type='pci'><source><address bus='6' slot='2' function='1'/></source></hostdev>"        \
  "<interface type='mcast'><source address='230.0.0.1' port='5558'/></interface>"                  \
  "<interface type='bridge'><source bridge='br0'/></interface>"                                    \
  "<memballoon model='virtio'/>"

static void
test_every_interface (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *node;
    const char *interfaces;
  } devices[] = {
    { "disk_vda", "Device Disk " },
    { "controller_scsi0", "Device Controller " },
    { "interface_net0", "Device Interface " },
    { "serial_0", "Device CharDevice " },
    { "console_0", "Device CharDevice " },
    { "parallel_0", "Device CharDevice " },
    { "channel_0", "Device CharDevice " },
    { "channel_1", "Device CharDevice " },
    { "smartcard_0", "Device Smartcard " },
    { "input_0", "Device Input " },
    { "graphics_vnc0", "Device Graphics " },
    { "graphics_spice1", "Device Graphics " },
    { "sound_0", "Device Sound " },
    { "video_0", "Device Video " },
    { "hostdev_0", "Device HostDev " },
    { "watchdog_0", "Device Watchdog " },
    { "memballoon_balloon0", "Device MemBalloon " },
  };
  g_autoptr (GVariant) domains = NULL;
  g_autoptr (GVariant) domain = NULL;
  g_autoptr (GVariant) objects = NULL;

  fixture_define (fixture, "all", ALL_DEVICES);
  check_object (fixture, ROOT, NULL, "Manager Host ObjectManager ");
  domains = get_managed_objects (fixture, ROOT);
  domain = g_variant_lookup_value (domains, UUID_PATH, G_VARIANT_TYPE ("a{sa{sv}}"));
  check_object (fixture, UUID_PATH, domain, "Domain ObjectManager ");
  objects = get_managed_objects (fixture, UUID_PATH);
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    {
      g_autofree char *path = g_strconcat (UUID_PATH "/", devices[i].node, NULL);
      g_autoptr (GVariant) object =
          g_variant_lookup_value (objects, path, G_VARIANT_TYPE ("a{sa{sv}}"));

      g_test_message ("%s", path);
      g_assert_nonnull (object);
      check_object (fixture, path, object, devices[i].interfaces);
    }
}

static void
test_values (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *interface;
    const char *property;
    const char *value;
  } rows[] = {
    { DOMAIN, "Name", "'all'" },
    { DOMAIN, "Uuid", "'" UUID "'" },
    { DOMAIN, "Id", "-1" },
    { DOMAIN, "Type", "'qemu'" },
    { DOMAIN, "OsType", "'hvm'" },
    { DOMAIN, "Architecture", "'x86_64'" },
    { DOMAIN, "State", "'shutoff'" },
    { DOMAIN, "StateReason", "'unknown'" },
    { DOMAIN, "Persistent", "true" },
    { DOMAIN, "Autostart", "false" },
    { DOMAIN, "ConfigGeneration", "1" },
    { DOMAIN, "PendingChanges", "false" },
    { DOMAIN, "Pending", "{}" },
    { DOMAIN, "MaxMemory", "65536" },
    { DOMAIN, "CurrentMemory", "65536" },
    { DOMAIN, "MaxVcpus", "1" },
    { DOMAIN, "OnPoweroff", "'destroy'" },
    { DOMAIN, "OnReboot", "'restart'" },
    { DOMAIN, "OnCrash", "'destroy'" },
    { DOMAIN, "CurrentJob", "'/'" },
    { DOMAIN, "CapabilitySet", "'" ROOT "/capabilities/x86_64_hvm'" },
    { DOMAIN, "Pid", "0" },
    { DOMAIN, "LastError", "('', '')" },
    { DOMAIN, "Tags", "[]" },
    { DOMAIN, "Snapshots", "[]" },
    { DOMAIN, "AllowedOperations",
      "['Start', 'Undefine', 'SetAutostart', 'SetTitle', 'SetDescription', 'Rename', 'SetMemory', "
      "'SetMaxMemory', 'SetVcpus', 'PinVcpu', 'SetTuning']" },
  };
  g_autofree char *user = g_strdup_printf ("'%s'", g_get_user_name ());

  fixture_define (fixture, "all", ALL_DEVICES);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].property);
      fixture_assert_text (fixture, UUID_PATH, rows[i].interface, rows[i].property, rows[i].value);
    }
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Owner", user);
  fixture_assert_text (fixture, ROOT, MANAGER, "Mode", "'session'");
  fixture_assert_text (fixture, UUID_PATH "/disk_vda", "org.virtbus1.Disk", "Source",
                       "'/images/a.qcow2'");
  fixture_assert_text (fixture, UUID_PATH "/disk_vda", DEVICE, "Domain", "'" UUID_PATH "'");
  fixture_assert_text (fixture, UUID_PATH "/disk_vda", DEVICE, "PlugState", "'config-only'");
  fixture_assert_text (fixture, UUID_PATH "/disk_vda", DEVICE, "Live", "false");
  fixture_assert_text (fixture, UUID_PATH "/disk_vda", DEVICE, "Config", "true");
}

static void
test_device_values (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *node;
    const char *interface; /* after org.virtbus1. */
    const char *property;
    const char *value;
  } rows[] = {
    { "interface_net0", "Interface", "Type", "'user'" },
    { "interface_net0", "Interface", "Source", "''" },
    { "interface_net1", "Interface", "Source", "'230.0.0.1:5558'" },
    { "interface_net2", "Interface", "Type", "'bridge'" },
    { "interface_net2", "Interface", "Source", "'br0'" },
    { "graphics_vnc0", "Graphics", "Port", "-1" },
    { "graphics_vnc0", "Graphics", "TlsPort", "-1" },
    { "graphics_vnc0", "Graphics", "HasPassword", "true" },
    { "graphics_spice1", "Graphics", "Type", "'spice'" },
    { "graphics_spice1", "Graphics", "Port", "5900" },
    { "graphics_spice1", "Graphics", "TlsPort", "5901" },
    { "graphics_spice1", "Graphics", "AutoPort", "false" },
    { "graphics_spice1", "Graphics", "HasPassword", "false" },
    { "sound_0", "Sound", "Model", "'ac97'" },
    { "watchdog_0", "Watchdog", "Model", "'ib700'" },
    { "watchdog_0", "Watchdog", "Action", "'pause'" },
    { "hostdev_0", "Device", "Kind", "'hostdev'" },
    { "hostdev_0", "HostDev", "Type", "'usb'" },
    { "hostdev_0", "HostDev", "Managed", "true" },
    { "hostdev_0", "HostDev", "Match", "{'vendor': '0x0781', 'product': '0x5567'}" },
    { "hostdev_0", "HostDev", "HostDevice", "'/'" },
    { "hostdev_1", "HostDev", "Match", "{'bus': '1', 'device': '4'}" },
    { "hostdev_2", "HostDev", "Type", "'pci'" },
    { "hostdev_2", "HostDev", "Managed", "false" },
    { "hostdev_2", "HostDev", "Match",
      "{'domain': '0x0000', 'bus': '0x06', 'slot': '0x02', 'function': '0x1'}" },
  };

  fixture_define (fixture, "all", ALL_DEVICES);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat (UUID_PATH "/", rows[i].node, NULL);
      g_autofree char *interface = g_strconcat ("org.virtbus1.", rows[i].interface, NULL);

      g_test_message ("%s %s", rows[i].node, rows[i].property);
      fixture_assert_text (fixture, path, interface, rows[i].property, rows[i].value);
    }
}

static void
test_char_devices (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *node;
    const char *property;
    const char *value;
  } rows[] = {
    { "serial_0", "Type", "'null'" },
    { "serial_0", "Source", "''" },
    { "serial_0", "TargetType", "''" },
    { "serial_0", "TargetName", "''" },
    { "parallel_0", "Type", "'tcp'" },
    { "parallel_0", "Source", "'[::1]:9100'" },
    { "parallel_0", "TargetPort", "0" },
    { "parallel_0", "TargetType", "''" },
    { "console_0", "TargetType", "'serial'" },
    { "channel_0", "Type", "'unix'" },
    { "channel_0", "Source", "'/tmp/agent'" },
    { "channel_0", "TargetPort", "0" },
    { "channel_0", "TargetType", "'virtio'" },
    { "channel_0", "TargetName", "'org.qemu.guest_agent.0'" },
    { "channel_0", "Connected", "false" },
    { "channel_1", "TargetPort", "4600" },
    { "channel_1", "TargetType", "'guestfwd'" },
    { "channel_1", "TargetName", "'10.0.2.1'" },
  };

  fixture_define (fixture, "all", ALL_DEVICES);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat (UUID_PATH "/", rows[i].node, NULL);

      g_test_message ("%s %s", rows[i].node, rows[i].property);
      fixture_assert_text (fixture, path, "org.virtbus1.CharDevice", rows[i].property,
                           rows[i].value);
    }
  fixture_assert_text (fixture, UUID_PATH "/smartcard_0", "org.virtbus1.Smartcard", "Mode",
                       "'passthrough'");
}

/* The password of the display is nowhere but where `secure` asks for it. */
static void
test_secrets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) devices = NULL;
  g_autofree char *text = NULL;

  fixture_define (fixture, "all", ALL_DEVICES);
  devices = get_managed_objects (fixture, UUID_PATH);
  text = g_variant_print (devices, FALSE);
  g_assert_nonnull (strstr (text, "'HasPassword': <true>"));
  g_assert_null (strstr (text, "secret"));
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  g_autofree char *read_only = NULL;
  g_autofree char *no_property = NULL;
  g_autofree char *no_interface = NULL;
  g_autofree char *no_domain = NULL;
  g_autofree char *no_device = NULL;
  g_autofree char *no_signature = NULL;

  fixture_define (fixture, "all", "");
  read_only = fixture_fail (fixture, UUID_PATH, PROPERTIES, "Set",
                            g_variant_new ("(ssv)", DOMAIN, "Name", g_variant_new_string ("other")),
                            DBUS_ERROR ("InvalidArgs"));
  g_assert_cmpstr (read_only, ==, "Property “Name” is not writable");
  no_property =
      fixture_fail (fixture, UUID_PATH, PROPERTIES, "Get",
                    g_variant_new ("(ss)", DOMAIN, "Nothing"), DBUS_ERROR ("InvalidArgs"));
  no_interface = fixture_fail (fixture, UUID_PATH, PROPERTIES, "GetAll",
                               g_variant_new ("(s)", DEVICE), DBUS_ERROR ("InvalidArgs"));
  no_domain = fixture_fail (fixture, ROOT "/domain/_nothing", PROPERTIES, "GetAll",
                            g_variant_new ("(s)", DOMAIN), DBUS_ERROR ("UnknownMethod"));
  no_device = fixture_fail (fixture, UUID_PATH "/disk_vdz", PROPERTIES, "GetAll",
                            g_variant_new ("(s)", DEVICE), DBUS_ERROR ("UnknownMethod"));
  no_signature =
      fixture_fail (fixture, UUID_PATH, DOMAIN, "Start", NULL, DBUS_ERROR ("InvalidArgs"));
}

/* As a tool such as `busctl tree` walks it. */
static void
test_tree (Fixture *fixture, gconstpointer data)
{
  check_children (fixture, "/", "org");
  check_children (fixture, "/org", "virtbus1");
  check_children (fixture, ROOT, "capabilities domain hostdevice");
  check_children (fixture, ROOT "/domain", "");
  fixture_define (fixture, "all",
                  "<disk type='file'><source file='/a'/><target dev='vda' bus='ide'/></disk>");
  check_children (fixture, ROOT, "capabilities domain hostdevice");
  check_children (fixture, ROOT "/domain", "_11111111_2222_4333_8444_555555555555");
  check_children (fixture, UUID_PATH, "controller_ide0 disk_vda memballoon_balloon0");
  check_children (fixture, UUID_PATH "/disk_vda", "");
}

/* No document that can be defined has an object that cannot be read. */
static void
test_golden_domains (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder =
      g_build_filename (SOURCE_ROOT, "tests", "unit", "domain", "cases", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) cases = g_dir_open (folder, 0, &error);
  const char *name;
  guint n_read = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (cases)) != NULL)
    {
      g_autofree char *file = g_build_filename (folder, name, NULL);
      g_autofree char *xml = NULL;
      g_autoptr (GVariant) reply = NULL;
      g_autoptr (GVariant) objects = NULL;
      g_autoptr (GVariant) paths = NULL;
      g_autoptr (GVariant) gone = NULL;
      const char *path;

      if (!g_str_has_suffix (name, ".out.xml"))
        continue;
      g_test_message ("%s", name);
      g_assert_true (g_file_get_contents (file, &xml, NULL, NULL));
      reply = fixture_call (fixture, ROOT, MANAGER, "DefineDomain",
                            g_variant_new ("(s@a{sv})", xml, no_options));
      g_variant_get (reply, "(&o)", &path);
      objects = get_managed_objects (fixture, path);
      paths = fixture_get (fixture, path, DOMAIN, "Devices");
      g_assert_cmpuint (g_variant_n_children (objects), ==, g_variant_n_children (paths));
      for (gsize i = 0; i < g_variant_n_children (paths); i++)
        {
          const char *device;
          g_autoptr (GVariant) xml_of_device = NULL;
          g_variant_get_child (paths, i, "&o", &device);
          xml_of_device = fixture_call (fixture, device, DEVICE, "GetXml",
                                        g_variant_new ("(@a{sv})", no_options));
        }
      gone =
          fixture_call (fixture, path, DOMAIN, "Undefine", g_variant_new ("(@a{sv})", no_options));
      n_read++;
    }
  g_assert_cmpuint (n_read, >, 0);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/bus/properties/every-interface", test_every_interface);
  fixture_add ("/bus/properties/device-values", test_device_values);
  fixture_add ("/bus/properties/values", test_values);
  fixture_add ("/bus/properties/char-devices", test_char_devices);
  fixture_add ("/bus/properties/secrets", test_secrets);
  fixture_add ("/bus/properties/errors", test_errors);
  fixture_add ("/bus/properties/tree", test_tree);
  fixture_add ("/bus/properties/golden-domains", test_golden_domains);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
