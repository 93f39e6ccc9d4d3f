/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What this machine is: name, processor, memory, and whether KVM and an IOMMU can be used. Knows no
 * domains and no bus.
 */
#pragma once

#include <glib-object.h>

/* What the firmware says of the machine; each word is a file of the kernel's. */
typedef enum
{
  VB_DMI_BIOS_VENDOR,
  VB_DMI_BIOS_VERSION,
  VB_DMI_BIOS_DATE,
  VB_DMI_BIOS_RELEASE,
  VB_DMI_SYSTEM_VENDOR,
  VB_DMI_PRODUCT_NAME,
  VB_DMI_PRODUCT_VERSION,
  VB_DMI_PRODUCT_SERIAL, /* told to root only */
  VB_DMI_PRODUCT_SKU,
  VB_DMI_PRODUCT_FAMILY,
  VB_N_DMI,
} VbDmi;

typedef struct
{
  char *dmi[VB_N_DMI]; /* (owned) each one line; "" where it is not told */
  char *host_name;     /* (owned) */
  char *architecture;  /* (owned) "x86_64" */
  char *cpu_model;     /* (owned) as the kernel names it */
  char *cpu_vendor;    /* (owned) "GenuineIntel" */
  char **cpu_features; /* (owned) sorted */
  guint cpu_sockets;
  guint cpu_cores;   /* per socket */
  guint cpu_threads; /* per core */
  guint64 memory_kib;
  gboolean kvm_usable;
  char *kvm_reason; /* (owned) why KVM is not usable and what to do; "" if it is */
  gboolean iommu_enabled;
  char *xen_capabilities; /* (owned) (nullable) what Xen tells, where this is its control domain */
  char *xen_emulator;     /* (owned) (nullable) path of Xen's device model */
  char *xen_loader;       /* (owned) (nullable) path of its firmware for full virtualization */
} VbHostFacts;

#define VB_TYPE_HOST (vb_host_get_type ())
G_DECLARE_FINAL_TYPE (VbHost, vb_host, VB, HOST, GObject)

/**
 * VbHost::changed:
 * @host: the host
 *
 * Sent after facts have changed: KVM came or went, an IOMMU appeared, the host was renamed.
 */

/* @root: (nullable): folder that holds `proc`, `sys`, `dev` and `etc`; %NULL for the real ones */
VbHost *vb_host_new (const char *root);
/* (transfer none): valid until the next VbHost::changed */
const VbHostFacts *vb_host_get_facts (VbHost *host);
