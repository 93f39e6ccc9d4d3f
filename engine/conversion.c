/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Converting a document says nothing of the domains that there are: it is completed alone, and not
 * beside the stored definition with its UUID.
 */
#include "engine/conversion.h"

#include "engine/engine-private.h"
#include "qemu/native.h"

#include <string.h>

char *
vb_engine_convert_to_native (VbEngine *engine,
                             const char *format,
                             const char *xml,
                             gboolean pretty,
                             VbDiagnostics *findings,
                             GError **error)
{
  VbQemuSettings settings = vb_engine_get_qemu_settings (engine);
  int known_format = vb_enum_from_string (&vb_native_format_table, format);
  VbNativeOptions options = {
    .format = known_format,
    .pretty = pretty,
    .now_s = g_get_real_time () / G_USEC_PER_SEC,
  };
  g_autoptr (VbDomain) domain = NULL;

  if (known_format < 0)
    {
      g_autofree char *known = vb_enum_list_words (&vb_native_format_table);
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                   "'%s' is no format to convert to; known: %s", format, known);
      return NULL;
    }
  domain = vb_domain_parse (xml, strlen (xml), FALSE, findings, error);
  if (domain == NULL)
    return NULL;
  vb_domain_complete (domain, NULL, NULL);
  return vb_native_format (&settings, domain, &options, findings, error);
}
