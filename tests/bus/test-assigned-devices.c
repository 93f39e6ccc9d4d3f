/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Devices of the host in guests: whose they are, as the bus tells it, who may give them away, and what
 * is refused. QEMU is one that only plays its part, and every device's file is that of another.
 */
#include "tests/bus/inspection.h"
#include "tests/fixtures/guard.h"

#include <glib/gstdio.h>

#include <string.h>
#include <unistd.h>

#define HOST_DEVICE "org.virtbus1.HostDevice"
#define HOST_DEV "org.virtbus1.HostDev"

#define FOLDER ROOT "/hostdevice"
#define STICK FOLDER "/usb_001_004"
#define CARD FOLDER "/pci_0000_00_04_0"
#define OTHER_UUID "22222222-2222-4333-8444-555555555555"
#define OTHER_PATH ROOT "/domain/_22222222_2222_4333_8444_555555555555"

#define HOSTDEV(type, source) "<hostdev type='" type "'><source>" source "</source></hostdev>"
#define BY_MAKE HOSTDEV ("usb", "<vendor id='0x0781'/><product id='0x5567'/>")
#define BY_PLACE HOSTDEV ("usb", "<address bus='1' device='4'/>")
#define ON_CARD HOSTDEV ("pci", "<address bus='0' slot='4' function='0'/>")
#define ON_NEIGHBOUR HOSTDEV ("pci", "<address bus='0' slot='4' function='1'/>")
#define NOT_THERE HOSTDEV ("usb", "<vendor id='0x046d'/><product id='0xc52b'/>")

#define QUESTION(details) VB_ACTION_HOSTDEVICE_ATTACH " domain-name=a domain-uuid=" UUID details
#define STICK_DETAILS " device-kind=usb vendor-product=0781:5567 address=001:004 serial=42"

static void
add_stick (Fixture *fixture, guint device_number)
{
  g_autofree char *name = g_strdup_printf ("1-%u", device_number);
  g_autofree char *folder = g_build_filename (fixture->host_tree->root, "dev/bus/usb/001", NULL);
  g_autofree char *node = g_strdup_printf ("%s/%03u", folder, device_number);
  const char *path =
      host_tree_add_usb (fixture->host_tree, &(HostTreeUsb){ .name = name,
                                                             .id = "781/5567/100",
                                                             .bus_number = 1,
                                                             .device_number = device_number,
                                                             .serial = "42" });

  host_tree_add_usb_interface (fixture->host_tree, path, 0, "8/6/80", "usb-storage");
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (symlink ("/dev/null", node), ==, 0);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture_set_up (fixture, data);
  fixture_unexport (fixture);
  add_stick (fixture, 4);
  for (guint function = 0; function < 2; function++)
    {
      g_autofree char *address = g_strdup_printf ("0000:00:04.%u", function);
      host_tree_add_pci (fixture->host_tree, &(HostTreePci){ .address = address,
                                                             .id = "8086:10CA",
                                                             .class_code = 0x020000,
                                                             .driver = "vfio-pci",
                                                             .group = "7" });
    }
  fixture_load_host_devices (fixture);
  fixture_export (fixture);
}

#define add(path, test) g_test_add (path, Fixture, NULL, set_up, test, fixture_tear_down)

/* (transfer full): for <devices>. @script: (nullable): what the emulator does */
static char *
play (Fixture *fixture, const char *script, const char *devices)
{
  g_autofree char *emulator = g_build_filename (fixture->folder, "emulator", NULL);
  g_autofree char *path = g_strconcat (emulator, ".script", NULL);

  g_unlink (emulator);
  g_assert_cmpint (symlink (SOURCE_ROOT "/tests/fixtures/fake-qemu.py", emulator), ==, 0);
  g_assert_true (g_file_set_contents (path, script != NULL ? script : "", -1, NULL));
  return g_strdup_printf ("<emulator>%s</emulator>%s", emulator, devices);
}

static void
define (Fixture *fixture, const char *devices)
{
  g_autofree char *all = play (fixture, NULL, devices);

  fixture_define (fixture, "a", all);
}

static void
define_other (Fixture *fixture, const char *devices)
{
  g_autofree char *all = play (fixture, NULL, devices);
  g_autofree char *xml = domain_xml ("b", OTHER_UUID, all);
  g_autoptr (GVariant) reply = fixture_call (fixture, ROOT, MANAGER, "DefineDomain",
                                             g_variant_new ("(s@a{sv})", xml, no_options));
}

static void
destroy (Fixture *fixture)
{
  g_autoptr (GVariant) reply =
      fixture_call (fixture, UUID_PATH, DOMAIN, "Destroy", g_variant_new ("(@a{sv})", no_options));
}

static void
assert_refused (Fixture *fixture, const char *path, const char *expected)
{
  g_autofree char *message =
      fixture_fail (fixture, path, DOMAIN, "Start", g_variant_new ("(@a{sv})", no_options),
                    ERROR ("HostResource"));

  g_assert_cmpstr (message, ==, expected);
  fixture_assert_text (fixture, path, DOMAIN, "State", "'shutoff'");
}

static void
assert_assigned (Fixture *fixture, const char *device, const char *domain)
{
  g_autofree char *value = g_strdup_printf ("'%s'", domain);

  fixture_assert_text (fixture, device, HOST_DEVICE, "AssignedTo", value);
}

static void
assert_told (Fixture *fixture, const char *device, const char *expected)
{
  guint n_signals;
  g_autoptr (GVariant) changes = fixture_take_changes (fixture, device, HOST_DEVICE, &n_signals);
  g_autofree char *text = g_variant_print (changes, FALSE);

  g_assert_cmpuint (n_signals, ==, 1);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_assigned (Fixture *fixture, gconstpointer data)
{
  define (fixture, BY_MAKE);
  fixture_start (fixture);
  fixture_assert_text (fixture, UUID_PATH "/hostdev_0", HOST_DEV, "HostDevice", "'" STICK "'");
  assert_told (fixture, STICK, "{'AssignedTo': <objectpath '" UUID_PATH "'>}");
  destroy (fixture);
  fixture_assert_text (fixture, UUID_PATH "/hostdev_0", HOST_DEV, "HostDevice", "'" STICK "'");
  assert_told (fixture, STICK, "{'AssignedTo': <objectpath '/'>}");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  define (fixture, NOT_THERE);
  assert_refused (fixture, UUID_PATH,
                  "hostdev '0': the host has no USB device 046d:c52b; connect it, or correct "
                  "<source>");
  define (fixture, BY_MAKE BY_PLACE);
  assert_refused (fixture, UUID_PATH,
                  "hostdev '1': usb_001_004 (USB device 0781:5567) is 'hostdev0' of this domain "
                  "already; remove one of them");
  assert_assigned (fixture, STICK, "/");

  define (fixture, BY_MAKE);
  fixture_start (fixture);
  define_other (fixture, BY_PLACE);
  assert_refused (fixture, OTHER_PATH,
                  "hostdev '0': domain 'a' has usb_001_004 (USB device 0781:5567); end it first");
  /* Whether memory can be locked for a PCI device depends on the host: it is as if it were there. */
  vb_claims_take (vb_engine_get_claims (fixture->engine), "pci_0000_00_04_0", UUID, "hostdev1");
  assert_assigned (fixture, CARD, UUID_PATH);
  define_other (fixture, ON_NEIGHBOUR);
  assert_refused (fixture, OTHER_PATH,
                  "hostdev '0': PCI device 0000:00:04.1 shares IOMMU group 7 with "
                  "pci_0000_00_04_0, which domain 'a' has; a group cannot be split: end that "
                  "domain first");
  assert_assigned (fixture, STICK, UUID_PATH);
}

/* There is none, and so no QEMU. */
static void
test_no_node (Fixture *fixture, gconstpointer data)
{
  g_autofree char *node = g_build_filename (fixture->host_tree->root, "dev/bus/usb/001/004", NULL);
  g_autofree char *message =
      g_strdup_printf ("hostdev '0': cannot use '%s': No such file or directory", node);

  g_assert_cmpint (g_unlink (node), ==, 0);
  define (fixture, BY_MAKE);
  assert_refused (fixture, UUID_PATH, message);
  assert_assigned (fixture, STICK, "/");
}

static void
test_failed_start (Fixture *fixture, gconstpointer data)
{
  g_autofree char *devices = play (fixture, "start exit 1 no\n", BY_MAKE);
  g_autofree char *message = NULL;

  fixture_define (fixture, "a", devices);
  message = fixture_fail (fixture, UUID_PATH, DOMAIN, "Start",
                          g_variant_new ("(@a{sv})", no_options), ERROR ("Emulator"));
  assert_assigned (fixture, STICK, "/");
}

/* The guest goes on without it. */
static void
test_pulled_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbHostDevice) stick =
      vb_host_device_ref (vb_host_devices_find (fixture->host_devices, "usb_001_004"));

  define (fixture, BY_MAKE);
  fixture_start (fixture);
  g_signal_emit_by_name (fixture->host_devices, "changed", stick, NULL);
  fixture_assert_text (fixture, UUID_PATH "/hostdev_0", HOST_DEV, "HostDevice", "'/'");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'paused'");
  /* Its number is another's now, which is nobody's. */
  g_signal_emit_by_name (fixture->host_devices, "changed", NULL, stick);
  assert_assigned (fixture, STICK, "/");
}

static void
send_call (Fixture *fixture, const char *method, GVariant *arguments, Reply *reply)
{
  gboolean is_start = g_str_equal (method, "Start");

  fixture_send (fixture->client, fixture, is_start ? UUID_PATH : ROOT, is_start ? DOMAIN : MANAGER,
                method, arguments, 0, reply);
  fixture_wait_for (scripted_authority_get_n_waiting (fixture->authority) > 0 || reply->is_there);
}

static void
answer (Fixture *fixture, const GError *refusal, Reply *reply)
{
  scripted_authority_answer (fixture->authority, refusal);
  fixture_wait_for (scripted_authority_get_n_waiting (fixture->authority) > 0 || reply->is_there);
}

static void
assert_question (Fixture *fixture, const char *expected)
{
  g_assert_cmpstr (scripted_authority_get_question (fixture->authority), ==, expected);
}

/* Besides the method's own action, for each device, with what is known of it. */
static void
test_asked_for_document (Fixture *fixture, gconstpointer data)
{
  static const char *const methods[] = { "DefineDomain", "CreateDomain" };
  g_autoptr (GError) refusal =
      g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED, "not that one");
  g_autofree char *xml = domain_xml ("a", UUID, BY_MAKE ON_CARD NOT_THERE);

  scripted_authority_set (fixture->authority, VB_ACTION_HOSTDEVICE_ATTACH, VB_DECISION_ASK);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_auto (Reply) reply = { NULL };

      send_call (fixture, methods[i], g_variant_new ("(s@a{sv})", xml, no_options), &reply);
      assert_question (fixture, QUESTION (STICK_DETAILS));
      answer (fixture, NULL, &reply);
      assert_question (fixture, QUESTION (" device-kind=pci vendor-product=8086:10ca "
                                          "address=0000:00:04.0 serial="));
      answer (fixture, NULL, &reply);
      assert_question (fixture,
                       QUESTION (" device-kind=usb vendor-product=046d:c52b address= serial="));
      answer (fixture, refusal, &reply);
      g_assert_true (reply.is_there);
      g_assert_error (reply.error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
      g_assert_null (vb_registry_find_uuid (vb_engine_get_registry (fixture->engine), UUID));
    }
}

/* @method is answered without a question about devices. */
static void
test_not_asked (Fixture *fixture, gconstpointer data)
{
  scripted_authority_set (fixture->authority, VB_ACTION_HOSTDEVICE_ATTACH, VB_DECISION_ASK);
  define (fixture, "");
  fixture_start (fixture);
  g_assert_cmpuint (scripted_authority_get_n_asked (fixture->authority), ==, 0);
}

static void
test_denied (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = domain_xml ("a", UUID, BY_MAKE);
  g_autofree char *message = NULL;

  scripted_authority_set (fixture->authority, VB_ACTION_HOSTDEVICE_ATTACH, VB_DECISION_DENIED);
  message =
      fixture_fail (fixture, ROOT, MANAGER, "DefineDomain",
                    g_variant_new ("(s@a{sv})", xml, no_options), DBUS_ERROR ("AccessDenied"));
  g_assert_nonnull (strstr (message, VB_ACTION_HOSTDEVICE_ATTACH));
}

/* While the caller is asked, the device becomes one of two, and then the domain gets another. */
static void
test_asked_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *stick =
      g_strdup_printf (QUESTION (" domain-owner=%s domain-tags=" STICK_DETAILS),
                       g_get_user_name ());
  g_autofree char *either = g_strdup_printf (
      QUESTION (" domain-owner=%s domain-tags= device-kind=usb vendor-product=0781:5567 address= "
                "serial="),
      g_get_user_name ());
  g_auto (Reply) reply = { NULL };

  define (fixture, BY_MAKE);
  scripted_authority_set (fixture->authority, VB_ACTION_HOSTDEVICE_ATTACH, VB_DECISION_ASK);
  send_call (fixture, "Start", g_variant_new ("(@a{sv})", no_options), &reply);
  assert_question (fixture, stick);
  add_stick (fixture, 5);
  fixture_load_host_devices (fixture);
  answer (fixture, NULL, &reply);
  assert_question (fixture, either);

  scripted_authority_set (fixture->authority, VB_ACTION_HOSTDEVICE_ATTACH, VB_DECISION_ALLOWED);
  define (fixture, BY_PLACE);
  scripted_authority_set (fixture->authority, VB_ACTION_HOSTDEVICE_ATTACH, VB_DECISION_ASK);
  answer (fixture, NULL, &reply);
  assert_question (fixture, stick);
  answer (fixture, NULL, &reply);
  g_assert_true (reply.is_there);
  g_assert_no_error (reply.error);
  assert_assigned (fixture, STICK, UUID_PATH);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/bus/assigned-devices/assigned", test_assigned);
  add ("/bus/assigned-devices/refused", test_refused);
  add ("/bus/assigned-devices/no-node", test_no_node);
  add ("/bus/assigned-devices/failed-start", test_failed_start);
  add ("/bus/assigned-devices/pulled-out", test_pulled_out);
  add ("/bus/assigned-devices/asked-for-document", test_asked_for_document);
  add ("/bus/assigned-devices/not-asked", test_not_asked);
  add ("/bus/assigned-devices/denied", test_denied);
  add ("/bus/assigned-devices/asked-again", test_asked_again);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
