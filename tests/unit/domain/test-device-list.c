/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A domain whose machine gained and lost devices while it ran: as a value, and as the document that
 * the next service reads.
 */
#include "domain/domain.h"

#include <string.h>

#define LIVE_FLAGS (VB_FORMAT_LIVE | VB_FORMAT_SECURE)

static char *
make_document (const char *devices)
{
  return g_strdup_printf ("<domain type='qemu' id='1'><name>a</name>"
                          "<uuid>6a5b8ba8-2a3f-4b0e-9a3c-0e6f1f6c7a11</uuid><memory>4096</memory>"
                          "<os><type>hvm</type></os><devices>%s</devices></domain>",
                          devices);
}

static VbDomain *
parse (const char *devices, gboolean live)
{
  g_autofree char *xml = make_document (devices);
  g_autoptr (GError) error = NULL;
  VbDomain *domain = vb_domain_parse (xml, strlen (xml), live, NULL, &error);

  g_assert_no_error (error);
  return domain;
}

static void
assert_read_back (const VbDomain *domain)
{
  g_autofree char *xml = vb_domain_format (domain, LIVE_FLAGS);
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) read = vb_domain_parse (xml, strlen (xml), TRUE, NULL, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  again = vb_domain_format (read, LIVE_FLAGS);
  g_assert_cmpstr (again, ==, xml);
}

static const char *const plugged[] = {
  "<disk type='file'><target dev='vdb' bus='virtio'/><alias name='extra'/></disk>",
  "<disk type='file'><source file='/a'/><target dev='vdb' bus='virtio'/><alias name='vdc'/></disk>",
  "<controller type='usb' index='1'><alias name='fast'/></controller>",
  "<interface type='user'><boot order='2'/></interface>",
};

/* Each is what only a running machine can have. */
static void
test_live (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (plugged); i++)
    {
      g_autoptr (VbDomain) domain = parse (plugged[i], TRUE);
      assert_read_back (domain);
    }
}

static void
test_definition (void)
{
  g_autofree char *no_medium = make_document (plugged[0]);
  g_autofree char *gap = make_document (plugged[3]);
  g_autoptr (VbDomain) domain = parse (plugged[1], FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_null (vb_domain_find_device (domain, "vdc"));
  g_assert_null (vb_domain_parse (no_medium, strlen (no_medium), FALSE, NULL, &error));
  g_assert_error (error, VB_DOMAIN_ERROR, VB_DOMAIN_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (vb_domain_parse (gap, strlen (gap), FALSE, NULL, &error));
  g_assert_error (error, VB_DOMAIN_ERROR, VB_DOMAIN_ERROR_INVALID);
}

static void
test_same_live_alias (void)
{
  g_autofree char *xml =
      make_document ("<disk type='file'><target dev='vdb' bus='virtio'/><alias name='x'/></disk>"
                     "<disk type='file'><target dev='vdc' bus='virtio'/><alias name='x'/></disk>");
  g_autoptr (GError) error = NULL;

  g_assert_null (vb_domain_parse (xml, strlen (xml), TRUE, NULL, &error));
  g_assert_error (error, VB_DOMAIN_ERROR, VB_DOMAIN_ERROR_INVALID);
}

#define DEVICES                                                                                    \
  "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk>"                   \
  "<disk type='file'><source file='/b'/><target dev='vdc' bus='virtio'/><later/></disk>"           \
  "<interface type='user'/>"

static void
assert_ignored (const VbDomain *domain, const char *path)
{
  g_auto (GStrv) paths = vb_domain_list_ignored (domain);

  g_assert_cmpuint (g_strv_length (paths), ==, 1);
  g_assert_cmpstr (paths[0], ==, path);
}

static void
test_changes (void)
{
  g_autoptr (VbDomain) domain = parse (DEVICES, FALSE);
  g_autoptr (VbDomain) changed = NULL;
  VbDisk *disk;

  vb_domain_complete (domain, NULL, NULL);
  changed = vb_domain_copy (domain);
  g_assert_true (vb_domain_has_same_devices (domain, changed));
  assert_ignored (changed, "/domain/devices/disk[2]/later");
  g_assert_true (vb_domain_remove_device (changed, "vda"));
  g_assert_false (vb_domain_remove_device (changed, "vda"));
  g_assert_false (vb_domain_has_same_devices (domain, changed));
  assert_ignored (changed, "/domain/devices/disk/later");

  disk = (VbDisk *) vb_device_new (VB_DEVICE_DISK);
  disk->bus = VB_DISK_BUS_VIRTIO;
  disk->format = g_strdup ("raw");
  disk->target = vb_domain_find_free_target (changed, VB_DISK_BUS_VIRTIO);
  g_assert_cmpstr (disk->target, ==, "vda");
  disk->base.alias = g_strdup ("extra");
  vb_domain_add_device (changed, &disk->base);
  g_assert_true (g_ptr_array_index (changed->devices, 1) == disk);
  g_assert_cmpuint (changed->devices->len, ==, domain->devices->len);
  g_assert_false (vb_domain_has_same_devices (domain, changed));
  assert_read_back (changed);

  vb_domain_copy_devices (changed, domain);
  g_assert_true (vb_domain_has_same_devices (domain, changed));
  assert_ignored (changed, "/domain/devices/disk[2]/later");
}

static void
test_free_target (void)
{
  g_autoptr (VbDomain) domain = parse (DEVICES, FALSE);
  g_autofree char *target = NULL;

  for (guint i = 0; i < 27; i++)
    {
      VbDisk *disk = (VbDisk *) vb_device_new (VB_DEVICE_DISK);
      disk->target = vb_domain_find_free_target (domain, VB_DISK_BUS_VIRTIO);
      vb_domain_add_device (domain, &disk->base);
      if (i == 0)
        g_assert_cmpstr (disk->target, ==, "vdb");
      if (i == 1)
        g_assert_cmpstr (disk->target, ==, "vdd");
      if (i == 24)
        g_assert_cmpstr (disk->target, ==, "vdaa");
    }
  target = vb_domain_find_free_target (domain, VB_DISK_BUS_USB);
  g_assert_cmpstr (target, ==, "sda");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/device-list/live", test_live);
  g_test_add_func ("/domain/device-list/definition", test_definition);
  g_test_add_func ("/domain/device-list/same-live-alias", test_same_live_alias);
  g_test_add_func ("/domain/device-list/changes", test_changes);
  g_test_add_func ("/domain/device-list/free-target", test_free_target);
  return g_test_run ();
}
