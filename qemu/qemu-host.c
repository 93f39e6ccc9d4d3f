/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a guest may be told of the host that it runs on.
 */
#include "qemu/qemu-host.h"

#include <string.h>

#define SEPARATORS "-._"

VbQemuHost *
vb_qemu_host_new (const char *cpu_vendor, const char *const *cpu_features)
{
  VbQemuHost *host = g_rc_box_new0 (VbQemuHost);
  host->cpu_vendor = g_strdup (cpu_vendor);
  host->cpu_features = g_strdupv ((char **) cpu_features);
  return host;
}

VbQemuHost *
vb_qemu_host_ref (VbQemuHost *host)
{
  return g_rc_box_acquire (host);
}

static void
clear (gpointer data)
{
  VbQemuHost *host = data;
  g_free (host->cpu_vendor);
  g_strfreev (host->cpu_features);
  vb_sysinfo_clear (&host->sysinfo);
}

void
vb_qemu_host_unref (VbQemuHost *host)
{
  g_rc_box_release_full (host, clear);
}

/* "sse4.1" and "sse4_1" are the same. */
static gboolean
is_same_feature (const char *a, const char *b)
{
  for (; *a != '\0' && *b != '\0'; a++, b++)
    if (*a != *b && (strchr (SEPARATORS, *a) == NULL || strchr (SEPARATORS, *b) == NULL))
      return FALSE;
  return *a == *b;
}

gboolean
vb_qemu_host_has_feature (const VbQemuHost *host, const char *feature)
{
  for (char **word = host != NULL ? host->cpu_features : NULL; word != NULL && *word != NULL;
       word++)
    if (is_same_feature (*word, feature))
      return TRUE;
  return FALSE;
}
