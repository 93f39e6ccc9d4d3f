/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <sysinfo> element: what the machine says of itself where <smbios mode='sysinfo'/> asks for it.
 */
#pragma once

#include "domain/enum-table.h"
#include "domain/kept.h"

typedef enum
{
  VB_SYSINFO_BIOS,
  VB_SYSINFO_SYSTEM,
  VB_N_SYSINFO_BLOCKS,
} VbSysinfoBlock;
typedef enum
{
  VB_SYSINFO_BIOS_VENDOR,
  VB_SYSINFO_BIOS_VERSION,
  VB_SYSINFO_BIOS_DATE,
  VB_SYSINFO_BIOS_RELEASE,
} VbSysinfoBiosName;
typedef enum
{
  VB_SYSINFO_SYSTEM_MANUFACTURER,
  VB_SYSINFO_SYSTEM_PRODUCT,
  VB_SYSINFO_SYSTEM_VERSION,
  VB_SYSINFO_SYSTEM_SERIAL,
  VB_SYSINFO_SYSTEM_UUID,
  VB_SYSINFO_SYSTEM_SKU,
  VB_SYSINFO_SYSTEM_FAMILY,
} VbSysinfoSystemName;

/* The names of entries, by block. */
extern const VbEnumTable vb_sysinfo_tables[VB_N_SYSINFO_BLOCKS];

typedef struct
{
  int name;     /* in the block's table */
  char *text;   /* (owned) one line */
  VbKept *kept; /* (owned) (nullable) of another name, or a repetition: then only this counts */
} VbSysinfoEntry;

typedef struct
{
  gboolean is_given;
  /* (owned) (nullable) (element-type VbSysinfoEntry) in the order of the document */
  GArray *entries[VB_N_SYSINFO_BLOCKS];
} VbSysinfo;

/* Adds an entry that is not there yet; @text (transfer none) is one line. */
void vb_sysinfo_add (VbSysinfo *sysinfo, VbSysinfoBlock block, int name, const char *text);
void vb_sysinfo_clear (VbSysinfo *sysinfo);
/* (nullable) (transfer none): @name in the table of @block */
const char *vb_sysinfo_get (const VbSysinfo *sysinfo, VbSysinfoBlock block, int name);
