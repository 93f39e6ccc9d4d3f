/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kernel's notices: two files that raise POLLPRI when they change (Linux, fs/proc_namespace.c and
 * mm/swapfile.c: by being polled they are armed again), and the multicast groups of rtnetlink(7).
 */
#include "host/usage-watch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>

#define COALESCE_MS 50
#define MESSAGE_BYTES (32 * 1024)
/* Per turn of the main loop, so that a storm of routes does not hold it up. */
#define MAX_MESSAGES 64

#define NETWORK_GROUPS                                                                             \
  (RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE)

/* One descriptor that is waited for. */
typedef struct
{
  int fd;          /* (owned) */
  GSource *source; /* (owned) */
} Notice;

struct _VbUsageWatch
{
  GPtrArray *notices; /* (owned) (element-type Notice) */
  GSource *timer;     /* (owned) (nullable): something has changed */
  VbUsageWatchFunc changed;
  gpointer user_data;
};

static void
notice_free (Notice *notice)
{
  g_source_destroy (notice->source);
  g_source_unref (notice->source);
  close (notice->fd);
  g_free (notice);
}

static void
clear_timer (VbUsageWatch *watch)
{
  if (watch->timer != NULL)
    g_source_destroy (watch->timer);
  g_clear_pointer (&watch->timer, g_source_unref);
}

static gboolean
on_timer (gpointer user_data)
{
  VbUsageWatch *watch = user_data;
  clear_timer (watch);
  watch->changed (watch->user_data);
  return G_SOURCE_REMOVE;
}

static void
note_change (VbUsageWatch *watch)
{
  if (watch->timer != NULL)
    return;
  watch->timer = g_timeout_source_new (COALESCE_MS);
  g_source_set_callback (watch->timer, on_timer, watch, NULL);
  g_source_attach (watch->timer, g_main_context_get_thread_default ());
}

static gboolean
on_file_changed (gint fd, GIOCondition condition, gpointer user_data)
{
  note_change (user_data);
  return G_SOURCE_CONTINUE;
}

/* Of routes the default ones alone matter, and a router may have others change all the time. */
static gboolean
is_of_interest (const struct nlmsghdr *header)
{
  const struct rtmsg *route = NLMSG_DATA (header);
  if (header->nlmsg_type != RTM_NEWROUTE && header->nlmsg_type != RTM_DELROUTE)
    return TRUE;
  return header->nlmsg_len >= NLMSG_LENGTH (sizeof *route) && route->rtm_dst_len == 0;
}

static gboolean
has_news (const struct nlmsghdr *header, gssize n_bytes)
{
  for (; NLMSG_OK (header, (guint) n_bytes); header = NLMSG_NEXT (header, n_bytes))
    if (is_of_interest (header))
      return TRUE;
  return FALSE;
}

static gboolean
on_network_changed (gint fd, GIOCondition condition, gpointer user_data)
{
  union
  {
    struct nlmsghdr header;
    char bytes[MESSAGE_BYTES];
  } message;
  for (guint i = 0; i < MAX_MESSAGES; i++)
    {
      gssize n_bytes = recv (fd, &message, sizeof message, MSG_DONTWAIT);
      if (n_bytes < 0 && errno != ENOBUFS)
        break;
      /* ENOBUFS: there were more messages than the kernel keeps. */
      if (n_bytes < 0 || has_news (&message.header, n_bytes))
        note_change (user_data);
    }
  return G_SOURCE_CONTINUE;
}

/* @fd: (transfer full) */
static void
add_notice (VbUsageWatch *watch, int fd, GIOCondition condition, GUnixFDSourceFunc callback)
{
  Notice *notice = g_new (Notice, 1);
  notice->fd = fd;
  notice->source = g_unix_fd_source_new (fd, condition);
  g_source_set_callback (notice->source, G_SOURCE_FUNC (callback), watch, NULL);
  g_source_attach (notice->source, g_main_context_get_thread_default ());
  g_ptr_array_add (watch->notices, notice);
}

static void
watch_file (VbUsageWatch *watch, const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    g_message ("cannot watch %s: %s", path, g_strerror (errno));
  else
    add_notice (watch, fd, G_IO_PRI | G_IO_ERR, on_file_changed);
}

static void
watch_network (VbUsageWatch *watch)
{
  const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = NETWORK_GROUPS };
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (fd >= 0 && bind (fd, (const struct sockaddr *) &address, sizeof address) == 0)
    {
      add_notice (watch, fd, G_IO_IN | G_IO_ERR, on_network_changed);
      return;
    }
  g_message ("cannot watch the network: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
}

VbUsageWatch *
vb_usage_watch_new (VbUsageWatchFunc changed, gpointer user_data)
{
  VbUsageWatch *watch = g_new0 (VbUsageWatch, 1);
  watch->notices = g_ptr_array_new_with_free_func ((GDestroyNotify) notice_free);
  watch->changed = changed;
  watch->user_data = user_data;
  watch_file (watch, "/proc/self/mountinfo");
  watch_file (watch, "/proc/swaps");
  watch_network (watch);
  return watch;
}

void
vb_usage_watch_free (VbUsageWatch *watch)
{
  clear_timer (watch);
  g_ptr_array_unref (watch->notices);
  g_free (watch);
}
