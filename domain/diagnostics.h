/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is wrong with a document or without effect in it: a growing list of findings, each with
 * severity, path, message and line. Decides nothing about what is wrong.
 */
#pragma once

#include <glib.h>

/* Of each severity: one for each device that a document may have. What comes after it is only told of
 * as such. */
#define VB_DIAGNOSTICS_MAX_FINDINGS 16384

typedef enum
{
  VB_SEVERITY_ERROR,
  VB_SEVERITY_WARNING,
  VB_SEVERITY_INFO,
} VbSeverity;

#define VB_N_SEVERITIES 3

typedef struct
{
  VbSeverity severity;
  char *path;    /* (owned) such as "/domain/devices/disk[2]/target/@bus" */
  char *message; /* (owned) what was found and what would be right */
  guint line;    /* 0: unknown */
} VbDiagnostic;

typedef struct _VbDiagnostics VbDiagnostics;

VbDiagnostics *vb_diagnostics_new (void);
void vb_diagnostics_free (VbDiagnostics *diagnostics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbDiagnostics, vb_diagnostics_free)

/* @diagnostics may be %NULL: the finding is then dropped. @path (transfer none) */
void vb_diagnostics_add (VbDiagnostics *diagnostics,
                         VbSeverity severity,
                         const char *path,
                         guint line,
                         const char *message_format,
                         ...) G_GNUC_PRINTF (5, 6);
/* Whether a finding of @severity would not be listed; so it is with %NULL */
gboolean vb_diagnostics_is_full (const VbDiagnostics *diagnostics, VbSeverity severity);
guint vb_diagnostics_get_length (const VbDiagnostics *diagnostics);
const VbDiagnostic *vb_diagnostics_get (const VbDiagnostics *diagnostics, guint index);
/* (nullable): the first finding of %VB_SEVERITY_ERROR */
const VbDiagnostic *vb_diagnostics_get_first_error (const VbDiagnostics *diagnostics);
const char *vb_severity_to_string (VbSeverity severity);
