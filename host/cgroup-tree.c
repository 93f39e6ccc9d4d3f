/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folders and files of the cgroup2 file system, see the kernel's admin-guide/cgroup-v2: a controller
 * is turned on in a group for its children, and then the group itself may hold no process, unless it
 * is the root.
 */
#include "host/cgroup-tree.h"

#include "host/cgroup-place.h"
#include "host/host-error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUP_MODE 0755
#define PROCS_FILE "cgroup.procs"
#define EVENTS_FILE "cgroup.events"
#define TYPE_FILE "cgroup.type"
#define CONTROLLERS_FILE "cgroup.controllers"
#define CHILDREN_FILE "cgroup.subtree_control"
#define EMPTY_LINE "populated 0"
/* A process may be born while those of a group are moved. */
#define MAX_ATTEMPTS 5
#define MAX_ANCESTORS 64
/* The kernel lets a group go a moment after its last process. */
#define REMOVAL_PATIENCE_MS 2000
#define REMEDY                                                                                     \
  "run the service in a group of its own that is handed over to it (Delegate=yes in a unit of "    \
  "systemd), or under systemd, which is then asked for a scope"

typedef struct
{
  const char *root;    /* (nullable) */
  char *membership;    /* (owned): the service's own, as /proc tells it */
  char *folder;        /* (owned): where the groups of guests are */
  const int *own_pids; /* (array length=n_own_pids) */
  guint n_own_pids;
} Tree;

static void
tree_clear (Tree *tree)
{
  g_clear_pointer (&tree->membership, g_free);
  g_clear_pointer (&tree->folder, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tree, tree_clear)

/* (transfer full): "" where it cannot be read */
static char *
read_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : g_strdup ("");
}

/* (transfer full) */
static char *
read_of_process (const char *root, const char *process, const char *name)
{
  g_autofree char *folder = g_build_filename (root != NULL ? root : "/", "proc", process, NULL);

  return read_file (folder, name);
}

/* 0, or an errno: one write is one request to the kernel */
static int
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  ssize_t written = fd >= 0 ? write (fd, text, strlen (text)) : -1;
  int error_number = written < 0 ? errno : 0;

  if (fd >= 0)
    close (fd);
  return error_number;
}

static gboolean
set_failed (GError **error, const char *what, const char *folder, int error_number)
{
  g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE, "%s in the control group %s: %s; %s",
               what, folder, g_strerror (error_number), REMEDY);
  return FALSE;
}

/* (transfer full) (nullable): the folder of a process's group */
static char *
find_folder (const char *root, const char *membership, GError **error)
{
  g_autofree char *mountinfo = read_of_process (root, "self", "mountinfo");
  g_autofree char *folder = vb_cgroup_place_find (mountinfo, membership, error);

  if (folder == NULL)
    return NULL;
  return root != NULL ? g_build_filename (root, folder, NULL) : g_steal_pointer (&folder);
}

static gboolean
tree_open (Tree *tree, const char *root, GError **error)
{
  g_autofree char *own_folder = NULL;

  tree->root = root;
  tree->membership = read_of_process (root, "self", "cgroup");
  own_folder = find_folder (root, tree->membership, error);
  if (own_folder == NULL)
    return FALSE;
  tree->folder = vb_cgroup_place_find_tree (own_folder);
  return TRUE;
}

static gboolean
explain_absence (const char *controller, const char *folder, const char *membership, GError **error)
{
  if (vb_cgroup_place_is_v1 (membership, controller))
    g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                 "the controller '%s' is in the hands of cgroup v1 on this host; boot with "
                 "systemd.unified_cgroup_hierarchy=1",
                 controller);
  else
    g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                 "the control group %s does not have the controller '%s'; turn it on in the groups "
                 "above it (Delegate=%s in a unit of systemd)",
                 folder, controller, controller);
  return FALSE;
}

static gboolean
check_controllers (const char *folder,
                   const char *membership,
                   const VbCgroupLimits *limits,
                   GError **error)
{
  g_autofree char *present = read_file (folder, CONTROLLERS_FILE);

  for (int limit = 0; limit < VB_N_CGROUP_LIMITS; limit++)
    {
      const char *controller = vb_cgroup_limit_get_controller ((VbCgroupLimit) limit);

      if (limits->is_set[limit] && !vb_cgroup_words_have (present, controller))
        return explain_absence (controller, folder, membership, error);
    }
  return TRUE;
}

/* 0 where it is not known */
static int
get_parent (const Tree *tree, int pid)
{
  g_autofree char *process = g_strdup_printf ("%d", pid);
  g_autofree char *line = read_of_process (tree->root, process, "stat");
  /* The name is in parentheses and may hold anything. */
  const char *after_name = strrchr (line, ')');
  int parent = 0;

  return after_name != NULL && sscanf (after_name, ") %*c %d", &parent) == 1 ? parent : 0;
}

/* The service, what it has started, and what an earlier service has. */
static gboolean
is_ours (const Tree *tree, int pid)
{
  for (guint i = 0; i < tree->n_own_pids; i++)
    if (tree->own_pids[i] == pid)
      return TRUE;
  for (guint i = 0; pid > 1 && i < MAX_ANCESTORS; i++, pid = get_parent (tree, pid))
    if (pid == getpid ())
      return TRUE;
  return FALSE;
}

/* The kernel has this file in all groups but the root. */
static gboolean
is_root_group (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, TYPE_FILE, NULL);

  return access (path, F_OK) < 0;
}

static gboolean
is_gone (int pid)
{
  return kill (pid, 0) < 0 && errno == ESRCH;
}

/* One that is not to be seen from here has the number 0. */
static gboolean
is_ours_or_gone (const Tree *tree, int pid)
{
  return pid > 0 && (is_ours (tree, pid) || is_gone (pid));
}

static gboolean
check_all_ours (const Tree *tree, char **pids, GError **error)
{
  for (guint i = 0; pids[i] != NULL; i++)
    if (!is_ours_or_gone (tree, (int) g_ascii_strtoll (pids[i], NULL, 10)))
      {
        g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                     "the service shares the control group %s with other processes, such as %s; "
                     "%s",
                     tree->folder, pids[i], REMEDY);
        return FALSE;
      }
  return TRUE;
}

static gboolean
move_all (const char *leaf, char **pids, GError **error)
{
  if (mkdir (leaf, GROUP_MODE) < 0 && errno != EEXIST)
    return set_failed (error, "the service's own group cannot be made", leaf, errno);
  for (guint i = 0; pids[i] != NULL; i++)
    {
      int error_number = write_file (leaf, PROCS_FILE, pids[i]);

      if (error_number != 0 && error_number != ESRCH)
        return set_failed (error, "the service cannot be put", leaf, error_number);
    }
  return TRUE;
}

/* Empties the tree's own group. */
static gboolean
move_aside (const Tree *tree, GError **error)
{
  g_autofree char *leaf = g_build_filename (tree->folder, VB_CGROUP_LEAF, NULL);
  g_autofree char *text = g_strchomp (read_file (tree->folder, PROCS_FILE));
  g_auto (GStrv) pids = g_strsplit (text, "\n", -1);

  return pids[0] == NULL || (check_all_ours (tree, pids, error) && move_all (leaf, pids, error));
}

/* (transfer full): "+cpu +io", "" if all are turned on */
static char *
list_missing (const Tree *tree, const VbCgroupLimits *limits)
{
  g_autofree char *present = read_file (tree->folder, CHILDREN_FILE);
  GString *missing = g_string_new (NULL);

  for (int limit = 0; limit < VB_N_CGROUP_LIMITS; limit++)
    {
      const char *controller = vb_cgroup_limit_get_controller ((VbCgroupLimit) limit);

      if (limits->is_set[limit] && !vb_cgroup_words_have (present, controller))
        g_string_append_printf (missing, "%s+%s", missing->len > 0 ? " " : "", controller);
    }
  return g_string_free (missing, FALSE);
}

/* A group with processes is not only refused controllers for its children: where they are such as
 * can be had for threads, it takes them and its children cannot hold processes any more. */
static gboolean
turn_on_controllers (const Tree *tree, const VbCgroupLimits *limits, GError **error)
{
  g_autofree char *missing = list_missing (tree, limits);
  gboolean is_root = is_root_group (tree->folder);
  int error_number = EBUSY;

  for (guint i = 0; error_number == EBUSY && i < MAX_ATTEMPTS; i++)
    {
      if (!is_root && !move_aside (tree, error))
        return FALSE;
      error_number = *missing != '\0' ? write_file (tree->folder, CHILDREN_FILE, missing) : 0;
    }
  return error_number == 0 ||
         set_failed (error, "controllers cannot be turned on", tree->folder, error_number);
}

static gboolean
set_no_file (GError **error, VbCgroupLimit limit)
{
  g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
               "this kernel's controller '%s' does not know what %s needs; %s",
               vb_cgroup_limit_get_controller (limit), vb_cgroup_limit_get_property (limit),
               limit == VB_CGROUP_IO_WEIGHT ? "load the module bfq" : "boot with swapaccount=1");
  return FALSE;
}

static gboolean
write_limits (const char *group, const VbCgroupLimits *limits, GError **error)
{
  guint n_files;
  const VbCgroupFile *files = vb_cgroup_files_get (&n_files);
  gboolean is_written[VB_N_CGROUP_LIMITS] = { FALSE };

  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *text = vb_cgroup_file_format (&files[i], limits->values[files[i].limit]);
      int error_number =
          limits->is_set[files[i].limit] ? write_file (group, files[i].name, text) : ENOENT;

      if (error_number != 0 && error_number != ENOENT)
        {
          g_autofree char *what = g_strdup_printf ("%s cannot be %s", files[i].name, text);

          return set_failed (error, what, group, error_number);
        }
      is_written[files[i].limit] = is_written[files[i].limit] || error_number == 0;
    }
  for (int limit = 0; limit < VB_N_CGROUP_LIMITS; limit++)
    if (limits->is_set[limit] && !is_written[limit])
      return set_no_file (error, (VbCgroupLimit) limit);
  return TRUE;
}

/* One that is left from an earlier guest is empty, or nobody's to remove. */
static gboolean
make_group (const char *group, GError **error)
{
  if (mkdir (group, GROUP_MODE) == 0)
    return TRUE;
  if (errno == EEXIST && rmdir (group) == 0 && mkdir (group, GROUP_MODE) == 0)
    return TRUE;
  return set_failed (error, "the guest's group cannot be made", group, errno);
}

static gboolean
fill_group (const char *group, int pid, const VbCgroupLimits *limits, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%d", pid);
  int error_number;

  if (!write_limits (group, limits, error))
    return FALSE;
  error_number = write_file (group, PROCS_FILE, text);
  return error_number == 0 || set_failed (error, "QEMU cannot be put", group, error_number);
}

gboolean
vb_cgroup_tree_is_in (const char *root, int pid, const char *name)
{
  g_autofree char *process = g_strdup_printf ("%d", pid);
  g_autofree char *membership = read_of_process (root, process, "cgroup");
  g_autofree char *folder = find_folder (root, membership, NULL);
  g_autofree char *found = folder != NULL ? g_path_get_basename (folder) : NULL;

  return g_strcmp0 (found, name) == 0;
}

gboolean
vb_cgroup_tree_add (const char *root,
                    const char *name,
                    int pid,
                    const int *own_pids,
                    guint n_own_pids,
                    const VbCgroupLimits *limits,
                    GError **error)
{
  g_auto (Tree) tree = { .own_pids = own_pids, .n_own_pids = n_own_pids };
  g_autofree char *group = NULL;

  if (!tree_open (&tree, root, error) ||
      !check_controllers (tree.folder, tree.membership, limits, error))
    return FALSE;
  group = g_build_filename (tree.folder, name, NULL);
  if (vb_cgroup_tree_is_in (root, pid, name))
    return turn_on_controllers (&tree, limits, error) && write_limits (group, limits, error);
  /* The first to say whether the tree is ours: before anything is moved in it. */
  if (!make_group (group, error))
    return FALSE;
  if (turn_on_controllers (&tree, limits, error) && fill_group (group, pid, limits, error))
    return TRUE;
  rmdir (group);
  return FALSE;
}

static gboolean
is_empty (int events_fd)
{
  char text[256] = "";

  return pread (events_fd, text, sizeof text - 1, 0) > 0 && strstr (text, EMPTY_LINE) != NULL;
}

/* The kernel raises POLLPRI on the file when it changes. */
static void
wait_until_empty (const char *group)
{
  g_autofree char *path = g_build_filename (group, EVENTS_FILE, NULL);
  gint64 end_us = g_get_monotonic_time () + (gint64) REMOVAL_PATIENCE_MS * 1000;
  struct pollfd events = { .fd = open (path, O_RDONLY | O_CLOEXEC), .events = POLLPRI };

  while (events.fd >= 0 && !is_empty (events.fd) && g_get_monotonic_time () < end_us)
    poll (&events, 1, REMOVAL_PATIENCE_MS);
  if (events.fd >= 0)
    close (events.fd);
}

void
vb_cgroup_tree_remove (const char *root, const char *name)
{
  g_auto (Tree) tree = { NULL };
  g_autofree char *group = NULL;

  if (!tree_open (&tree, root, NULL))
    return;
  group = g_build_filename (tree.folder, name, NULL);
  if (rmdir (group) == 0 || errno != EBUSY)
    return;
  wait_until_empty (group);
  if (rmdir (group) < 0 && errno != ENOENT)
    g_warning ("the control group %s is left: %s", group, g_strerror (errno));
}

void
vb_cgroup_tree_sweep (const char *root)
{
  g_auto (Tree) tree = { NULL };
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!tree_open (&tree, root, NULL))
    return;
  dir = g_dir_open (tree.folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *group = g_build_filename (tree.folder, name, NULL);

      /* The kernel keeps those that are in use. */
      if (vb_cgroup_name_is_ours (name) && rmdir (group) == 0)
        g_debug ("the control group %s of a guest that is gone is removed", group);
    }
}

/* As many files as there are of a limit: all that are there hold it. */
static gboolean
check_limit (const char *folder, const VbCgroupLimits *limits, VbCgroupLimit limit, GError **error)
{
  guint n_files;
  const VbCgroupFile *files = vb_cgroup_files_get (&n_files);
  gboolean is_there = FALSE;

  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *text = files[i].limit == limit ? read_file (folder, files[i].name) : NULL;

      if (text == NULL || *text == '\0')
        continue;
      is_there = TRUE;
      if (!vb_cgroup_file_holds (&files[i], text, limits->values[limit]))
        {
          g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                       "%s in the control group %s is not what was asked for, but %s",
                       files[i].name, folder, g_strstrip (text));
          return FALSE;
        }
    }
  return is_there || set_no_file (error, limit);
}

gboolean
vb_cgroup_tree_verify (const char *root, int pid, const VbCgroupLimits *limits, GError **error)
{
  g_autofree char *process = g_strdup_printf ("%d", pid);
  g_autofree char *membership = read_of_process (root, process, "cgroup");
  g_autofree char *folder = find_folder (root, membership, error);

  if (folder == NULL || !check_controllers (folder, membership, limits, error))
    return FALSE;
  for (int limit = 0; limit < VB_N_CGROUP_LIMITS; limit++)
    if (limits->is_set[limit] && !check_limit (folder, limits, (VbCgroupLimit) limit, error))
      return FALSE;
  return TRUE;
}
