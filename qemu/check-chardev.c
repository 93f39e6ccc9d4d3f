/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of a character device, or of the host's end of a smartcard, QEMU cannot have.
 */
#include "qemu/argv-parts.h"
#include "qemu/check-parts.h"
#include "qemu/host-end.h"

#include <arpa/inet.h>

#define MAX_ISA_SERIAL_PORTS 4
#define MAX_ISA_PARALLEL_PORTS 3

/* The network that QEMU makes for a card of type user, as it is unless it is told otherwise. */
#define USER_NETWORK 0x0a000200
#define USER_NETWORK_MASK 0xffffff00
#define USER_NETWORK_HOST 0x0a000202
#define USER_NETWORK_NAME_SERVER 0x0a000203

void
vb_check_host_end (VbCheck *check, const VbDevice *device)
{
  const VbChardevSource *source = vb_host_end_of (device);
  gboolean is_encrypted = source->protocol == VB_CHARDEV_PROTOCOL_TLS ||
                          source->protocol == VB_CHARDEV_PROTOCOL_TELNETS;

  if (source->type == VB_CHARDEV_TYPE_TCP && is_encrypted)
    vb_check_refuse_device (check, device, "/protocol/@type",
                            "protocol '%s' is not supported: there is no place for its "
                            "certificates; use raw or telnet, and encrypt by another program",
                            vb_enum_to_string (&vb_chardev_protocol_table, (int) source->protocol));
  else if (source->type == VB_CHARDEV_TYPE_SPICEVMC &&
           vb_domain_find_graphics (check->domain, VB_GRAPHICS_SPICE) == NULL)
    vb_check_refuse_device (check, device, "/@type",
                            "type 'spicevmc' needs a SPICE display; add <graphics type='spice'/>, "
                            "or use another type");
}

void
vb_check_port (VbCheck *check, const VbDevice *device)
{
  const VbChardev *chardev = (const VbChardev *) device;
  guint n_ports = device->kind == VB_DEVICE_SERIAL ? MAX_ISA_SERIAL_PORTS : MAX_ISA_PARALLEL_PORTS;
  vb_check_host_end (check, device);
  if (chardev->target_port >= n_ports)
    vb_check_refuse_device (check, device, "/target/@port",
                            "port %u is not supported; the machine has ports 0 to %u",
                            chardev->target_port, n_ports - 1);
}

/* A serial console has the port's host end. */
void
vb_check_console (VbCheck *check, const VbDevice *device)
{
  const VbChardev *chardev = (const VbChardev *) device;
  if (chardev->target_type == VB_CHARDEV_TARGET_VIRTIO)
    vb_check_host_end (check, device);
  else if (chardev->target_type != VB_CHARDEV_TARGET_SERIAL)
    vb_check_refuse_device (check, device, "/target/@type",
                            "target '%s' is not supported by QEMU; use serial or virtio",
                            vb_enum_to_string (&vb_chardev_target_table,
                                               (int) chardev->target_type));
}

static void
check_virtio_channel (VbCheck *check, const VbChardev *channel)
{
  if (channel->source.type == VB_CHARDEV_TYPE_SPICEVMC &&
      !g_str_equal (channel->target_name, VB_CHARDEV_SPICE_NAME))
    vb_check_refuse_device (check, &channel->base, "/target/@name",
                            "a channel of SPICE cannot be called '%s'; use '" VB_CHARDEV_SPICE_NAME
                            "' or leave the name out",
                            channel->target_name);
}

/* Where the network has one, QEMU takes it once. */
static gboolean
is_taken (const VbDomain *domain, const VbChardev *channel)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbChardev *other = g_ptr_array_index (domain->devices, i);
      if (other == channel)
        break;
      if (other->base.kind == VB_DEVICE_CHANNEL && other->target_port == channel->target_port &&
          g_strcmp0 (other->target_address, channel->target_address) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_in_user_network (const char *text)
{
  struct in_addr parsed;
  in_addr_t address = inet_pton (AF_INET, text, &parsed) == 1 ? ntohl (parsed.s_addr) : 0;

  return (address & USER_NETWORK_MASK) == USER_NETWORK && address != USER_NETWORK_HOST &&
         address != USER_NETWORK_NAME_SERVER;
}

static void
check_forward (VbCheck *check, const VbChardev *channel)
{
  if (!is_in_user_network (channel->target_address))
    vb_check_refuse_device (check, &channel->base, "/target/@address",
                            "address '%s' cannot be had in the guest's network; use one that "
                            "begins with 10.0.2., but neither 10.0.2.2 nor 10.0.2.3",
                            channel->target_address);
  else if (is_taken (check->domain, channel))
    vb_check_refuse_device (check, &channel->base, "/target",
                            "port %u of %s is that of another channel; use another",
                            channel->target_port, channel->target_address);
  else if (vb_argv_find_forward_carrier (check->domain) == NULL)
    vb_check_warn_device (check, &channel->base, "",
                          "the guest does not reach it without an <interface type='user'/>");
}

void
vb_check_channel (VbCheck *check, const VbDevice *device)
{
  const VbChardev *channel = (const VbChardev *) device;

  vb_check_host_end (check, device);
  if (channel->target_type == VB_CHARDEV_TARGET_GUESTFWD)
    check_forward (check, channel);
  else
    check_virtio_channel (check, channel);
}
