/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Details of host devices, for an authority.
 */
#include "objects/host-device-question.h"

#include "engine/host-device-match.h"

static void
question_free (gpointer data)
{
  VbHostDeviceQuestion *question = data;

  for (const VbDetail *detail = question->details; detail->key != NULL; detail++)
    g_free ((char *) detail->value);
  g_free (question);
}

static char *
format_ids (guint vendor_id, guint product_id)
{
  return g_strdup_printf ("%04x:%04x", vendor_id, product_id);
}

static char *
format_usb_place (guint bus, guint device)
{
  return g_strdup_printf ("%03u:%03u", bus, device);
}

/* @device: (nullable) */
static char *
get_ids (const VbHostdev *hostdev, const VbHostDevice *device)
{
  if (device != NULL)
    return format_ids (device->vendor_id, device->product_id);
  return hostdev->vendor_id != 0 ? format_ids (hostdev->vendor_id, hostdev->product_id)
                                 : g_strdup ("");
}

/* @device: (nullable) */
static char *
get_address (const VbHostdev *hostdev, const VbHostDevice *device)
{
  if (hostdev->type == VB_HOSTDEV_PCI)
    return vb_hostdev_get_pci_address (hostdev);
  if (device != NULL)
    return format_usb_place (device->usb.bus_number, device->usb.device_number);
  return hostdev->vendor_id == 0 ? format_usb_place (hostdev->usb_bus, hostdev->usb_device)
                                 : g_strdup ("");
}

static VbHostDeviceQuestion *
question_new (const VbHostdev *hostdev, const VbHostDevice *device)
{
  VbHostDeviceQuestion *question = g_new0 (VbHostDeviceQuestion, 1);
  const char *serial =
      device != NULL && device->kind == VB_HOST_DEVICE_USB ? device->usb.serial_number : "";

  question->details[0] =
      (VbDetail){ "device-kind",
                  g_strdup (vb_enum_to_string (&vb_hostdev_type_table, (int) hostdev->type)) };
  question->details[1] = (VbDetail){ "vendor-product", get_ids (hostdev, device) };
  question->details[2] = (VbDetail){ "address", get_address (hostdev, device) };
  question->details[3] = (VbDetail){ "serial", g_strdup (serial) };
  return question;
}

GPtrArray *
vb_host_device_questions_new (const VbDomain *domain, VbHostDevices *host_devices)
{
  GPtrArray *questions = g_ptr_array_new_with_free_func (question_free);
  g_autoptr (GPtrArray) present = vb_host_devices_list (host_devices);

  for (guint i = 0; domain != NULL && i < domain->devices->len; i++)
    {
      const VbHostdev *hostdev = g_ptr_array_index (domain->devices, i);
      if (hostdev->base.kind == VB_DEVICE_HOSTDEV)
        g_ptr_array_add (questions,
                         question_new (hostdev, vb_host_device_match (present, hostdev)));
    }
  return questions;
}

static gboolean
is_equal (const VbHostDeviceQuestion *a, const VbHostDeviceQuestion *b)
{
  for (guint i = 0; i < VB_HOST_DEVICE_N_DETAILS; i++)
    if (!g_str_equal (a->details[i].value, b->details[i].value))
      return FALSE;
  return TRUE;
}

gboolean
vb_host_device_questions_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!is_equal (g_ptr_array_index (a, i), g_ptr_array_index (b, i)))
      return FALSE;
  return TRUE;
}
