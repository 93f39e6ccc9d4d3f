/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The growing list of findings. Decides nothing about what is wrong.
 */
#include "domain/diagnostics.h"

struct _VbDiagnostics
{
  GPtrArray *findings;            /* (owned) (element-type VbDiagnostic) */
  guint n_found[VB_N_SEVERITIES]; /* one more than there may be: the last one says so */
};

static const char *const severity_words[] = {
  [VB_SEVERITY_ERROR] = "error",
  [VB_SEVERITY_WARNING] = "warning",
  [VB_SEVERITY_INFO] = "info",
};

static void
diagnostic_free (gpointer data)
{
  VbDiagnostic *diagnostic = data;

  g_free (diagnostic->path);
  g_free (diagnostic->message);
  g_free (diagnostic);
}

VbDiagnostics *
vb_diagnostics_new (void)
{
  VbDiagnostics *diagnostics = g_new0 (VbDiagnostics, 1);

  diagnostics->findings = g_ptr_array_new_with_free_func (diagnostic_free);
  return diagnostics;
}

void
vb_diagnostics_free (VbDiagnostics *diagnostics)
{
  g_ptr_array_unref (diagnostics->findings);
  g_free (diagnostics);
}

/* @message: (transfer full) */
static void
add (VbDiagnostics *diagnostics, VbSeverity severity, const char *path, guint line, char *message)
{
  VbDiagnostic *diagnostic = g_new0 (VbDiagnostic, 1);

  diagnostic->severity = severity;
  diagnostic->path = g_strdup (path);
  diagnostic->line = line;
  diagnostic->message = message;
  g_ptr_array_add (diagnostics->findings, diagnostic);
}

gboolean
vb_diagnostics_is_full (const VbDiagnostics *diagnostics, VbSeverity severity)
{
  return diagnostics == NULL || diagnostics->n_found[severity] > VB_DIAGNOSTICS_MAX_FINDINGS;
}

void
vb_diagnostics_add (VbDiagnostics *diagnostics,
                    VbSeverity severity,
                    const char *path,
                    guint line,
                    const char *message_format,
                    ...)
{
  va_list arguments;

  if (vb_diagnostics_is_full (diagnostics, severity))
    return;
  if (diagnostics->n_found[severity]++ == VB_DIAGNOSTICS_MAX_FINDINGS)
    {
      add (diagnostics, severity, "/", 0,
           g_strdup_printf ("there is more of this kind than %d findings: the rest is not listed",
                            VB_DIAGNOSTICS_MAX_FINDINGS));
      return;
    }
  va_start (arguments, message_format);
  add (diagnostics, severity, path, line, g_strdup_vprintf (message_format, arguments));
  va_end (arguments);
}

guint
vb_diagnostics_get_length (const VbDiagnostics *diagnostics)
{
  return diagnostics->findings->len;
}

const VbDiagnostic *
vb_diagnostics_get (const VbDiagnostics *diagnostics, guint index)
{
  g_return_val_if_fail (index < diagnostics->findings->len, NULL);
  return g_ptr_array_index (diagnostics->findings, index);
}

const VbDiagnostic *
vb_diagnostics_get_first_error (const VbDiagnostics *diagnostics)
{
  for (guint i = 0; i < diagnostics->findings->len; i++)
    {
      const VbDiagnostic *diagnostic = g_ptr_array_index (diagnostics->findings, i);

      if (diagnostic->severity == VB_SEVERITY_ERROR)
        return diagnostic;
    }
  return NULL;
}

const char *
vb_severity_to_string (VbSeverity severity)
{
  g_return_val_if_fail (severity < G_N_ELEMENTS (severity_words), NULL);
  return severity_words[severity];
}
