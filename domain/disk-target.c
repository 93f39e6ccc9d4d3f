/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a disk's target name says.
 */
#include "domain/disk-target.h"

#include <string.h>

#include "domain/domain.h"
#include "domain/text-hash.h"

/* More disks than a domain may have devices; keeps the index from overflowing. */
#define MAX_LETTERS 4

static const struct
{
  const char *prefix;
  VbDiskBus bus;
} prefixes[] = {
  { "hd", VB_DISK_BUS_IDE },  { "sd", VB_DISK_BUS_SCSI }, { "vd", VB_DISK_BUS_VIRTIO },
  { "xvd", VB_DISK_BUS_XEN }, { "fd", VB_DISK_BUS_FDC },  { "ubd", VB_DISK_BUS_UML },
};

/* How many units of a controller's bus and how many buses of a controller are used one after
 * another; some SCSI controllers have more. */
static const struct
{
  guint units;
  guint buses;
  VbControllerType controller;
} geometries[] = {
  [VB_DISK_BUS_IDE] = { 2, 2, VB_CONTROLLER_IDE },
  [VB_DISK_BUS_FDC] = { 2, 1, VB_CONTROLLER_FDC },
  [VB_DISK_BUS_SCSI] = { 7, 1, VB_CONTROLLER_SCSI },
  [VB_DISK_BUS_UML] = { 0 },
  [VB_DISK_BUS_VIRTIO] = { 0 },
  [VB_DISK_BUS_XEN] = { 0 },
  [VB_DISK_BUS_USB] = { 0 },
  [VB_DISK_BUS_SATA] = { 6, 1, VB_CONTROLLER_SATA },
};

static const char *
skip_prefix (const char *target, VbDiskBus *bus)
{
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (target, prefixes[i].prefix))
      {
        *bus = prefixes[i].bus;
        return target + strlen (prefixes[i].prefix);
      }
  return NULL;
}

gboolean
vb_disk_target_parse (const char *target, VbDiskBus *bus, guint *index, const char **partition)
{
  const char *letters = skip_prefix (target, bus);
  const char *end = letters;
  guint number = 0;

  if (letters == NULL)
    return FALSE;
  /* User-mode Linux counts its disks by digits as well. */
  if (*bus == VB_DISK_BUS_UML && g_ascii_isdigit (*letters) && strlen (letters) <= 2 &&
      strspn (letters, "0123456789") == strlen (letters))
    {
      *index = (guint) g_ascii_strtoull (letters, NULL, 10);
      *partition = letters + strlen (letters);
      return TRUE;
    }
  for (; g_ascii_islower (*end) && end - letters < MAX_LETTERS; end++)
    number = number * 26 + (guint) (*end - 'a' + 1);
  if (number == 0 || strspn (end, "0123456789") != strlen (end) || strlen (end) > 2)
    return FALSE;
  *index = number - 1;
  *partition = end;
  return TRUE;
}

/* (transfer full) (element-type utf8) */
static GHashTable *
collect_targets (const VbDomain *domain)
{
  GHashTable *targets = g_hash_table_new (vb_text_hash, g_str_equal);

  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDisk *disk = g_ptr_array_index (domain->devices, i);

      if (disk->base.kind == VB_DEVICE_DISK && disk->target != NULL)
        g_hash_table_add (targets, disk->target);
    }
  return targets;
}

/* The reverse of vb_disk_target_parse() */
static char *
target_from_index (const char *prefix, guint index)
{
  g_autoptr (GString) target = g_string_new (NULL);

  for (guint number = index + 1; number > 0; number = (number - 1) / 26)
    g_string_prepend_c (target, (char) ('a' + (number - 1) % 26));
  g_string_prepend (target, prefix);
  return g_string_free (g_steal_pointer (&target), FALSE);
}

char *
vb_domain_find_free_target (const VbDomain *domain, VbDiskBus bus)
{
  static const char *const names[] = {
    [VB_DISK_BUS_IDE] = "hd",    [VB_DISK_BUS_FDC] = "fd",  [VB_DISK_BUS_SCSI] = "sd",
    [VB_DISK_BUS_VIRTIO] = "vd", [VB_DISK_BUS_XEN] = "xvd", [VB_DISK_BUS_USB] = "sd",
    [VB_DISK_BUS_SATA] = "sd",   [VB_DISK_BUS_UML] = "ubd",
  };
  g_autoptr (GHashTable) targets = collect_targets (domain);

  for (guint index = 0;; index++)
    {
      g_autofree char *target = target_from_index (names[bus], index);

      if (!g_hash_table_contains (targets, target))
        return g_steal_pointer (&target);
    }
}

gboolean
vb_disk_bus_get_controller (VbDiskBus bus, VbControllerType *type)
{
  *type = geometries[bus].controller;
  return geometries[bus].units > 0;
}

gboolean
vb_disk_derive_address (const VbDisk *disk, VbAddress *address)
{
  guint units = geometries[disk->bus].units;
  guint buses = geometries[disk->bus].buses;
  const char *partition;
  VbDiskBus bus;
  guint index;

  if (units == 0 || disk->target == NULL ||
      !vb_disk_target_parse (disk->target, &bus, &index, &partition))
    return FALSE;
  *address = (VbAddress){
    .type = VB_ADDRESS_DRIVE,
    .controller = (guint16) MIN (index / (units * buses), G_MAXUINT16),
    .bus = (guint8) (index / units % buses),
    .unit = (guint16) (index % units),
  };
  return TRUE;
}
