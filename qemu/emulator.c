/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which program runs a domain: the one that it names, or the one that is installed for its
 * architecture.
 */
#include "qemu/instance.h"

#include <errno.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* Architectures that QEMU calls by another name, and Debian's packages. */
static const struct
{
  const char *arch;
  const char *qemu_arch;
  const char *package;
} arches[] = {
  { "x86_64", "x86_64", "qemu-system-x86" },  { "i686", "i386", "qemu-system-x86" },
  { "i386", "i386", "qemu-system-x86" },      { "aarch64", "aarch64", "qemu-system-arm" },
  { "armv7l", "arm", "qemu-system-arm" },     { "arm", "arm", "qemu-system-arm" },
  { "ppc", "ppc", "qemu-system-ppc" },        { "ppc64", "ppc64", "qemu-system-ppc" },
  { "ppc64le", "ppc64", "qemu-system-ppc" },  { "mips", "mips", "qemu-system-mips" },
  { "mipsel", "mipsel", "qemu-system-mips" }, { "sparc", "sparc", "qemu-system-sparc" },
};

static char *
find_installed (const char *arch, GError **error)
{
  const char *qemu_arch = arch;
  const char *package = "qemu-system";
  g_autofree char *program = NULL;
  char *path;

  for (guint i = 0; i < G_N_ELEMENTS (arches); i++)
    if (g_str_equal (arches[i].arch, arch))
      {
        qemu_arch = arches[i].qemu_arch;
        package = arches[i].package;
      }
  program = g_strdup_printf ("qemu-system-%s", qemu_arch);
  path = g_find_program_in_path (program);
  if (path == NULL)
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "there is no %s to run architecture '%s': install %s, or name an <emulator>",
                 program, arch, package);
  return path;
}

static gboolean
check_named (const char *path, GError **error)
{
  GStatBuf status;
  if (g_stat (path, &status) < 0)
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "emulator '%s': %s; install it or correct <emulator>", path, g_strerror (errno));
  else if (!S_ISREG (status.st_mode) || access (path, X_OK) < 0)
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "emulator '%s' is not executable; make it so or correct <emulator>", path);
  else
    return TRUE;
  return FALSE;
}

char *
vb_qemu_find_emulator (const VbDomain *domain, GError **error)
{
  if (domain->emulator == NULL)
    return find_installed (domain->os.arch, error);
  return check_named (domain->emulator, error) ? g_strdup (domain->emulator) : NULL;
}
