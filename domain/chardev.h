/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Character devices: <serial> and <console>, and what stands at their host end.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"

typedef enum
{
  VB_CHARDEV_TYPE_NULL,
  VB_CHARDEV_TYPE_PTY,
  VB_CHARDEV_TYPE_FILE,
  VB_CHARDEV_TYPE_UNIX,
} VbChardevType;
typedef enum
{
  VB_CHARDEV_MODE_BIND,
  VB_CHARDEV_MODE_CONNECT
} VbChardevMode;
typedef enum
{
  VB_CHARDEV_TARGET_SERIAL,
  VB_CHARDEV_TARGET_XEN,
  VB_CHARDEV_TARGET_VIRTIO,
} VbChardevTarget;

extern const VbEnumTable vb_chardev_type_table;
extern const VbEnumTable vb_chardev_mode_table;
extern const VbEnumTable vb_chardev_target_table;

typedef struct
{
  VbDevice base; /* kind serial or console */
  VbChardevType type;
  VbChardevMode mode;          /* unix */
  VbChardevTarget target_type; /* console; a serial console is another name of the serial port with
                                  the same number, not a second device */
  guint target_port;
  char *path; /* (owned) (nullable) file, unix: from the definition; pty: live only */
} VbChardev;
