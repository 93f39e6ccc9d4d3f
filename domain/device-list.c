/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Changes to the list of a domain's devices, for one whose machine gained or lost some while it ran.
 * Whether the result is a good domain is for the caller to find out.
 */
#include "domain/domain.h"

#include "domain/domain-parts.h"

void
vb_domain_add_device (VbDomain *domain, VbDevice *device)
{
  g_ptr_array_add (domain->devices, device);
  vb_domain_sort_devices (domain);
  vb_ignored_refresh_paths (domain);
}

gboolean
vb_domain_remove_device (VbDomain *domain, const char *alias)
{
  VbDevice *device = vb_domain_find_device (domain, alias);

  if (device == NULL)
    return FALSE;
  g_ptr_array_remove (domain->devices, device);
  vb_ignored_refresh_paths (domain);
  return TRUE;
}

void
vb_domain_copy_devices (VbDomain *domain, const VbDomain *source)
{
  g_ptr_array_set_size (domain->devices, 0);
  for (guint i = 0; i < source->devices->len; i++)
    g_ptr_array_add (domain->devices, vb_device_copy (g_ptr_array_index (source->devices, i)));
  vb_ignored_refresh_paths (domain);
}

gboolean
vb_domain_has_same_devices (const VbDomain *a, const VbDomain *b)
{
  gboolean are_same = a->devices->len == b->devices->len;

  for (guint i = 0; are_same && i < a->devices->len; i++)
    {
      const VbDevice *device_a = g_ptr_array_index (a->devices, i);
      const VbDevice *device_b = g_ptr_array_index (b->devices, i);

      are_same = vb_device_equal (device_a, device_b);
    }
  return are_same;
}
