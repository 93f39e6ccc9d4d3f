/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is no image is none of a client's business: the launch finds the service's own sockets and files
 * by name, too.
 */
#include "engine/given-names.h"

#include "engine/engine-error.h"
#include "qemu/descriptors.h"

static gboolean
is_image_name (const VbDescriptors *plan, const char *name)
{
  for (guint i = 0; i < vb_descriptors_get_length (plan); i++)
    {
      const VbDescriptor *descriptor = vb_descriptors_get (plan, i);
      if (vb_descriptor_is_image (descriptor) && g_str_equal (descriptor->path, name))
        return TRUE;
    }
  return FALSE;
}

/* (transfer full): "'/a', '/b'" */
static char *
list_image_names (const VbDescriptors *plan)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < vb_descriptors_get_length (plan); i++)
    {
      const VbDescriptor *descriptor = vb_descriptors_get (plan, i);
      if (vb_descriptor_is_image (descriptor))
        g_string_append_printf (names, "%s'%s'", names->len > 0 ? ", " : "", descriptor->path);
    }
  return g_string_free (names, FALSE);
}

gboolean
vb_given_names_check (const VbGiven *given, const VbDomain *domain, GError **error)
{
  g_autoptr (VbDescriptors) plan = NULL;
  g_autofree const char **names = NULL;

  if (given == NULL)
    return TRUE;
  plan = vb_descriptors_new (domain, "", "", NULL);
  names = vb_given_list (given);
  for (guint i = 0; names[i] != NULL; i++)
    if (!is_image_name (plan, names[i]))
      {
        g_autofree char *known = list_image_names (plan);
        g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                     "domain '%s' has no image '%s' to be given a descriptor of; it has %s",
                     domain->name, names[i], *known != '\0' ? known : "none");
        return FALSE;
      }
  return TRUE;
}
