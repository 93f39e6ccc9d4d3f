/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Documents that are parsed in several threads at once, the very first ones of the process, as when
 * a service loads its store. What goes wrong there is seen by the sanitizers.
 */
#include "domain/domain.h"

#include <string.h>

#define N_THREADS 8

static const char document[] = "<domain type='qemu'><name>a</name><memory>1024</memory>"
                               "<os><type arch='x86_64'>hvm</type></os></domain>";

static gpointer
parse (gpointer data)
{
  return vb_domain_parse (document, strlen (document), FALSE, NULL, NULL);
}

static void
test_first_use (void)
{
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("parse", parse, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_autoptr (VbDomain) domain = g_thread_join (threads[i]);

      g_assert_nonnull (domain);
      g_assert_cmpstr (domain->name, ==, "a");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/threads/first-use", test_first_use);
  return g_test_run ();
}
