/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What completing gives, and that the names of devices last: over redefinitions, and after a device
 * has gone.
 */
#include "domain/domain.h"

#include <string.h>

#define TOP                                                                                        \
  "<domain type='kvm'><name>t</name><memory>4096</memory><os><type>hvm</type></os><devices>"
#define BOTTOM "</devices></domain>"

static VbDomain *
parse (const char *devices)
{
  g_autofree char *xml = g_strconcat (TOP, devices, BOTTOM, NULL);
  g_autoptr (GError) error = NULL;
  VbDomain *domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error);

  g_assert_no_error (error);
  return domain;
}

static VbDomain *
define (const char *devices, const VbDomain *previous, const char *const *retired)
{
  VbDomain *domain = parse (devices);

  vb_domain_complete (domain, previous, retired);
  return domain;
}

static void
assert_aliases (const VbDomain *domain, const char *expected)
{
  GString *aliases = g_string_new (NULL);

  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);

      g_string_append_printf (aliases, "%s%s", i > 0 ? " " : "", device->alias);
    }
  g_assert_cmpstr (aliases->str, ==, expected);
  g_string_free (aliases, TRUE);
}

static const VbInterface *
get_interface (const VbDomain *domain, const char *alias)
{
  return (const VbInterface *) vb_domain_find_device (domain, alias);
}

static void
test_identity (void)
{
  g_autoptr (VbDomain) first = define ("", NULL, NULL);
  g_autoptr (VbDomain) other = define ("", NULL, NULL);
  g_autoptr (VbDomain) again = define ("", first, NULL);

  g_assert_true (g_uuid_string_is_valid (first->uuid));
  g_assert_cmpstr (first->uuid, !=, other->uuid);
  g_assert_cmpstr (first->uuid, ==, again->uuid);
  g_assert_cmpuint (first->os.n_boot, ==, 1);
  g_assert_cmpint (first->os.boot[0], ==, VB_BOOT_HARDDISK);
  g_assert_cmpuint (first->current_memory_kib, ==, 4096);
}

/* A UUID that stands among the system information alone is the domain's. */
static void
test_system_uuid (void)
{
  static const char xml[] =
      "<domain type='kvm'><name>t</name><memory>4096</memory><os><type>hvm</type></os>"
      "<sysinfo type='smbios'><system>"
      "<entry name='uuid'>C7A5FDBDEDAF9455926AD65C16DB1809</entry></system></sysinfo></domain>";
  g_autoptr (VbDomain) previous = define ("", NULL, NULL);
  g_autoptr (VbDomain) domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, NULL);

  g_assert_cmpstr (domain->uuid, ==, "c7a5fdbd-edaf-9455-926a-d65c16db1809");
  vb_domain_complete (domain, previous, NULL);
  g_assert_cmpstr (domain->uuid, ==, "c7a5fdbd-edaf-9455-926a-d65c16db1809");
}

static void
test_mac (void)
{
  g_autoptr (VbDomain) domain = define ("<interface/><interface/>", NULL, NULL);
  g_autoptr (VbDomain) again = NULL;
  const VbInterface *first = get_interface (domain, "net0");
  const VbInterface *second = get_interface (domain, "net1");

  g_assert_cmpuint (strlen (first->mac), ==, 17);
  g_assert_true (g_str_has_prefix (first->mac, "52:54:00:"));
  g_assert_cmpstr (first->mac, !=, second->mac);
  again = define ("<interface/><interface/>", domain, NULL);
  g_assert_cmpstr (get_interface (again, "net0")->mac, ==, first->mac);
  g_assert_cmpstr (get_interface (again, "net1")->mac, ==, second->mac);
}

/* A card that is told by its MAC keeps its name in another place, and no other takes it. */
static void
test_interface_by_mac (void)
{
  g_autoptr (VbDomain) domain = define ("<interface><mac address='52:54:00:00:00:0a'/></interface>"
                                        "<interface><mac address='52:54:00:00:00:0b'/></interface>",
                                        NULL, NULL);
  g_autoptr (VbDomain) again = define ("<interface><mac address='52:54:00:00:00:0b'/></interface>"
                                       "<interface><mac address='52:54:00:00:00:0c'/></interface>",
                                       domain, NULL);

  assert_aliases (domain, "net0 net1 balloon0");
  assert_aliases (again, "net1 net2 balloon0");
  g_assert_cmpstr (get_interface (again, "net1")->mac, ==, "52:54:00:00:00:0b");
}

#define PORT(number)                                                                               \
  "<interface type='direct'><source dev='eth0'/><virtualport type='802.1Qbg'><parameters "         \
  "managerid='" number "' typeid='1' typeidversion='1'/></virtualport></interface>"

static void
test_instance_id (void)
{
  g_autoptr (VbDomain) domain = define (PORT ("1") PORT ("2") "<interface/>", NULL, NULL);
  g_autoptr (VbDomain) again = define (PORT ("3") "<interface/>" PORT ("4"), domain, NULL);
  const VbInterface *first = get_interface (domain, "net0");
  const VbInterface *second = get_interface (domain, "net1");

  g_assert_true (g_uuid_string_is_valid (first->port.instance_id));
  g_assert_true (g_uuid_string_is_valid (second->port.instance_id));
  g_assert_cmpstr (first->port.instance_id, !=, second->port.instance_id);
  g_assert_null (get_interface (domain, "net2")->port.instance_id);
  g_assert_cmpstr (get_interface (again, "net0")->port.instance_id, ==, first->port.instance_id);
  g_assert_null (get_interface (again, "net1")->port.instance_id);
  g_assert_cmpstr (get_interface (again, "net2")->port.instance_id, !=, second->port.instance_id);
}

static void
test_new_kinds (void)
{
  static const char devices[] =
      "<watchdog model='ib700'/><hostdev type='usb'><source><address bus='1' device='2'/></source>"
      "</hostdev><sound model='ac97'/><sound model='sb16'/>";
  g_autoptr (VbDomain) domain = define (devices, NULL, NULL);
  g_autoptr (VbDomain) fewer = define ("<sound model='ac97'/>", domain, NULL);

  assert_aliases (domain, "usb0 sound0 sound1 hostdev0 watchdog0 balloon0");
  g_assert_cmpstr (vb_device_get_name (vb_domain_find_device (domain, "hostdev0")), ==, "0");
  assert_aliases (fewer, "sound0 balloon0");
}

static void
test_retired (void)
{
  static const char *const retired[] = { "serial0", "balloon0", "vda", "usb0", NULL };
  g_autoptr (VbDomain) domain =
      define ("<disk><source file='/a'/><target dev='vda'/></disk><serial/><input type='tablet'/>",
              NULL, retired);

  assert_aliases (domain, "vda usb0 serial1 console0 input0 balloon1");
}

static void
test_redefinition (void)
{
  static const char *const retired[] = { "serial1", NULL };
  g_autoptr (VbDomain) first = define ("<serial/><serial/>", NULL, NULL);
  g_autoptr (VbDomain) second = NULL;
  g_autoptr (VbDomain) third = NULL;
  g_autoptr (VbDomain) fourth = NULL;

  assert_aliases (first, "serial0 serial1 console0 balloon0");
  second = define ("<serial/>", first, NULL);
  assert_aliases (second, "serial0 console0 balloon0");
  third = define ("<serial/><serial/>", second, retired);
  assert_aliases (third, "serial0 serial2 console0 balloon0");
  /* a name that was written stays with its device wherever it stands */
  fourth = define ("<serial><alias name='serial2'/></serial><serial/>", third, retired);
  assert_aliases (fourth, "serial2 serial3 console0 balloon0");
}

static void
test_written_aliases (void)
{
  g_autoptr (VbDomain) domain =
      define ("<serial><alias name='net0'/></serial><interface/><serial><alias name='1'/></serial>"
              "<serial/><serial/>",
              NULL, NULL);

  assert_aliases (domain, "net1 net0 1 serial0 serial2 console0 balloon0");
  g_assert_cmpstr (vb_device_get_name (vb_domain_find_device (domain, "serial2")), ==, "2");
  g_assert_cmpstr (vb_device_get_name (vb_domain_find_device (domain, "net0")), ==, "net0");
  g_assert_cmpstr (vb_device_get_name (vb_domain_find_device (domain, "balloon0")), ==, "balloon0");
  g_assert_null (vb_domain_find_device (domain, "serial1"));
}

static void
test_disk_name (void)
{
  g_autoptr (VbDomain) parsed = parse ("<disk><source file='/a'/><target dev='hda'/></disk>");
  g_autoptr (VbDomain) domain = vb_domain_copy (parsed);
  VbDisk *disk = g_ptr_array_index (domain->devices, 0);
  g_autofree char *address = NULL;

  g_assert_null (disk->base.alias);
  g_assert_cmpstr (vb_device_get_name (&disk->base), ==, "hda");
  vb_domain_complete (domain, NULL, NULL);
  g_assert_cmpstr (disk->base.alias, ==, "hda");
  address = vb_address_to_string (&disk->base.address);
  g_assert_cmpstr (address, ==, "drive:0:0:0");

  /* what is changed after parsing is completed, too: the alias follows the target */
  g_free (disk->target);
  disk->target = g_strdup ("hdb");
  vb_domain_complete (domain, parsed, NULL);
  g_assert_cmpstr (disk->base.alias, ==, "hdb");
}

static void
test_idempotent (void)
{
  g_autoptr (VbDomain) domain = define (
      "<disk><source file='/a'/><target dev='sdz'/></disk><console/><interface/>"
      "<graphics type='vnc'/><input type='tablet'/><console><target type='virtio'/></console>",
      NULL, NULL);
  g_autoptr (VbDomain) again = vb_domain_copy (domain);

  vb_domain_complete (again, NULL, NULL);
  g_assert_true (vb_domain_equal (domain, again));
  vb_domain_complete (again, domain, NULL);
  g_assert_true (vb_domain_equal (domain, again));
}

/* The devices of one kind, in their order, whatever the kinds between them. */
static void
test_canonical_order (void)
{
  g_autoptr (VbDomain) domain =
      define ("<video><model type='qxl'/></video><interface/><video><model type='vga'/></video>"
              "<disk><source file='/b'/><target dev='vdb'/></disk>"
              "<disk><source file='/a'/><target dev='vda'/></disk>",
              NULL, NULL);

  assert_aliases (domain, "vdb vda net0 video0 video1 balloon0");
  g_assert_cmpint (((VbVideo *) vb_domain_find_device (domain, "video0"))->model, ==, VB_VIDEO_QXL);
}

static void
test_device_equal (void)
{
  g_autoptr (VbDomain) domain = define ("<serial type='pty'/><serial type='pty'/>", NULL, NULL);
  g_autoptr (VbDevice) copy = vb_device_copy (g_ptr_array_index (domain->devices, 0));

  g_assert_true (vb_device_equal (copy, g_ptr_array_index (domain->devices, 0)));
  g_assert_false (vb_device_equal (copy, g_ptr_array_index (domain->devices, 1)));
  ((VbChardev *) copy)->source.path = g_strdup ("/dev/pts/1"); /* live: no part of the definition */
  g_assert_true (vb_device_equal (copy, g_ptr_array_index (domain->devices, 0)));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/complete/identity", test_identity);
  g_test_add_func ("/domain/complete/system-uuid", test_system_uuid);
  g_test_add_func ("/domain/complete/mac", test_mac);
  g_test_add_func ("/domain/complete/interface-by-mac", test_interface_by_mac);
  g_test_add_func ("/domain/complete/instance-id", test_instance_id);
  g_test_add_func ("/domain/complete/new-kinds", test_new_kinds);
  g_test_add_func ("/domain/complete/retired", test_retired);
  g_test_add_func ("/domain/complete/redefinition", test_redefinition);
  g_test_add_func ("/domain/complete/written-aliases", test_written_aliases);
  g_test_add_func ("/domain/complete/disk-name", test_disk_name);
  g_test_add_func ("/domain/complete/idempotent", test_idempotent);
  g_test_add_func ("/domain/complete/canonical-order", test_canonical_order);
  g_test_add_func ("/domain/complete/device-equal", test_device_equal);
  return g_test_run ();
}
