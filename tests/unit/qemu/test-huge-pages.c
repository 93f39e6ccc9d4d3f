/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a host has the huge pages that a machine needs, by files as /proc/meminfo is.
 */
#include "machine-fixture.h"

#include "qemu/huge-pages.h"
#include "tests/fixtures/guard.h"

typedef struct
{
  const char *name;
  const char *meminfo;
  const char *message; /* (nullable): it has them */
} Case;

#define HEAD "MemTotal:       24606240 kB\n"
#define HUGE(total, available, reserved, size)                                                     \
  HEAD "HugePages_Total:   " total "\nHugePages_Free:    " available                               \
       "\nHugePages_Rsvd:    " reserved "\nHugepagesize:       " size " kB\n"

/* The machine has 65 MiB. */
static const Case cases[] = {
  { "/huge-pages/enough", HUGE ("40", "33", "0", "2048"), NULL },
  { "/huge-pages/large-ones", HUGE ("1", "1", "0", "1048576"), NULL },
  { "/huge-pages/few", HUGE ("40", "32", "0", "2048"),
    "the machine needs 33 huge pages of 2048 KiB, and the host has 32 left; raise "
    "vm.nr_hugepages, or remove <hugepages>" },
  { "/huge-pages/reserved", HUGE ("40", "40", "8", "2048"),
    "the machine needs 33 huge pages of 2048 KiB, and the host has 32 left; raise "
    "vm.nr_hugepages, or remove <hugepages>" },
  { "/huge-pages/overbooked", HUGE ("4", "1", "2", "2048"),
    "the machine needs 33 huge pages of 2048 KiB, and the host has 0 left; raise "
    "vm.nr_hugepages, or remove <hugepages>" },
  { "/huge-pages/unknown", HEAD, "the host's kernel has no huge pages; remove <hugepages>" },
};

static VbDomain *
build (gboolean huge_pages)
{
  VbDomain *domain = machine_domain ("", "");
  domain->memory_kib = 65 * 1024;
  domain->huge_pages = huge_pages;
  return domain;
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (VbDomain) domain = build (TRUE);
  g_autofree char *path = g_build_filename (guard_get_folder (), "meminfo", NULL);
  g_autoptr (GError) error = NULL;
  guint64 page_kib;

  g_assert_true (g_file_set_contents (path, test->meminfo, -1, NULL));
  g_assert_cmpint (vb_huge_pages_check (domain, path, &page_kib, &error), ==,
                   test->message == NULL);
  if (test->message == NULL)
    {
      g_assert_no_error (error);
      g_assert_cmpuint (page_kib, >=, 2048);
      return;
    }
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  g_assert_cmpstr (error->message, ==, test->message);
}

static void
test_not_wanted (void)
{
  g_autoptr (VbDomain) domain = build (FALSE);
  guint64 page_kib = 1;
  g_assert_true (vb_huge_pages_check (domain, "/nonexistent", &page_kib, NULL));
  g_assert_cmpuint (page_kib, ==, 0);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].name, &cases[i], test_case);
  g_test_add_func ("/huge-pages/not-wanted", test_not_wanted);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
