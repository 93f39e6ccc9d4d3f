/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where devices sit that their definition leaves open: where the same device was before, else at the
 * place that the format or the board has for it, else at the first free one. A written address comes
 * before all. Knows QEMU's boards for x86 as far as their own devices are on PCI.
 */
#include "domain/places.h"

#include "domain/address-xml.h"
#include "domain/board.h"
#include "domain/device-class.h"
#include "domain/disk-target.h"
#include "domain/implied.h"

#define N_SLOTS 32
/* Of QEMU's controllers for usb and of its hubs; and how many levels a controller has where ports are
 * chosen. */
#define UHCI_PORTS 2
#define XHCI_PORTS 4
#define HUB_PORTS 8
#define HUB_DEPTH 3

/* Slots that no other device gets. PIIX3 and ICH9 have functions of their own in one slot. */
static const struct
{
  VbBoard board;
  guint8 slot;
  const char *owner; /* (nullable): only kept free for the first video card */
} board_slots[] = {
  { VB_BOARD_PC, 0, "the host bridge" },
  { VB_BOARD_PC, 1, "the ISA bridge" },
  { VB_BOARD_PC, 2, NULL },
  { VB_BOARD_Q35, 0, "the host bridge" },
  { VB_BOARD_Q35, 1, NULL },
  { VB_BOARD_Q35, 0x1f, "the ISA bridge" },
};

/* Kinds in the order in which they get slots, as the first releases that had addresses gave them;
 * the others follow in their own order. */
static const VbDeviceKind first_kinds[] = { VB_DEVICE_INTERFACE, VB_DEVICE_CONTROLLER,
                                            VB_DEVICE_DISK };

typedef struct
{
  VbDomain *domain;
  VbBoard board;
  GHashTable *taken; /* (owned) (element-type VbAddress) by make_key() */
  GHashTable *hubs;  /* (owned) (element-type VbAddress): usb ports that have others behind them */
  GHashTable *old;   /* (owned) (element-type utf8 VbDevice): the previous devices by alias */
  guint8 functions[N_SLOTS]; /* bits: what is taken on the first PCI bus */
  guint next_slot;
} Places;

/* Each type of controller has drives of its own: here it takes the place of a PCI domain. */
static VbAddress
make_key (const VbDevice *device, const VbAddress *address)
{
  VbAddress key = *address;

  if (address->type == VB_ADDRESS_DRIVE)
    key.domain = (guint16) ((const VbDisk *) device)->bus;
  return key;
}

/* The port before the last one of @address, which has a hub; %FALSE: the controller itself */
static gboolean
get_hub (const VbAddress *address, VbAddress *hub)
{
  guint depth = 0;

  while (depth < VB_ADDRESS_USB_DEPTH && address->usb_ports[depth] != 0)
    depth++;
  *hub = *address;
  if (address->type != VB_ADDRESS_USB || depth < 2)
    return FALSE;
  hub->usb_ports[depth - 1] = 0;
  return TRUE;
}

static gboolean
is_below_device (const Places *places, const VbAddress *address)
{
  VbAddress hub = *address;

  while (get_hub (&hub, &hub))
    if (g_hash_table_contains (places->taken, &hub))
      return TRUE;
  return FALSE;
}

static gboolean
is_free (const Places *places, const VbDevice *device, const VbAddress *address)
{
  VbAddress key = make_key (device, address);

  return !g_hash_table_contains (places->taken, &key) &&
         !g_hash_table_contains (places->hubs, &key) && !is_below_device (places, &key);
}

static void
take (Places *places, const VbDevice *device, const VbAddress *address)
{
  VbAddress key = make_key (device, address);

  g_hash_table_add (places->taken, g_memdup2 (&key, sizeof key));
  while (get_hub (&key, &key))
    g_hash_table_add (places->hubs, g_memdup2 (&key, sizeof key));
  if (address->type == VB_ADDRESS_PCI && address->domain == 0 && address->bus == 0)
    places->functions[address->slot] |= (guint8) (1 << address->function);
}

static void
place (Places *places, VbDevice *device, const VbAddress *address)
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

static void
places_init (Places *places, VbDomain *domain, const VbDomain *previous)
{
  *places = (Places){ .domain = domain, .board = vb_board_of (domain), .next_slot = 1 };
  places->taken = address_set_new ();
  places->hubs = address_set_new ();
  places->old = g_hash_table_new (g_str_hash, g_str_equal);
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

static void
places_clear (Places *places)
{
  g_hash_table_unref (places->taken);
  g_hash_table_unref (places->hubs);
  g_hash_table_unref (places->old);
}

/* (nullable): where the same device was */
static const VbAddress *
find_old_address (const Places *places, const VbDevice *device)
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

static gboolean
inherit (Places *places, VbDevice *device)
{
  const VbAddress *old = find_old_address (places, device);

  if (old == NULL || !is_free (places, device, old))
    return FALSE;
  place (places, device, old);
  return TRUE;
}

/* The target says where a disk is, unless it was elsewhere before. */
static void
assign_drives (Places *places)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new ();

  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);
      VbAddress address;

      if (vb_device_get_address_type (device) != VB_ADDRESS_DRIVE ||
          device->address.type != VB_ADDRESS_NONE ||
          !vb_disk_derive_address ((const VbDisk *) device, &address) ||
          !is_free (places, device, &address))
        continue;
      place (places, device, &address);
      g_ptr_array_add (open, device);
    }
  for (guint i = 0; i < open->len; i++)
    inherit (places, g_ptr_array_index (open, i));
}

/* (transfer full) (element-type guint guint): how many ports the written controllers have */
static GHashTable *
collect_port_counts (const VbDomain *domain)
{
  GHashTable *counts = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbController *controller = g_ptr_array_index (domain->devices, i);

      if (controller->base.kind == VB_DEVICE_CONTROLLER &&
          controller->type == VB_CONTROLLER_VIRTIO_SERIAL && controller->ports > 0)
        g_hash_table_insert (counts, GUINT_TO_POINTER (controller->index),
                             GUINT_TO_POINTER (MIN (controller->ports, VB_CONTROLLER_MAX_PORTS)));
    }
  return counts;
}

static gboolean
find_port (const Places *places, const VbDevice *device, guint n_ports, VbAddress *address)
{
  for (guint port = device->kind == VB_DEVICE_CONSOLE ? 0 : 1; port < n_ports; port++)
    {
      address->port = (guint16) port;
      if (is_free (places, device, address))
        return TRUE;
    }
  return FALSE;
}

static void
assign_ports (Places *places)
{
  g_autoptr (GHashTable) port_counts = collect_port_counts (places->domain);
  guint first_controller = 0; /* with a port left */

  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);
      gboolean is_written = device->address.type != VB_ADDRESS_NONE;
      VbAddress address = { .type = VB_ADDRESS_VIRTIO_SERIAL };

      if (vb_device_get_address_type (device) != VB_ADDRESS_VIRTIO_SERIAL ||
          !vb_device_has_open_address (device) || (!is_written && inherit (places, device)))
        continue;
      for (guint controller = is_written ? device->address.controller : first_controller;
           controller <= VB_ADDRESS_MAX_CONTROLLER; controller++)
        {
          gpointer n_ports = g_hash_table_lookup (port_counts, GUINT_TO_POINTER (controller));

          address.controller = (guint16) controller;
          if (find_port (places, device,
                         n_ports != NULL ? GPOINTER_TO_UINT (n_ports) : VB_CONTROLLER_MAX_PORTS,
                         &address))
            {
              place (places, device, &address);
              break;
            }
          if (is_written)
            break;
          first_controller = controller + 1;
        }
    }
}

/* A card reader has one slot; a second card is told of when it is started. */
static void
assign_cards (Places *places)
{
  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);
      VbAddress address = { .type = VB_ADDRESS_CCID };

      if (vb_device_get_address_type (device) != VB_ADDRESS_CCID ||
          device->address.type != VB_ADDRESS_NONE || inherit (places, device))
        continue;
      while (!is_free (places, device, &address) && address.slot < G_MAXUINT8)
        address.slot++;
      if (is_free (places, device, &address))
        place (places, device, &address);
    }
}

void
vb_places_assign_units (VbDomain *domain, const VbDomain *previous)
{
  Places places;

  if (!vb_implied_is_qemu_machine (domain))
    return;
  places_init (&places, domain, previous);
  assign_drives (&places);
  assign_ports (&places);
  assign_cards (&places);
  places_clear (&places);
}

/* Of the controllers that the boards have. */
static guint
count_root_ports (VbBoard board)
{
  return board == VB_BOARD_PC ? UHCI_PORTS : XHCI_PORTS;
}

guint
vb_places_count_usb_devices (const VbDomain *domain)
{
  return count_root_ports (vb_board_of (domain)) + (HUB_DEPTH - 1) * (HUB_PORTS - 1);
}

/* One level of ports: the last one has the hub of the next level. */
static gboolean
find_usb_port (const Places *places, const VbDevice *device, guint n_ports, VbAddress *address)
{
  for (guint depth = 0; depth < HUB_DEPTH; depth++)
    {
      gboolean is_last = depth == HUB_DEPTH - 1;

      for (guint port = 1; port < n_ports || (is_last && port == n_ports); port++)
        {
          address->usb_ports[depth] = (guint8) port;
          if (is_free (places, device, address))
            return TRUE;
        }
      address->usb_ports[depth] = (guint8) n_ports;
      n_ports = HUB_PORTS;
    }
  return FALSE;
}

static void
assign_usb_port (Places *places, VbDevice *device, guint *first_controller)
{
  guint n_ports = count_root_ports (places->board);
  gboolean is_written = device->address.type != VB_ADDRESS_NONE;

  if (!is_written && inherit (places, device))
    return;
  for (guint controller = is_written ? device->address.bus : *first_controller;
       controller <= G_MAXUINT8; controller++)
    {
      VbAddress address = { .type = VB_ADDRESS_USB, .bus = (guint8) controller };

      if (find_usb_port (places, device, n_ports, &address))
        {
          place (places, device, &address);
          return;
        }
      if (is_written)
        return;
      *first_controller = controller + 1;
    }
}

void
vb_places_assign_usb_ports (VbDomain *domain, const VbDomain *previous)
{
  guint first_controller = 0; /* with a port left */
  Places places;

  if (!vb_implied_is_qemu_machine (domain))
    return;
  places_init (&places, domain, previous);
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);

      if (vb_device_get_address_type (device) == VB_ADDRESS_USB &&
          vb_device_has_open_address (device))
        assign_usb_port (&places, device, &first_controller);
    }
  places_clear (&places);
}

/* (nullable): the card that the firmware uses */
static const VbDevice *
find_first_video (const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);

      if (device->kind == VB_DEVICE_VIDEO)
        return device;
    }
  return NULL;
}

static gboolean
is_first_controller (const VbDevice *device, VbControllerType type)
{
  const VbController *controller = (const VbController *) device;

  return device->kind == VB_DEVICE_CONTROLLER && controller->type == type && controller->index == 0;
}

/* The place of the IDE controller, which is on the board. */
static gboolean
get_ide_place (VbBoard board, const VbDevice *device, VbAddress *address)
{
  if (!is_first_controller (device, VB_CONTROLLER_IDE) ||
      (board != VB_BOARD_PC && board != VB_BOARD_Q35))
    return FALSE;
  *address = board == VB_BOARD_PC
                 ? (VbAddress){ .type = VB_ADDRESS_PCI, .slot = 1, .function = 1 }
                 : (VbAddress){ .type = VB_ADDRESS_PCI, .slot = 0x1f, .function = 2 };
  return TRUE;
}

/* A place that is kept for @device, which may be at another as well. */
static gboolean
get_usual_place (VbBoard board,
                 const VbDevice *first_video,
                 const VbDevice *device,
                 VbAddress *address)
{
  *address = (VbAddress){ .type = VB_ADDRESS_PCI };
  if (device == first_video)
    address->slot = board == VB_BOARD_PC ? 2 : 1;
  else if (is_first_controller (device, VB_CONTROLLER_USB) && board == VB_BOARD_PC)
    {
      address->slot = 1;
      address->function = 2;
    }
  return address->slot != 0;
}

/* @owner: (nullable): %NULL where the slot is only kept free */
static gboolean
is_board_slot (VbBoard board, guint slot, const char **owner)
{
  for (guint i = 0; i < G_N_ELEMENTS (board_slots); i++)
    if (board_slots[i].board == board && board_slots[i].slot == slot)
      {
        *owner = board_slots[i].owner;
        return TRUE;
      }
  return FALSE;
}

char *
vb_places_refuse (const VbDomain *domain, const VbDevice *device)
{
  const VbAddress *address = &device->address;
  VbBoard board = vb_board_of (domain);
  const char *owner;
  VbAddress own;

  if (address->type != VB_ADDRESS_PCI || !vb_implied_is_qemu_machine (domain))
    return NULL;
  if (get_ide_place (board, device, &own))
    {
      g_autofree char *text = vb_address_to_string (&own);

      return vb_address_equal (&own, address)
                 ? NULL
                 : g_strdup_printf ("on this machine the first ide controller has the address %s",
                                    text);
    }
  if (get_usual_place (board, NULL, device, &own) && vb_address_equal (&own, address))
    return NULL;
  if (address->domain != 0 || address->bus != 0 || !is_board_slot (board, address->slot, &owner) ||
      owner == NULL)
    return NULL;
  return g_strdup_printf ("slot 0x%02x is the machine's own: it has %s there", address->slot,
                          owner);
}

static gboolean
is_open_on_pci (const VbDevice *device)
{
  return device->address.type == VB_ADDRESS_NONE &&
         vb_device_get_address_type (device) == VB_ADDRESS_PCI;
}

/* Others that are numbered behind it are nowhere. */
static gboolean
is_ide_controller (const VbDevice *device)
{
  return device->kind == VB_DEVICE_CONTROLLER &&
         ((const VbController *) device)->type == VB_CONTROLLER_IDE;
}

static void
assign_ide (Places *places)
{
  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);
      VbAddress address;

      if (is_open_on_pci (device) && get_ide_place (places->board, device, &address))
        place (places, device, &address);
    }
}

static void
inherit_slots (Places *places)
{
  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);

      if (is_open_on_pci (device))
        inherit (places, device);
    }
}

static void
assign_usual (Places *places)
{
  const VbDevice *first_video = find_first_video (places->domain);

  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);
      VbAddress address;

      if (is_open_on_pci (device) &&
          get_usual_place (places->board, first_video, device, &address) &&
          is_free (places, device, &address))
        place (places, device, &address);
    }
}

static gboolean
find_slot (Places *places, VbAddress *address)
{
  const char *owner;

  for (; places->next_slot < N_SLOTS; places->next_slot++)
    if (places->functions[places->next_slot] == 0 &&
        !is_board_slot (places->board, places->next_slot, &owner))
      {
        *address = (VbAddress){ .type = VB_ADDRESS_PCI, .slot = (guint8) places->next_slot };
        return TRUE;
      }
  return FALSE;
}

static void
assign_free_slots (Places *places, VbDeviceKind kind)
{
  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);
      VbAddress address;

      if (device->kind == kind && is_open_on_pci (device) && !is_ide_controller (device) &&
          find_slot (places, &address))
        place (places, device, &address);
    }
}

void
vb_places_assign_slots (VbDomain *domain, const VbDomain *previous)
{
  Places places;

  if (!vb_implied_is_qemu_machine (domain))
    return;
  /* On another board all is new. */
  if (previous != NULL && vb_board_of (previous) != vb_board_of (domain))
    previous = NULL;
  places_init (&places, domain, previous);
  if (places.board == VB_BOARD_PC || places.board == VB_BOARD_Q35)
    {
      assign_ide (&places);
      inherit_slots (&places);
      assign_usual (&places);
      for (guint i = 0; i < G_N_ELEMENTS (first_kinds); i++)
        assign_free_slots (&places, first_kinds[i]);
      for (guint kind = 0; kind < VB_N_DEVICE_KINDS; kind++)
        assign_free_slots (&places, kind);
    }
  places_clear (&places);
}
