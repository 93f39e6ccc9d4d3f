/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <hugepages>: whether this host has as many huge pages as a machine needs. QEMU takes them from the
 * pool by a file in memory, which needs no mount and no right.
 */
#include "qemu/huge-pages.h"

#include <string.h>

#define MEMINFO "/proc/meminfo"

static guint64
find_number (const char *text, const char *key)
{
  g_autofree char *line = g_strconcat ("\n", key, ":", NULL);
  const char *found = strstr (text, line);
  return found != NULL ? g_ascii_strtoull (found + strlen (line), NULL, 10) : 0;
}

gboolean
vb_huge_pages_check (const VbDomain *domain, const char *meminfo, guint64 *page_kib, GError **error)
{
  g_autofree char *text = NULL;
  guint64 n_free, n_reserved, n_needed;

  *page_kib = 0;
  if (!domain->huge_pages)
    return TRUE;
  if (g_file_get_contents (meminfo != NULL ? meminfo : MEMINFO, &text, NULL, NULL))
    *page_kib = find_number (text, "Hugepagesize");
  if (*page_kib == 0)
    {
      g_set_error_literal (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                           "the host's kernel has no huge pages; remove <hugepages>");
      return FALSE;
    }
  n_free = find_number (text, "HugePages_Free");
  n_reserved = find_number (text, "HugePages_Rsvd");
  n_needed = (domain->memory_kib + *page_kib - 1) / *page_kib;
  if (n_free >= n_reserved && n_free - n_reserved >= n_needed)
    return TRUE;
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
               "the machine needs %" G_GUINT64_FORMAT " huge pages of %" G_GUINT64_FORMAT
               " KiB, and the host has %" G_GUINT64_FORMAT
               " left; raise vm.nr_hugepages, or remove <hugepages>",
               n_needed, *page_kib, n_free > n_reserved ? n_free - n_reserved : 0);
  return FALSE;
}
