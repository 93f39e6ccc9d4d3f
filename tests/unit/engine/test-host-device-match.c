/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which device of the host an element means.
 */
#include "engine/host-device-match.h"

static void
add_usb (GPtrArray *devices, const char *id, guint number, guint16 vendor, guint16 product)
{
  VbHostDevice *device = vb_host_device_new (VB_HOST_DEVICE_USB);

  g_free (device->id);
  device->id = g_strdup (id);
  device->vendor_id = vendor;
  device->product_id = product;
  device->usb.bus_number = 1;
  device->usb.device_number = number;
  g_ptr_array_add (devices, device);
}

static void
add_pci (GPtrArray *devices, const char *id, const char *address)
{
  VbHostDevice *device = vb_host_device_new (VB_HOST_DEVICE_PCI);

  g_free (device->id);
  device->id = g_strdup (id);
  device->vendor_id = 0x0781;
  device->product_id = 0x5567;
  g_free (device->pci.address);
  device->pci.address = g_strdup (address);
  g_ptr_array_add (devices, device);
}

static void
test_match (void)
{
  static const struct
  {
    VbHostdev hostdev;
    const char *id; /* (nullable) */
  } rows[] = {
    { { .type = VB_HOSTDEV_PCI, .pci = { .bus = 0, .slot = 0x1f, .function = 2 } }, "chip" },
    { { .type = VB_HOSTDEV_PCI, .pci = { .bus = 0, .slot = 0x1f, .function = 3 } }, NULL },
    { { .type = VB_HOSTDEV_PCI, .pci = { .domain = 0x10, .bus = 0xa0, .slot = 1 } }, "far" },
    { { .type = VB_HOSTDEV_USB, .usb_bus = 1, .usb_device = 4 }, "stick" },
    { { .type = VB_HOSTDEV_USB, .usb_bus = 2, .usb_device = 4 }, NULL },
    { { .type = VB_HOSTDEV_USB, .vendor_id = 0x046d, .product_id = 0xc52b }, "mouse" },
    { { .type = VB_HOSTDEV_USB, .vendor_id = 0x046d, .product_id = 0xc52c }, NULL },
    /* two of a make */
    { { .type = VB_HOSTDEV_USB, .vendor_id = 0x0781, .product_id = 0x5567 }, NULL },
  };
  g_autoptr (GPtrArray) devices =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vb_host_device_unref);

  add_pci (devices, "chip", "0000:00:1f.2");
  add_pci (devices, "far", "0010:a0:01.0");
  add_usb (devices, "stick", 4, 0x0781, 0x5567);
  add_usb (devices, "other-stick", 5, 0x0781, 0x5567);
  add_usb (devices, "mouse", 6, 0x046d, 0xc52b);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const VbHostDevice *found = vb_host_device_match (devices, &rows[i].hostdev);

      g_assert_cmpstr (found != NULL ? found->id : NULL, ==, rows[i].id);
    }
}

static void
test_resolve (void)
{
  static const struct
  {
    VbHostdev hostdev;
    const char *message;
  } rows[] = {
    { { .type = VB_HOSTDEV_USB, .vendor_id = 0x0781, .product_id = 0x5567 },
      "the host has 2 times USB device 0781:5567: stick (Cruzer, <address bus='1' device='4'/>), "
      "other-stick (Cruzer, <address bus='1' device='5'/>); say which by <address> in the place of "
      "<vendor> and <product>" },
    { { .type = VB_HOSTDEV_USB, .usb_bus = 2, .usb_device = 4 },
      "the host has no USB device 002:004; connect it, or correct <source>" },
    { { .type = VB_HOSTDEV_PCI, .pci = { .bus = 6, .slot = 2 } },
      "the host has no PCI device 0000:06:02.0; connect it, or correct <source>" },
  };
  static const VbHostdev known = { .type = VB_HOSTDEV_USB, .usb_bus = 1, .usb_device = 5 };
  g_autoptr (GPtrArray) devices =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vb_host_device_unref);
  g_autoptr (GError) no_error = NULL;

  add_usb (devices, "stick", 4, 0x0781, 0x5567);
  add_usb (devices, "other-stick", 5, 0x0781, 0x5567);
  g_assert_true (vb_host_device_resolve (devices, &known, &no_error) == devices->pdata[1]);
  g_assert_no_error (no_error);
  for (guint i = 0; i < devices->len; i++)
    {
      VbHostDevice *device = g_ptr_array_index (devices, i);
      vb_host_device_take_text (&device->name, g_strdup ("Cruzer"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (vb_host_device_resolve (devices, &rows[i].hostdev, &error));
      g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE);
      g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

/* @message: (nullable): it can be had */
static void
assert_check (const VbHostDevice *device, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (vb_host_device_check (device, &error), ==, message == NULL);
  if (message != NULL)
    g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE);
  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, message);
}

static void
test_check_pci (void)
{
  g_autoptr (GPtrArray) devices =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vb_host_device_unref);
  VbHostDevice *device;

  add_pci (devices, "card", "0000:06:02.0");
  device = g_ptr_array_index (devices, 0);
  assert_check (device, "PCI device 0000:06:02.0 is in no IOMMU group; switch the IOMMU on in the "
                        "firmware and the kernel (intel_iommu=on or amd_iommu=on)");
  device->pci.iommu_group = 5;
  assert_check (device, "PCI device 0000:06:02.0 is bound to no driver, not to vfio-pci; write "
                        "vfio-pci to its driver_override in /sys/bus/pci/devices/0000:06:02.0, "
                        "unbind it, and probe it again");
  vb_host_device_take_text (&device->driver, g_strdup ("igb"));
  assert_check (device, "PCI device 0000:06:02.0 is bound to igb, not to vfio-pci; write vfio-pci "
                        "to its driver_override in /sys/bus/pci/devices/0000:06:02.0, unbind it, "
                        "and probe it again");
  vb_host_device_take_text (&device->driver, g_strdup ("vfio-pci"));
  vb_host_device_take_list (&device->pci.blockers, g_strsplit ("a b", " ", 0));
  assert_check (device, "PCI device 0000:06:02.0 shares IOMMU group 5 with devices that the host "
                        "uses: a, b; bind them to vfio-pci too");
  device->pci.viable = TRUE;
  assert_check (device, NULL);
}

static void
test_check_usb (void)
{
  g_autoptr (GPtrArray) devices =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vb_host_device_unref);
  VbHostDevice *device;

  add_usb (devices, "stick", 4, 0x0781, 0x5567);
  device = g_ptr_array_index (devices, 0);
  assert_check (device, NULL);
  device->safety = VB_SAFETY_WARN;
  assert_check (device, NULL);
  device->usb.device_class = 9;
  assert_check (device, "stick () is a hub; give the guest what is plugged into it");
  device->safety = VB_SAFETY_FORBIDDEN;
  vb_host_device_take_list (&device->safety_reasons,
                            g_strsplit ("holds / and holds /usr", " and ", 0));
  assert_check (device, "the host cannot do without stick (): holds /, holds /usr");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-device-match/match", test_match);
  g_test_add_func ("/host-device-match/resolve", test_resolve);
  g_test_add_func ("/host-device-match/check-pci", test_check_pci);
  g_test_add_func ("/host-device-match/check-usb", test_check_usb);
  return g_test_run ();
}
