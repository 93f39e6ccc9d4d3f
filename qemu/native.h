/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A domain in QEMU's own words, for whoever starts it without the service. Nothing is run or opened.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/instance.h"

typedef enum
{
  VB_NATIVE_QEMU_ARGV,   /* a command for a shell */
  VB_NATIVE_QEMU_CONFIG, /* a file for -readconfig, with the command that starts it in its head */
} VbNativeFormat;

extern const VbEnumTable vb_native_format_table;

typedef struct
{
  VbNativeFormat format;
  gboolean pretty; /* a command with one argument a line */
  gint64 now_s;    /* since the epoch: what <clock offset='variable'> counts from */
} VbNativeOptions;

/* (transfer full) (nullable): @domain, which is completed, in the words of @options. What cannot be
 * said so, and what the service does that QEMU does not, is added to @findings as a warning. Errors:
 * %VB_QEMU_ERROR_UNSUPPORTED for a domain that is not QEMU's. */
char *vb_native_format (const VbQemuSettings *settings,
                        const VbDomain *domain,
                        const VbNativeOptions *options,
                        VbDiagnostics *findings,
                        GError **error);
