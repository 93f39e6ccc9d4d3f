/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The emulators of this host: which there are, and what each can do. A binary is asked once for all
 * who want to know, when the first one does; a cache on disk remembers it. Decides when a binary is
 * asked again; knows no capability sets and no domains.
 */
#pragma once

#include <gio/gio.h>

#include "qemu/emulator-facts.h"

typedef struct
{
  const char *cache_dir;   /* (nullable): nothing is kept */
  const char *search_path; /* (nullable): colon-separated folders; %NULL: $PATH */
  gint64 uid;              /* user that a binary runs as while it is asked; -1: as the service */
  gint64 gid;
  guint timeout_ms; /* for one binary */
  guint retry_ms;   /* how long a failure is told before who asks has the binary asked again */
} VbEmulatorsConfig;

#define VB_TYPE_EMULATORS (vb_emulators_get_type ())
G_DECLARE_FINAL_TYPE (VbEmulators, vb_emulators, VB, EMULATORS, GObject)

/**
 * VbEmulators::changed:
 * @emulators: the emulators
 * @path: of the binary
 *
 * A binary came, went, or is another one now, or what it can do is being asked for the first time or
 * has become known. One that was asked
 * before is asked again by itself when it is replaced.
 */

VbEmulators *vb_emulators_new (const VbEmulatorsConfig *config);
/* Whether KVM can be used on this host; what was asked without it is asked again when it is next
 * needed. */
void vb_emulators_set_kvm_usable (VbEmulators *emulators, gboolean kvm_usable);
/* Takes over what the cache has. Reads files that are small and local: blocks for some milliseconds. */
void vb_emulators_load_cache (VbEmulators *emulators);

/* (transfer container) (element-type utf8): the paths of those that are installed, sorted */
GPtrArray *vb_emulators_list (VbEmulators *emulators);
/* Whether the binary @path is one of them. */
gboolean vb_emulators_is_installed (VbEmulators *emulators, const char *path);
/* (transfer none) (nullable): what is known now of the binary @path; while it is asked again, of the
 * one that was there before */
VbEmulatorFacts *vb_emulators_peek (VbEmulators *emulators, const char *path);
/* (transfer none) (nullable): the same after a look at the file: %NULL where it has to be asked */
VbEmulatorFacts *vb_emulators_peek_current (VbEmulators *emulators, const char *path);
/* Whether a binary is being asked. */
gboolean vb_emulators_is_busy (VbEmulators *emulators, const char *path);

/* What the binary @path can do, of the installed ones or any other. Completes at once where it is
 * known. A binary that cannot be asked gives facts with an error, until it is replaced, or asked for
 * after some time: what was wrong may have been the host. */
void vb_emulators_probe_async (VbEmulators *emulators,
                               const char *path,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* (transfer full). Errors: %G_IO_ERROR_CANCELLED alone. */
VbEmulatorFacts *
vb_emulators_probe_finish (VbEmulators *emulators, GAsyncResult *result, GError **error);

/* The same, with the properties of @device, of which there need not be one. */
void vb_emulators_describe_async (VbEmulators *emulators,
                                  const char *path,
                                  const char *device,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
VbEmulatorFacts *
vb_emulators_describe_finish (VbEmulators *emulators, GAsyncResult *result, GError **error);
