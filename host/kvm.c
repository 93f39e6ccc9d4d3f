/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether KVM can be used. The node alone proves nothing: it must open for writing and speak the
 * one stable version of its interface.
 */
#include "host/kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* Fixed since Linux 2.6.22; every other version is to be refused (Linux, virt/kvm/api). */
#define KVM_STABLE_API_VERSION 12

static char *
explain_missing (const char *device, const char *const *cpu_features)
{
  const char *module = g_strv_contains (cpu_features, "vmx")   ? "kvm_intel"
                       : g_strv_contains (cpu_features, "svm") ? "kvm_amd"
                                                               : NULL;
  if (module == NULL)
    return g_strdup_printf ("there is no %s, and the processor shows no virtualization: enable it "
                            "in the firmware, or nested virtualization on the host of this machine",
                            device);
  return g_strdup_printf ("there is no %s: load the module %s", device, module);
}

static char *
explain_refused (const char *device)
{
  GStatBuf status;
  struct group *group = NULL;
  if (g_stat (device, &status) == 0 && (status.st_mode & S_IWGRP) != 0 && status.st_gid != 0)
    group = getgrgid (status.st_gid);
  if (group == NULL)
    return g_strdup_printf (
        "no permission to open %s: an administrator must let a group, such as kvm, write it",
        device);
  return g_strdup_printf ("no permission to open %s: join the group %s", device, group->gr_name);
}

gboolean
vb_kvm_probe (const char *device, const char *const *cpu_features, char **reason)
{
  int fd = open (device, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  int open_errno = errno;
  int version;

  *reason = NULL;
  if (fd < 0 && open_errno == ENOENT)
    *reason = explain_missing (device, cpu_features);
  else if (fd < 0 && (open_errno == EACCES || open_errno == EPERM))
    *reason = explain_refused (device);
  else if (fd < 0)
    *reason = g_strdup_printf ("cannot open %s: %s", device, g_strerror (open_errno));
  if (fd < 0)
    return FALSE;

  version = ioctl (fd, KVM_GET_API_VERSION, 0);
  close (fd);
  if (version == KVM_STABLE_API_VERSION)
    *reason = g_strdup ("");
  else if (version < 0)
    *reason = g_strdup_printf ("%s is not the device of KVM", device);
  else
    *reason = g_strdup_printf ("%s speaks version %d of its interface, and %d is needed", device,
                               version, KVM_STABLE_API_VERSION);
  return version == KVM_STABLE_API_VERSION;
}
