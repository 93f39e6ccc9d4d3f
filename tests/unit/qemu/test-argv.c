/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The command line of each domain in cases/: NAME.xml gives NAME.args, one word a line. With
 * VB_GOLDEN_UPDATE set, the files are written anew.
 */
#include "qemu/argv.h"

#include "qemu/qemu-host.h"

#include <string.h>

/* 2026-01-02T03:04:05Z */
#define NOW_S 1767323045
#define HUGE_PAGE_KIB 2048

static VbDomain *
read_domain (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *xml = NULL;
  gsize length;
  VbDomain *domain;
  g_file_get_contents (path, &xml, &length, &error);
  g_assert_no_error (error);
  domain = vb_domain_parse (xml, length, FALSE, NULL, &error);
  g_assert_no_error (error);
  vb_domain_complete (domain, NULL, NULL);
  return domain;
}

/* (transfer full): the words, an option's value behind it */
static char *
to_text (char **argv)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; argv[i] != NULL; i++)
    g_string_append_printf (text, "%s\n", argv[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_case (gconstpointer data)
{
  const char *name = data;
  g_autofree char *stem = g_test_build_filename (G_TEST_DIST, "cases", name, NULL);
  g_autofree char *xml_path = g_strconcat (stem, ".xml", NULL);
  g_autofree char *args_path = g_strconcat (stem, ".args", NULL);
  g_autoptr (VbDomain) domain = read_domain (xml_path);
  g_autoptr (VbDescriptors) descriptors =
      vb_descriptors_new (domain, "/run/machine", "/var/log/machine.log", "/etc/certificates");
  g_autoptr (VbQemuHost) host = vb_qemu_host_new ("", NULL);
  VbArgvOptions options = { "/usr/bin/qemu-system-x86_64",           TRUE,
                            g_str_equal (name, "reject-deprecated"), NOW_S,
                            domain->huge_pages ? HUGE_PAGE_KIB : 0,  &host->sysinfo };
  g_auto (GStrv) argv = NULL;
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;

  vb_sysinfo_add (&host->sysinfo, VB_SYSINFO_BIOS, VB_SYSINFO_BIOS_VENDOR, "A, B & Co");
  vb_sysinfo_add (&host->sysinfo, VB_SYSINFO_SYSTEM, VB_SYSINFO_SYSTEM_PRODUCT, "Box");
  argv = vb_argv_build (domain, descriptors, &options);
  text = to_text (argv);

  if (g_getenv ("VB_GOLDEN_UPDATE") != NULL)
    g_assert_true (g_file_set_contents (args_path, text, -1, NULL));
  g_assert_true (g_file_get_contents (args_path, &expected, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
  g_assert_null (strstr (text, "sesame"));
}

static gboolean
has_words (char **argv, const char *option, const char *value)
{
  for (guint i = 0; argv[i] != NULL && argv[i + 1] != NULL; i++)
    if (g_str_equal (argv[i], option) && g_str_equal (argv[i + 1], value))
      return TRUE;
  return FALSE;
}

/* What a display has at the other end. */
static void
test_spice_ends (void)
{
  static const char xml[] =
      "<domain type='qemu'><name>a</name><memory>32768</memory><os><type arch='x86_64' "
      "machine='pc'>hvm</type></os><devices><channel type='spicevmc'><target type='virtio'/>"
      "</channel><smartcard mode='passthrough' type='spicevmc'/></devices></domain>";
  g_autoptr (VbDomain) domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, NULL);
  const VbArgvOptions options = { .emulator = "qemu" };
  g_auto (GStrv) argv = NULL;

  vb_domain_complete (domain, NULL, NULL);
  argv = vb_argv_build (domain, NULL, &options);
  g_assert_true (has_words (argv, "-chardev", "spicevmc,id=charchannel0,name=vdagent"));
  g_assert_true (has_words (argv, "-device",
                            "{\"driver\":\"virtserialport\",\"bus\":\"virtio-serial0.0\","
                            "\"nr\":1,\"name\":\"com.redhat.spice.0\","
                            "\"chardev\":\"charchannel0\",\"id\":\"channel0\"}"));
  g_assert_true (has_words (argv, "-chardev", "spicevmc,id=charsmartcard0,name=smartcard"));
  g_assert_true (has_words (argv, "-device",
                            "{\"driver\":\"ccid-card-passthru\",\"chardev\":\"charsmartcard0\","
                            "\"bus\":\"ccid0.0\",\"id\":\"smartcard0\"}"));
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *file;

  g_test_init (&argc, &argv, NULL);
  folder = g_test_build_filename (G_TEST_DIST, "cases", NULL);
  dir = g_dir_open (folder, 0, NULL);
  while ((file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (file, ".xml"))
      {
        char *name = g_strndup (file, strlen (file) - strlen (".xml"));
        g_autofree char *path = g_strconcat ("/argv/", name, NULL);
        g_ptr_array_add (names, name);
        g_test_add_data_func (path, name, test_case);
      }
  g_assert_cmpuint (names->len, >, 0);
  g_test_add_func ("/argv/spice-ends", test_spice_ends);
  return g_test_run ();
}
