/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is known of the devices that one domain asks for: most are of a few models, so that each model
 * and property is looked up once, in the emulator's facts and in the schema of devices.
 */
#pragma once

#include "qemu/device-table.h"
#include "qemu/emulator-facts.h"

typedef struct
{
  const VbSchemaProperty *schema; /* (nullable) */
  char *type;                     /* (owned) (nullable): %NULL where there is no such property */
} VbKnownProperty;

typedef struct
{
  char *name; /* (owned) */
  gboolean is_there;
  gboolean is_pluggable;
  gboolean has_properties;     /* which are known */
  const VbSchemaEntry *schema; /* (nullable) */
  GHashTable *properties; /* (owned) (element-type utf8 VbKnownProperty) those asked for so far */
} VbKnownDevice;

typedef struct _VbKnownDevices VbKnownDevices;

/* @facts: lives longer */
VbKnownDevices *vb_known_devices_new (const VbEmulatorFacts *facts);
void vb_known_devices_free (VbKnownDevices *devices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbKnownDevices, vb_known_devices_free)

/* (transfer none) */
const VbKnownDevice *vb_known_devices_get (VbKnownDevices *devices, const char *name);
const VbKnownProperty *vb_known_devices_get_property (VbKnownDevices *devices,
                                                      const VbKnownDevice *device,
                                                      const char *name);
