/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is made of <memtune>, <blkiotune> and <cputune>, and that a start fails where that cannot be
 * had.
 */
#include "engine/resources.h"

#include "fixture.h"
#include "tests/fixtures/guard.h"

#define MIB (G_GUINT64_CONSTANT (1) << 20)
#define NONE VB_TUNING_UNSET

static void
test_limits (void)
{
  static const struct
  {
    VbTuning tuning;
    gint64 values[VB_N_CGROUP_LIMITS]; /* -1: not set */
  } rows[] = {
    { { 0, { NONE, NONE, NONE, NONE }, NONE, NULL }, { -1, -1, -1, -1, -1 } },
    { { 0, { 0, 0, 0, 0 }, 0, NULL }, { -1, -1, -1, -1, -1 } },
    { { 500, { NONE, NONE, NONE, NONE }, 1024, NULL }, { -1, -1, -1, 100, 100 } },
    { { 0, { 2048, 1024, 3072, NONE }, NONE, NULL }, { 2 * MIB, MIB, MIB, -1, -1 } },
    { { 0, { 2048, NONE, 2048, NONE }, NONE, NULL }, { 2 * MIB, -1, 0, -1, -1 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      VbCgroupLimits limits = vb_resources_get_limits (&rows[i].tuning);

      for (int limit = 0; limit < VB_N_CGROUP_LIMITS; limit++)
        g_assert_cmpint (limits.is_set[limit] ? (gint64) limits.values[limit] : -1, ==,
                         rows[i].values[limit]);
    }
}

/* What other managers write for no limit. */
static void
test_unlimited (void)
{
  const gint64 unlimited = G_GINT64_CONSTANT (9007199254740991);
  const VbTuning all = { 0, { unlimited, unlimited, unlimited, NONE }, NONE, NULL };
  const VbTuning swap = { 0, { 1024, NONE, unlimited, NONE }, NONE, NULL };
  VbCgroupLimits limits = vb_resources_get_limits (&all);

  for (int limit = 0; limit <= VB_CGROUP_MEMORY_SWAP_MAX; limit++)
    {
      g_assert_true (limits.is_set[limit]);
      g_assert_cmpuint (limits.values[limit], ==, VB_CGROUP_UNLIMITED);
    }
  limits = vb_resources_get_limits (&swap);
  g_assert_cmpuint (limits.values[VB_CGROUP_MEMORY_MAX], ==, MIB);
  g_assert_cmpuint (limits.values[VB_CGROUP_MEMORY_SWAP_MAX], ==, VB_CGROUP_UNLIMITED);
}

static void
test_change (void)
{
  const VbTuning none = { 0, { NONE, NONE, NONE, NONE }, NONE, NULL };
  const VbTuning all = { 500, { 2048, 1024, 3072, NONE }, 2048, NULL };
  const VbTuning some = { 0, { 1024, NONE, NONE, NONE }, NONE, NULL };
  VbCgroupLimits limits = vb_resources_get_change (&none, &none);

  g_assert_true (vb_cgroup_limits_is_empty (&limits));
  limits = vb_resources_get_change (&none, &some);
  g_assert_cmpuint (limits.values[VB_CGROUP_MEMORY_MAX], ==, MIB);
  g_assert_false (limits.is_set[VB_CGROUP_CPU_WEIGHT]);
  limits = vb_resources_get_change (&all, &some);
  g_assert_cmpuint (limits.values[VB_CGROUP_MEMORY_MAX], ==, MIB);
  g_assert_cmpuint (limits.values[VB_CGROUP_MEMORY_HIGH], ==, VB_CGROUP_UNLIMITED);
  g_assert_cmpuint (limits.values[VB_CGROUP_MEMORY_SWAP_MAX], ==, VB_CGROUP_UNLIMITED);
  g_assert_cmpuint (limits.values[VB_CGROUP_IO_WEIGHT], ==, VB_CGROUP_DEFAULT_WEIGHT);
  g_assert_cmpuint (limits.values[VB_CGROUP_CPU_WEIGHT], ==, VB_CGROUP_DEFAULT_WEIGHT);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine =
      fixture_define_small (fixture, "<cputune><shares>2048</shares></cputune>", NULL);
  g_autoptr (GError) error = fixture_start (fixture, machine, FALSE);

  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE);
  g_assert_cmpstr (error->message, ==,
                   "domain 'a' cannot be given the limits of its <memtune>, <blkiotune> or "
                   "<cputune>: this host does not show cgroup v2; mount it at /sys/fs/cgroup, or "
                   "boot with systemd.unified_cgroup_hierarchy=1");
  fixture_assert_state (machine, VB_STATE_SHUTOFF, VB_REASON_FAILED);
  g_assert_cmpint (vb_machine_get_pid (machine), ==, 0);
  fixture_assert_no_folder (fixture);
}

/* The host's default is had everywhere. */
static void
test_default (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (
      fixture, "<memtune><hard_limit>0</hard_limit></memtune><cputune><shares>0</shares></cputune>",
      NULL);

  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_BOOTED);
}

static int
run (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/engine/resources/limits", test_limits);
  g_test_add_func ("/engine/resources/unlimited", test_unlimited);
  g_test_add_func ("/engine/resources/change", test_change);
  fixture_test ("/engine/resources/refused", test_refused);
  fixture_test ("/engine/resources/default", test_default);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
