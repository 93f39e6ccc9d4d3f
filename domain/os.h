/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <os> element: what kind of machine it is and what it boots.
 */
#pragma once

#include "domain/enum-table.h"

typedef enum
{
  VB_OS_TYPE_HVM,
  VB_OS_TYPE_LINUX,
  VB_OS_TYPE_XEN
} VbOsType;
typedef enum
{
  VB_BOOT_FLOPPY,   /* "fd" */
  VB_BOOT_HARDDISK, /* "hd" */
  VB_BOOT_CDROM,
  VB_BOOT_NETWORK,
} VbBootDevice;

extern const VbEnumTable vb_os_type_table;
extern const VbEnumTable vb_boot_device_table;

typedef struct
{
  VbOsType type;
  char *arch;    /* (owned) "x86_64" */
  char *machine; /* (owned) (nullable: the emulator's default) "pc", "q35" */
  guint8 *boot;  /* (owned) (nullable) (array length=n_boot) VbBootDevice, in order */
  guint n_boot;
  char *loader;       /* (owned) (nullable) absolute path of a firmware image */
  char *kernel;       /* (owned) (nullable) */
  char *initrd;       /* (owned) (nullable) */
  char *command_line; /* (owned) (nullable) */
} VbOs;
