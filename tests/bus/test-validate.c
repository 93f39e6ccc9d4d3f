/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ValidateDomain with `start`, and Start, of domains with a wrong device each: both say the same, and
 * no QEMU is run for it but the one that is asked what it can do.
 */
#include "tests/bus/fixture.h"
#include "tests/fixtures/guard.h"

#include <string.h>

#define SEARCH_PATH "/usr/bin:/bin"

typedef struct
{
  const char *arch;
  const char *machine;
  const char *devices;
  const char *path;    /* of the error */
  const char *message; /* pattern */
} Case;

#define DRIVE(target) "<disk type='file' device='cdrom'><target dev='" target "' bus='ide'/></disk>"
#define USB_PORT(port)                                                                             \
  "<input type='tablet' bus='usb'><address type='usb' bus='0' port='" port "'/></input>"

static const Case cases[] = {
  { "x86_64", "pc-0.12", "", "/domain/os/type/@machine", "machine 'pc-0.12' is not known to *" },
  { "aarch64", "virt", "<serial type='null'/>", "/domain/devices/serial[1]",
    "serial '0': only the serial ports of a PC are supported; use a console of target virtio" },
  { "aarch64", "virt", "<sound model='sb16'/>", "/domain/devices/sound[1]/@model",
    "sound '0': model 'sb16' is of a PC; use es1370, ac97 or ich6" },
  { "x86_64", "pc", "<video><model type='cirrus' vram='65536'/></video>",
    "/domain/devices/video[1]/model/@vram",
    "video '0': 'vgamem_mb' of device 'cirrus-vga' must be 4 to 16 MiB, a power of two, not 64" },
  { "x86_64", "pc", "<controller type='virtio-serial' index='0' vectors='5000'/>",
    "/domain/devices/controller[1]/@vectors",
    "controller 'virtio-serial0': 'vectors' of device 'virtio-serial-pci' must be 0 to 2048, not "
    "5000" },
  { "x86_64", "pc", DRIVE ("hda") DRIVE ("hdb") DRIVE ("hdc") DRIVE ("hdd") DRIVE ("hde"),
    "/domain/devices/disk[5]/target",
    "disk 'hde': the machine has one ide controller, for 4 drives; use bus scsi or sata" },
  { "x86_64", "pc", USB_PORT ("3"), "/domain/devices/input[1]/address/@port",
    "input '0': port 3 is not there: a usb controller has ports 1 to 2" },
};

/* (transfer full): where programs of the test note how they were run */
static char *
get_notes_path (void)
{
  return g_build_filename (guard_get_folder (), "notes", NULL);
}

/* Runs the real emulator, with a note of it. */
static void
install_emulator (const char *arch)
{
  g_autofree char *folder = g_build_filename (guard_get_folder (), "bin", NULL);
  g_autofree char *name = g_strconcat ("qemu-system-", arch, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *notes = get_notes_path ();
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\n"
                                             "echo \"%s $*\" >>'%s'\n"
                                             "exec /usr/bin/%s \"$@\"\n",
                                             arch, notes, name);
  g_autofree char *search_path = g_strconcat (folder, ":" SEARCH_PATH, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_file_set_contents_full (path, script, -1, G_FILE_SET_CONTENTS_NONE, 0755, &error);
  g_assert_no_error (error);
  g_setenv ("PATH", search_path, TRUE);
}

static char *
make_xml (const Case *test)
{
  return g_strdup_printf ("<domain type='qemu'><name>a</name><uuid>" UUID "</uuid>"
                          "<memory>32768</memory><os><type arch='%s' machine='%s'>hvm</type></os>"
                          "<devices>%s</devices></domain>",
                          test->arch, test->machine, test->devices);
}

static GVariant *
make_options (gboolean start)
{
  GVariantBuilder options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (start)
    g_variant_builder_add (&options, "{sv}", "start", g_variant_new_boolean (TRUE));
  return g_variant_builder_end (&options);
}

/* (transfer full): the message of the first error */
static char *
validate (Fixture *fixture, const Case *test)
{
  g_autofree char *xml = make_xml (test);
  g_autoptr (GVariant) reply = fixture_call (fixture, ROOT, MANAGER, "ValidateDomain",
                                             g_variant_new ("(s@a{sv})", xml, make_options (TRUE)));
  g_autoptr (GVariantIter) findings = NULL;
  const char *severity, *path, *message, *canonical;

  g_variant_get (reply, "(a(sssu)&s)", &findings, &canonical);
  g_assert_cmpstr (canonical, ==, "");
  while (g_variant_iter_next (findings, "(&s&s&su)", &severity, &path, &message, NULL))
    if (g_str_equal (severity, "error"))
      {
        g_assert_cmpstr (path, ==, test->path);
        return g_strdup (message);
      }
  return NULL;
}

/* (transfer full): why */
static char *
fail_to_start (Fixture *fixture, const Case *test)
{
  g_autofree char *xml = make_xml (test);
  char *message;

  g_variant_unref (fixture_call (fixture, ROOT, MANAGER, "DefineDomain",
                                 g_variant_new ("(s@a{sv})", xml, make_options (FALSE))));
  message = fixture_fail (fixture, UUID_PATH, DOMAIN, "Start",
                          g_variant_new ("(@a{sv})", make_options (FALSE)), ERROR ("Unsupported"));
  g_variant_unref (fixture_call (fixture, UUID_PATH, DOMAIN, "Undefine",
                                 g_variant_new ("(@a{sv})", make_options (FALSE))));
  return message;
}

static void
test_wrong_devices (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *validated = validate (fixture, &cases[i]);
      g_autofree char *started = fail_to_start (fixture, &cases[i]);

      g_test_message ("%s", validated);
      g_assert_true (g_pattern_match_simple (cases[i].message, validated));
      g_assert_cmpstr (started, ==, validated);
    }
}

/* Each was asked once what it can do, and run for no domain. */
static void
test_no_start (void)
{
  g_autofree char *path = get_notes_path ();
  g_autofree char *notes = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &notes, NULL, NULL));
  g_assert_null (strstr (notes, "-uuid"));
  lines = g_strsplit (g_strchomp (notes), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
}

static int
run (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  install_emulator ("x86_64");
  install_emulator ("aarch64");
  fixture_add ("/bus/validate/wrong-devices", test_wrong_devices);
  g_test_add_func ("/bus/validate/no-start", test_no_start);
  return g_test_run ();
}

int
main (int argc, char *argv[])
{
  return guard_main (argc, argv, run);
}
