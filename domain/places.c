/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which drive, port and card address a device gets that its definition leaves open: the one that it had
 * before, else the one that the format has for it, else the first free one.
 */
#include "domain/places.h"

#include "domain/address-xml.h"
#include "domain/disk-target.h"
#include "domain/implied.h"
#include "domain/place-table.h"

/* How many levels a usb controller has where ports are chosen. */
#define HUB_DEPTH 3

/* The target says where a disk is, unless it was elsewhere before. */
static void
assign_drives (VbPlaces *places)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new ();

  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);
      VbAddress address;

      if (vb_device_get_address_type (device) != VB_ADDRESS_DRIVE ||
          device->address.type != VB_ADDRESS_NONE ||
          !vb_disk_derive_address ((const VbDisk *) device, &address) ||
          !vb_places_is_free (places, device, &address))
        continue;
      vb_places_put (places, device, &address);
      g_ptr_array_add (open, device);
    }
  for (guint i = 0; i < open->len; i++)
    vb_places_inherit (places, g_ptr_array_index (open, i));
}

/* (transfer full) (element-type guint guint): how many ports the written controllers have */
static GHashTable *
collect_port_counts (const VbDomain *domain)
{
  GHashTable *counts = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbController *controller = g_ptr_array_index (domain->devices, i);

      if (controller->base.kind == VB_DEVICE_CONTROLLER &&
          controller->type == VB_CONTROLLER_VIRTIO_SERIAL && controller->ports > 0)
        g_hash_table_insert (counts, GUINT_TO_POINTER (controller->index),
                             GUINT_TO_POINTER (MIN (controller->ports, VB_CONTROLLER_MAX_PORTS)));
    }
  return counts;
}

static gboolean
find_port (const VbPlaces *places, const VbDevice *device, guint n_ports, VbAddress *address)
{
  for (guint port = device->kind == VB_DEVICE_CONSOLE ? 0 : 1; port < n_ports; port++)
    {
      address->port = (guint16) port;
      if (vb_places_is_free (places, device, address))
        return TRUE;
    }
  return FALSE;
}

static void
assign_ports (VbPlaces *places)
{
  g_autoptr (GHashTable) port_counts = collect_port_counts (places->domain);
  guint first_controller = 0; /* with a port left */

  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);
      gboolean is_written = device->address.type != VB_ADDRESS_NONE;
      VbAddress address = { .type = VB_ADDRESS_VIRTIO_SERIAL };

      if (vb_device_get_address_type (device) != VB_ADDRESS_VIRTIO_SERIAL ||
          !vb_device_has_open_address (device) ||
          (!is_written && vb_places_inherit (places, device)))
        continue;
      for (guint controller = is_written ? device->address.controller : first_controller;
           controller <= VB_ADDRESS_MAX_CONTROLLER; controller++)
        {
          gpointer n_ports = g_hash_table_lookup (port_counts, GUINT_TO_POINTER (controller));

          address.controller = (guint16) controller;
          if (find_port (places, device,
                         n_ports != NULL ? GPOINTER_TO_UINT (n_ports) : VB_CONTROLLER_MAX_PORTS,
                         &address))
            {
              vb_places_put (places, device, &address);
              break;
            }
          if (is_written)
            break;
          first_controller = controller + 1;
        }
    }
}

/* A card reader has one slot; a second card is told of when it is started. */
static void
assign_cards (VbPlaces *places)
{
  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);
      VbAddress address = { .type = VB_ADDRESS_CCID };

      if (vb_device_get_address_type (device) != VB_ADDRESS_CCID ||
          device->address.type != VB_ADDRESS_NONE || vb_places_inherit (places, device))
        continue;
      while (!vb_places_is_free (places, device, &address) && address.slot < G_MAXUINT8)
        address.slot++;
      if (vb_places_is_free (places, device, &address))
        vb_places_put (places, device, &address);
    }
}

void
vb_places_assign_units (VbDomain *domain, const VbDomain *previous)
{
  VbPlaces places;

  if (!vb_implied_is_qemu_machine (domain))
    return;
  vb_places_init (&places, domain, previous);
  assign_drives (&places);
  assign_ports (&places);
  assign_cards (&places);
  vb_places_clear (&places);
}

guint
vb_places_count_usb_devices (const VbDomain *domain)
{
  return vb_board_count_usb_ports (vb_board_of (domain)) + (HUB_DEPTH - 1) * (VB_USB_HUB_PORTS - 1);
}

/* One level of ports: the last one has the hub of the next level. */
static gboolean
find_usb_port (const VbPlaces *places, const VbDevice *device, guint n_ports, VbAddress *address)
{
  for (guint depth = 0; depth < HUB_DEPTH; depth++)
    {
      gboolean is_last = depth == HUB_DEPTH - 1;

      for (guint port = 1; port < n_ports || (is_last && port == n_ports); port++)
        {
          address->usb_ports[depth] = (guint8) port;
          if (vb_places_is_free (places, device, address))
            return TRUE;
        }
      address->usb_ports[depth] = (guint8) n_ports;
      n_ports = VB_USB_HUB_PORTS;
    }
  return FALSE;
}

static void
assign_usb_port (VbPlaces *places, VbDevice *device, guint *first_controller)
{
  guint n_ports = vb_board_count_usb_ports (places->board);
  gboolean is_written = device->address.type != VB_ADDRESS_NONE;

  if (!is_written && vb_places_inherit (places, device))
    return;
  for (guint controller = is_written ? device->address.bus : *first_controller;
       controller <= G_MAXUINT8; controller++)
    {
      VbAddress address = { .type = VB_ADDRESS_USB, .bus = (guint8) controller };

      if (find_usb_port (places, device, n_ports, &address))
        {
          vb_places_put (places, device, &address);
          return;
        }
      if (is_written)
        return;
      *first_controller = controller + 1;
    }
}

void
vb_places_assign_usb_ports (VbDomain *domain, const VbDomain *previous)
{
  guint first_controller = 0; /* with a port left */
  VbPlaces places;

  if (!vb_implied_is_qemu_machine (domain))
    return;
  vb_places_init (&places, domain, previous);
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);

      if (vb_device_get_address_type (device) == VB_ADDRESS_USB &&
          vb_device_has_open_address (device))
        assign_usb_port (&places, device, &first_controller);
    }
  vb_places_clear (&places);
}
