/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts that argv.c puts together: one file per element of the domain, each of which adds that
 * element's words. A device's JSON is made by a function of its own, which serves `device_add` as
 * well.
 */
#pragma once

#include "qemu/argv.h"
#include "qemu/board.h"

/* Devices come last, in this order: QEMU finds only what is there already, and does not choose a place
 * that a device before has. */
typedef enum
{
  VB_RANK_PLACED,  /* with a PCI address that the definition fixes */
  VB_RANK_OTHERS,  /* whose place QEMU chooses, and what sits on a controller */
  VB_RANK_HUBS,    /* of usb, with a port */
  VB_RANK_PORTED,  /* on usb, with a port */
  VB_RANK_ON_USB,  /* on usb, where QEMU chooses the port */
  VB_RANK_ON_CCID, /* on a card reader, which is on usb */
  VB_N_DEVICE_RANKS,
} VbDeviceRank;

typedef struct
{
  const VbDomain *domain;
  const VbDescriptors *descriptors; /* (nullable): paths are written instead */
  const char *secrets_dir;          /* (nullable) where @descriptors are, as the next */
  const char *certificates_dir;
  VbBoard board;
  const VbDevice *device;                /* (nullable): for whom is added now */
  GPtrArray *arguments;                  /* (owned) (element-type VbArgument) */
  GPtrArray *devices[VB_N_DEVICE_RANKS]; /* (owned) (element-type VbArgument) */
} VbArgv;

/* @option: lives on; @value: (nullable) */
void vb_argv_add (VbArgv *argv, const char *option, const char *value);
void vb_argv_add_format (VbArgv *argv, const char *option, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* @value: (transfer full) */
void vb_argv_add_json (VbArgv *argv, const char *option, QmpValue *value);
/* Adds what every device has: `id`, and the place of @device on PCI or usb where it is on either.
 * @json: (transfer full) */
void vb_argv_add_device (VbArgv *argv, const VbDevice *device, QmpValue *json);
/* (transfer full): a value inside a list of `key=value`, commas doubled */
char *vb_argv_escape (const char *value);

QmpValue *vb_argv_new_device (const char *driver);
/* (transfer full): the name of the bus that a controller of @type and @index provides */
char *vb_argv_controller_bus (const VbDomain *domain, VbControllerType type, guint index);

void vb_argv_add_cpus (VbArgv *argv);
/* (nullable): as the processor says it */
const char *vb_argv_cpu_vendor (VbCpuVendor vendor);
void vb_argv_add_clock (VbArgv *argv, gint64 now_s);
/* Timers that the machine is not to have, as properties of it. */
void vb_argv_append_timers (GString *machine, const VbClock *clock);
/* @host: (nullable): what the host says of itself */
void vb_argv_add_smbios (VbArgv *argv, const VbSysinfo *host);

/* The block nodes of @disk, which has a medium. */
void vb_argv_add_disk_nodes (VbArgv *argv, const VbDisk *disk);
/* (transfer full): the name of the node that the guest's device reads */
char *vb_argv_disk_node (const VbDisk *disk);
/* What two guests share must not be cached by either. */
VbDiskCache vb_argv_disk_cache (const VbDisk *disk);
void vb_argv_add_disk (VbArgv *argv, const VbDevice *device);
void vb_argv_add_controller (VbArgv *argv, const VbDevice *device);
void vb_argv_add_interface (VbArgv *argv, const VbDevice *device);
void vb_argv_add_chardev (VbArgv *argv, const VbDevice *device);
void vb_argv_add_channel (VbArgv *argv, const VbDevice *device);
void vb_argv_add_smartcard (VbArgv *argv, const VbDevice *device);
void vb_argv_add_input (VbArgv *argv, const VbDevice *device);
void vb_argv_add_graphics (VbArgv *argv, const VbDevice *device);
/* The window on the host, or that there is none. */
void vb_argv_add_window (VbArgv *argv);
/* Where the guest is heard: at the display that it is seen at, as far as that has a sound. */
const char *vb_argv_get_audio_driver (const VbDomain *domain);
void vb_argv_add_sound (VbArgv *argv, const VbDevice *device);
void vb_argv_add_video (VbArgv *argv, const VbDevice *device);
void vb_argv_add_hostdev (VbArgv *argv, const VbDevice *device);
void vb_argv_add_watchdog (VbArgv *argv, const VbDevice *device);
void vb_argv_add_memballoon (VbArgv *argv, const VbDevice *device);
/* (transfer full): the id of what stands at the host end of the card */
char *vb_argv_sound_id (const VbSound *sound);
/* The back end of a device that has a host's end, which must be added before what uses it. */
void vb_argv_add_host_end (VbArgv *argv, const VbDevice *device);
/* (nullable) (transfer none): the card on whose network the addresses of guestfwd channels are */
const VbDevice *vb_argv_find_forward_carrier (const VbDomain *domain);
/* Adds these to @network, which is that of @interface, and what is at their host's ends. */
void vb_argv_add_forwards (VbArgv *argv, const VbDevice *interface, QmpValue *network);
/* What is between a usb controller and a device whose port has several parts. */
void vb_argv_add_usb_hubs (VbArgv *argv);
/* Adds a hub at @place. @json: (transfer full) */
void vb_argv_add_hub (VbArgv *argv, const VbAddress *place, QmpValue *json);
/* The floppy controller of a board that has none built in. */
void vb_argv_add_floppy_controller (VbArgv *argv);

/* Device objects, without `id` and address. @boot_index 0: none. (transfer full) */
QmpValue *
vb_argv_disk_device (const VbDomain *domain, VbBoard board, const VbDisk *disk, guint boot_index);
/* (nullable): %NULL where the board has it built in */
QmpValue *vb_argv_controller_device (VbBoard board, const VbController *controller);
gboolean vb_argv_controller_is_supported (VbBoard board, const VbController *controller);
/* How many SCSI devices the adapter takes. */
guint vb_argv_scsi_count_units (const VbController *controller);
QmpValue *vb_argv_interface_device (const VbInterface *interface, guint boot_index);
/* (nullable): %NULL for a console that is another name of a serial port, and for a channel that is an
 * address of a network */
QmpValue *vb_argv_chardev_device (const VbDomain *domain, const VbChardev *chardev);
QmpValue *vb_argv_smartcard_device (const VbDomain *domain, const VbSmartcard *card);
/* (nullable): %NULL for what every machine has */
QmpValue *vb_argv_input_device (const VbInput *input);
/* @descriptor: (nullable): of a USB device; %NULL: QEMU finds it itself */
QmpValue *
vb_argv_hostdev_device (const VbHostdev *hostdev, const VbDescriptor *descriptor, guint boot_index);
QmpValue *vb_argv_video_device (const VbVideo *video, gboolean primary);
