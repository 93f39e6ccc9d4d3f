/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of one domain must not do to each other: two devices in one place or of one name, a
 * boot order with gaps, too many of a kind.
 */
#include "domain/conflicts.h"

#include "domain/device-class.h"
#include "domain/disk-target.h"
#include "domain/domain-parts.h"
#include "domain/implied.h"

typedef struct
{
  VbXmlReader *reader;
  const VbDomain *domain;
  const GArray *entries;
  GHashTable *claims; /* (owned) (element-type utf8 xmlNode): what is taken, and by which element */
} Check;

/* Takes @key (transfer full) for @entry. @place: (nullable): the child to blame */
static gboolean
claim (
    Check *check, char *key, const VbDeviceEntry *entry, const char *place, const char *attribute)
{
  xmlNode *blamed = place != NULL ? vb_xml_reader_peek_child (entry->element, place) : NULL;
  xmlNode *holder = g_hash_table_lookup (check->claims, key);
  g_autofree char *owned = key;

  if (holder == NULL)
    {
      g_hash_table_insert (check->claims, g_steal_pointer (&owned), entry->element);
      return TRUE;
    }
  vb_xml_reader_error (check->reader, blamed != NULL ? blamed : entry->element,
                       blamed != NULL || place == NULL ? attribute : NULL,
                       "%s is already taken by the %s in line %u", owned, holder->name,
                       vb_xml_reader_get_line (holder));
  return FALSE;
}

static gboolean
check_target (Check *check, const VbDeviceEntry *entry)
{
  xmlNode *target = vb_xml_reader_peek_child (entry->element, "target");
  g_autofree char *name = NULL;
  const char *plain;

  if (target == NULL || !vb_xml_reader_has_name (entry->element, "disk"))
    return TRUE;
  name = vb_xml_reader_peek_attribute (target, "dev");
  if (name == NULL)
    return TRUE;
  plain = g_str_has_prefix (name, "ioemu:") ? name + 6 : name;
  return claim (check, g_strdup_printf ("target \"%s\"", plain), entry, "target", "dev");
}

static void
check_address (Check *check, const VbDeviceEntry *entry)
{
  const VbDisk *disk = (const VbDisk *) entry->device;
  g_autofree char *text = NULL;
  VbControllerType type;
  VbAddress address = entry->device->address;
  const char *bus = "";

  if (entry->device->kind == VB_DEVICE_DISK && vb_disk_bus_get_controller (disk->bus, &type) &&
      vb_domain_type_is_qemu (check->domain->type))
    {
      if (!vb_implied_get_drive_address (disk, &address))
        return;
      bus = vb_enum_to_string (&vb_disk_bus_table, disk->bus);
      if (address.controller > VB_ADDRESS_MAX_CONTROLLER)
        vb_xml_reader_error (check->reader, entry->element, NULL,
                             "target \"%s\" would be on controller %u; at most %d is allowed",
                             disk->target, address.controller, VB_ADDRESS_MAX_CONTROLLER);
    }
  if (address.type == VB_ADDRESS_NONE)
    return;
  text = vb_address_to_string (&address);
  claim (check, g_strdup_printf ("the %s%saddress %s", bus, bus[0] != '\0' ? " " : "", text), entry,
         "address", NULL);
}

static void
check_alias (Check *check, const VbDeviceEntry *entry)
{
  const VbDevice *device = entry->device;
  g_autofree char *derived = vb_device_derive_alias (device);
  const char *alias = device->alias != NULL ? device->alias : derived;
  const char *name;

  if (alias == NULL ||
      !claim (check, g_strdup_printf ("alias \"%s\"", alias), entry, "alias", "name") ||
      derived != NULL)
    return;
  name = vb_device_name_from_alias (device->kind, alias);
  claim (check, g_strdup_printf ("%s name \"%s\"", vb_device_kind_to_string (device->kind), name),
         entry, "alias", "name");
}

/* Where there is only one, in words; (nullable) */
static char *
describe_place (const VbDevice *device)
{
  g_autofree char *host_device = NULL;

  if (device->kind == VB_DEVICE_MEMBALLOON)
    return g_strdup ("the place of the memory balloon");
  if (device->kind == VB_DEVICE_WATCHDOG)
    return g_strdup ("the place of the watchdog");
  if (device->kind != VB_DEVICE_HOSTDEV)
    return NULL;
  host_device = vb_hostdev_describe ((const VbHostdev *) device);
  return g_strdup_printf ("the host's %s", host_device);
}

static gboolean
check_number (Check *check, const VbDeviceEntry *entry)
{
  const VbController *controller = (const VbController *) entry->device;
  char *place = describe_place (entry->device);

  if (place != NULL)
    return claim (check, place, entry, NULL, NULL);
  if (entry->device->kind == VB_DEVICE_CONTROLLER)
    return claim (check,
                  g_strdup_printf ("index %u of %s controllers", controller->index,
                                   vb_enum_to_string (&vb_controller_type_table, controller->type)),
                  entry, NULL, "index");
  return TRUE;
}

static guint
get_boot_order (const VbDeviceEntry *entry)
{
  return entry->device != NULL ? entry->device->boot_order
                               : vb_device_peek_boot_order (entry->element);
}

static void
check_boot_order (Check *check)
{
  guint8 is_taken[VB_DOMAIN_MAX_DEVICES + 1] = { 0 };
  const VbDeviceEntry *last = NULL;
  guint highest = 0;

  for (guint i = 0; i < check->entries->len; i++)
    {
      const VbDeviceEntry *entry = &g_array_index (check->entries, VbDeviceEntry, i);
      guint order = get_boot_order (entry);

      if (order == 0)
        continue;
      claim (check, g_strdup_printf ("boot order %u", order), entry, "boot", "order");
      is_taken[order] = TRUE;
      if (order > highest)
        {
          highest = order;
          last = entry;
        }
    }
  if (last == NULL)
    return;
  /* A running machine may have lost the device in between. */
  for (guint order = 1; order < highest && !check->reader->live; order++)
    if (!is_taken[order])
      {
        vb_xml_reader_error (check->reader, vb_xml_reader_peek_child (last->element, "boot"),
                             "order", "boot orders count from 1 without gaps: %u is missing",
                             order);
        break;
      }
  if (check->domain->os.n_boot > 0)
    vb_xml_reader_error (check->reader, vb_xml_reader_peek_child (last->element, "boot"), NULL,
                         "a device's <boot order> and <os>'s <boot dev> exclude each other: "
                         "remove either");
}

static void
claim_controller (VbControllerType type, guint index, gpointer data)
{
  Check *check = data;
  g_autofree char *key =
      g_strdup_printf ("alias \"%s%u\"", vb_enum_to_string (&vb_controller_type_table, type),
                       index);
  xmlNode *holder = g_hash_table_lookup (check->claims, key);

  if (holder != NULL)
    vb_xml_reader_error (check->reader, holder, NULL, "%s is needed for the implied controller",
                         key);
}

static void
check_implied (Check *check)
{
  guint n_devices = check->entries->len + vb_implied_count_devices (check->domain);

  vb_implied_foreach_missing_controller (check->domain, claim_controller, check);
  if (n_devices > VB_DOMAIN_MAX_DEVICES)
    vb_xml_reader_limit (check->reader, vb_xml_reader_peek_child (check->reader->root, "devices"),
                         "%u devices, with those that others imply; at most %d are allowed",
                         n_devices, VB_DOMAIN_MAX_DEVICES);
}

void
vb_conflicts_check (VbXmlReader *reader, const VbDomain *domain, const GArray *entries)
{
  Check check = { reader, domain, entries, NULL };

  check.claims = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < entries->len; i++)
    {
      const VbDeviceEntry *entry = &g_array_index (entries, VbDeviceEntry, i);

      gboolean is_unique = check_target (&check, entry);

      if (entry->device == NULL)
        continue;
      check_address (&check, entry);
      /* where an alias is derived from the target or the number, one finding is enough */
      if (check_number (&check, entry) && is_unique)
        check_alias (&check, entry);
    }
  check_boot_order (&check);
  check_implied (&check);
  g_hash_table_unref (check.claims);
}
