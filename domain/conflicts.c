/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of one domain must not do to each other: two devices in one place or of one name, a
 * boot order with gaps, too many of a kind.
 */
#include "domain/conflicts.h"

#include "domain/chardev-target.h"
#include "domain/device-class.h"
#include "domain/disk-target.h"
#include "domain/domain-parts.h"
#include "domain/implied.h"
#include "domain/pci-slots.h"
#include "domain/text-hash.h"

#define KEYS_BLOCK_BYTES 4096

/* One child of <devices>. */
typedef struct
{
  xmlNode *element;       /* (unowned) */
  const VbDevice *device; /* (unowned) (nullable: kept whole) */
} Entry;

struct _VbConflicts
{
  VbXmlReader *reader;
  const VbDomain *domain;
  GArray *entries;    /* (owned) (element-type Entry): in the order of the document */
  GHashTable *claims; /* (owned) (element-type utf8 xmlNode): what is taken, and by which element */
  GStringChunk *keys; /* (owned) of @claims */
  GString *key;       /* (owned) what is claimed next */
};

G_GNUC_NULL_TERMINATED
static void
set_key (VbConflicts *conflicts, const char *first_part, ...)
{
  va_list parts;

  g_string_truncate (conflicts->key, 0);
  va_start (parts, first_part);
  for (const char *part = first_part; part != NULL; part = va_arg (parts, const char *))
    g_string_append (conflicts->key, part);
  va_end (parts);
}

static void
take_key (VbConflicts *conflicts, const Entry *entry)
{
  g_hash_table_insert (conflicts->claims,
                       g_string_chunk_insert_len (conflicts->keys, conflicts->key->str,
                                                  (gssize) conflicts->key->len),
                       entry->element);
}

/* Takes the key for @entry. @place: (nullable): the child to blame */
static gboolean
claim (VbConflicts *conflicts, const Entry *entry, const char *place, const char *attribute)
{
  xmlNode *holder = g_hash_table_lookup (conflicts->claims, conflicts->key->str);
  xmlNode *blamed;

  if (holder == NULL)
    {
      take_key (conflicts, entry);
      return TRUE;
    }
  blamed = place != NULL ? vb_xml_reader_peek_child (entry->element, place) : NULL;
  vb_xml_reader_error (conflicts->reader, blamed != NULL ? blamed : entry->element,
                       blamed != NULL || place == NULL ? attribute : NULL,
                       "%s is already taken by the %s in line %u", conflicts->key->str,
                       holder->name, vb_xml_reader_get_line (holder));
  return FALSE;
}

static gboolean
check_target (VbConflicts *conflicts, const Entry *entry)
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
  set_key (conflicts, "target \"", plain, "\"", NULL);
  return claim (conflicts, entry, "target", "dev");
}

/* %FALSE: no address that two devices could claim. */
static gboolean
get_claimed_address (VbConflicts *conflicts,
                     const Entry *entry,
                     VbAddress *address,
                     const char **bus)
{
  const VbDisk *disk = (const VbDisk *) entry->device;
  VbControllerType type;

  *address = entry->device->address;
  *bus = "";
  if (entry->device->kind != VB_DEVICE_DISK || !vb_disk_bus_get_controller (disk->bus, &type) ||
      !vb_domain_type_is_qemu (conflicts->domain->type))
    return !vb_device_has_open_address (entry->device);
  *bus = vb_enum_to_string (&vb_disk_bus_table, disk->bus);
  return vb_implied_get_drive_address (disk, address);
}

static void
check_address (VbConflicts *conflicts, const Entry *entry)
{
  g_autofree char *text = NULL;
  VbAddress address;
  const char *bus;

  if (!get_claimed_address (conflicts, entry, &address, &bus))
    return;
  if (address.type == VB_ADDRESS_DRIVE && address.controller > VB_ADDRESS_MAX_CONTROLLER)
    vb_xml_reader_error (conflicts->reader, entry->element, NULL,
                         "target \"%s\" would be on controller %u; at most %d is allowed",
                         ((const VbDisk *) entry->device)->target, address.controller,
                         VB_ADDRESS_MAX_CONTROLLER);
  text = vb_address_to_string (&address);
  set_key (conflicts, "the ", bus, bus[0] != '\0' ? " " : "", "address ", text, NULL);
  claim (conflicts, entry, "address", NULL);
}

/* A port that has others behind it has a hub. */
static void
check_hubs (VbConflicts *conflicts, const Entry *entry)
{
  VbAddress hub = entry->device->address;

  while (vb_address_get_hub (&hub, &hub))
    {
      g_autofree char *text = vb_address_to_string (&hub);
      g_autofree char *key = g_strdup_printf ("the address %s", text);
      const xmlNode *holder = g_hash_table_lookup (conflicts->claims, key);

      if (holder != NULL)
        vb_xml_reader_error (conflicts->reader,
                             vb_xml_reader_peek_child (entry->element, "address"), "port",
                             "%s has the %s in line %u, and would need a hub", key, holder->name,
                             vb_xml_reader_get_line (holder));
    }
}

/* What a running machine has fits it. */
static void
check_board (VbConflicts *conflicts)
{
  for (guint i = 0; !conflicts->reader->live && i < conflicts->entries->len; i++)
    {
      const Entry *entry = &g_array_index (conflicts->entries, Entry, i);
      g_autofree char *reason =
          entry->device != NULL ? vb_pci_slots_refuse (conflicts->domain, entry->device) : NULL;

      if (entry->device != NULL)
        check_hubs (conflicts, entry);
      if (reason != NULL)
        vb_xml_reader_error (conflicts->reader,
                             vb_xml_reader_peek_child (entry->element, "address"), NULL, "%s",
                             reason);
    }
}

static void
check_alias (VbConflicts *conflicts, const Entry *entry)
{
  const VbDevice *device = entry->device;
  g_autofree char *derived = vb_device_derive_alias (device);
  const char *alias = device->alias != NULL ? device->alias : derived;
  const char *name;

  if (alias == NULL)
    return;
  set_key (conflicts, "alias \"", alias, "\"", NULL);
  if (!claim (conflicts, entry, "alias", "name") || derived != NULL)
    return;
  name = vb_device_name_from_alias (device->kind, alias);
  set_key (conflicts, vb_device_kind_to_string (device->kind), " name \"", name, "\"", NULL);
  claim (conflicts, entry, "alias", "name");
}

/* %FALSE: there may be others. */
static gboolean
set_place_key (VbConflicts *conflicts, const VbDevice *device)
{
  g_autofree char *host_device = NULL;

  switch (device->kind)
    {
    case VB_DEVICE_MEMBALLOON:
      set_key (conflicts, "the place of the memory balloon", NULL);
      return TRUE;
    case VB_DEVICE_WATCHDOG:
      set_key (conflicts, "the place of the watchdog", NULL);
      return TRUE;
    case VB_DEVICE_HOSTDEV:
      host_device = vb_hostdev_describe ((const VbHostdev *) device);
      set_key (conflicts, "the host's ", host_device, NULL);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
check_number (VbConflicts *conflicts, const Entry *entry)
{
  const VbController *controller = (const VbController *) entry->device;

  if (set_place_key (conflicts, entry->device))
    return claim (conflicts, entry, NULL, NULL);
  if (entry->device->kind != VB_DEVICE_CONTROLLER)
    return TRUE;
  g_string_printf (conflicts->key, "index %u of %s controllers", controller->index,
                   vb_enum_to_string (&vb_controller_type_table, controller->type));
  return claim (conflicts, entry, NULL, "index");
}

static void
warn_of_port (VbConflicts *conflicts, const Entry *entry)
{
  xmlNode *holder = g_hash_table_lookup (conflicts->claims, conflicts->key->str);

  if (holder == NULL)
    take_key (conflicts, entry);
  else
    vb_xml_reader_warn (conflicts->reader, vb_xml_reader_peek_child (entry->element, "target"),
                        "port", "%s is also that of the %s in line %u: the guest finds one of them",
                        conflicts->key->str, holder->name, vb_xml_reader_get_line (holder));
}

/* Machines start with two ports of one number, but not with two of one name. */
static void
check_chardev (VbConflicts *conflicts, const Entry *entry)
{
  const VbChardev *chardev = (const VbChardev *) entry->device;
  gboolean is_port =
      chardev->base.kind == VB_DEVICE_SERIAL || chardev->base.kind == VB_DEVICE_PARALLEL;

  if (is_port && chardev->target_port != VB_CHARDEV_NO_PORT)
    {
      g_string_printf (conflicts->key, "%s port %u", vb_device_kind_to_string (chardev->base.kind),
                       chardev->target_port);
      warn_of_port (conflicts, entry);
    }
  else if (chardev->base.kind == VB_DEVICE_CHANNEL && chardev->target_address != NULL)
    {
      g_string_printf (conflicts->key, "port %u of %s", chardev->target_port,
                       chardev->target_address);
      warn_of_port (conflicts, entry);
    }
  else if (chardev->base.kind == VB_DEVICE_CHANNEL)
    {
      gboolean is_spice = chardev->source.type == VB_CHARDEV_TYPE_SPICEVMC;
      const char *name =
          chardev->target_name == NULL && is_spice ? VB_CHARDEV_SPICE_NAME : chardev->target_name;

      if (name == NULL)
        return;
      set_key (conflicts, "the channel \"", name, "\"", NULL);
      claim (conflicts, entry, "target", "name");
    }
}

static guint
get_boot_order (const Entry *entry)
{
  return entry->device != NULL ? entry->device->boot_order
                               : vb_device_peek_boot_order (entry->element);
}

static void
check_boot_order (VbConflicts *conflicts)
{
  guint8 is_taken[VB_DOMAIN_MAX_DEVICES + 1] = { 0 };
  const Entry *last = NULL;
  guint highest = 0;

  for (guint i = 0; i < conflicts->entries->len; i++)
    {
      const Entry *entry = &g_array_index (conflicts->entries, Entry, i);
      guint order = get_boot_order (entry);

      if (order == 0)
        continue;
      g_string_printf (conflicts->key, "boot order %u", order);
      claim (conflicts, entry, "boot", "order");
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
  for (guint order = 1; order < highest && !conflicts->reader->live; order++)
    if (!is_taken[order])
      {
        vb_xml_reader_error (conflicts->reader, vb_xml_reader_peek_child (last->element, "boot"),
                             "order", "boot orders count from 1 without gaps: %u is missing",
                             order);
        break;
      }
  if (conflicts->domain->os.n_boot > 0)
    vb_xml_reader_error (conflicts->reader, vb_xml_reader_peek_child (last->element, "boot"), NULL,
                         "a device's <boot order> and <os>'s <boot dev> exclude each other: "
                         "remove either");
}

static void
claim_controller (VbControllerType type, guint index, gpointer data)
{
  VbConflicts *conflicts = data;
  xmlNode *holder;

  g_string_printf (conflicts->key, "alias \"%s%u\"",
                   vb_enum_to_string (&vb_controller_type_table, type), index);
  holder = g_hash_table_lookup (conflicts->claims, conflicts->key->str);
  if (holder != NULL)
    vb_xml_reader_error (conflicts->reader, holder, NULL, "%s is needed for the implied controller",
                         conflicts->key->str);
}

static void
check_implied (VbConflicts *conflicts)
{
  guint n_devices = conflicts->entries->len + vb_implied_count_devices (conflicts->domain);

  vb_implied_foreach_missing_controller (conflicts->domain, claim_controller, conflicts);
  if (n_devices > VB_DOMAIN_MAX_DEVICES)
    vb_xml_reader_limit (conflicts->reader,
                         vb_xml_reader_peek_child (conflicts->reader->root, "devices"),
                         "%u devices, with those that others imply; at most %d are allowed",
                         n_devices, VB_DOMAIN_MAX_DEVICES);
}

VbConflicts *
vb_conflicts_new (VbXmlReader *reader, const VbDomain *domain)
{
  VbConflicts *conflicts = g_new (VbConflicts, 1);

  conflicts->reader = reader;
  conflicts->domain = domain;
  conflicts->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  conflicts->claims = g_hash_table_new (vb_text_hash, g_str_equal);
  conflicts->keys = g_string_chunk_new (KEYS_BLOCK_BYTES);
  conflicts->key = g_string_new (NULL);
  return conflicts;
}

void
vb_conflicts_free (VbConflicts *conflicts)
{
  g_array_unref (conflicts->entries);
  g_hash_table_unref (conflicts->claims);
  g_string_chunk_free (conflicts->keys);
  g_string_free (conflicts->key, TRUE);
  g_free (conflicts);
}

void
vb_conflicts_add (VbConflicts *conflicts, xmlNode *element, const VbDevice *device)
{
  Entry entry = { element, device };
  gboolean is_unique;

  g_array_append_val (conflicts->entries, entry);
  is_unique = check_target (conflicts, &entry);
  if (device == NULL)
    return;
  /* where an address or alias is derived from the target or the number, one finding is enough */
  if (is_unique || device->address.type != VB_ADDRESS_NONE)
    check_address (conflicts, &entry);
  check_chardev (conflicts, &entry);
  if (check_number (conflicts, &entry) && is_unique)
    check_alias (conflicts, &entry);
}

void
vb_conflicts_check (VbConflicts *conflicts)
{
  check_board (conflicts);
  check_boot_order (conflicts);
  check_implied (conflicts);
}
