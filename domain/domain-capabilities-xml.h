/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing the <domainCapabilities> document: what a form for domains of one type on one machine
 * offers. Decides nothing about what can be offered. Texts are borrowed.
 */
#pragma once

#include "domain/domain.h"

typedef struct
{
  const char *name;
  gboolean is_usable;
} VbOfferedCpu;

/* The words that an attribute of a device may have. */
typedef struct
{
  VbDeviceKind kind;
  const char *name; /* of the enum: "bus" */
  GPtrArray *words; /* (owned) (element-type utf8) */
} VbOfferedWords;

typedef struct
{
  const char *emulator;
  VbDomainType type;
  const char *machine; /* (nullable) */
  const char *arch;
  guint max_vcpus;       /* 0: not known */
  gboolean has_firmware; /* whether a <loader> can be given */
  const char *loader;    /* (nullable) one that there is */
  gboolean takes_cpu;    /* whether a domain may name one of the next */
  GArray *cpus;          /* (owned) (element-type VbOfferedCpu) */
  gboolean has_device[VB_N_DEVICE_KINDS];
  GArray *words; /* (owned) (element-type VbOfferedWords) of those devices */
} VbDomainOffer;

/* All fields 0, with empty lists */
VbDomainOffer *vb_domain_offer_new (void);
void vb_domain_offer_free (VbDomainOffer *offer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbDomainOffer, vb_domain_offer_free)

/* (transfer full) */
char *vb_domain_offer_format (const VbDomainOffer *offer);
