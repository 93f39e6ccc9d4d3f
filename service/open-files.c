/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The limit is raised in this process and put back in every child between fork and exec, so that
 * whoever starts programs need not know of it.
 */
#include "service/open-files.h"

#include <errno.h>
#include <glib.h>
#include <pthread.h>
#include <sys/resource.h>

static struct rlimit given_limit;

/* Only async-signal-safe calls. A child that cannot have the lower limit keeps the higher. */
static void
restore_in_child (void)
{
  setrlimit (RLIMIT_NOFILE, &given_limit);
}

void
vb_open_files_raise_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &given_limit) < 0 || given_limit.rlim_cur == given_limit.rlim_max)
    return;
  limit = (struct rlimit){ given_limit.rlim_max, given_limit.rlim_max };
  if (pthread_atfork (NULL, NULL, restore_in_child) != 0 || setrlimit (RLIMIT_NOFILE, &limit) < 0)
    g_warning ("cannot raise the limit of open files from %" G_GUINT64_FORMAT
               " to %" G_GUINT64_FORMAT ": %s",
               (guint64) given_limit.rlim_cur, (guint64) given_limit.rlim_max, g_strerror (errno));
}
