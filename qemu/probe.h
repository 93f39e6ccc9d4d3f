/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One emulator is run, asked, and ended again. What is wrong with it is told in the facts. Decides
 * nothing about when an emulator is asked; keeps nothing.
 */
#pragma once

#include <gio/gio.h>

#include "qemu/emulator-facts.h"

typedef struct
{
  const char *path;
  gboolean use_kvm; /* where it can, and TCG where it cannot */
  gint64 uid;       /* user that it runs as; -1: as the service */
  gint64 gid;       /* -1: as the service */
  guint timeout_ms; /* for all of it */
} VbProbeConfig;

/* Asks for all that facts are made of. @config: read during the call */
void vb_probe_async (const VbProbeConfig *config,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
/* Asks for the properties of one more device. @facts: what is known of the emulator */
void vb_probe_describe_async (const VbProbeConfig *config,
                              VbEmulatorFacts *facts,
                              const char *device,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* (transfer full): new facts, which have an error where the emulator could not be asked. @program:
 * (out) (optional) (nullable) (transfer full): the file that has answered, another than the path where
 * that is a script. Errors: %G_IO_ERROR_CANCELLED alone */
VbEmulatorFacts *vb_probe_finish (GAsyncResult *result, char **program, GError **error);
