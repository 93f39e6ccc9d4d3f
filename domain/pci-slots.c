/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where devices sit on PCI that their definition leaves open: where the same device was before, else at
 * the place that the board has for it, else in the first free slot. Knows QEMU's boards for x86 as far
 * as their own devices are on PCI.
 */
#include "domain/pci-slots.h"

#include "domain/implied.h"
#include "domain/place-table.h"

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
vb_pci_slots_refuse (const VbDomain *domain, const VbDevice *device)
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
assign_ide (VbPlaces *places)
{
  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);
      VbAddress address;

      if (is_open_on_pci (device) && get_ide_place (places->board, device, &address))
        vb_places_put (places, device, &address);
    }
}

static void
inherit_slots (VbPlaces *places)
{
  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);

      if (is_open_on_pci (device))
        vb_places_inherit (places, device);
    }
}

static void
assign_usual (VbPlaces *places)
{
  /* The card that the firmware uses. */
  const VbDevice *first_video = vb_domain_find_first (places->domain, VB_DEVICE_VIDEO);

  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);
      VbAddress address;

      if (is_open_on_pci (device) &&
          get_usual_place (places->board, first_video, device, &address) &&
          vb_places_is_free (places, device, &address))
        vb_places_put (places, device, &address);
    }
}

/* @next_slot: no one before it is free */
static gboolean
find_slot (const VbPlaces *places, guint *next_slot, VbAddress *address)
{
  const char *owner;

  for (; *next_slot < VB_PCI_SLOTS; (*next_slot)++)
    if (places->n_functions[*next_slot] == 0 && !is_board_slot (places->board, *next_slot, &owner))
      {
        *address = (VbAddress){ .type = VB_ADDRESS_PCI, .slot = (guint8) *next_slot };
        return TRUE;
      }
  return FALSE;
}

static void
assign_free_slots (VbPlaces *places, VbDeviceKind kind, guint *next_slot)
{
  for (guint i = 0; i < places->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (places->domain->devices, i);
      VbAddress address;

      if (device->kind == kind && is_open_on_pci (device) && !is_ide_controller (device) &&
          find_slot (places, next_slot, &address))
        vb_places_put (places, device, &address);
    }
}

void
vb_pci_slots_assign (VbDomain *domain, const VbDomain *previous)
{
  guint next_slot = 0;
  VbPlaces places;

  if (!vb_implied_is_qemu_machine (domain))
    return;
  /* On another board all is new. */
  if (previous != NULL && vb_board_of (previous) != vb_board_of (domain))
    previous = NULL;
  vb_places_init (&places, domain, previous);
  if (places.board == VB_BOARD_PC || places.board == VB_BOARD_Q35)
    {
      assign_ide (&places);
      inherit_slots (&places);
      assign_usual (&places);
      for (guint i = 0; i < G_N_ELEMENTS (first_kinds); i++)
        assign_free_slots (&places, first_kinds[i], &next_slot);
      for (guint kind = 0; kind < VB_N_DEVICE_KINDS; kind++)
        assign_free_slots (&places, kind, &next_slot);
    }
  vb_places_clear (&places);
}
