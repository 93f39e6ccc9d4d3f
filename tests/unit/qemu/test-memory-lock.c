/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much memory is locked for devices of the host, and whether that is allowed.
 */
#include "qemu/memory-lock.h"

#include <string.h>
#include <sys/resource.h>

#define USB "<hostdev type='usb'><source><address bus='1' device='4'/></source></hostdev>"
#define PCI                                                                                        \
  "<hostdev type='pci'><source><address bus='6' slot='2' function='0'/></source></hostdev>"

static void
test_bytes (void)
{
  static const struct
  {
    const char *memory_kib;
    const char *devices;
    guint64 bytes;
  } rows[] = {
    { "16384", "", 0 },
    { "16384", USB, 0 },
    { "16384", USB PCI, (G_GUINT64_CONSTANT (1) << 30) + 16384 * 1024 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *xml = g_strdup_printf (
          "<domain type='qemu'><name>a</name><memory>%s</memory><os><type>hvm</type></os>"
          "<devices>%s</devices></domain>",
          rows[i].memory_kib, rows[i].devices);
      g_autoptr (GError) error = NULL;
      g_autoptr (VbDomain) domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (vb_memory_lock_get_bytes (domain), ==, rows[i].bytes);
      domain->memory_kib = G_MAXUINT64;
      g_assert_cmpuint (vb_memory_lock_get_bytes (domain), ==,
                        rows[i].bytes != 0 ? G_MAXUINT64 : 0);
    }
}

/* The limit is as before, and what is refused would be refused. */
static void
test_check (void)
{
  struct rlimit before, after;
  g_autoptr (GError) error = NULL;
  gboolean is_allowed;

  g_assert_cmpint (getrlimit (RLIMIT_MEMLOCK, &before), ==, 0);
  g_assert_true (vb_memory_lock_check (0, NULL));
  g_assert_true (vb_memory_lock_check (before.rlim_max, NULL));
  is_allowed = vb_memory_lock_check (G_MAXINT64, &error);
  g_assert_cmpint (getrlimit (RLIMIT_MEMLOCK, &after), ==, 0);
  g_assert_cmpuint (after.rlim_cur, ==, before.rlim_cur);
  g_assert_cmpuint (after.rlim_max, ==, before.rlim_max);
  if (is_allowed)
    return;
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  g_assert_nonnull (strstr (error->message, "LimitMEMLOCK=infinity"));
  after.rlim_max = (rlim_t) G_MAXINT64;
  g_assert_cmpint (setrlimit (RLIMIT_MEMLOCK, &after), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory-lock/bytes", test_bytes);
  g_test_add_func ("/memory-lock/check", test_check);
  return g_test_run ();
}
