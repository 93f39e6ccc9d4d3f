/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which program runs a domain: the one that it names, or the one that is installed for its
 * architecture.
 */
#include "qemu/emulator.h"

#include "qemu/architecture.h"
#include "qemu/instance.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define EMULATOR_PREFIX "qemu-system-"
#define KVM_PROGRAM "qemu-kvm"

gboolean
vb_emulator_is_program (const char *name)
{
  return g_str_has_prefix (name, EMULATOR_PREFIX) || g_str_equal (name, KVM_PROGRAM);
}

gboolean
vb_emulator_is_for_kvm (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  return g_str_equal (name, KVM_PROGRAM);
}

gboolean
vb_emulator_is_alias (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  char *real_path = realpath (path, NULL);
  g_autofree char *real_name = real_path != NULL ? g_path_get_basename (real_path) : NULL;

  free (real_path);
  return real_name != NULL && !g_str_equal (real_name, name) && vb_emulator_is_program (real_name);
}

gboolean
vb_emulator_is_executable (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 && S_ISREG (status.st_mode) && access (path, X_OK) == 0;
}

static char *
find_for_kvm (void)
{
  g_autofree char *path = g_find_program_in_path (KVM_PROGRAM);

  if (path == NULL && vb_emulator_is_executable (VB_EMULATOR_PRIVATE_FOLDER "/" KVM_PROGRAM))
    path = g_strdup (VB_EMULATOR_PRIVATE_FOLDER "/" KVM_PROGRAM);
  return path != NULL && !vb_emulator_is_alias (path) ? g_steal_pointer (&path) : NULL;
}

/* Whether the host's processor is of @arch. */
static gboolean
is_of_host (const char *arch)
{
  struct utsname system;

  uname (&system);
  return g_str_equal (vb_architecture_to_set (arch), vb_architecture_to_set (system.machine));
}

/* (transfer full): as the capability set of the architecture has it */
static char *
find_installed (const VbDomain *domain, GError **error)
{
  const char *arch = domain->os.arch;
  g_autofree char *program = g_strconcat (EMULATOR_PREFIX, vb_architecture_to_qemu (arch), NULL);
  g_autofree char *path = g_find_program_in_path (program);
  g_autofree char *kvm_path = is_of_host (arch) ? find_for_kvm () : NULL;

  if (kvm_path != NULL && (path == NULL || domain->type == VB_DOMAIN_TYPE_KVM))
    return g_steal_pointer (&kvm_path);
  if (path == NULL)
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "there is no %s to run architecture '%s': install %s, or name an <emulator>",
                 program, arch, vb_architecture_get_package (arch));
  return g_steal_pointer (&path);
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
    return find_installed (domain, error);
  return check_named (domain->emulator, error) ? g_strdup (domain->emulator) : NULL;
}
