/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading a tree of devices, and what a hostile device or a broken tree may put into one.
 */
#include "host/sysfs.h"

#include <sys/stat.h>

#include "sysfs-fixture.h"

#define DEVICE "/sys/devices/pci0000:00/0000:00:03.0"

static void
assert_reads (SysfsFixture *fixture, const char *path, const char *attribute, const char *expected)
{
  g_autofree char *text = vb_sysfs_read (fixture->sysfs, path, attribute);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_read (SysfsFixture *fixture, gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (5000, 'x');
  g_autofree char *page = g_strnfill (4096, 'x');

  host_tree_put (fixture->tree, DEVICE "/vendor", "0x8086\n");
  host_tree_put (fixture->tree, DEVICE "/empty", "");
  host_tree_put (fixture->tree, DEVICE "/long", long_text);

  assert_reads (fixture, DEVICE, "vendor", "0x8086");
  assert_reads (fixture, DEVICE, "empty", "");
  assert_reads (fixture, DEVICE, "long", page);
  assert_reads (fixture, DEVICE, "missing", NULL);
  assert_reads (fixture, "/sys/devices/gone", "vendor", NULL);
}

/* Nothing that a tree holds leads out of it. */
static void
test_stays_inside (SysfsFixture *fixture, gconstpointer data)
{
  g_autofree char *pipe = g_build_filename (fixture->tree->root, DEVICE "/pipe", NULL);

  host_tree_put (fixture->tree, "/etc/secret", "secret");
  host_tree_put (fixture->tree, DEVICE "/folder/file", "text");
  host_tree_link (fixture->tree, DEVICE "/link", "/etc/passwd");
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);

  assert_reads (fixture, DEVICE, "link", NULL);
  assert_reads (fixture, DEVICE, "pipe", "");
  assert_reads (fixture, DEVICE, "folder", NULL);
  assert_reads (fixture, DEVICE, "folder/file", NULL);
  assert_reads (fixture, DEVICE, "..", NULL);
  assert_reads (fixture, "/etc", "secret", NULL);
  assert_reads (fixture, "/sys/../etc", "secret", NULL);
  assert_reads (fixture, "/sys/devices/../../etc", "secret", NULL);
}

static const struct
{
  const char *written;
  const char *read;
} texts[] = {
  { "USB Receiver\n", "USB Receiver" },
  { "  Generic   Flash\tDisk  ", "Generic Flash Disk" },
  { "\n", "" },
  { "Red\x1b[31m\x07\x7fStick", "Red [31m Stick" },
  { "Caf\xc3\xa9", "Caf\xc3\xa9" },
  { "Caf\xe9 stick", "Caf\xef\xbf\xbd stick" },
  /* U+202E shows what follows from right to left. */
  { "safe\xe2\x80\xae"
    "kcits",
    "safe kcits" },
  { "\xef\xbb\xbf", "" },
};

static void
test_text (SysfsFixture *fixture, gconstpointer data)
{
  g_autofree char *missing = vb_sysfs_read_text (fixture->sysfs, DEVICE, "serial");
  g_autofree char *long_text = g_strnfill (4096, 'x');
  g_autofree char *shortened = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = NULL;

      host_tree_put (fixture->tree, DEVICE "/product", texts[i].written);
      text = vb_sysfs_read_text (fixture->sysfs, DEVICE, "product");
      g_assert_cmpstr (text, ==, texts[i].read);
    }
  g_assert_cmpstr (missing, ==, "");
  host_tree_put (fixture->tree, DEVICE "/product", long_text);
  shortened = vb_sysfs_read_text (fixture->sysfs, DEVICE, "product");
  g_assert_cmpuint (strlen (shortened), ==, 200);
}

static const struct
{
  const char *written;
  guint base;
  gboolean is_number;
  guint64 value;
} numbers[] = {
  { "64\n", 10, TRUE, 64 },
  { "0x0c03\n", 16, TRUE, 0x0c03 },
  { "c52b", 16, TRUE, 0xc52b },
  { "18446744073709551615", 10, TRUE, G_MAXUINT64 },
  { "18446744073709551616", 10, FALSE, 0 },
  { "-1", 10, FALSE, 0 },
  { "", 10, FALSE, 0 },
  { "0x", 16, FALSE, 0 },
  { "12 eggs", 10, FALSE, 0 },
};

static void
test_number (SysfsFixture *fixture, gconstpointer data)
{
  guint64 value = 7;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      guint64 number = 0;

      host_tree_put (fixture->tree, DEVICE "/number", numbers[i].written);
      g_assert_cmpint (vb_sysfs_read_number (fixture->sysfs, DEVICE, "number", numbers[i].base,
                                             &number),
                       ==, numbers[i].is_number);
      g_assert_cmpuint (number, ==, numbers[i].value);
    }
  g_assert_false (vb_sysfs_read_number (fixture->sysfs, DEVICE, "missing", 10, &value));
  g_assert_cmpuint (value, ==, 7);
}

static const struct
{
  const char *target;
  const char *name;
  const char *device;
} links[] = {
  { "../../../bus/pci/drivers/e1000e", "e1000e", NULL },
  { "../0000:00:04.0", "0000:00:04.0", "/sys/devices/pci0000:00/0000:00:04.0" },
  { "/sys/devices/virtual/net/lo", "lo", "/sys/devices/virtual/net/lo" },
  { "../../../../../../../../etc/passwd", "passwd", NULL },
  { "/etc", "etc", NULL },
};

static void
test_link (SysfsFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autofree char *name = NULL;
      g_autofree char *device = NULL;

      host_tree_link (fixture->tree, DEVICE "/link", links[i].target);
      name = vb_sysfs_read_link (fixture->sysfs, DEVICE, "link");
      device = vb_sysfs_resolve (fixture->sysfs, DEVICE, "link");
      g_assert_cmpstr (name, ==, links[i].name);
      g_assert_cmpstr (device, ==, links[i].device);
    }
  g_assert_null (vb_sysfs_read_link (fixture->sysfs, DEVICE, "missing"));
  g_assert_null (vb_sysfs_resolve (fixture->sysfs, DEVICE, "missing"));
  host_tree_put (fixture->tree, DEVICE "/file", "../x");
  g_assert_null (vb_sysfs_read_link (fixture->sysfs, DEVICE, "file"));
}

static void
test_list (SysfsFixture *fixture, gconstpointer data)
{
  const char *const expected[] = { "0000:00:01.0", "0000:00:02.0", "uevent", NULL };
  g_auto (GStrv) names = NULL;
  g_auto (GStrv) none = vb_sysfs_list (fixture->sysfs, "/sys/bus/pci/devices");
  g_auto (GStrv) outside = vb_sysfs_list (fixture->sysfs, "/etc");

  host_tree_put (fixture->tree, "/sys/devices/a/uevent", "");
  host_tree_put (fixture->tree, "/sys/devices/a/0000:00:02.0/uevent", "");
  host_tree_link (fixture->tree, "/sys/devices/a/0000:00:01.0", "../x");
  names = vb_sysfs_list (fixture->sysfs, "/sys/devices/a");

  g_assert_true (g_strv_equal ((const char *const *) names, expected));
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_cmpuint (g_strv_length (outside), ==, 0);
}

static void
test_uevent (void)
{
  const char uevent[] = "DRIVER=e1000e\nPCI_ID=8086:10D3\n\nXPCI_CLASS=1\nPCI_CLASS=20000\nEMPTY=";
  static const struct
  {
    const char *key;
    const char *value;
  } pairs[] = {
    { "DRIVER", "e1000e" }, { "PCI_ID", "8086:10D3" }, { "PCI_CLASS", "20000" },
    { "EMPTY", "" },        { "PCI", NULL },           { "SERIAL", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *value = vb_sysfs_find_value (uevent, pairs[i].key);

      g_assert_cmpstr (value, ==, pairs[i].value);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sysfs/read", SysfsFixture, NULL, sysfs_fixture_set_up, test_read,
              sysfs_fixture_tear_down);
  g_test_add ("/sysfs/stays-inside", SysfsFixture, NULL, sysfs_fixture_set_up, test_stays_inside,
              sysfs_fixture_tear_down);
  g_test_add ("/sysfs/text", SysfsFixture, NULL, sysfs_fixture_set_up, test_text,
              sysfs_fixture_tear_down);
  g_test_add ("/sysfs/number", SysfsFixture, NULL, sysfs_fixture_set_up, test_number,
              sysfs_fixture_tear_down);
  g_test_add ("/sysfs/link", SysfsFixture, NULL, sysfs_fixture_set_up, test_link,
              sysfs_fixture_tear_down);
  g_test_add ("/sysfs/list", SysfsFixture, NULL, sysfs_fixture_set_up, test_list,
              sysfs_fixture_tear_down);
  g_test_add_func ("/sysfs/uevent", test_uevent);
  return g_test_run ();
}
