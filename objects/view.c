/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one object shows: all that a property getter may read.
 */
#include "objects/view.h"

#include "objects/path.h"

void
vb_view_init_domain (VbView *view, const VbMachineFacts *facts)
{
  *view = (VbView){ .machine = facts, .domain = facts->domain };
}

gboolean
vb_view_init_device (VbView *view, const VbMachineFacts *facts, const VbDevice *device)
{
  const VbDomain *const sides[] = { facts->domain, facts->definition };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      const VbDevice *found = vb_domain_find_same_device (sides[i], device);
      if (found != NULL)
        {
          *view = (VbView){ .machine = facts, .domain = sides[i], .device = found };
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
vb_view_find_device (VbView *view, const VbMachineFacts *facts, const char *node)
{
  g_autoptr (GPtrArray) devices = vb_machine_facts_list_devices (facts);

  for (guint i = 0; i < devices->len; i++)
    {
      g_autofree char *name = vb_path_device_node (g_ptr_array_index (devices, i));
      if (g_str_equal (name, node))
        return vb_view_init_device (view, facts, g_ptr_array_index (devices, i));
    }
  return FALSE;
}

gboolean
vb_view_init_stored (VbView *stored, const VbView *view)
{
  const VbMachineFacts *facts = view->machine;

  if (!facts->pending_changes || view->domain != facts->live || facts->definition == NULL)
    return FALSE;
  *stored = *view;
  stored->domain = facts->definition;
  if (view->device == NULL)
    return TRUE;
  stored->device = vb_domain_find_same_device (facts->definition, view->device);
  return stored->device != NULL && !vb_device_equal (stored->device, view->device);
}
