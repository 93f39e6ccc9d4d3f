/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words such as "hvm-3.0-x86_32p": what kind of guest, the version of the interface, and the
 * architecture, whose `p` means guests with PAE.
 */
#include "qemu/xen-capabilities.h"

#include <string.h>

static const struct
{
  const char *word;
  VbOsType os_type;
} os_types[] = {
  { "xen", VB_OS_TYPE_XEN },
  { "hvm", VB_OS_TYPE_HVM },
};

static const struct
{
  const char *word;
  const char *arch;
  gboolean pae;
  gboolean nonpae;
} architectures[] = {
  { "x86_32", "i686", FALSE, TRUE },      { "x86_32p", "i686", TRUE, FALSE },
  { "x86_64", "x86_64", FALSE, FALSE },   { "x86_64p", "x86_64", TRUE, FALSE },
  { "aarch64", "aarch64", FALSE, FALSE }, { "armv7l", "armv7l", FALSE, FALSE },
  { "ia64", "ia64", FALSE, FALSE },       { "powerpc64", "ppc64", FALSE, FALSE },
};

static gboolean
parse_os_type (const char *word, gsize length, VbXenCapability *capability)
{
  for (guint i = 0; i < G_N_ELEMENTS (os_types); i++)
    if (strlen (os_types[i].word) == length && strncmp (os_types[i].word, word, length) == 0)
      {
        capability->os_type = os_types[i].os_type;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_architecture (const char *word, VbXenCapability *capability)
{
  for (guint i = 0; i < G_N_ELEMENTS (architectures); i++)
    if (g_str_equal (architectures[i].word, word))
      {
        capability->arch = architectures[i].arch;
        capability->pae = architectures[i].pae;
        capability->nonpae = architectures[i].nonpae;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_word (const char *word, VbXenCapability *capability)
{
  const char *version = strchr (word, '-');
  gsize version_length = version != NULL ? strspn (version + 1, "0123456789.") : 0;

  return version_length > 0 && version[1 + version_length] == '-' &&
         parse_os_type (word, (gsize) (version - word), capability) &&
         parse_architecture (version + 1 + version_length + 1, capability);
}

/* The same kind of guest with and without PAE is one. */
static void
add (GArray *capabilities, const VbXenCapability *capability)
{
  for (guint i = 0; i < capabilities->len; i++)
    {
      VbXenCapability *other = &g_array_index (capabilities, VbXenCapability, i);

      if (other->os_type == capability->os_type && g_str_equal (other->arch, capability->arch))
        {
          other->pae |= capability->pae;
          other->nonpae |= capability->nonpae;
          return;
        }
    }
  g_array_append_val (capabilities, *capability);
}

GArray *
vb_xen_capabilities_parse (const char *text)
{
  GArray *capabilities = g_array_new (FALSE, FALSE, sizeof (VbXenCapability));
  g_auto (GStrv) words = g_strsplit_set (text, " \t\n", -1);

  for (char **word = words; *word != NULL; word++)
    {
      VbXenCapability capability;

      if (parse_word (*word, &capability))
        add (capabilities, &capability);
    }
  return capabilities;
}
