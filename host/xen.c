/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Xen by the files of its kernel interface (Linux, ABI/stable/sysfs-hypervisor-xen) and by the places
 * where its programs are.
 */
#include "host/xen.h"

#include <glob.h>
#include <string.h>

/* The hypervisor writes less than that. */
#define MAX_CAPABILITIES_BYTES 1024
#define CONTROL_DOMAIN_UUID "00000000-0000-0000-0000-000000000000"

/* Patterns of glob(), the best first: those of Xen's own builds since version 4.2, of Debian's, and of
 * the time before QEMU knew Xen. */
static const char *const emulators[] = {
  "/usr/lib/xen/bin/qemu-system-i386",
  "/usr/lib64/xen/bin/qemu-system-i386",
  "/usr/libexec/xen/bin/qemu-system-i386",
  "/usr/local/lib/xen/bin/qemu-system-i386",
  "/usr/libexec/xen-qemu-system-i386",
  "/usr/lib/xen/bin/qemu-dm",
  "/usr/lib64/xen/bin/qemu-dm",
  NULL,
};

static const char *const loaders[] = {
  "/usr/lib/xen/boot/hvmloader",     "/usr/lib64/xen/boot/hvmloader",
  "/usr/libexec/xen/boot/hvmloader", "/usr/local/lib/xen/boot/hvmloader",
  "/usr/lib/xen-*/boot/hvmloader",   NULL,
};

/* (transfer full) (nullable): the file's text without the space at its end */
static char *
read_property (const char *root, const char *name)
{
  g_autofree char *path = g_build_filename (root, "sys/hypervisor", name, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? g_strchomp (text) : NULL;
}

/* (transfer full) (nullable): the first that is there; of several versions the last */
static char *
find_file (const char *root, const char *const *patterns)
{
  char *path = NULL;

  for (; *patterns != NULL && path == NULL; patterns++)
    {
      g_autofree char *pattern = g_build_filename (root, *patterns, NULL);
      gsize root_length = strlen (pattern) - strlen (*patterns);
      glob_t found;

      if (glob (pattern, 0, NULL, &found) == 0 && found.gl_pathc > 0)
        path = g_strdup (found.gl_pathv[found.gl_pathc - 1] + root_length);
      globfree (&found);
    }
  return path;
}

/* A guest of Xen has the same files, and a UUID of its own. */
static gboolean
is_control_domain (const char *root)
{
  g_autofree char *type = read_property (root, "type");
  g_autofree char *uuid = read_property (root, "uuid");

  return g_strcmp0 (type, "xen") == 0 && (uuid == NULL || g_str_equal (uuid, CONTROL_DOMAIN_UUID));
}

void
vb_xen_read (const char *root, VbHostFacts *facts)
{
  g_autofree char *capabilities = NULL;

  if (!is_control_domain (root))
    return;
  capabilities = read_property (root, "properties/capabilities");
  if (capabilities == NULL || strlen (capabilities) > MAX_CAPABILITIES_BYTES ||
      !g_str_is_ascii (capabilities))
    return;
  facts->xen_capabilities = g_steal_pointer (&capabilities);
  facts->xen_emulator = find_file (root, emulators);
  facts->xen_loader = find_file (root, loaders);
}
