/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What every device of a domain has: kind, alias, address, boot order. Each kind's file embeds
 * VbDevice first and owns one row of the class table, so that generic code never asks what a device
 * is.
 */
#pragma once

#include "domain/address.h"
#include "domain/kept.h"

/* In the order in which a canonical document lists them. */
typedef enum
{
  VB_DEVICE_DISK,
  VB_DEVICE_CONTROLLER,
  VB_DEVICE_INTERFACE,
  VB_DEVICE_SMARTCARD,
  VB_DEVICE_SERIAL,
  VB_DEVICE_PARALLEL,
  VB_DEVICE_CONSOLE,
  VB_DEVICE_CHANNEL,
  VB_DEVICE_INPUT,
  VB_DEVICE_GRAPHICS,
  VB_DEVICE_SOUND,
  VB_DEVICE_VIDEO,
  VB_DEVICE_HOSTDEV,
  VB_DEVICE_WATCHDOG,
  VB_DEVICE_MEMBALLOON,
  VB_N_DEVICE_KINDS,
} VbDeviceKind;

typedef struct
{
  VbDeviceKind kind;
  guint boot_order; /* 0: none */
  VbAddress address;
  char *alias;     /* (owned) (nullable until vb_domain_complete()) unique in its domain */
  GPtrArray *kept; /* (owned) (nullable) (element-type VbKept) */
} VbDevice;

/* (transfer full): all fields zero but the kind */
VbDevice *vb_device_new (VbDeviceKind kind);
VbDevice *vb_device_copy (const VbDevice *device);
void vb_device_free (VbDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbDevice, vb_device_free)
/* Whether both would be written as the same XML. */
gboolean vb_device_equal (const VbDevice *a, const VbDevice *b);
/* "disk", "controller", …: the element's name */
const char *vb_device_kind_to_string (VbDeviceKind kind);
/* (transfer none): the name in an object path and in messages: a disk's target, else the alias */
const char *vb_device_get_name (const VbDevice *device);
/* The type of address that it has in the guest, whether there is one yet or not. */
VbAddressType vb_device_get_address_type (const VbDevice *device);
/* Whether there is no address yet, or one without its last part. */
gboolean vb_device_has_open_address (const VbDevice *device);
