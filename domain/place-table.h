/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which addresses of a domain are taken. Private to the room.
 */
#pragma once

#include "domain/board.h"

#define VB_PCI_SLOTS 32

typedef struct
{
  VbDomain *domain;  /* (unowned) */
  VbBoard board;     /* of @domain */
  GHashTable *taken; /* (owned) (element-type VbAddress) with what tells controllers apart */
  GHashTable *hubs;  /* (owned) (element-type VbAddress): usb ports that have others behind them */
  GHashTable *old;   /* (owned) (element-type utf8 VbDevice): the previous devices by alias */
  guint n_functions[VB_PCI_SLOTS]; /* that are taken on the first PCI bus */
} VbPlaces;

/* With all addresses of @domain that are not open; @previous: (nullable): as for
 * vb_domain_complete() */
void vb_places_init (VbPlaces *places, VbDomain *domain, const VbDomain *previous);
void vb_places_clear (VbPlaces *places);
gboolean
vb_places_is_free (const VbPlaces *places, const VbDevice *device, const VbAddress *address);
/* Gives @device the address. */
void vb_places_put (VbPlaces *places, VbDevice *device, const VbAddress *address);
/* Gives @device the address of the same device before; %FALSE where there is none, or it is taken */
gboolean vb_places_inherit (VbPlaces *places, VbDevice *device);
