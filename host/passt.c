/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * passt goes to the background when it is ready, and ends when its socket is closed, whoever did
 * that: nobody needs to know its process.
 */
#include "host/passt.h"

#include "host/host-error.h"
#include "host/program.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_MS 30000

int
vb_passt_open (GCancellable *cancellable, GError **error)
{
  g_autofree char *program = g_find_program_in_path ("passt");
  g_autofree char *fd = g_strdup_printf ("%d", VB_PROGRAM_FD);
  const char *argv[] = { program, "--quiet", "--fd", fd, NULL };
  int ends[2] = { -1, -1 };

  if (program == NULL)
    {
      g_set_error_literal (
          error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
          "the host has no program passt; install passt, or leave out <backend type='passt'/>");
      return -1;
    }
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
    {
      g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE, "passt cannot be reached: %s",
                   g_strerror (errno));
      return -1;
    }
  if (!vb_program_run (&(VbProgram){ argv, ends[1], NULL, TIMEOUT_MS }, cancellable, error))
    close (g_steal_fd (&ends[0]));
  close (ends[1]);
  return ends[0];
}
