/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a launch needs of the host. Opening may wait for a disk or a server of names, so it is made
 * to run in a thread.
 */
#include "qemu/launch-input.h"

#include "qemu/certificates.h"
#include "qemu/disk-folders.h"
#include "qemu/display-socket.h"
#include "qemu/huge-pages.h"
#include "qemu/memory-lock.h"
#include "qemu/process.h"
#include "qemu/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_MODE 0600

VbLaunchInput *
vb_launch_input_new (VbDomain *domain,
                     VbGiven *given,
                     const char *runtime_dir,
                     const char *log_path,
                     const VbQemuSettings *settings)
{
  VbLaunchInput *input = g_new0 (VbLaunchInput, 1);
  input->domain = vb_domain_copy (domain);
  input->given = given;
  input->log_path = g_strdup (log_path);
  input->locked_bytes = vb_memory_lock_get_bytes (domain);
  input->uid = settings->uid;
  input->gid = settings->gid;
  input->owner = settings->owner;
  input->secrets_dir = g_strdup (settings->secrets_dir);
  vb_certificates_settle_port (input->domain, settings->certificates_dir);
  input->descriptors =
      vb_descriptors_new (input->domain, runtime_dir, log_path, settings->certificates_dir);
  input->log_fd = -1;
  input->vnc_fd = -1;
  input->spice_fd = -1;
  input->spice_tls_fd = -1;
  return input;
}

void
vb_launch_input_free (VbLaunchInput *input)
{
  if (input->log_fd >= 0)
    close (input->log_fd);
  if (input->vnc_fd >= 0)
    close (input->vnc_fd);
  if (input->spice_fd >= 0)
    close (input->spice_fd);
  if (input->spice_tls_fd >= 0)
    close (input->spice_tls_fd);
  g_clear_pointer (&input->given, vb_given_free);
  vb_descriptors_free (input->descriptors);
  vb_domain_unref (input->domain);
  g_free (input->log_path);
  g_free (input->secrets_dir);
  g_free (input->groups);
  g_free (input);
}

static gboolean
open_log (VbLaunchInput *input, GError **error)
{
  struct stat status;

  /* O_NONBLOCK: a FIFO under this name must not hold the start up. */
  input->log_fd =
      open (input->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
            LOG_MODE);
  if (input->log_fd < 0)
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "cannot write to the log '%s': %s; %s", input->log_path, g_strerror (errno),
                 errno == EMFILE || errno == ENFILE ? "raise the limit of open files of the service"
                                                    : "let the service's user write in its folder");
  else if (fstat (input->log_fd, &status) < 0 || !S_ISREG (status.st_mode))
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "the log '%s' is no regular file; remove it", input->log_path);
  else
    return TRUE;
  return FALSE;
}

typedef struct
{
  const VbGraphics *graphics;
  int *port;
  int fd;
} Display;

static gboolean
open_display_socket (gpointer data, GError **error)
{
  Display *display = data;

  display->fd = vb_display_socket_open (display->graphics, display->port, error);
  return display->fd >= 0;
}

/* A socket may be a file, and is made as the other files of the guest are opened. */
static gboolean
open_display (
    const VbGraphics *graphics, int *port, const VbRights *rights, int *fd, GError **error)
{
  Display display = { graphics, port, -1 };

  if (graphics->socket == NULL && *port == VB_GRAPHICS_PORT_NONE)
    return TRUE;
  if (!vb_rights_run (rights, open_display_socket, &display, error))
    return FALSE;
  *fd = display.fd;
  return TRUE;
}

static gboolean
open_displays (VbLaunchInput *input, const VbRights *rights, GError **error)
{
  VbGraphics *vnc = vb_domain_find_graphics (input->domain, VB_GRAPHICS_VNC);
  VbGraphics *spice = vb_domain_find_graphics (input->domain, VB_GRAPHICS_SPICE);

  if (vnc != NULL && !open_display (vnc, &vnc->port, rights, &input->vnc_fd, error))
    return FALSE;
  return spice == NULL ||
         (open_display (spice, &spice->port, rights, &input->spice_fd, error) &&
          open_display (spice, &spice->tls_port, rights, &input->spice_tls_fd, error));
}

static gboolean
open_files (VbLaunchInput *input, const VbRights *rights, GError **error)
{
  VbRights qemu = { input->uid, input->gid, input->groups, input->n_groups };
  VbOpening opening = { input->given, input->owner, rights, &qemu, input->secrets_dir };

  return vb_disk_folders_check (input->domain, &opening, error) &&
         vb_descriptors_open (input->descriptors, &opening, error);
}

gboolean
vb_launch_input_open (VbLaunchInput *input, GError **error)
{
  g_auto (VbRights) rights = { 0 };

  input->groups = vb_process_list_groups (input->uid, input->gid, &input->n_groups);
  return vb_memory_lock_check (input->locked_bytes, error) &&
         vb_huge_pages_check (input->domain, NULL, &input->huge_page_kib, error) &&
         vb_rights_find (&rights, input->owner, error) && open_files (input, &rights, error) &&
         open_log (input, error) && open_displays (input, &rights, error);
}
