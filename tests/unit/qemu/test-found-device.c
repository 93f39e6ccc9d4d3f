/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What QEMU's answers say of a drive, and of a device that no domain described: the answers that a
 * real QEMU is not easily made to give.
 */
#include "qemu/found-device.h"

#include <string.h>

static QmpValue *
json (const char *text)
{
  g_autoptr (GError) error = NULL;
  QmpValue *value = qmp_value_parse (text, -1, &error);
  g_assert_no_error (error);
  return value;
}

typedef struct
{
  const char *name;
  const char *inserted; /* JSON */
  const char *source;
  const char *format;
  VbDiskType type;
  VbDiskCache cache;
} MediumCase;

#define CACHE(direct, writeback)                                                                   \
  "\"cache\": {\"direct\": " #direct ", \"writeback\": " #writeback "}"

static const MediumCase medium_cases[] = {
  { "/medium/file", "{\"drv\": \"file\", \"file\": \"/a\", " CACHE (false, true) "}", "/a", "raw" },
  { "/medium/block", "{\"drv\": \"raw\", \"file\": \"/dev/sdx\", " CACHE (true, true) "}",
    "/dev/sdx", "raw", VB_DISK_TYPE_BLOCK, VB_DISK_CACHE_NONE },
  { "/medium/layers",
    "{\"drv\": \"qcow2\", \"file\": \"json:{\\\"driver\\\": \\\"qcow2\\\", \\\"file\\\": "
    "{\\\"driver\\\": \\\"raw\\\", \\\"file\\\": {\\\"driver\\\": \\\"file\\\", \\\"filename\\\": "
    "\\\"/dev/fdset/7\\\"}}}\", " CACHE (false, false) "}",
    "/images/seven", "qcow2", VB_DISK_TYPE_FILE, VB_DISK_CACHE_WRITETHROUGH },
  { "/medium/set", "{\"drv\": \"raw\", \"file\": \"/dev/fdset/7\"}", "/images/seven", "raw" },
  { "/medium/unknown-set", "{\"drv\": \"raw\", \"file\": \"/dev/fdset/70\"}", "/dev/fdset/70",
    "raw" },
  { "/medium/nameless-set", "{\"drv\": \"raw\", \"file\": \"/dev/fdset/8\"}", "/dev/fdset/8",
    "raw" },
  { "/medium/network", "{\"drv\": \"nbd\", \"file\": \"nbd://localhost/x\"}", NULL, "raw" },
  { "/medium/wrong-json", "{\"drv\": \"luks\", \"file\": \"json:{\\\"file\\\": [\"}", NULL,
    "luks" },
  { "/medium/relative", "{\"drv\": \"raw\", \"file\": \"x.img\"}", NULL, "raw" },
  { "/medium/later-qemu", "{}", NULL, "raw" },
};

#define NODES                                                                                      \
  "[{\"drv\": \"raw\", \"file\": \"/a\"}, {\"drv\": \"host_device\", \"file\": \"/dev/sdx\"}]"
#define FDSETS                                                                                     \
  "[{\"fdset-id\": 8, \"fds\": [{\"fd\": 3}, {\"fd\": 4, \"opaque\": \"disk:vda\"}]},"             \
  " {\"fdset-id\": 7, \"fds\": [{\"fd\": 9, \"opaque\": \"/false\"},"                              \
  "  {\"fd\": 8, \"opaque\": \"/images/seven\"}]}]"

static VbBlockAnswers
make_blocks (const char *inserted)
{
  g_autofree char *drives = g_strdup_printf (
      "[{\"qdev\": \"/machine/peripheral/vdb/virtio-backend\"},"
      " {\"qdev\": \"/machine/peripheral/vd/virtio-backend\", \"inserted\": %s}, {}]",
      inserted);
  return (VbBlockAnswers){ json (drives), json (NODES), json (FDSETS) };
}

static void
clear_blocks (VbBlockAnswers *blocks)
{
  qmp_value_unref (blocks->drives);
  qmp_value_unref (blocks->nodes);
  qmp_value_unref (blocks->fdsets);
}

static void
test_medium (gconstpointer data)
{
  const MediumCase *test = data;
  VbBlockAnswers blocks = make_blocks (test->inserted);
  g_auto (VbMedium) medium = { 0 };
  g_auto (VbMedium) none = { 0 };

  g_assert_true (vb_medium_find (&blocks, "vd", &medium));
  g_assert_true (medium.is_inserted);
  g_assert_cmpstr (medium.source, ==, test->source);
  g_assert_cmpstr (medium.format, ==, test->format);
  g_assert_cmpint (medium.type, ==, test->type);
  g_assert_cmpint (medium.cache, ==, test->cache);
  g_assert_true (vb_medium_find (&blocks, "vdb", &none));
  g_assert_false (none.is_inserted);
  g_assert_false (vb_medium_find (&blocks, "v", &none));
  clear_blocks (&blocks);
}

#define DOMAIN                                                                                     \
  "<domain type='qemu'><name>a</name><memory>1024</memory><os><type>hvm</type></os><devices>"      \
  "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk>"                   \
  "<controller type='scsi' index='0'/><controller type='scsi' index='1'/>"                         \
  "<controller type='scsi' index='3'/></devices></domain>"

typedef struct
{
  const char *type;
  const char *properties;
  const char *xml; /* (nullable): no device */
} FoundCase;

static const FoundCase found_cases[] = {
  { "virtio-blk-pci-non-transitional", "{\"share-rw\": true, \"serial\": \"no/serial\"}",
    "<disk type='file' device='disk'>\n  <driver type='raw'/>\n  <target dev='vdb' bus='virtio'/>\n"
    "  <shareable/>\n  <alias name='vd'/>\n  <address type='pci' domain='0x0000' bus='0x03' "
    "slot='0x05' function='0x1'/>\n</disk>\n" },
  { "scsi-cd",
    "{\"parent_bus\": \"/machine/peripheral/scsi1/scsi1.0\", \"scsi-id\": 4, \"channel\": 2}",
    "drive' controller='1' bus='2' unit='4'" },
  { "scsi-hd", "{\"parent_bus\": \"/machine/unattached/x\"}", "drive' controller='0' bus='0'" },
  { "ide-cd", "{}", "<target dev='hda' bus='ide'/>" },
  { "usb-mouse", "{}", "<input type='mouse' bus='usb'>" },
  { "e1000", "{\"mac\": \"\"}", "<model type='e1000'/>" },
  { "lsi53c895a", "{}", "<controller type='scsi' index='2' model='lsilogic'>" },
  { "virtio-gpu-pci", "{}", NULL },
  { "virtio-blk-device", "{}", NULL },
  { "-transitional", "{}", NULL },
};

/* One behind a bridge that the firmware has numbered, one behind a bridge that it has not. */
#define PCI(bus)                                                                                   \
  "[{\"devices\": [{\"qdev_id\": \"\", \"pci_bridge\": {\"devices\": [{\"qdev_id\": \"vd\","       \
  " \"bus\": " #bus ", \"slot\": 5, \"function\": 1}]}}]}]"

static void
test_found (gconstpointer data)
{
  const FoundCase *test = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) domain = vb_domain_parse (DOMAIN, strlen (DOMAIN), FALSE, NULL, &error);
  g_autoptr (QmpValue) properties = json (test->properties);
  g_autoptr (QmpValue) pci = json (test->type[0] == 'v' ? PCI (3) : PCI (0));
  VbBlockAnswers blocks = make_blocks ("{}");
  VbFound found = { "vd", test->type, properties, &blocks, pci };
  g_autoptr (VbDevice) device = NULL;

  g_assert_no_error (error);
  vb_domain_complete (domain, NULL, NULL);
  device = vb_found_device_new (domain, &found);
  clear_blocks (&blocks);
  g_assert_cmpint (device != NULL, ==, test->xml != NULL);
  g_assert_cmpint (vb_found_device_list_properties (test->type) != NULL, ==, test->xml != NULL);
  if (device != NULL)
    {
      g_autofree char *xml = vb_device_format (device, VB_FORMAT_LIVE);
      g_assert_cmpstr (device->alias, ==, "vd");
      if (strstr (xml, test->xml) == NULL)
        g_error ("%s has not %s", xml, test->xml);
      if (test->type[0] != 'v')
        g_assert_null (strstr (xml, "type='pci'"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (medium_cases); i++)
    g_test_add_data_func (medium_cases[i].name, &medium_cases[i], test_medium);
  for (guint i = 0; i < G_N_ELEMENTS (found_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/found-device/%s", found_cases[i].type);
      g_test_add_data_func (path, &found_cases[i], test_found);
    }
  return g_test_run ();
}
