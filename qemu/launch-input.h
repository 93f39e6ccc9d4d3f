/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Everything of the host that a launch needs, opened before QEMU is spawned: files, sockets, log.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/descriptors.h"
#include "qemu/instance.h"
#include "qemu/qemu-error.h"

typedef struct
{
  VbDomain *domain; /* (owned) with the ports that were chosen, once it is open */
  char *log_path;   /* (owned) */
  gint64 uid;       /* whom QEMU runs as, -1: as the service */
  gint64 gid;
  const char *owner;          /* (nullable) static */
  char *secrets_dir;          /* (owned) (nullable) */
  VbGiven *given;             /* (owned) (nullable) */
  VbDescriptors *descriptors; /* (owned) */
  int log_fd;                 /* (owned) */
  int vnc_fd;                 /* (owned) for QEMU; -1: no such display */
  int spice_fd;               /* (owned) holds the port for QEMU; -1: no such display, or port */
  int spice_tls_fd;           /* (owned) the same of its port for encrypted connections */
  guint64 locked_bytes;       /* how much memory QEMU must be allowed to lock */
  guint64 huge_page_kib;      /* 0: the machine's memory is in none */
  guint *groups;              /* (owned) (array length=n_groups) */
  guint n_groups;
} VbLaunchInput;

/* What @given (transfer full) (nullable) has is not opened anew. */
VbLaunchInput *vb_launch_input_new (VbDomain *domain,
                                    VbGiven *given,
                                    const char *runtime_dir,
                                    const char *log_path,
                                    const VbQemuSettings *settings);
/* Closes what is open. */
void vb_launch_input_free (VbLaunchInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbLaunchInput, vb_launch_input_free)

/* May block on the disks, and touches nothing but @input: for a thread. Errors:
 * %VB_QEMU_ERROR_HOST_RESOURCE. */
gboolean vb_launch_input_open (VbLaunchInput *input, GError **error);
