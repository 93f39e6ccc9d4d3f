/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Linux keeps the identity for files per thread; the C library would set it for all of them. The
 * thread ends with its task, so that no other one finds itself without rights.
 */
#include "qemu/rights.h"

#include "qemu/process.h"

#include <errno.h>
#include <pwd.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of groups with 32 bits, on all machines. */
#ifdef SYS_setgroups32
#define SET_GROUPS SYS_setgroups32
#else
#define SET_GROUPS SYS_setgroups
#endif

typedef struct
{
  const VbRights *rights;
  VbRightsFunc func;
  gpointer data;
  GError *error; /* (owned) (nullable) */
  gboolean succeeded;
} Call;

gboolean
vb_rights_find (VbRights *rights, const char *name, GError **error)
{
  struct passwd entry;
  struct passwd *found = NULL;
  char buffer[4096];

  *rights = (VbRights){ -1, -1, NULL, 0 };
  if (name == NULL)
    return TRUE;
  if (getpwnam_r (name, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
    {
      rights->uid = entry.pw_uid;
      rights->gid = entry.pw_gid;
      rights->groups = vb_process_list_groups (rights->uid, rights->gid, &rights->n_groups);
      return TRUE;
    }
  g_set_error (
      error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
      "the domain's owner '%s' is no user of this host, so that nothing can be opened with "
      "the user's rights; add the user, or undefine the domain and define it anew",
      name);
  return FALSE;
}

void
vb_rights_clear (VbRights *rights)
{
  g_clear_pointer (&rights->groups, g_free);
}

/* Away from root the kernel takes the thread's power over others' files as well. */
static gboolean
take_rights (const VbRights *rights)
{
  if (syscall (SET_GROUPS, (size_t) rights->n_groups, rights->groups) < 0)
    return FALSE;
  setfsgid ((gid_t) rights->gid);
  setfsuid ((uid_t) rights->uid);
  /* Neither tells of a failure, but what was before. */
  return setfsgid ((gid_t) -1) == (int) rights->gid && setfsuid ((uid_t) -1) == (int) rights->uid;
}

static gpointer
run_in_thread (gpointer data)
{
  Call *call = data;

  if (take_rights (call->rights))
    call->succeeded = call->func (call->data, &call->error);
  else
    g_set_error (&call->error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "the service cannot take the rights of user %" G_GINT64_FORMAT ": %s",
                 call->rights->uid, g_strerror (errno));
  return NULL;
}

gboolean
vb_rights_run (const VbRights *rights, VbRightsFunc func, gpointer data, GError **error)
{
  Call call = { .rights = rights, .func = func, .data = data };
  g_autoptr (GError) cause = NULL;
  GThread *thread;

  if (rights == NULL || rights->uid < 0 || geteuid () != 0 || rights->uid == 0)
    return func (data, error);
  thread = g_thread_try_new ("rights", run_in_thread, &call, &cause);
  if (thread == NULL)
    {
      g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                   "%s; end other programs, or raise the limits of the service", cause->message);
      return FALSE;
    }
  g_thread_join (thread);
  if (call.error != NULL)
    g_propagate_error (error, call.error);
  return call.succeeded;
}
