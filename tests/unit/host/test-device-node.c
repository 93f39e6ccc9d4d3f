/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file of a device: which one it is, and whose. A terminal of our own stands for it.
 */
#include "host/device-node.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static void
test_path (void)
{
  g_autoptr (VbHostDevice) usb = vb_host_device_new (VB_HOST_DEVICE_USB);
  g_autoptr (VbHostDevice) pci = vb_host_device_new (VB_HOST_DEVICE_PCI);
  g_autofree char *usb_path = NULL;
  g_autofree char *pci_path = NULL;

  usb->usb.bus_number = 1;
  usb->usb.device_number = 104;
  usb_path = vb_device_node_get_path (usb);
  g_assert_cmpstr (usb_path, ==, "/dev/bus/usb/001/104");
  g_assert_null (vb_device_node_get_path (pci));
  pci->pci.iommu_group = 12;
  pci_path = vb_device_node_get_path (pci);
  g_assert_cmpstr (pci_path, ==, "/dev/vfio/12");
}

static void
test_open (void)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) folder = NULL;
  g_autoptr (GError) error = NULL;
  int fd = vb_device_node_open ("/dev/null", &error);

  g_assert_no_error (error);
  g_assert_cmpint (close (fd), ==, 0);
  g_assert_cmpint (vb_device_node_open ("/dev/none", &missing), ==, -1);
  g_assert_error (missing, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_cmpint (vb_device_node_open (g_get_tmp_dir (), &folder), ==, -1);
  g_assert_error (folder, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
}

static void
test_owner (void)
{
  int fd = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  const char *path;
  VbNodeOwner former, owner;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) no_device = NULL;

  g_assert_cmpint (fd, >=, 0);
  path = ptsname (fd);
  g_assert_true (vb_device_node_get_owner (path, &former, &error));
  g_assert_cmpuint (former.uid, ==, geteuid ());
  /* Only root can give a file away. */
  owner = (VbNodeOwner){ geteuid () == 0 ? NOBODY : geteuid (), former.gid };
  g_assert_true (vb_device_node_set_owner (path, &owner, &error));
  g_assert_true (vb_device_node_get_owner (path, &owner, &error));
  g_assert_cmpuint (owner.uid, ==, geteuid () == 0 ? NOBODY : geteuid ());
  g_assert_true (vb_device_node_set_owner (path, &former, &error));
  g_assert_no_error (error);
  close (fd);

  g_assert_false (vb_device_node_set_owner (g_get_tmp_dir (), &former, &no_device));
  g_assert_error (no_device, G_FILE_ERROR, G_FILE_ERROR_NODEV);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/device-node/path", test_path);
  g_test_add_func ("/device-node/open", test_open);
  g_test_add_func ("/device-node/owner", test_owner);
  return g_test_run ();
}
