/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Control groups: numbers, the texts that the kernel tells them in, and what is said on machines,
 * shown in a folder, that have none to give.
 */
#include "host/cgroup-place.h"
#include "host/cgroup-tree.h"
#include "host/host-error.h"

#include <unistd.h>

#include "tests/fixtures/guard.h"

#define UNIFIED "35 24 0:30 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
#define GROUP_NAME "virtbus-01234567-89ab-cdef-0123-456789abcdef.7"

static guint n_roots;

/* (transfer full): a new folder to show a machine in */
static char *
make_root (void)
{
  g_autofree char *name = g_strdup_printf ("root-%u", ++n_roots);

  return g_build_filename (guard_get_folder (), name, NULL);
}

static void
put (const char *root, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *full = g_build_filename (root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (full, text, -1, &error);
  g_assert_no_error (error);
}

static void
test_weights (void)
{
  static const struct
  {
    guint64 (*convert) (guint64 value);
    guint64 value;
    guint64 weight;
  } rows[] = {
    { vb_cgroup_weight_from_blkio, 100, 20 },        { vb_cgroup_weight_from_blkio, 500, 100 },
    { vb_cgroup_weight_from_blkio, 1000, 200 },      { vb_cgroup_weight_from_shares, 2, 1 },
    { vb_cgroup_weight_from_shares, 1024, 100 },     { vb_cgroup_weight_from_shares, 2048, 200 },
    { vb_cgroup_weight_from_shares, 262144, 10000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (rows[i].convert (rows[i].value), ==, rows[i].weight);
}

static const VbCgroupFile *
find_file (const char *name)
{
  guint n_files;
  const VbCgroupFile *files = vb_cgroup_files_get (&n_files);

  for (guint i = 0; i < n_files; i++)
    if (g_str_equal (files[i].name, name))
      return &files[i];
  g_assert_not_reached ();
}

static void
test_files (void)
{
  static const struct
  {
    const char *name;
    guint64 value;
    const char *written;
    const char *read;
    gboolean holds;
  } rows[] = {
    { "memory.max", 1 << 20, "1048576", "1048576\n", TRUE },
    { "memory.max", (1 << 20) + 1, "1048577", "1048576\n", TRUE },
    { "memory.max", 1 << 20, "1048576", "max\n", FALSE },
    { "memory.max", 1 << 20, "1048576", "", FALSE },
    { "memory.max", 1 << 20, "1048576", "-1\n", FALSE },
    { "memory.high", VB_CGROUP_UNLIMITED, "max", "max\n", TRUE },
    { "memory.high", VB_CGROUP_UNLIMITED, "max", "1048576\n", FALSE },
    { "memory.swap.max", 0, "0", "0\n", TRUE },
    { "memory.swap.max", 0, "0", "max\n", FALSE },
    { "io.weight", 20, "20", "default 20\n8:0 77\n", TRUE },
    { "io.weight", 77, "77", "default 20\n8:0 77\n", FALSE },
    { "io.bfq.weight", 1, "1", "default 1\n", TRUE },
    { "io.bfq.weight", 100, "100", "100\n", TRUE },
    { "io.bfq.weight", 200, "109", "default 109\n", TRUE },
    { "io.bfq.weight", 10000, "1000", "default 1000\n", TRUE },
    { "cpu.weight", 10000, "10000", "10000\n", TRUE },
    { "cpu.weight", 10000, "10000", "default\n", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const VbCgroupFile *file = find_file (rows[i].name);
      g_autofree char *text = vb_cgroup_file_format (file, rows[i].value);

      g_test_message ("%s", rows[i].name);
      g_assert_cmpstr (text, ==, rows[i].written);
      g_assert_cmpint (vb_cgroup_file_holds (file, rows[i].read, rows[i].value), ==, rows[i].holds);
    }
}

static void
test_places (void)
{
  static const struct
  {
    const char *mountinfo;
    const char *membership;
    const char *folder; /* (nullable): cannot be told */
  } rows[] = {
    { UNIFIED, "0::/\n", "/sys/fs/cgroup" },
    { UNIFIED, "0::/a.slice/b.service\n", "/sys/fs/cgroup/a.slice/b.service" },
    { "23 1 8:1 / / rw - ext4 /dev/a rw\n" UNIFIED, "1:cpu:/x\n0::/b\n", "/sys/fs/cgroup/b" },
    /* Optional fields, and a mount point with a blank */
    { "41 31 0:38 / /a\\040b rw shared:9 master:2 - cgroup2 - rw", "0::/c", "/a b/c" },
    /* A container that sees a part of the tree */
    { "41 31 0:38 /box /sys rw - cgroup2 - rw", "0::/box/c", "/sys/c" },
    { "41 31 0:38 /box /sys rw - cgroup2 - rw", "0::/box", "/sys" },
    { "41 31 0:38 /box /sys rw - cgroup2 - rw", "0::/boxes/c", NULL },
    { "41 31 0:38 /box /no rw - cgroup2 - rw\n" UNIFIED, "0::/c", "/sys/fs/cgroup/c" },
    { UNIFIED, "0::/../c", NULL },
    { UNIFIED, "0::/c/../../etc", NULL },
    { UNIFIED, "0::/c (deleted)", NULL },
    { UNIFIED, "0::c", NULL },
    { UNIFIED, "", NULL },
    { UNIFIED, "7:cpu:/x\n", NULL },
    { "", "0::/c", NULL },
    { "35 24 0:30 / /sys/fs/cgroup rw - cgroup cgroup rw,cpu\n", "0::/c", NULL },
    { "41 31 0:38 / relative rw - cgroup2 - rw", "0::/c", NULL },
    { "41 31 0:38 /../.. /sys rw - cgroup2 - rw", "0::/../../c", NULL },
    { "- cgroup2", "0::/c", NULL },
    { "1 2 3 4 5 6 -", "0::/c", NULL },
    { "1 2 3 / /a - cgroup2", "0::/c", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *folder =
          vb_cgroup_place_find (rows[i].mountinfo, rows[i].membership, &error);

      g_test_message ("%s, %s", rows[i].mountinfo, rows[i].membership);
      g_assert_cmpstr (folder, ==, rows[i].folder);
      if (rows[i].folder == NULL)
        g_assert_error (error, VB_HOST_ERROR, VB_HOST_ERROR_ABSENT);
    }
}

static void
test_names (void)
{
  g_autofree char *above = vb_cgroup_place_find_tree ("/sys/fs/cgroup/a/virtbus-service");
  g_autofree char *own = vb_cgroup_place_find_tree ("/sys/fs/cgroup/a");

  g_assert_cmpstr (above, ==, "/sys/fs/cgroup/a");
  g_assert_cmpstr (own, ==, "/sys/fs/cgroup/a");
  g_assert_true (vb_cgroup_name_is_ours (GROUP_NAME));
  g_assert_false (vb_cgroup_name_is_ours (VB_CGROUP_LEAF));
  g_assert_false (vb_cgroup_name_is_ours ("virtbus-"));
  g_assert_false (vb_cgroup_name_is_ours ("user.slice"));
  g_assert_true (vb_cgroup_place_is_v1 ("4:cpu,cpuacct:/\n0::/\n", "cpu"));
  g_assert_false (vb_cgroup_place_is_v1 ("4:cpuset:/cpu\n9:name=cpu:/\n0::/\n", "cpu"));
  g_assert_false (vb_cgroup_place_is_v1 ("\n:\ncpu\n", "cpu"));
  g_assert_true (vb_cgroup_words_have ("cpuset cpu io\n", "cpu"));
  g_assert_false (vb_cgroup_words_have ("cpuset io\n", "cpu"));
}

typedef struct
{
  const char *name;
  const char *mountinfo;
  const char *membership;
  const char *controllers; /* of the group /sys/fs/cgroup/x */
  const char *message;
} Refusal;

#define REMEDY                                                                                     \
  "run the service in a group of its own that is handed over to it (Delegate=yes in a unit of "    \
  "systemd), or under systemd, which is then asked for a scope"
#define V1_REMEDY                                                                                  \
  "the controller 'memory' is in the hands of cgroup v1 on this host; boot with "                  \
  "systemd.unified_cgroup_hierarchy=1"

static const Refusal refusals[] = {
  { "no-v2", "35 24 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n", "1:cpu:/\n", "",
    "this host does not show cgroup v2; mount it at /sys/fs/cgroup, or boot with "
    "systemd.unified_cgroup_hierarchy=1" },
  { "hybrid", UNIFIED, "4:memory:/\n0::/x\n", "hugetlb\n", V1_REMEDY },
  { "not-turned-on", UNIFIED, "0::/x\n", "cpu io\n",
    "the control group ROOT/sys/fs/cgroup/x does not have the controller 'memory'; turn it on in "
    "the groups above it (Delegate=memory in a unit of systemd)" },
  /* There are no folders to be made in what is no cgroup2 file system, but files in their place. */
  { "in-the-way", UNIFIED, "0::/x\n", "memory\n",
    "the guest's group cannot be made in the control group ROOT/sys/fs/cgroup/x/" GROUP_NAME
    ": Not a directory; " REMEDY },
  { "outside", UNIFIED, "0::/../x\n", "memory\n",
    "the control group '/../x' cannot be reached from here" },
};

static char *
show (const Refusal *refusal)
{
  char *root = make_root ();

  put (root, "proc/self/mountinfo", refusal->mountinfo);
  put (root, "proc/self/cgroup", refusal->membership);
  put (root, "sys/fs/cgroup/x/cgroup.controllers", refusal->controllers);
  put (root, "sys/fs/cgroup/x/" GROUP_NAME, "");
  return root;
}

static void
test_refusal (gconstpointer data)
{
  const Refusal *refusal = data;
  g_autofree char *root = show (refusal);
  g_autoptr (GString) message = g_string_new (refusal->message);
  g_autoptr (GError) error = NULL;
  VbCgroupLimits limits = { 0 };

  g_string_replace (message, "ROOT", root, 0);
  vb_cgroup_limits_set (&limits, VB_CGROUP_MEMORY_MAX, 1 << 20);
  g_assert_false (vb_cgroup_tree_add (root, GROUP_NAME, getpid (), NULL, 0, &limits, &error));
  g_assert_cmpstr (error->message, ==, message->str);
  g_assert_true (error->domain == VB_HOST_ERROR);
}

static void
test_verify (void)
{
  static const Refusal machine = { .mountinfo = UNIFIED,
                                   .membership = "0::/x\n",
                                   .controllers = "" };
  g_autofree char *root = show (&machine);
  g_autofree char *membership = g_strdup_printf ("proc/%d/cgroup", getpid ());
  VbCgroupLimits limits = { 0 };
  GError *error = NULL;

  put (root, membership, "0::/x\n");
  put (root, "sys/fs/cgroup/x/cgroup.controllers", "io memory\n");
  put (root, "sys/fs/cgroup/x/memory.max", "1048576\n");
  vb_cgroup_limits_set (&limits, VB_CGROUP_MEMORY_MAX, 1 << 20);
  g_assert_true (vb_cgroup_tree_verify (root, getpid (), &limits, &error));
  g_assert_no_error (error);

  vb_cgroup_limits_set (&limits, VB_CGROUP_IO_WEIGHT, 20);
  g_assert_false (vb_cgroup_tree_verify (root, getpid (), &limits, &error));
  g_assert_cmpstr (error->message, ==,
                   "this kernel's controller 'io' does not know what IOWeight needs; load the "
                   "module bfq");
  g_clear_error (&error);

  put (root, "sys/fs/cgroup/x/cgroup.controllers", "memory\n");
  g_assert_false (vb_cgroup_tree_verify (root, getpid (), &limits, &error));
  g_assert_nonnull (strstr (error->message, "does not have the controller 'io'"));
  g_clear_error (&error);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cgroup/weights", test_weights);
  g_test_add_func ("/cgroup/files", test_files);
  g_test_add_func ("/cgroup/places", test_places);
  g_test_add_func ("/cgroup/names", test_names);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strconcat ("/cgroup/refused/", refusals[i].name, NULL);

      g_test_add_data_func (path, &refusals[i], test_refusal);
    }
  g_test_add_func ("/cgroup/verify", test_verify);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
