/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names for devices that last as long as the domain: what the user wrote, else what the same device
 * was called before, else the first number that neither an alias nor a name in a path has ever had.
 */
#include "domain/aliases.h"

#include <string.h>

#include "domain/device-class.h"

/* A display's prefix is its type. Disks and controllers derive their aliases. */
static const char *const prefixes[VB_N_DEVICE_KINDS] = {
  [VB_DEVICE_INTERFACE] = "net",      [VB_DEVICE_SERIAL] = "serial",
  [VB_DEVICE_CONSOLE] = "console",    [VB_DEVICE_INPUT] = "input",
  [VB_DEVICE_SOUND] = "sound",        [VB_DEVICE_VIDEO] = "video",
  [VB_DEVICE_HOSTDEV] = "hostdev",    [VB_DEVICE_WATCHDOG] = "watchdog",
  [VB_DEVICE_MEMBALLOON] = "balloon",
};

typedef struct
{
  GHashTable *taken;                 /* (owned) (element-type utf8): aliases, and "kind/name" */
  const char *const *retired;        /* (nullable) */
  GPtrArray *old[VB_N_DEVICE_KINDS]; /* (owned) (nullable) (element-type VbDevice) (unowned): the
                                         previous definition's devices that are still to be had */
  guint next_number[VB_N_DEVICE_KINDS];
} Naming;

static char *
make_name_key (VbDeviceKind kind, const char *alias)
{
  return g_strdup_printf ("%s/%s", vb_device_kind_to_string (kind),
                          vb_device_name_from_alias (kind, alias));
}

static gboolean
is_free (const Naming *naming, VbDeviceKind kind, const char *alias)
{
  g_autofree char *name_key = make_name_key (kind, alias);

  return !g_hash_table_contains (naming->taken, alias) &&
         !g_hash_table_contains (naming->taken, name_key);
}

static void
take (Naming *naming, VbDeviceKind kind, const char *alias)
{
  g_hash_table_add (naming->taken, g_strdup (alias));
  g_hash_table_add (naming->taken, make_name_key (kind, alias));
}

static void
name_device (Naming *naming, VbDevice *device, const char *alias)
{
  device->alias = g_strdup (alias);
  take (naming, device->kind, alias);
}

/* A card that keeps its MAC is the same card, wherever it stands. */
static gboolean
is_same (const VbDevice *device, const VbDevice *old)
{
  const VbInterface *interface = (const VbInterface *) device;
  const VbInterface *old_interface = (const VbInterface *) old;

  if (device->alias != NULL && g_strcmp0 (device->alias, old->alias) == 0)
    return TRUE;
  return device->kind == VB_DEVICE_INTERFACE && interface->mac != NULL &&
         g_strcmp0 (interface->mac, old_interface->mac) == 0;
}

static void
inherit (Naming *naming, VbDevice *device, const VbDevice *old)
{
  if (device->alias == NULL && old->alias != NULL && is_free (naming, device->kind, old->alias))
    name_device (naming, device, old->alias);
  if (device->kind == VB_DEVICE_INTERFACE)
    vb_interface_inherit ((VbInterface *) device, (const VbInterface *) old);
}

/* First those that are surely the same, so that no other takes their names by its place. */
static void
inherit_from_same (Naming *naming, VbDevice *device, gboolean *is_done)
{
  GPtrArray *old = naming->old[device->kind];

  for (guint i = 0; i < old->len; i++)
    if (g_ptr_array_index (old, i) != NULL && is_same (device, g_ptr_array_index (old, i)))
      {
        inherit (naming, device, g_ptr_array_index (old, i));
        g_ptr_array_index (old, i) = NULL;
        *is_done = TRUE;
        return;
      }
}

static void
inherit_from_place (Naming *naming, VbDevice *device, guint place)
{
  GPtrArray *old = naming->old[device->kind];

  if (place >= old->len || g_ptr_array_index (old, place) == NULL)
    return;
  inherit (naming, device, g_ptr_array_index (old, place));
  g_ptr_array_index (old, place) = NULL;
}

static gboolean
is_retired (const Naming *naming, const char *alias)
{
  return naming->retired != NULL && g_strv_contains (naming->retired, alias);
}

static void
give_number (Naming *naming, VbDevice *device)
{
  const char *prefix = prefixes[device->kind];
  gboolean is_named = FALSE;

  if (device->kind == VB_DEVICE_GRAPHICS)
    prefix = vb_enum_to_string (&vb_graphics_type_table, ((VbGraphics *) device)->type);
  while (!is_named)
    {
      g_autofree char *alias =
          g_strdup_printf ("%s%u", prefix, naming->next_number[device->kind]++);

      if (!is_free (naming, device->kind, alias) || is_retired (naming, alias))
        continue;
      name_device (naming, device, alias);
      is_named = TRUE;
    }
}

static void
take_written (Naming *naming, const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);
      g_autofree char *derived = vb_device_derive_alias (device);

      if (derived != NULL && g_strcmp0 (device->alias, derived) != 0)
        {
          g_free (device->alias);
          device->alias = g_steal_pointer (&derived);
        }
      if (device->alias != NULL)
        take (naming, device->kind, device->alias);
    }
}

static void
collect_old (Naming *naming, const VbDomain *previous)
{
  for (guint kind = 0; kind < VB_N_DEVICE_KINDS; kind++)
    naming->old[kind] = g_ptr_array_new ();
  for (guint i = 0; i < previous->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (previous->devices, i);

      g_ptr_array_add (naming->old[device->kind], device);
    }
}

/* Nobody takes over the name of a device that goes with this definition. */
static void
take_old (Naming *naming, const VbDomain *previous)
{
  for (guint i = 0; i < previous->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (previous->devices, i);

      if (device->alias != NULL)
        take (naming, device->kind, device->alias);
    }
}

static void
inherit_all (Naming *naming, VbDomain *domain, const VbDomain *previous)
{
  g_autofree gboolean *is_done = g_new0 (gboolean, domain->devices->len);
  guint places[VB_N_DEVICE_KINDS] = { 0 };

  collect_old (naming, previous);
  for (guint i = 0; i < domain->devices->len; i++)
    inherit_from_same (naming, g_ptr_array_index (domain->devices, i), &is_done[i]);
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);
      guint place = places[device->kind]++;

      if (!is_done[i])
        inherit_from_place (naming, device, place);
    }
  take_old (naming, previous);
  for (guint kind = 0; kind < VB_N_DEVICE_KINDS; kind++)
    g_ptr_array_unref (naming->old[kind]);
}

void
vb_aliases_assign (VbDomain *domain, const VbDomain *previous, const char *const *retired)
{
  Naming naming = { .retired = retired };

  naming.taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  take_written (&naming, domain);
  if (previous != NULL)
    inherit_all (&naming, domain, previous);
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);

      if (device->alias == NULL)
        give_number (&naming, device);
    }
  g_hash_table_unref (naming.taken);
}
