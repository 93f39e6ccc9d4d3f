/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A tree of devices that a test makes, and who reads it.
 */
#include "sysfs-fixture.h"

void
sysfs_fixture_set_up (SysfsFixture *fixture, gconstpointer data)
{
  fixture->tree = host_tree_new ();
  fixture->sysfs = vb_sysfs_new (fixture->tree->root);
}

void
sysfs_fixture_tear_down (SysfsFixture *fixture, gconstpointer data)
{
  vb_sysfs_free (fixture->sysfs);
  host_tree_free (fixture->tree);
}

void
assert_words (char **words, const char *separator, const char *expected)
{
  g_autofree char *joined = g_strjoinv (separator, words);

  g_assert_cmpstr (joined, ==, expected);
}
