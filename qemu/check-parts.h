/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of check.c share: one check of one domain, and how a finding is recorded.
 */
#pragma once

#include "qemu/board.h"
#include "qemu/emulator-facts.h"
#include "qemu/instance.h"

#define VB_CHECK_EMULATOR_PATH "/domain/devices/emulator"

typedef struct
{
  const VbQemuSettings *settings;
  const VbDomain *domain;
  VbBoard board;
  const VbEmulatorFacts *facts; /* (nullable): not known; they have no error */
  VbDiagnostics *diagnostics;   /* (nullable) */
  GError *error;                /* (owned) (nullable): the first */
  gboolean has_refused_device;
  GHashTable *numbers; /* (owned) (nullable) of each device among those of its kind, from 1 */
} VbCheck;

/* Records that what stands at @path is not supported. */
void vb_check_refuse (VbCheck *check, const char *path, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* The same of what stands at @rest, "/target/@bus", below the element of @device. */
void vb_check_refuse_device (VbCheck *check,
                             const VbDevice *device,
                             const char *rest,
                             const char *format,
                             ...) G_GNUC_PRINTF (4, 5);
/* The same of what is no reason not to start. */
void vb_check_warn_device (VbCheck *check,
                           const VbDevice *device,
                           const char *rest,
                           const char *format,
                           ...) G_GNUC_PRINTF (4, 5);
/* (transfer full): "/domain/devices/disk[2]", and @rest */
char *vb_check_path (VbCheck *check, const VbDevice *device, const char *rest);
/* All that is no device. */
void vb_check_machine (VbCheck *check);
void vb_check_cpu (VbCheck *check);
/* Where @device sits inside the guest. */
void vb_check_place (VbCheck *check, const VbDevice *device);
/* What @device needs of the board it is on. */
void vb_check_board (VbCheck *check, const VbDevice *device);
/* All that the emulator would be asked for, against what it can do. The devices have been found to be
 * such as QEMU can have. */
void vb_check_devices (VbCheck *check);

/* One device of its kind, but for where it sits. */
void vb_check_disk (VbCheck *check, const VbDevice *device);
void vb_check_interface (VbCheck *check, const VbDevice *device);
void vb_check_port (VbCheck *check, const VbDevice *device);
void vb_check_console (VbCheck *check, const VbDevice *device);
void vb_check_channel (VbCheck *check, const VbDevice *device);
/* The host's end, which @device has. */
void vb_check_host_end (VbCheck *check, const VbDevice *device);
void vb_check_smartcard (VbCheck *check, const VbDevice *device);
void vb_check_graphics (VbCheck *check, const VbDevice *device);
void vb_check_video (VbCheck *check, const VbDevice *device);
void vb_check_hostdev (VbCheck *check, const VbDevice *device);
