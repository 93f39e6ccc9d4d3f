/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <cpu> element: which CPU the guest sees, and how it is built.
 */
#pragma once

#include "domain/enum-table.h"

typedef enum
{
  VB_CPU_MATCH_MINIMUM,
  VB_CPU_MATCH_EXACT,
  VB_CPU_MATCH_STRICT
} VbCpuMatch;
typedef enum
{
  VB_CPU_VENDOR_ANY, /* not written */
  VB_CPU_VENDOR_INTEL,
  VB_CPU_VENDOR_AMD,
  VB_CPU_VENDOR_HYGON,
  VB_CPU_VENDOR_IBM,
  VB_CPU_VENDOR_FREESCALE,
} VbCpuVendor;
typedef enum
{
  VB_CPU_POLICY_FORCE,
  VB_CPU_POLICY_REQUIRE,
  VB_CPU_POLICY_OPTIONAL,
  VB_CPU_POLICY_DISABLE,
  VB_CPU_POLICY_FORBID,
} VbCpuPolicy;

extern const VbEnumTable vb_cpu_match_table;
extern const VbEnumTable vb_cpu_vendor_table; /* value 0 has no word */
extern const VbEnumTable vb_cpu_policy_table;

typedef struct
{
  char *name; /* (owned) "lahf_lm" */
  VbCpuPolicy policy;
} VbCpuFeature;

typedef struct
{
  char *model;      /* (owned) (nullable: the hypervisor's choice) "core2duo" */
  VbCpuMatch match; /* with a model only, as the vendor and the features */
  VbCpuVendor vendor;
  guint sockets; /* 0: no topology is given; else their product is the number of virtual CPUs */
  guint cores;   /* of a socket */
  guint threads; /* of a core */
  GArray
      *features; /* (owned) (nullable) (element-type VbCpuFeature) in the order of the document */
} VbCpu;
