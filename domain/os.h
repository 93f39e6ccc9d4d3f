/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <os> element: what kind of machine it is and what it boots; and <bootloader>.
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

/* What the guest reads of the machine's maker and model. */
typedef enum
{
  VB_SMBIOS_DEFAULT, /* not written */
  VB_SMBIOS_EMULATE,
  VB_SMBIOS_HOST,
  VB_SMBIOS_SYSINFO,
} VbSmbios;

extern const VbEnumTable vb_os_type_table;
extern const VbEnumTable vb_boot_device_table;
extern const VbEnumTable vb_smbios_table; /* value 0 is spelled "default" */

typedef struct
{
  VbOsType type;
  char *arch;    /* (owned) "x86_64" */
  char *machine; /* (owned) (nullable: the emulator's default) "pc", "q35" */
  guint8 *boot;  /* (owned) (nullable) (array length=n_boot) VbBootDevice, in order */
  guint n_boot;
  VbSwitch boot_menu;
  VbSmbios smbios;
  char *loader;       /* (owned) (nullable) absolute path of a firmware image */
  char *kernel;       /* (owned) (nullable) */
  char *initrd;       /* (owned) (nullable) */
  char *command_line; /* (owned) (nullable) */
  /* Elements of their own beside <os>: a program in the host that chooses the kernel. */
  char *bootloader;           /* (owned) (nullable) absolute path; "" is the hypervisor's own */
  char *bootloader_arguments; /* (owned) (nullable) */
} VbOs;
