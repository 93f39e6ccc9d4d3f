/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table of models, and one of properties for each.
 */
#include "qemu/known-devices.h"

#include "qemu/device-schema.h"

struct _VbKnownDevices
{
  const VbEmulatorFacts *facts; /* (unowned) */
  GHashTable *by_name;          /* (owned) (element-type utf8 VbKnownDevice) */
};

static void
property_free (VbKnownProperty *property)
{
  g_free (property->type);
  g_free (property);
}

static void
device_free (VbKnownDevice *device)
{
  g_free (device->name);
  g_hash_table_unref (device->properties);
  g_free (device);
}

VbKnownDevices *
vb_known_devices_new (const VbEmulatorFacts *facts)
{
  VbKnownDevices *devices = g_new (VbKnownDevices, 1);

  devices->facts = facts;
  devices->by_name =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) device_free);
  return devices;
}

void
vb_known_devices_free (VbKnownDevices *devices)
{
  g_hash_table_unref (devices->by_name);
  g_free (devices);
}

static VbKnownDevice *
look_up (const VbEmulatorFacts *facts, const char *name)
{
  VbKnownDevice *device = g_new0 (VbKnownDevice, 1);
  VbEmulatorDevice found;

  device->name = g_strdup (name);
  device->is_there = vb_emulator_facts_find_device (facts, name, &found);
  device->is_pluggable = device->is_there && found.is_pluggable;
  device->has_properties = vb_emulator_facts_knows_properties (facts, name);
  device->schema = vb_schema_find (VB_SCHEMA_DEVICE, name);
  device->properties =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) property_free);
  return device;
}

const VbKnownDevice *
vb_known_devices_get (VbKnownDevices *devices, const char *name)
{
  VbKnownDevice *device = g_hash_table_lookup (devices->by_name, name);

  if (!device)
    {
      device = look_up (devices->facts, name);
      g_hash_table_insert (devices->by_name, device->name, device);
    }
  return device;
}

const VbKnownProperty *
vb_known_devices_get_property (VbKnownDevices *devices,
                               const VbKnownDevice *device,
                               const char *name)
{
  VbKnownProperty *property = g_hash_table_lookup (device->properties, name);
  VbEmulatorProperty found;

  if (!property)
    {
      property = g_new0 (VbKnownProperty, 1);
      property->schema = vb_schema_find_property (device->schema, name);
      if (vb_emulator_facts_find_property (devices->facts, device->name, name, &found))
        property->type = vb_device_schema_get_type (device->name, &found);
      g_hash_table_insert (device->properties, g_strdup (name), property);
    }
  return property;
}
