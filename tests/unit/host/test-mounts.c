/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of mounts and of swap: as the kernel writes them, and as it never would.
 */
#include "host/mounts.h"

static const char usual[] =
    "25 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw,errors=remount-ro\n"
    "26 25 0:22 / /proc rw,nosuid - proc proc rw\n"
    "30 25 0:40 /@home /home rw shared:7 master:3 - btrfs /dev/sdb rw\n"
    "31 25 8:33 / /media/joe/MY\\040STICK\\134\\011 rw - vfat /dev/disk\\040one rw\n";

static const VbMount *
get (GPtrArray *mounts, guint i)
{
  return mounts->pdata[i];
}

static void
test_usual (void)
{
  g_autoptr (GPtrArray) mounts = vb_mounts_parse (usual);
  g_assert_cmpuint (mounts->len, ==, 4);
  g_assert_cmpuint (get (mounts, 0)->major, ==, 8);
  g_assert_cmpuint (get (mounts, 0)->minor, ==, 2);
  g_assert_cmpstr (get (mounts, 0)->point, ==, "/");
  g_assert_cmpstr (get (mounts, 0)->type, ==, "ext4");
  g_assert_cmpstr (get (mounts, 0)->source, ==, "/dev/sda2");
  g_assert_cmpuint (get (mounts, 2)->major, ==, 0);
  g_assert_cmpstr (get (mounts, 2)->type, ==, "btrfs");
  g_assert_cmpstr (get (mounts, 3)->point, ==, "/media/joe/MY STICK\\\t");
  g_assert_cmpstr (get (mounts, 3)->source, ==, "/dev/disk one");
}

static const char *const refused_lines[] = {
  "",
  " ",
  "25",
  "25 1 8:2 / / rw",
  "25 1 8:2 / / rw shared:1 -",
  "25 1 8:2 / / rw shared:1 - ext4",
  "25 1 8:2 / / rw shared:1 ext4 /dev/sda2 rw",
  "25 1 8 / / rw - ext4 /dev/sda2 rw",
  "25 1 8:2:1 / / rw - ext4 /dev/sda2 rw",
  "25 1 -8:2 / / rw - ext4 /dev/sda2 rw",
  "25 1 8:99999999999 / / rw - ext4 /dev/sda2 rw",
  "25 1 a:b / / rw - ext4 /dev/sda2 rw",
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused_lines); i++)
    {
      g_autoptr (GPtrArray) mounts = vb_mounts_parse (refused_lines[i]);
      g_assert_cmpuint (mounts->len, ==, 0);
    }
}

/* An escape that is none stays as it is, at the end of the text, too; a NUL is left out. */
static void
test_escapes (void)
{
  g_autoptr (GPtrArray) mounts =
      vb_mounts_parse ("1 1 8:1 / /a\\09\\400\\x\\000b\\303\\251\\ rw - t s\\1 rw\n");
  g_assert_cmpuint (mounts->len, ==, 1);
  g_assert_cmpstr (get (mounts, 0)->point, ==, "/a\\09\\400\\xb\303\251\\");
  g_assert_cmpstr (get (mounts, 0)->source, ==, "s\\1");
}

static void
test_holder (void)
{
  g_autoptr (GPtrArray) mounts = vb_mounts_parse ("1 1 8:1 / / rw - ext4 a rw\n"
                                                  "2 1 8:2 / /var rw - ext4 b rw\n"
                                                  "3 1 8:3 / /var rw - ext4 c rw\n"
                                                  "4 1 8:4 / /var/lib rw - ext4 d rw\n");
  g_autoptr (GPtrArray) none = vb_mounts_parse ("");
  g_assert_cmpstr (vb_mounts_find_holder (mounts, "/swapfile")->source, ==, "a");
  g_assert_cmpstr (vb_mounts_find_holder (mounts, "/variable/swap")->source, ==, "a");
  g_assert_cmpstr (vb_mounts_find_holder (mounts, "/var/swap")->source, ==, "c");
  g_assert_cmpstr (vb_mounts_find_holder (mounts, "/var/lib")->source, ==, "d");
  g_assert_null (vb_mounts_find_holder (none, "/swapfile"));
}

static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) mounts = NULL;
  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (text, "%u 1 0:%u / /run/%u rw - tmpfs tmpfs rw\n", i, i, i);
  mounts = vb_mounts_parse (text->str);
  g_assert_cmpuint (mounts->len, ==, 10000);
  g_assert_cmpstr (get (mounts, 9999)->point, ==, "/run/9999");
}

static void
test_swaps (void)
{
  g_autoptr (GPtrArray) swaps =
      vb_swaps_parse ("Filename\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
                      "/dev/dm-1                               partition\t1000444\t\t0\t\t-2\n"
                      "/my\\040swap\tfile\t1\t0\t-3\n"
                      "nonsense\n/alone");
  g_autoptr (GPtrArray) none = vb_swaps_parse ("");
  g_assert_cmpuint (swaps->len, ==, 3);
  g_assert_cmpstr (swaps->pdata[0], ==, "/dev/dm-1");
  g_assert_cmpstr (swaps->pdata[1], ==, "/my swap");
  g_assert_cmpstr (swaps->pdata[2], ==, "/alone");
  g_assert_cmpuint (none->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mounts/usual", test_usual);
  g_test_add_func ("/mounts/refused", test_refused);
  g_test_add_func ("/mounts/escapes", test_escapes);
  g_test_add_func ("/mounts/holder", test_holder);
  g_test_add_func ("/mounts/many", test_many);
  g_test_add_func ("/mounts/swaps", test_swaps);
  return g_test_run ();
}
