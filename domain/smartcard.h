/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <smartcard> element.
 */
#pragma once

#include "domain/chardev-source.h"
#include "domain/device.h"

typedef enum
{
  VB_SMARTCARD_HOST, /* the card in the host's reader */
  VB_SMARTCARD_HOST_CERTIFICATES,
  VB_SMARTCARD_PASSTHROUGH, /* whatever answers at the source */
} VbSmartcardMode;

extern const VbEnumTable vb_smartcard_mode_table;

#define VB_SMARTCARD_N_CERTIFICATES 3

typedef struct
{
  VbDevice base;
  VbSmartcardMode mode;
  VbChardevSource source;                          /* passthrough */
  char *certificates[VB_SMARTCARD_N_CERTIFICATES]; /* (owned) (nullable) host-certificates: their
                                                      names in the database */
  char *database; /* (owned) (nullable until vb_domain_complete()) host-certificates: a folder */
} VbSmartcard;
