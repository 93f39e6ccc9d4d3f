/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a form may offer, with the facts of real emulators and of one that has next to nothing.
 */
#include "qemu/domain-capabilities.h"

#include "emulator-answers.h"
#include "qemu/emulator-facts-private.h"
#include "qemu/emulators.h"
#include "qemu/qemu-error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define X86 "/usr/bin/qemu-system-x86_64"
#define ARM "/usr/bin/qemu-system-arm"

static void
on_probed (GObject *source, GAsyncResult *result, gpointer data)
{
  VbEmulatorFacts **facts = data;
  g_autoptr (GError) error = NULL;

  *facts = vb_emulators_probe_finish (VB_EMULATORS (source), result, &error);
  g_assert_no_error (error);
}

/* (transfer full): asked once for all tests */
static VbEmulatorFacts *
probe (const char *path)
{
  static GHashTable *known;
  VbEmulatorFacts *facts;

  if (known == NULL)
    known = g_hash_table_new (g_str_hash, g_str_equal);
  facts = g_hash_table_lookup (known, path);
  if (facts == NULL)
    {
      VbEmulatorsConfig config = { .uid = -1, .gid = -1, .timeout_ms = 60000 };
      g_autoptr (VbEmulators) emulators = vb_emulators_new (&config);

      vb_emulators_probe_async (emulators, path, NULL, on_probed, &facts);
      while (facts == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_hash_table_insert (known, (gpointer) path, facts);
    }
  return vb_emulator_facts_ref (facts);
}

/* @facts: (transfer full) (nullable) */
static VbCapabilitySet *
make_set (const char *path, VbEmulatorFacts *facts)
{
  VbCapabilitySource source = { path, facts };
  g_autoptr (GPtrArray) sets = vb_capability_sets_build (&source, 1, FALSE, "x86_64", NULL);

  g_assert_cmpuint (sets->len, ==, 1);
  g_clear_pointer (&facts, vb_emulator_facts_unref);
  return vb_capability_set_ref (g_ptr_array_index (sets, 0));
}

static char *
format (const VbCapabilitySet *set, const char *machine)
{
  g_autoptr (GError) error = NULL;
  char *text = vb_domain_capabilities_format (set, -1, machine, &error);

  g_assert_no_error (error);
  return text;
}

/* (transfer full): the text between the first @start and the next @end; "" without these */
static char *
cut (const char *text, const char *start, const char *end)
{
  const char *from = strstr (text, start);
  const char *to = from != NULL ? strstr (from, end) : NULL;

  return to != NULL ? g_strndup (from + strlen (start), (gsize) (to - from) - strlen (start))
                    : g_strdup ("");
}

/* (transfer full): the words of a list, parted by blanks; "" where the device cannot be had */
static char *
list_words (const char *text, const char *device, const char *list)
{
  g_autofree char *device_start = g_strdup_printf ("<%s supported='yes'>", device);
  g_autofree char *device_end = g_strdup_printf ("</%s>", device);
  g_autofree char *list_start = g_strdup_printf ("<enum name='%s'>", list);
  g_autofree char *element = cut (text, device_start, device_end);
  g_autofree char *lines = cut (element, list_start, "</enum>");
  g_auto (GStrv) parts = g_strsplit_set (lines, "<>\n", -1);
  GString *words = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++)
    if (i > 0 && g_str_equal (parts[i - 1], "value"))
      g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", parts[i]);
  return g_string_free (words, FALSE);
}

/* The document is what its schema says. */
static void
assert_valid (const char *text)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "offer-XXXXXX", NULL);
  g_autofree char *schema =
      g_test_build_filename (G_TEST_DIST, "../../../domain/virtbus-domain-capabilities.rng", NULL);
  const char *argv[] = { "xmllint", "--nonet", "--noout", "--relaxng", schema, path, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  close (g_mkstemp (path));
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, &status, &error);
  g_unlink (path);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
}

#define CONNECTIONS "user bridge ethernet direct mcast server client"
#define CHARDEVS "null vc pty dev file pipe stdio udp tcp unix"

/* The words of each list by machine: of x86 and of ARM. */
static const struct
{
  const char *device;
  const char *list;
  const char *pc;
  const char *isapc;
  const char *arm;
} rows[] = {
  { "disk", "diskDevice", "disk cdrom floppy", "disk cdrom floppy", "disk cdrom" },
  { "disk", "bus", "ide fdc scsi virtio usb sata", "ide fdc", "scsi virtio usb sata" },
  { "disk", "type", "file block dir network", "file block network", "file block dir network" },
  { "controller", "type", "ide fdc scsi sata virtio-serial ccid usb", "ide fdc",
    "scsi sata virtio-serial ccid usb" },
  { "controller", "scsiModel", "auto lsilogic lsisas1068 vmpvscsi virtio-scsi", "",
    "auto lsilogic lsisas1068 vmpvscsi virtio-scsi" },
  { "interface", "type", CONNECTIONS, CONNECTIONS, CONNECTIONS },
  { "interface", "modelType",
    "virtio rtl8139 e1000 e1000e ne2k_pci ne2k_isa pcnet vmxnet3 i82551 i82557b i82559er",
    "ne2k_isa", "virtio rtl8139 e1000 e1000e ne2k_pci pcnet vmxnet3 i82551 i82557b i82559er" },
  { "smartcard", "mode", "host host-certificates passthrough", "",
    "host host-certificates passthrough" },
  { "serial", "type", CHARDEVS, CHARDEVS, "" },
  { "parallel", "type", CHARDEVS, CHARDEVS, "" },
  { "console", "type", CHARDEVS, CHARDEVS, CHARDEVS },
  { "console", "targetType", "serial virtio", "serial", "virtio" },
  { "channel", "type", CHARDEVS " spicevmc", CHARDEVS, CHARDEVS " spicevmc" },
  { "channel", "targetType", "virtio guestfwd", "guestfwd", "virtio guestfwd" },
  { "input", "type", "mouse tablet", "mouse", "mouse tablet" },
  { "input", "bus", "ps2 usb", "ps2", "usb" },
  { "graphics", "type", "vnc sdl spice", "", "vnc sdl spice" },
  { "sound", "modelType", "es1370 sb16 ac97 ich6 pcspk", "sb16 pcspk", "es1370 ac97 ich6" },
  { "video", "modelType", "vga cirrus vmvga qxl", "", "vga cirrus vmvga" },
  { "hostdev", "subsysType", "usb pci", "", "usb pci" },
  { "watchdog", "modelType", "i6300esb ib700", "ib700", "i6300esb" },
  { "watchdog", "action", "reset shutdown poweroff pause none dump",
    "reset shutdown poweroff pause none dump", "reset shutdown poweroff pause none dump" },
  { "memballoon", "modelType", "virtio none", "none", "virtio none" },
};

static void
test_words (void)
{
  g_autoptr (VbCapabilitySet) x86 = make_set (X86, probe (X86));
  g_autoptr (VbCapabilitySet) arm = make_set (ARM, probe (ARM));
  g_autofree char *pc = format (x86, NULL);
  g_autofree char *isapc = format (x86, "isapc");
  g_autofree char *virt = format (arm, NULL);

  assert_valid (pc);
  assert_valid (isapc);
  assert_valid (virt);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *of_pc = list_words (pc, rows[i].device, rows[i].list);
      g_autofree char *of_isapc = list_words (isapc, rows[i].device, rows[i].list);
      g_autofree char *of_arm = list_words (virt, rows[i].device, rows[i].list);

      g_test_message ("%s/%s", rows[i].device, rows[i].list);
      g_assert_cmpstr (of_pc, ==, rows[i].pc);
      g_assert_cmpstr (of_isapc, ==, rows[i].isapc);
      g_assert_cmpstr (of_arm, ==, rows[i].arm);
    }
}

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("no %s in %s", part, text);
}

static void
test_head (void)
{
  g_autoptr (VbCapabilitySet) x86 = make_set (X86, probe (X86));
  g_autoptr (VbCapabilitySet) arm = make_set (ARM, probe (ARM));
  g_autofree char *pc = format (x86, NULL);
  g_autofree char *q35 = format (x86, "q35");
  g_autofree char *virt = format (arm, NULL);

  assert_contains (pc, "  <path>" X86 "</path>\n  <domain>qemu</domain>\n  <machine>pc-");
  assert_contains (pc, "<arch>x86_64</arch>\n  <vcpu max='255'/>\n");
  assert_contains (pc, "      <model usable='yes'>qemu64</model>\n");
  assert_contains (pc, "<value>qcow2</value>\n");
  g_assert_null (strstr (pc, "sheepdog"));
  g_assert_null (strstr (pc, "rdp"));
  g_assert_null (strstr (pc, "buslogic"));
  assert_contains (q35, "<machine>pc-q35-");
  assert_contains (virt, "<machine>virt-");
  assert_contains (virt, "<arch>armv7l</arch>\n");
}

/* What has no device has none to offer. */
static void
test_poor_emulator (void)
{
  g_autoptr (VbCapabilitySet) set = make_set (X86, make_answers ("x86_64", FALSE));
  g_autofree char *text = format (set, NULL);

  assert_valid (text);
  assert_contains (text, "<vcpu max='255'/>");
  assert_contains (text, "<disk supported='no'/>");
  assert_contains (text, "<interface supported='no'/>");
  assert_contains (text, "<sound supported='yes'>\n      <enum name='modelType'>\n"
                         "        <value>pcspk</value>\n      </enum>");
  assert_contains (text, "<memballoon supported='yes'>");
}

static void
test_errors (void)
{
  g_autoptr (VbCapabilitySet) set = make_set (X86, make_answers ("x86_64", FALSE));
  g_autoptr (VbCapabilitySet) broken = make_set (X86, vb_emulator_facts_new_failed ("it hangs"));
  g_autoptr (VbCapabilitySet) unasked = make_set (X86, NULL);
  g_autoptr (GError) machine = NULL, type = NULL, failure = NULL;
  g_autofree char *nothing = format (unasked, NULL);

  g_assert_null (vb_domain_capabilities_format (set, -1, "<&'", &machine));
  g_assert_error (machine, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED);
  g_assert_cmpstr (machine->message, ==,
                   "there is no machine '<&'' for architecture 'x86_64'; use one of the property "
                   "Machines");
  g_assert_null (vb_domain_capabilities_format (set, VB_DOMAIN_TYPE_XEN, NULL, &type));
  g_assert_error (type, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED);
  g_assert_cmpstr (type->message, ==,
                   "domains of type 'xen' cannot be run for architecture 'x86_64' here; use one of "
                   "the property DomainTypes");
  g_assert_null (vb_domain_capabilities_format (broken, -1, NULL, &failure));
  g_assert_error (failure, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_assert_cmpstr (failure->message, ==, "it hangs");
  assert_valid (nothing);
  assert_contains (nothing, "<disk supported='no'/>");
}

/* Xen's domains are of types that nothing here starts. */
static void
test_xen (void)
{
  VbCapabilityXen xen = { "hvm-3.0-x86_64 ", "/usr/lib/xen/bin/qemu-dm", "/hvmloader" };
  g_autoptr (GPtrArray) sets = vb_capability_sets_build (NULL, 0, FALSE, "x86_64", &xen);
  g_autofree char *text = format (g_ptr_array_index (sets, 0), NULL);

  assert_valid (text);
  assert_contains (text, "  <path>/usr/lib/xen/bin/qemu-dm</path>\n  <domain>xen</domain>\n");
  assert_contains (text, "<value>/hvmloader</value>");
  assert_contains (text, "<disk supported='no'/>");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain-capabilities/words", test_words);
  g_test_add_func ("/domain-capabilities/head", test_head);
  g_test_add_func ("/domain-capabilities/poor-emulator", test_poor_emulator);
  g_test_add_func ("/domain-capabilities/errors", test_errors);
  g_test_add_func ("/domain-capabilities/xen", test_xen);
  return g_test_run ();
}
