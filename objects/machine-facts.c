/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a machine was like at one moment: taken from the machine here and nowhere else.
 */
#include "objects/machine-facts.h"

#include "engine/host-device-match.h"
#include "objects/path.h"

G_STATIC_ASSERT (VB_N_OPERATIONS <= 32);

static VbDomain *
ref_domain (VbDomain *domain)
{
  return domain != NULL ? vb_domain_ref (domain) : NULL;
}

/* (nullable) interned: a host has few sets. @domain: (nullable) */
static const char *
find_capability_set (const VbDomain *domain, VbCapabilities *capabilities)
{
  const VbCapabilitySet *set =
      domain != NULL && domain->os.arch != NULL
          ? vb_capabilities_find (capabilities, domain->os.type, domain->os.arch)
          : NULL;
  g_autofree char *path = set != NULL ? vb_path_for_capability_set (set->os_type, set->arch) : NULL;

  return g_intern_string (path);
}

/* (nullable) (transfer none): of a guest that runs the one that it has, else the one that it would
 * get now. @present: (inout) (nullable) what the host has, once it is needed */
static const char *
find_host_device (const VbMachineFacts *facts,
                  const VbDomain *domain,
                  const VbDevice *device,
                  const VbSurroundings *surroundings,
                  GPtrArray **present)
{
  const VbHostDevice *found;

  if (domain == facts->live)
    return vb_claims_find_device (surroundings->claims, domain->uuid, device->alias);
  if (*present == NULL)
    *present = vb_host_devices_list (surroundings->host_devices);
  found = vb_host_device_match (*present, (const VbHostdev *) device);
  return found != NULL ? found->id : NULL;
}

/* @domain: (nullable) */
static void
find_host_devices (VbMachineFacts *facts,
                   const VbDomain *domain,
                   const VbSurroundings *surroundings)
{
  g_autoptr (GPtrArray) present = NULL;

  for (guint i = 0; domain != NULL && i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);
      const char *id;

      if (device->kind != VB_DEVICE_HOSTDEV)
        continue;
      if (facts->host_devices == NULL)
        facts->host_devices = g_hash_table_new_full (NULL, NULL, NULL, g_free);
      id = find_host_device (facts, domain, device, surroundings, &present);
      if (id != NULL)
        g_hash_table_insert (facts->host_devices, device, vb_path_for_host_device (id));
    }
}

static void
find_io_errors (VbMachineFacts *facts, VbMachine *machine)
{
  for (guint i = 0; facts->live != NULL && i < facts->live->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (facts->live->devices, i);
      VbIoStatus status = device->kind == VB_DEVICE_DISK
                              ? vb_machine_get_io_status (machine, device->alias)
                              : VB_IO_OK;

      if (status == VB_IO_OK)
        continue;
      if (facts->io_errors == NULL)
        facts->io_errors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_insert (facts->io_errors, g_strdup (device->alias), GUINT_TO_POINTER (status));
    }
}

void
vb_machine_facts_capture (VbMachineFacts *facts,
                          VbMachine *machine,
                          const VbSurroundings *surroundings)
{
  const GError *last_error = vb_machine_get_last_error (machine);

  *facts = (VbMachineFacts){
    .definition = ref_domain (vb_machine_get_definition (machine)),
    .live = ref_domain (vb_machine_get_live (machine)),
    .domain = vb_domain_ref (vb_machine_get_domain (machine)),
    .state = vb_machine_get_state (machine),
    .reason = vb_machine_get_state_reason (machine),
    .state_since_us = vb_machine_get_state_since_us (machine),
    .id = vb_machine_get_id (machine),
    .pid = vb_machine_get_pid (machine),
    .persistent = vb_machine_is_persistent (machine),
    .autostart = vb_machine_get_autostart (machine),
    .pending_changes = vb_machine_has_pending_changes (machine),
    .owner = g_intern_string (vb_machine_get_owner (machine)),
    .last_error = last_error != NULL ? g_error_copy (last_error) : NULL,
    .generation = vb_machine_get_generation (machine),
    .balloon_kib = vb_machine_get_balloon_kib (machine),
    .has_monitor = vb_machine_has_monitor (machine),
    .tainted = g_strdupv ((char **) vb_machine_get_tainted (machine)),
  };
  for (guint operation = 0; operation < VB_N_OPERATIONS; operation++)
    if (vb_machine_allows (machine, operation))
      facts->allowed |= 1u << operation;
  find_io_errors (facts, machine);
  facts->definition_set = find_capability_set (facts->definition, surroundings->capabilities);
  facts->live_set = find_capability_set (facts->live, surroundings->capabilities);
  find_host_devices (facts, facts->definition, surroundings);
  if (facts->live != facts->definition)
    find_host_devices (facts, facts->live, surroundings);
}

void
vb_machine_facts_clear (VbMachineFacts *facts)
{
  g_clear_pointer (&facts->definition, vb_domain_unref);
  g_clear_pointer (&facts->live, vb_domain_unref);
  g_clear_pointer (&facts->domain, vb_domain_unref);
  g_clear_error (&facts->last_error);
  g_clear_pointer (&facts->tainted, g_strfreev);
  g_clear_pointer (&facts->host_devices, g_hash_table_unref);
  g_clear_pointer (&facts->io_errors, g_hash_table_unref);
}

/* Words are only added, and all of them go at once. */
static gboolean
is_same_taint (char **a, char **b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_strv_length (a) == g_strv_length (b);
}

/* @a and @b: (nullable) */
static gboolean
has_same_entries (GHashTable *a, GHashTable *b, GEqualFunc is_same)
{
  GHashTableIter entries;
  gpointer key, value, other;

  if (a == NULL || b == NULL)
    return a == b;
  if (g_hash_table_size (a) != g_hash_table_size (b))
    return FALSE;
  g_hash_table_iter_init (&entries, a);
  while (g_hash_table_iter_next (&entries, &key, &value))
    if (!g_hash_table_lookup_extended (b, key, NULL, &other) || !is_same (value, other))
      return FALSE;
  return TRUE;
}

static gboolean
is_same_error (const GError *a, const GError *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_error_matches (a, b->domain, b->code) && g_str_equal (a->message, b->message);
}

VbFacets
vb_machine_facts_compare (const VbMachineFacts *before, const VbMachineFacts *after)
{
  VbFacets facets = 0;

  if (before->state != after->state || before->reason != after->reason ||
      before->state_since_us != after->state_since_us || before->id != after->id ||
      before->pid != after->pid || before->has_monitor != after->has_monitor)
    facets |= VB_FACET_STATE;
  if (before->definition != after->definition || before->live != after->live ||
      before->pending_changes != after->pending_changes)
    facets |= VB_FACET_DOMAIN;
  if (before->persistent != after->persistent || before->autostart != after->autostart ||
      before->generation != after->generation || before->owner != after->owner)
    facets |= VB_FACET_SETTINGS;
  if (before->allowed != after->allowed)
    facets |= VB_FACET_OPERATIONS;
  if (!is_same_error (before->last_error, after->last_error))
    facets |= VB_FACET_ERROR;
  if (before->balloon_kib != after->balloon_kib)
    facets |= VB_FACET_BALLOON;
  if (!is_same_taint (before->tainted, after->tainted))
    facets |= VB_FACET_TAINTED;
  if (before->live_set != after->live_set || before->definition_set != after->definition_set ||
      !has_same_entries (before->host_devices, after->host_devices, g_str_equal))
    facets |= VB_FACET_HOST;
  if (!has_same_entries (before->io_errors, after->io_errors, g_direct_equal))
    facets |= VB_FACET_IO;
  return facets;
}

const VbDevice *
vb_domain_find_same_device (const VbDomain *domain, const VbDevice *device)
{
  const char *name = vb_device_get_name (device);

  for (guint i = 0; domain != NULL && i < domain->devices->len; i++)
    {
      const VbDevice *other = g_ptr_array_index (domain->devices, i);
      if (other->kind == device->kind && g_str_equal (vb_device_get_name (other), name))
        return other;
    }
  return NULL;
}

const char *
vb_machine_facts_get_capability_set (const VbMachineFacts *facts, const VbDomain *domain)
{
  const char *path = domain == facts->live ? facts->live_set : facts->definition_set;

  return path != NULL ? path : VB_PATH_NONE;
}

const char *
vb_machine_facts_get_host_device (const VbMachineFacts *facts, const VbDevice *device)
{
  const char *path =
      facts->host_devices != NULL ? g_hash_table_lookup (facts->host_devices, device) : NULL;

  return path != NULL ? path : VB_PATH_NONE;
}

VbIoStatus
vb_machine_facts_get_io_status (const VbMachineFacts *facts, const VbDevice *device)
{
  gpointer status =
      facts->io_errors != NULL ? g_hash_table_lookup (facts->io_errors, device->alias) : NULL;

  return (VbIoStatus) GPOINTER_TO_UINT (status);
}

GPtrArray *
vb_machine_facts_list_devices (const VbMachineFacts *facts)
{
  const GPtrArray *shown = facts->domain->devices;
  GPtrArray *devices = g_ptr_array_sized_new (shown->len);

  for (guint i = 0; i < shown->len; i++)
    g_ptr_array_add (devices, g_ptr_array_index (shown, i));
  if (facts->definition == NULL || facts->definition == facts->domain)
    return devices;
  for (guint i = 0; i < facts->definition->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (facts->definition->devices, i);
      if (vb_domain_find_same_device (facts->domain, device) == NULL)
        g_ptr_array_add (devices, device);
    }
  return devices;
}
