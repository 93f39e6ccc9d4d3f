/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <features> element: what the machine has besides its devices.
 */
#pragma once

/* Bits of VbDomain.features */
typedef enum
{
  VB_FEATURE_ACPI = 1 << 0,
  VB_FEATURE_APIC = 1 << 1,
  VB_FEATURE_PAE = 1 << 2,
  VB_FEATURE_HAP = 1 << 3,
} VbFeatures;
