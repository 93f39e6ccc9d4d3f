/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names for devices that last as long as the domain: what the user wrote, else what the same device
 * was called before, else the first number that neither an alias nor a name in a path has ever had.
 */
#include "domain/aliases.h"

#include <string.h>

#include "domain/device-class.h"
#include "domain/text-hash.h"

/* A display's prefix is its type. Disks and controllers derive their aliases. */
static const char *const prefixes[VB_N_DEVICE_KINDS] = {
  [VB_DEVICE_INTERFACE] = "net",     [VB_DEVICE_SMARTCARD] = "smartcard",
  [VB_DEVICE_SERIAL] = "serial",     [VB_DEVICE_PARALLEL] = "parallel",
  [VB_DEVICE_CONSOLE] = "console",   [VB_DEVICE_CHANNEL] = "channel",
  [VB_DEVICE_INPUT] = "input",       [VB_DEVICE_SOUND] = "sound",
  [VB_DEVICE_VIDEO] = "video",       [VB_DEVICE_HOSTDEV] = "hostdev",
  [VB_DEVICE_WATCHDOG] = "watchdog", [VB_DEVICE_MEMBALLOON] = "balloon",
};

typedef struct
{
  GHashTable *taken;                 /* (owned) (element-type utf8): aliases, and "kind/name" */
  GHashTable *retired;               /* (owned) (element-type utf8) */
  GPtrArray *old[VB_N_DEVICE_KINDS]; /* (owned) (nullable) (element-type VbDevice) (unowned): the
                                         previous definition's devices that are still to be had */
  GHashTable *identities; /* (owned) (nullable) (element-type utf8 guint): where in @old a
                                         device is, by "kind/alias" and "kind/mac", from 1 */
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

/* What of a device another one of its kind is not. A card that keeps its MAC is the same card,
 * wherever it stands; (transfer full) (nullable) */
static char *
make_identity (const VbDevice *device, gboolean by_mac)
{
  const char *text = device->alias;

  if (by_mac)
    text = device->kind == VB_DEVICE_INTERFACE ? ((const VbInterface *) device)->mac : NULL;
  return text != NULL ? g_strdup_printf ("%d/%d/%s", device->kind, by_mac, text) : NULL;
}

/* A controller's alias follows from its number, and it may yet be implied. */
static gboolean
is_of_controller (const char *alias)
{
  for (guint type = 0; type < VB_N_CONTROLLER_TYPES; type++)
    {
      const char *word = vb_enum_to_string (&vb_controller_type_table, (int) type);

      if (g_str_has_prefix (alias, word) && alias[strlen (word)] != '\0' &&
          strspn (alias + strlen (word), "0123456789") == strlen (alias + strlen (word)))
        return TRUE;
    }
  return FALSE;
}

static void
inherit (Naming *naming, VbDevice *device, const VbDevice *old)
{
  if (device->alias == NULL && old->alias != NULL && !is_of_controller (old->alias) &&
      is_free (naming, device->kind, old->alias))
    name_device (naming, device, old->alias);
  if (device->kind == VB_DEVICE_INTERFACE)
    vb_interface_inherit ((VbInterface *) device, (const VbInterface *) old);
}

/* 0 for none, else from 1 */
static guint
find_same (const Naming *naming, const VbDevice *device)
{
  guint places[2] = { 0, 0 };

  for (guint by_mac = 0; by_mac < G_N_ELEMENTS (places); by_mac++)
    {
      g_autofree char *identity = make_identity (device, by_mac > 0);

      if (identity != NULL)
        places[by_mac] = GPOINTER_TO_UINT (g_hash_table_lookup (naming->identities, identity));
      if (places[by_mac] > 0 &&
          g_ptr_array_index (naming->old[device->kind], places[by_mac] - 1) == NULL)
        places[by_mac] = 0;
    }
  return places[0] > 0 ? places[0] : places[1];
}

/* First those that are surely the same, so that no other takes their names by its place. */
static void
inherit_from_same (Naming *naming, VbDevice *device, gboolean *is_done)
{
  GPtrArray *old = naming->old[device->kind];
  guint place = find_same (naming, device);

  if (place == 0)
    return;
  inherit (naming, device, g_ptr_array_index (old, place - 1));
  g_ptr_array_index (old, place - 1) = NULL;
  *is_done = TRUE;
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

      if (!is_free (naming, device->kind, alias) || g_hash_table_contains (naming->retired, alias))
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
note_identities (Naming *naming, const VbDevice *device)
{
  for (guint by_mac = 0; by_mac < 2; by_mac++)
    {
      char *identity = make_identity (device, by_mac > 0);

      if (identity != NULL)
        g_hash_table_insert (naming->identities, identity,
                             GUINT_TO_POINTER (naming->old[device->kind]->len));
    }
}

static void
collect_old (Naming *naming, const VbDomain *previous)
{
  for (guint kind = 0; kind < VB_N_DEVICE_KINDS; kind++)
    naming->old[kind] = g_ptr_array_new ();
  naming->identities = g_hash_table_new_full (vb_text_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < previous->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (previous->devices, i);

      g_ptr_array_add (naming->old[device->kind], device);
      note_identities (naming, device);
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
  g_hash_table_unref (naming->identities);
}

void
vb_aliases_assign (VbDomain *domain, const VbDomain *previous, const char *const *retired)
{
  Naming naming = { 0 };

  naming.retired = g_hash_table_new (vb_text_hash, g_str_equal);
  for (guint i = 0; retired != NULL && retired[i] != NULL; i++)
    g_hash_table_add (naming.retired, (char *) retired[i]);
  naming.taken = g_hash_table_new_full (vb_text_hash, g_str_equal, g_free, NULL);
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
  g_hash_table_unref (naming.retired);
}
