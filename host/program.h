/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A program that does one thing for a guest's start and ends: a script of the user's, a set-uid
 * helper, one that goes on in the background. It gets a clean environment, no descriptors but those
 * that it is given, and a time to end. Waits: for a thread.
 */
#pragma once

#include <gio/gio.h>

typedef struct
{
  const char *const *argv; /* argv[0]: absolute */
  int fd;                  /* -1, or what is open in the program as VB_PROGRAM_FD */
  const char *user;        /* (nullable) whose rights it has; %NULL: the service's */
  guint timeout_ms;
} VbProgram;

#define VB_PROGRAM_FD 3

/* Whether it has ended well. Errors: %VB_HOST_ERROR_RESOURCE, which names it with its last words;
 * %G_IO_ERROR_CANCELLED. It is gone in either case. */
gboolean vb_program_run (const VbProgram *program, GCancellable *cancellable, GError **error);
