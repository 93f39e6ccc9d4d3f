/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A command as a client wrote it, read as QEMU reads it: what may be passed on, or why not. Pure,
 * so that long texts can be read in a thread.
 */
#pragma once

#include <glib.h>

/* QEMU 7.2 reads its monitor byte by byte, some 160 KiB a second, while all other sessions wait. */
#define VB_QMP_MAX_ARGUMENT_BYTES (256 * 1024)

typedef struct
{
  char *id;        /* (owned) (nullable): the client's id, JSON text byte for byte */
  GError *failure; /* (owned) (nullable): why it is none, as QEMU would say; then only @id holds */
  char *name;      /* (owned) */
  char *arguments; /* (owned) (nullable): JSON text of an object, written anew by libqmp */
  char *subject;   /* (owned) (nullable): what it is about, see vb_qmp_command_get_subject() */
  gboolean out_of_band; /* `exec-oob` */
  gboolean enables_oob; /* of `qmp_capabilities`, which the broker answers itself */
} VbQmpCommand;

/* @text: one object from brace to brace, as a framer gives it */
VbQmpCommand *vb_qmp_command_parse (const char *text, gsize n_bytes);
/* @arguments: JSON text of an object; none where it is empty */
VbQmpCommand *vb_qmp_command_new (const char *name, const char *arguments);
void vb_qmp_command_free (VbQmpCommand *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbQmpCommand, vb_qmp_command_free)

/* Its bytes, about */
gsize vb_qmp_command_get_size (const VbQmpCommand *command);
