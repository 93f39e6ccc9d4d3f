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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-device-match/match", test_match);
  return g_test_run ();
}
