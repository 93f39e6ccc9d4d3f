/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts that argv.c puts together: one file per element of the domain, each of which adds that
 * element's words. A device's JSON is made by a function of its own, which serves `device_add` as
 * well.
 */
#pragma once

#include "qemu/argv.h"
#include "qemu/board.h"
#include "qmp/qmp-value.h"

typedef struct
{
  const VbDomain *domain;
  const VbDescriptors *descriptors;
  VbBoard board;
  GPtrArray *words; /* (owned) (element-type utf8) */
  /* Devices come last. Those whose PCI address the definition fixes come before those whose address
   * QEMU chooses, so that it does not choose a taken one. */
  GPtrArray *placed_devices;   /* (owned) (element-type utf8) */
  GPtrArray *unplaced_devices; /* (owned) (element-type utf8) */
} VbArgv;

/* @value: (nullable) */
void vb_argv_add (VbArgv *argv, const char *option, const char *value);
void vb_argv_add_format (VbArgv *argv, const char *option, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* @value: (transfer full) */
void vb_argv_add_json (VbArgv *argv, const char *option, QmpValue *value);
/* Adds what every device has: `id`, and the PCI address of @device where it has one.
 * @json: (transfer full) */
void vb_argv_add_device (VbArgv *argv, const VbDevice *device, QmpValue *json);
/* (transfer full): a value inside a list of `key=value`, commas doubled */
char *vb_argv_escape (const char *value);

QmpValue *vb_argv_new_device (const char *driver);
/* (transfer full): the name of the bus that a controller of @type and @index provides */
char *vb_argv_controller_bus (const VbDomain *domain, VbControllerType type, guint index);

void vb_argv_add_disk (VbArgv *argv, const VbDevice *device);
void vb_argv_add_controller (VbArgv *argv, const VbDevice *device);
void vb_argv_add_interface (VbArgv *argv, const VbDevice *device);
void vb_argv_add_chardev (VbArgv *argv, const VbDevice *device);
void vb_argv_add_input (VbArgv *argv, const VbDevice *device);
void vb_argv_add_graphics (VbArgv *argv, const VbDevice *device);
void vb_argv_add_sound (VbArgv *argv, const VbDevice *device);
void vb_argv_add_video (VbArgv *argv, const VbDevice *device);
void vb_argv_add_watchdog (VbArgv *argv, const VbDevice *device);
void vb_argv_add_memballoon (VbArgv *argv, const VbDevice *device);
/* (transfer full): the id of what stands at the host end of the card */
char *vb_argv_sound_id (const VbSound *sound);
/* The floppy controller of a board that has none built in. */
void vb_argv_add_floppy_controller (VbArgv *argv);

/* Device objects, without `id` and address. @boot_index 0: none. (transfer full) */
QmpValue *
vb_argv_disk_device (const VbDomain *domain, VbBoard board, const VbDisk *disk, guint boot_index);
/* (nullable): %NULL where the board has it built in */
QmpValue *vb_argv_controller_device (VbBoard board, const VbController *controller);
gboolean vb_argv_controller_is_supported (VbBoard board, const VbController *controller);
QmpValue *vb_argv_interface_device (const VbInterface *interface, guint boot_index);
/* (nullable): %NULL for a console that is another name of a serial port */
QmpValue *vb_argv_chardev_device (const VbDomain *domain, const VbChardev *chardev);
/* (nullable): %NULL for what every machine has */
QmpValue *vb_argv_input_device (const VbDomain *domain, const VbInput *input);
QmpValue *vb_argv_video_device (const VbVideo *video, gboolean primary);
