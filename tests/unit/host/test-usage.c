/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What makes a device used, where machines of tests/unit/host/cases do not show it: trees that loop,
 * tables without end, names that lie, and parts that are missing.
 */
#include "host/usage.h"
#include "tests/fixtures/host-tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONTROLLER "/sys/devices/pci0000:00/0000:00:17.0"
#define DISK CONTROLLER "/ata1/host0/target0:0:0/0:0:0:0/block/sda"
#define KEYBOARD_USB "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1"

static void
set_up (HostTree **tree, gconstpointer data)
{
  *tree = host_tree_new ();
  host_tree_add_pci (*tree, &(HostTreePci){ .address = "0000:00:17.0", .id = "8086:A352" });
  host_tree_add_pci (*tree, &(HostTreePci){ .address = "0000:00:14.0", .id = "8086:A36D" });
}

static void
tear_down (HostTree **tree, gconstpointer data)
{
  host_tree_free (*tree);
}

static void
put_block (HostTree *tree, const char *path, const char *number)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *dev = g_strconcat (path, "/dev", NULL);
  g_autofree char *member = g_strconcat ("/sys/class/block/", name, NULL);
  g_autofree char *target = g_strconcat ("../..", path + strlen ("/sys"), NULL);
  host_tree_put (tree, dev, number);
  host_tree_link (tree, member, target);
}

static void
put_volume (HostTree *tree, const char *name, const char *number, const char *slave)
{
  g_autofree char *path = g_strconcat ("/sys/devices/virtual/block/", name, NULL);
  g_autofree char *link = g_strconcat (path, "/slaves/", slave, NULL);
  put_block (tree, path, number);
  host_tree_link (tree, link, "../../elsewhere");
}

static void
put_mounts (HostTree *tree, const char *text)
{
  host_tree_put (tree, "/proc/self/mountinfo", text);
}

/* (transfer full) */
static VbHostDevice *
judge (HostTree *tree, VbHostDeviceKind kind, const char *path)
{
  g_autoptr (VbHostUsage) usage = vb_host_usage_read (tree->root);
  g_autoptr (VbSysfs) sysfs = vb_sysfs_new (tree->root);
  VbHostDevice *device = vb_host_device_new (kind);
  g_free (device->sysfs_path);
  device->sysfs_path = g_strdup (path);
  vb_host_usage_judge (usage, sysfs, device);
  return device;
}

/* @reasons: (nullable): by lines; %NULL: it is safe */
static void
assert_judgement (
    HostTree *tree, VbHostDeviceKind kind, const char *path, VbSafety safety, const char *reasons)
{
  g_autoptr (VbHostDevice) device = judge (tree, kind, path);
  g_autofree char *found = g_strjoinv ("\n", device->safety_reasons);
  g_assert_cmpstr (found, ==, reasons != NULL ? reasons : "");
  g_assert_cmpstr (vb_safety_to_string (device->safety), ==, vb_safety_to_string (safety));
}

static void
assert_disk (HostTree *tree, VbSafety safety, const char *reasons)
{
  assert_judgement (tree, VB_HOST_DEVICE_PCI, CONTROLLER, safety, reasons);
}

static void
test_nothing (HostTree **tree, gconstpointer data)
{
  host_tree_remove (*tree, "/sys");
  assert_disk (*tree, VB_SAFETY_SAFE, NULL);
}

static void
test_empty_files (HostTree **tree, gconstpointer data)
{
  static const char *const files[] = { "/proc/self/mountinfo", "/proc/swaps",
                                       "/proc/net/route",      "/proc/net/ipv6_route",
                                       "/proc/net/if_inet6",   "/sys/class/block/sda",
                                       "/sys/class/net/eth0",  "/sys/class/input/input0" };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    host_tree_put (*tree, files[i], "");
  assert_disk (*tree, VB_SAFETY_SAFE, NULL);
}

static void
test_mount_point_that_says_more (HostTree **tree, gconstpointer data)
{
  put_block (*tree, DISK, "8:0\n");
  put_mounts (*tree, "1 1 8:0 / /srv/a\\012b\\377\\342\\200\\256c\\040d rw - ext4 /dev/sda rw\n");
  assert_disk (*tree, VB_SAFETY_FORBIDDEN,
               "holds the file system mounted at /srv/a?b\357\277\275?c d");
}

static void
test_long_mount_point (HostTree **tree, gconstpointer data)
{
  g_autofree char *name = g_strnfill (4000, 'x');
  g_autofree char *mount = g_strdup_printf ("1 1 8:0 / /%s rw - ext4 /dev/sda rw\n", name);
  g_autoptr (VbHostDevice) device = NULL;
  put_block (*tree, DISK, "8:0\n");
  put_mounts (*tree, mount);
  device = judge (*tree, VB_HOST_DEVICE_PCI, CONTROLLER);
  g_assert_cmpuint (strlen (device->safety_reasons[0]), ==, 303);
  g_assert_true (g_str_has_suffix (device->safety_reasons[0], "x..."));
}

/* One file system is one reason, however often it is mounted, by what matters most. */
static void
test_one_file_system (HostTree **tree, gconstpointer data)
{
  put_block (*tree, DISK, "8:0\n");
  put_mounts (*tree, "1 1 8:0 / /media/joe/x rw - ext4 /dev/sda rw\n"
                     "1 1 8:0 / /srv/b/c rw - ext4 /dev/sda rw\n"
                     "1 1 8:0 / /srv/b rw - ext4 /dev/sda rw\n"
                     "1 1 8:0 / /srv/d rw - ext4 /dev/sda rw\n");
  assert_disk (*tree, VB_SAFETY_FORBIDDEN, "holds the file system mounted at /srv/b");
}

static void
test_many_mounts (HostTree **tree, gconstpointer data)
{
  g_autoptr (GString) mounts = g_string_new (NULL);
  g_autoptr (VbHostDevice) device = NULL;
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *path = g_strdup_printf (DISK "%u", i);
      g_autofree char *number = g_strdup_printf ("8:%u\n", i);
      put_block (*tree, path, number);
    }
  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (mounts, "%u 1 8:%u / /srv/%05u rw - ext4 /dev/sda rw\n", i, i % 100, i);
  put_mounts (*tree, mounts->str);
  device = judge (*tree, VB_HOST_DEVICE_PCI, CONTROLLER);
  g_assert_cmpuint (g_strv_length (device->safety_reasons), ==, 32);
  g_assert_cmpstr (device->safety_reasons[0], ==, "holds the file system mounted at /srv/00000");
  g_assert_cmpstr (device->safety_reasons[31], ==, "and 69 more");
}

static void
test_ring_of_slaves (HostTree **tree, gconstpointer data)
{
  put_block (*tree, DISK, "8:0\n");
  put_volume (*tree, "dm-0", "253:0\n", "dm-1");
  put_volume (*tree, "dm-1", "253:1\n", "dm-0");
  put_volume (*tree, "dm-1", "253:1\n", "dm-1");
  put_volume (*tree, "dm-1", "253:1\n", "sda");
  put_mounts (*tree, "1 1 253:0 / /home rw - ext4 /dev/dm-0 rw\n");
  assert_disk (*tree, VB_SAFETY_FORBIDDEN, "holds the file system mounted at /home");
}

static void
test_slave_that_is_none (HostTree **tree, gconstpointer data)
{
  put_block (*tree, DISK, "8:0\n");
  put_volume (*tree, "dm-0", "253:0\n", "sdz");
  put_mounts (*tree, "1 1 253:0 / /home rw - ext4 /dev/dm-0 rw\n");
  assert_disk (*tree, VB_SAFETY_SAFE, NULL);
}

static void
test_loops_of_links (HostTree **tree, gconstpointer data)
{
  host_tree_link (*tree, "/sys/class/block/sda", "sda");
  host_tree_link (*tree, "/sys/class/net/eth0", "../net/eth0");
  host_tree_link (*tree, "/sys/class/drm/card0-VGA-1", "../../class/drm");
  host_tree_link (*tree, "/sys/class/input/input0", "../../../../etc");
  host_tree_link (*tree, CONTROLLER "/ata1", "../0000:00:17.0");
  host_tree_link (*tree, "/sys/class/block/sdb", "../../devices/pci0000:00/0000:00:17.0/ata1/ata1");
  host_tree_link (*tree, "/proc/self", "self");
  assert_disk (*tree, VB_SAFETY_SAFE, NULL);
}

/* Whoever may mount by FUSE may not make a disk forbidden. */
static void
test_source_of_fuse (HostTree **tree, gconstpointer data)
{
  put_block (*tree, DISK, "8:0\n");
  put_mounts (*tree, "1 1 0:50 / /mnt/x rw - fuse.sshfs /dev/sda rw\n");
  assert_disk (*tree, VB_SAFETY_SAFE, NULL);
  put_mounts (*tree, "1 1 0:50 / /srv rw - btrfs /dev/sda rw\n");
  assert_disk (*tree, VB_SAFETY_FORBIDDEN, "holds the file system mounted at /srv");
}

static void
test_source_by_link (HostTree **tree, gconstpointer data)
{
  put_block (*tree, DISK, "8:0\n");
  host_tree_put (*tree, "/run/udev/data/b8:0",
                 "S:disk/by-label/pool\nE:ID_FS_TYPE=btrfs\nE:ID_FS_LABEL=pool\n");
  put_mounts (*tree, "1 1 0:50 / /srv rw - btrfs /dev/disk/by-label/pool rw\n");
  assert_disk (*tree, VB_SAFETY_FORBIDDEN, "holds the file system mounted at /srv");
}

static void
test_swap_file (HostTree **tree, gconstpointer data)
{
  put_block (*tree, DISK, "8:0\n");
  put_mounts (*tree, "1 1 8:0 / /srv rw - ext4 /dev/sda rw\n");
  host_tree_put (*tree, "/proc/swaps", "/srv/swap\\040file file 1 0 -2\n/elsewhere file 1 0 -2\n");
  assert_disk (*tree, VB_SAFETY_FORBIDDEN, "holds swap\nholds the file system mounted at /srv");
}

/* What changes is seen by reading again. */
static void
test_change (HostTree **tree, gconstpointer data)
{
  put_block (*tree, DISK, "8:0\n");
  assert_disk (*tree, VB_SAFETY_SAFE, NULL);
  put_mounts (*tree, "1 1 8:0 / / rw - ext4 /dev/sda rw\n");
  assert_disk (*tree, VB_SAFETY_FORBIDDEN, "holds the root file system");
  put_mounts (*tree, "");
  assert_disk (*tree, VB_SAFETY_SAFE, NULL);
}

/* A pool of which udev knows no name may be the one that is mounted. */
static void
test_pool_without_name (HostTree **tree, gconstpointer data)
{
  put_block (*tree, DISK, "8:0\n");
  host_tree_put (*tree, "/run/udev/data/b8:0", "E:ID_FS_TYPE=zfs_member\n");
  assert_disk (*tree, VB_SAFETY_WARN, "belongs to a ZFS pool");
  put_mounts (*tree, "1 1 0:30 / / rw - zfs tank/root rw\n");
  assert_disk (*tree, VB_SAFETY_FORBIDDEN, "holds the root file system");
}

/* A table of routes of 1 GiB, of which the beginning is read */
static void
test_huge_file (HostTree **tree, gconstpointer data)
{
  g_autofree char *path = g_strconcat ((*tree)->root, "/proc/self/mountinfo", NULL);
  put_block (*tree, DISK, "8:0\n");
  put_mounts (*tree, "1 1 8:0 / / rw - ext4 /dev/sda rw\n");
  g_assert_no_errno (truncate (path, 1024 * 1024 * 1024));
  assert_disk (*tree, VB_SAFETY_FORBIDDEN, "holds the root file system");
}

static void
test_pipe (HostTree **tree, gconstpointer data)
{
  g_autofree char *path = g_strconcat ((*tree)->root, "/proc/swaps", NULL);
  host_tree_put (*tree, "/proc/swaps", "");
  g_assert_no_errno (unlink (path));
  g_assert_no_errno (mkfifo (path, 0600));
  host_tree_put (*tree, "/proc/self/mountinfo/folder", "");
  assert_disk (*tree, VB_SAFETY_SAFE, NULL);
}

static void
put_input (HostTree *tree, const char *place, const char *name, const char *keys, const char *axes)
{
  g_autofree char *path = g_strdup_printf ("%s/input/%s", place, name);
  g_autofree char *key = g_strconcat (path, "/capabilities/key", NULL);
  g_autofree char *rel = g_strconcat (path, "/capabilities/rel", NULL);
  g_autofree char *member = g_strconcat ("/sys/class/input/", name, NULL);
  g_autofree char *target = g_strconcat ("../..", path + strlen ("/sys"), NULL);
  host_tree_put (tree, key, keys);
  host_tree_put (tree, rel, axes);
  host_tree_link (tree, member, target);
}

static const char all_keys[] = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe\n";

static void
put_keyboard (HostTree *tree)
{
  host_tree_add_usb (tree, &(HostTreeUsb){ .name = "1-1",
                                           .id = "46d/c31c/100",
                                           .bus_number = 1,
                                           .device_number = 2 });
  host_tree_link (tree, KEYBOARD_USB "/subsystem", "../../../../../bus/usb");
  put_input (tree, KEYBOARD_USB "/1-1:1.0", "input1", all_keys, "0\n");
}

static void
assert_keyboard (HostTree *tree, VbSafety safety, const char *reasons)
{
  assert_judgement (tree, VB_HOST_DEVICE_USB, KEYBOARD_USB, safety, reasons);
}

static void
test_last_keyboard (HostTree **tree, gconstpointer data)
{
  put_keyboard (*tree);
  assert_keyboard (*tree, VB_SAFETY_FORBIDDEN,
                   "no other keyboard is at this seat\nkeyboard of this seat");
  put_input (*tree, "/sys/devices/virtual", "input2", all_keys, "0\n");
  assert_keyboard (*tree, VB_SAFETY_FORBIDDEN,
                   "no other keyboard is at this seat\nkeyboard of this seat");
  put_input (*tree, "/sys/devices/virtual/misc/uhid/0005:046D:B342.0001", "input3", all_keys,
             "0\n");
  assert_keyboard (*tree, VB_SAFETY_WARN, "keyboard of this seat");
}

/* Whoever has a few keys only is no keyboard, and a lone wheel is no mouse. */
static void
test_other_inputs (HostTree **tree, gconstpointer data)
{
  put_keyboard (*tree);
  put_input (*tree, KEYBOARD_USB "/1-1:1.0", "input1", "10000000000000 0\n", "100\n");
  assert_keyboard (*tree, VB_SAFETY_SAFE, NULL);
  put_input (*tree, KEYBOARD_USB "/1-1:1.0", "input1", "nonsense\n", "\n");
  assert_keyboard (*tree, VB_SAFETY_SAFE, NULL);
  put_input (*tree, KEYBOARD_USB "/1-1:1.0", "input1", "1f0000 0 0 0 0\n", "903\n");
  assert_keyboard (*tree, VB_SAFETY_WARN, "mouse of this seat");
}

static void
test_records_of_inputs (HostTree **tree, gconstpointer data)
{
  put_keyboard (*tree);
  host_tree_put (*tree, "/run/udev/data/+input:input1", "E:ID_INPUT=1\nE:ID_INPUT_KEYBOARD=1\n");
  assert_keyboard (*tree, VB_SAFETY_SAFE, NULL);
  host_tree_put (*tree, "/run/udev/data/+input:input1",
                 "E:ID_INPUT_TOUCHPAD=1\nE:ID_INPUT_TOUCHSCREEN=1\nE:ID_INPUT_TABLET=0\nG:seat\n");
  assert_keyboard (*tree, VB_SAFETY_WARN, "touch screen of this seat\ntouchpad of this seat");
}

static void
put_interface (HostTree *tree, const char *place, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/net/%s", place, name);
  g_autofree char *address = g_strconcat (path, "/address", NULL);
  g_autofree char *member = g_strconcat ("/sys/class/net/", name, NULL);
  g_autofree char *target = g_strconcat ("../..", path + strlen ("/sys"), NULL);
  host_tree_put (tree, address, "00:16:3e:00:00:01\n");
  host_tree_link (tree, member, target);
}

/* Two interfaces that claim to be on top of each other, and on top of themselves */
static void
test_ring_of_interfaces (HostTree **tree, gconstpointer data)
{
  put_interface (*tree, CONTROLLER, "eth0");
  put_interface (*tree, "/sys/devices/virtual", "br0");
  host_tree_link (*tree, CONTROLLER "/net/eth0/upper_br0", "../../../../virtual/net/br0");
  host_tree_link (*tree, CONTROLLER "/net/eth0/upper_eth0", "../eth0");
  host_tree_link (*tree, "/sys/devices/virtual/net/br0/upper_eth0", "../eth0");
  assert_disk (*tree, VB_SAFETY_WARN, "network interface eth0 is part of br0");
  host_tree_put (*tree, "/proc/net/route",
                 "br0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n");
  assert_disk (*tree, VB_SAFETY_FORBIDDEN,
               "network interface eth0 is part of br0, which carries the default route");
}

static void
test_console (HostTree **tree, gconstpointer data)
{
  host_tree_put (*tree, CONTROLLER "/graphics/fb0/name", "fb\n");
  host_tree_link (*tree, "/sys/class/graphics/fb0",
                  "../../devices/pci0000:00/0000:00:17.0/graphics/fb0");
  assert_disk (*tree, VB_SAFETY_FORBIDDEN, "display of the console");
  host_tree_put (*tree, CONTROLLER "/boot_vga", "1\n");
  assert_disk (*tree, VB_SAFETY_SAFE, NULL);
}

/* "0000:00:17.0" is the beginning of "0000:00:17.01", and not above it. */
static void
test_names_alike (HostTree **tree, gconstpointer data)
{
  host_tree_add_pci (*tree, &(HostTreePci){ .address = "0000:00:17.01", .id = "8086:A353" });
  put_block (*tree, CONTROLLER "1/block/sdb", "8:16\n");
  put_mounts (*tree, "1 1 8:16 / / rw - ext4 /dev/sdb rw\n");
  assert_disk (*tree, VB_SAFETY_SAFE, NULL);
}

/* This machine, whatever it is: nothing is asserted but that it is read. */
static void
test_real (void)
{
  g_autoptr (VbHostUsage) usage = vb_host_usage_read (NULL);
  g_autoptr (VbSysfs) sysfs = vb_sysfs_new (NULL);
  g_autoptr (VbHostDevice) device = vb_host_device_new (VB_HOST_DEVICE_PCI);
  vb_host_usage_judge (usage, sysfs, device);
  g_assert_cmpuint (g_strv_length (device->safety_reasons), <=, 32);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/usage/" name, HostTree *, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("nothing", test_nothing);
  ADD ("empty-files", test_empty_files);
  ADD ("mount-point-that-says-more", test_mount_point_that_says_more);
  ADD ("long-mount-point", test_long_mount_point);
  ADD ("one-file-system", test_one_file_system);
  ADD ("many-mounts", test_many_mounts);
  ADD ("ring-of-slaves", test_ring_of_slaves);
  ADD ("slave-that-is-none", test_slave_that_is_none);
  ADD ("loops-of-links", test_loops_of_links);
  ADD ("source-of-fuse", test_source_of_fuse);
  ADD ("source-by-link", test_source_by_link);
  ADD ("swap-file", test_swap_file);
  ADD ("change", test_change);
  ADD ("pool-without-name", test_pool_without_name);
  ADD ("huge-file", test_huge_file);
  ADD ("pipe", test_pipe);
  ADD ("last-keyboard", test_last_keyboard);
  ADD ("other-inputs", test_other_inputs);
  ADD ("records-of-inputs", test_records_of_inputs);
  ADD ("ring-of-interfaces", test_ring_of_interfaces);
  ADD ("console", test_console);
  ADD ("names-alike", test_names_alike);
  g_test_add_func ("/usage/real", test_real);
  return g_test_run ();
}
