/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A tree of devices that a test makes, and who reads it.
 */
#pragma once

#include "host/sysfs.h"
#include "tests/fixtures/host-tree.h"

typedef struct
{
  HostTree *tree; /* (owned) */
  VbSysfs *sysfs; /* (owned) */
} SysfsFixture;

/* As g_test_add() calls them. */
void sysfs_fixture_set_up (SysfsFixture *fixture, gconstpointer data);
void sysfs_fixture_tear_down (SysfsFixture *fixture, gconstpointer data);

void assert_words (char **words, const char *separator, const char *expected);
