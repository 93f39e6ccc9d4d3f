/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which addresses of a domain are taken, and where its devices were in the definition before.
 */
#include "domain/place-table.h"

#include "domain/disk-target.h"
#include "domain/text-hash.h"

/* Each type of controller has drives of its own: here it takes the place of a PCI domain. */
static VbAddress
make_key (const VbDevice *device, const VbAddress *address)
{
  VbAddress key = *address;

  if (address->type == VB_ADDRESS_DRIVE)
    key.domain = (guint16) ((const VbDisk *) device)->bus;
  return key;
}

static gboolean
is_below_device (const VbPlaces *places, const VbAddress *address)
{
  VbAddress hub = *address;

  while (vb_address_get_hub (&hub, &hub))
    if (g_hash_table_contains (places->taken, &hub))
      return TRUE;
  return FALSE;
}

gboolean
vb_places_is_free (const VbPlaces *places, const VbDevice *device, const VbAddress *address)
{
  VbAddress key = make_key (device, address);

  return !g_hash_table_contains (places->taken, &key) &&
         !g_hash_table_contains (places->hubs, &key) && !is_below_device (places, &key);
}

static void
take (VbPlaces *places, const VbDevice *device, const VbAddress *address)
{
  VbAddress key = make_key (device, address);

  g_hash_table_add (places->taken, g_memdup2 (&key, sizeof key));
  while (vb_address_get_hub (&key, &key))
    g_hash_table_add (places->hubs, g_memdup2 (&key, sizeof key));
  if (address->type == VB_ADDRESS_PCI && address->domain == 0 && address->bus == 0)
    places->n_functions[address->slot]++;
}

void
vb_places_put (VbPlaces *places, VbDevice *device, const VbAddress *address)
{
  device->address = *address;
  take (places, device, address);
}

static GHashTable *
address_set_new (void)
{
  return g_hash_table_new_full ((GHashFunc) vb_address_hash, (GEqualFunc) vb_address_equal, g_free,
                                NULL);
}

void
vb_places_init (VbPlaces *places, VbDomain *domain, const VbDomain *previous)
{
  *places = (VbPlaces){ .domain = domain, .board = vb_board_of (domain) };
  places->taken = address_set_new ();
  places->hubs = address_set_new ();
  places->old = g_hash_table_new (vb_text_hash, g_str_equal);
  for (guint i = 0; previous != NULL && i < previous->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (previous->devices, i);

      if (device->alias != NULL)
        g_hash_table_insert (places->old, device->alias, device);
    }
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);

      if (!vb_device_has_open_address (device))
        take (places, device, &device->address);
    }
}

void
vb_places_clear (VbPlaces *places)
{
  g_hash_table_unref (places->taken);
  g_hash_table_unref (places->hubs);
  g_hash_table_unref (places->old);
}

/* (nullable): where the same device was */
static const VbAddress *
find_old_address (const VbPlaces *places, const VbDevice *device)
{
  const VbDevice *old =
      device->alias != NULL ? g_hash_table_lookup (places->old, device->alias) : NULL;

  if (old == NULL || old->kind != device->kind || vb_device_has_open_address (old) ||
      old->address.type != vb_device_get_address_type (device) ||
      (device->kind == VB_DEVICE_DISK &&
       ((const VbDisk *) old)->bus != ((const VbDisk *) device)->bus))
    return NULL;
  return &old->address;
}

gboolean
vb_places_inherit (VbPlaces *places, VbDevice *device)
{
  const VbAddress *old = find_old_address (places, device);

  if (old == NULL || !vb_places_is_free (places, device, old))
    return FALSE;
  vb_places_put (places, device, old);
  return TRUE;
}
