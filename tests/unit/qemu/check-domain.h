/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A domain to be checked before a start, from as little as a test is about.
 */
#pragma once

#include "domain/domain.h"

typedef struct
{
  const char *type;
  const char *rest;    /* elements beside <devices>; a PC where there is no <os> */
  const char *devices; /* beside an emulator that is there */
} CheckDomain;

/* (transfer full): completed */
VbDomain *check_domain_new (const CheckDomain *parts);
