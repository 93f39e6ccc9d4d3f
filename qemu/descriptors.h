/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The launch plan: which files and sockets of the host a domain's QEMU gets as descriptors, and
 * under which numbers. Making the plan is pure; opening it is not.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/given.h"
#include "qemu/rights.h"
#include "qemu/qemu-error.h"

typedef enum
{
  VB_DESCRIPTOR_IMAGE_FILE,  /* a regular file */
  VB_DESCRIPTOR_IMAGE_BLOCK, /* a block device */
  VB_DESCRIPTOR_NAMED,       /* a file that QEMU opens by name alone, to read it */
  VB_DESCRIPTOR_SECRET,      /* what the service keeps under a UUID, its path until it is opened */
  VB_DESCRIPTOR_OUTPUT,      /* made or emptied, then written to */
  VB_DESCRIPTOR_APPEND,      /* made, or written to behind what is there */
  VB_DESCRIPTOR_PIPE,        /* a FIFO */
  VB_DESCRIPTOR_SERIAL,      /* a terminal, such as a serial port of the host */
  VB_DESCRIPTOR_PARALLEL,    /* a parallel port of the host */
  VB_DESCRIPTOR_LISTEN,      /* a unix socket that we make */
  VB_DESCRIPTOR_CONNECT,     /* a unix socket that another program made */
  VB_DESCRIPTOR_GIVEN,       /* opened before the launch, or the launch fails; it has no path */
} VbDescriptorKind;

typedef struct
{
  char *key;     /* (owned) "disk:vda", "serial:serial0", or one of the words below */
  char *subject; /* (owned) what messages call it: "disk 'vda'" */
  char *path;    /* (owned) of one that is given what it is, "USB device 001:004" */
  VbDescriptorKind kind;
  gboolean read_only;
  gboolean is_own;       /* the service's file, not the guest's */
  char *format;          /* (owned) (nullable: no image) */
  guint depth;           /* of an image: how many layers stand above it */
  gboolean has_secret;   /* of an image: its disk has a passphrase */
  gboolean is_encrypted; /* of an open image */
  int child_fd;          /* its number inside QEMU */
  guint fdset; /* the set that QEMU opens it from by `/dev/fdset/N`; 0: used by its number */
  int fd;      /* (owned) -1 until it is opened */
} VbDescriptor;

typedef struct _VbDescriptors VbDescriptors;

#define VB_DESCRIPTOR_MONITOR "monitor"
#define VB_DESCRIPTOR_PASSTHROUGH "passthrough"
#define VB_DESCRIPTOR_SPARE "spare"
#define VB_DESCRIPTOR_MONITOR_LOG "monitor-log"
#define VB_DESCRIPTOR_PROCESS "process"
#define VB_DESCRIPTOR_LOG "log" /* where a device is of type stdio */
#define VB_DESCRIPTOR_LOADER "loader"
#define VB_DESCRIPTOR_KERNEL "kernel"
#define VB_DESCRIPTOR_INITRD "initrd"
/* Those of certificates are their files' names. */

/* The sets of images that others are based on, which no plan knows before it is opened, count from
 * here. */
#define VB_DESCRIPTORS_FIRST_LAYER_FDSET 1000000

/* How a plan is opened. */
typedef struct
{
  const VbGiven *given;   /* (nullable) what is of a name there is that */
  const char *owner;      /* (nullable) whose files those of the guest are, for messages… */
  const VbRights *rights; /* …and the rights that they are opened with; (nullable): the service's */
  const VbRights *qemu;   /* those that QEMU will have; (nullable): the service's */
  const char *secrets_dir; /* (nullable) */
} VbOpening;

/* (transfer full): "disk:vda", "interface:net0" */
char *vb_descriptors_key (const VbDevice *device);
/* Whether @device is a card whose connection only who launches can make: its descriptor is given. */
gboolean vb_descriptors_is_connection (const VbDevice *device);
/* (transfer full): of what moves the packets of a card in the kernel */
char *vb_descriptors_vhost_key (const VbDevice *device);

/* @domain is completed. @log_path: the domain's log. @certificates_dir: (nullable) as in
 * #VbQemuSettings */
VbDescriptors *vb_descriptors_new (const VbDomain *domain,
                                   const char *runtime_dir,
                                   const char *log_path,
                                   const char *certificates_dir);
/* Closes what is open. */
void vb_descriptors_free (VbDescriptors *descriptors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbDescriptors, vb_descriptors_free)

/* Opens all, adds to the plan the images that those of disks are based on, and drops a pipe that is a
 * pair of FIFOs. After an error some are open. May block on the disks; touches nothing but
 * @descriptors. Errors:
 * %VB_QEMU_ERROR_HOST_RESOURCE with device, path and remedy. */
gboolean vb_descriptors_open (VbDescriptors *descriptors, const VbOpening *opening, GError **error);

/* Closes what is open; the plan stays. */
void vb_descriptors_close (VbDescriptors *descriptors);

guint vb_descriptors_get_length (const VbDescriptors *descriptors);
const VbDescriptor *vb_descriptors_get (const VbDescriptors *descriptors, guint index);
/* Whether it is an image of a disk, or one that another is based on. */
gboolean vb_descriptor_is_image (const VbDescriptor *descriptor);
/* (transfer full): by which QEMU opens what it has of @descriptor, which is in a set or opened by name */
char *vb_descriptor_get_qemu_path (const VbDescriptor *descriptor);
/* (nullable) (transfer none): by key */
const VbDescriptor *vb_descriptors_find (const VbDescriptors *descriptors, const char *key);
/* (nullable) (transfer none): by "disk", and a disk's target or another device's alias */
const VbDescriptor *vb_descriptors_find_device (const VbDescriptors *descriptors,
                                                const VbDevice *device);
/* (nullable) (transfer none): what is at the host's end of @device; %NULL where that is none of files,
 * and where QEMU must open it itself */
const VbDescriptor *vb_descriptors_find_end (const VbDescriptors *descriptors,
                                             const VbDevice *device);
/* (nullable) (transfer none): the image of @disk that @depth layers stand above; %NULL before
 * the plan is opened, but for the top one */
const VbDescriptor *
vb_descriptors_find_layer (const VbDescriptors *descriptors, const VbDevice *disk, guint depth);
/* (nullable) (transfer none): the passphrase of @disk */
const VbDescriptor *vb_descriptors_find_secret (const VbDescriptors *descriptors,
                                                const VbDevice *disk);
/* (transfer full): @text with each path by which QEMU opens a descriptor as the one that the user
 * knows */
char *vb_descriptors_translate (const VbDescriptors *descriptors, const char *text);
