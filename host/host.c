/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The facts about this machine, kept up to date by udev and by the kernel's notice of a new host
 * name. A host below a test's root folder is read once.
 */
#include "host/host.h"

#include "host/host-facts.h"
#include "host/host-udev.h"

#include <fcntl.h>
#include <unistd.h>

#include <glib-unix.h>

struct _VbHost
{
  GObject parent_instance;
  char *root;           /* (owned) (nullable) */
  VbHostFacts *facts;   /* (owned) */
  VbHostUdev *udev;     /* (owned) (nullable) */
  GSource *name_source; /* (owned) (nullable) */
  int name_fd;          /* (owned) -1: none */
};

G_DEFINE_FINAL_TYPE (VbHost, vb_host, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
refresh (VbHost *host)
{
  g_autoptr (VbHostFacts) facts = vb_host_facts_read (host->root);
  g_autoptr (VbHostFacts) previous = NULL;
  if (vb_host_facts_equal (facts, host->facts))
    return;
  previous = g_steal_pointer (&host->facts);
  host->facts = g_steal_pointer (&facts);
  g_signal_emit (host, signals[SIGNAL_CHANGED], 0);
}

/* "misc" has many devices, of which KVM's alone matters. */
static void
on_device_changed (const char *subsystem, const char *sysfs_path, guint gone, gpointer user_data)
{
  if (g_str_equal (subsystem, "iommu") || g_str_has_suffix (sysfs_path, "/kvm"))
    refresh (VB_HOST (user_data));
}

/* A change is shown until the file is read again through the same descriptor. */
static void
acknowledge_name (int fd)
{
  char name[256];
  if (pread (fd, name, sizeof name, 0) < 0)
    g_debug ("cannot read the host's name: %s", g_strerror (errno));
}

static gboolean
on_name_changed (gint fd, GIOCondition condition, gpointer user_data)
{
  acknowledge_name (fd);
  refresh (VB_HOST (user_data));
  return G_SOURCE_CONTINUE;
}

/* The kernel raises POLLERR and POLLPRI on this file when the name changes. */
static void
watch_name (VbHost *host)
{
  host->name_fd = open ("/proc/sys/kernel/hostname", O_RDONLY | O_CLOEXEC);
  if (host->name_fd < 0)
    return;
  acknowledge_name (host->name_fd);
  host->name_source = g_unix_fd_source_new (host->name_fd, G_IO_ERR | G_IO_PRI);
  g_source_set_callback (host->name_source, G_SOURCE_FUNC (on_name_changed), host, NULL);
  g_source_attach (host->name_source, g_main_context_get_thread_default ());
}

static void
vb_host_finalize (GObject *object)
{
  VbHost *host = VB_HOST (object);
  g_clear_pointer (&host->udev, vb_host_udev_free);
  if (host->name_source != NULL)
    g_source_destroy (host->name_source);
  g_clear_pointer (&host->name_source, g_source_unref);
  if (host->name_fd >= 0)
    close (host->name_fd);
  vb_host_facts_free (host->facts);
  g_free (host->root);
  G_OBJECT_CLASS (vb_host_parent_class)->finalize (object);
}

static void
vb_host_class_init (VbHostClass *class)
{
  G_OBJECT_CLASS (class)->finalize = vb_host_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", VB_TYPE_HOST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
}

static void
vb_host_init (VbHost *host)
{
  host->name_fd = -1;
}

VbHost *
vb_host_new (const char *root)
{
  static const char *const subsystems[] = { "misc", "iommu", NULL };
  VbHost *host = g_object_new (VB_TYPE_HOST, NULL);
  host->root = g_strdup (root);
  host->facts = vb_host_facts_read (root);
  if (root == NULL)
    {
      watch_name (host);
      host->udev = vb_host_udev_new (subsystems, on_device_changed, host);
    }
  return host;
}

const VbHostFacts *
vb_host_get_facts (VbHost *host)
{
  return host->facts;
}
