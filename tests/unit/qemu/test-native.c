/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each domain in cases/ in QEMU's own words: NAME.xml gives NAME.native, which has the warnings, the
 * command and the configuration file. With VB_GOLDEN_UPDATE set, the files are written anew. What a
 * shell makes of quoted words is asked of a shell.
 */
#include "qemu/native.h"

#include "qemu/argv.h"
#include "qemu/native-config.h"
#include "qemu/shell-words.h"

#include <string.h>

/* 2026-01-02T03:04:05Z */
#define NOW_S 1767323045

/* Any folder stands for certificates. */
static const VbQemuSettings settings = { .kvm_reason = "this is a test",
                                         .certificates_dir = "/etc" };

/* @length: of @xml; -1: it is text */
static VbDomain *
parse (const char *xml, gssize length, VbDiagnostics *findings)
{
  g_autoptr (GError) error = NULL;
  VbDomain *domain =
      vb_domain_parse (xml, length < 0 ? strlen (xml) : (gsize) length, FALSE, findings, &error);

  g_assert_no_error (error);
  vb_domain_complete (domain, NULL, NULL);
  return domain;
}

/* (transfer full) */
static char *
convert (const VbDomain *domain, VbNativeFormat format, gboolean pretty, VbDiagnostics *findings)
{
  VbNativeOptions options = { format, pretty, NOW_S };
  g_autoptr (GError) error = NULL;
  char *text = vb_native_format (&settings, domain, &options, findings, &error);

  g_assert_no_error (error);
  return text;
}

/* (transfer full): one a line */
static char *
list_warnings (const VbDiagnostics *findings)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < vb_diagnostics_get_length (findings); i++)
    {
      const VbDiagnostic *finding = vb_diagnostics_get (findings, i);

      if (finding->severity == VB_SEVERITY_WARNING)
        g_string_append_printf (text, "%s: %s\n", finding->path, finding->message);
    }
  return g_string_free (text, FALSE);
}

static void
assert_warnings (const VbDiagnostics *findings, const char *expected)
{
  g_autofree char *warnings = list_warnings (findings);

  g_assert_cmpstr (warnings, ==, expected);
}

/* (transfer full): the words, one a line */
static char *
run_shell (const char *script)
{
  const char *argv[] = { "sh", "-c", script, NULL };
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return output;
}

static void
test_case (gconstpointer data)
{
  const char *name = data;
  g_autofree char *stem = g_test_build_filename (G_TEST_DIST, "cases", name, NULL);
  g_autofree char *xml_path = g_strconcat (stem, ".xml", NULL);
  g_autofree char *path = g_strconcat (stem, ".native", NULL);
  g_autoptr (VbDiagnostics) findings = vb_diagnostics_new ();
  g_autoptr (VbDomain) domain = NULL;
  g_autofree char *xml = NULL, *command = NULL, *config = NULL, *warnings = NULL, *text = NULL,
                  *expected = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (xml_path, &xml, &length, NULL));
  domain = parse (xml, (gssize) length, findings);
  command = convert (domain, VB_NATIVE_QEMU_ARGV, TRUE, findings);
  config = convert (domain, VB_NATIVE_QEMU_CONFIG, FALSE, NULL);
  warnings = list_warnings (findings);
  text = g_strdup_printf ("%s\n%s\n\n%s", warnings, command, config);

  if (g_getenv ("VB_GOLDEN_UPDATE") != NULL)
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
  g_assert_null (strstr (text, "sesame"));
  g_assert_null (strstr (text, "fdset"));
}

/* All that the service does and QEMU does not, and what a start would refuse. */
static void
test_warnings (void)
{
  static const char *const xml =
      "<domain type='kvm'><name>it's</name><uuid>7f3b5a40-1f1f-4a0e-9d3f-000000000001</uuid>"
      "<title>t</title><description>d</description><metadata><x/></metadata>"
      "<memory>131072</memory><currentMemory>65536</currentMemory><vcpu>3</vcpu>"
      "<cputune><shares>100</shares></cputune>"
      "<os><type arch='x86_64' machine='pc'>hvm</type></os>"
      "<cpu><model>core2duo</model></cpu>"
      "<clock offset='variable' adjustment='60'/>"
      "<on_poweroff>restart</on_poweroff><on_reboot>preserve</on_reboot>"
      "<on_crash>restart</on_crash>"
      "<devices><emulator>/nowhere/qemu</emulator>"
      "<disk type='file'><source file='/a'/><target dev='sda' bus='scsi'/></disk>"
      "<controller type='scsi' index='0' model='buslogic'/>"
      "<interface type='network'><mac address='52:54:00:00:00:01'/><source "
      "network='default'/></interface>"
      "<interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='br0'/>"
      "<model type='virtio'/><driver name='vhost'/></interface>"
      "<interface type='direct'><mac address='52:54:00:00:00:03'/><source dev='eth0'/></interface>"
      "<interface><mac address='52:54:00:00:00:04'/><backend type='passt'/></interface>"
      "<graphics type='vnc' passwd='sesame' passwdValidTo='2030-01-01T00:00:00'/>"
      "<nothing/></devices></domain>";
  g_autoptr (VbDiagnostics) findings = vb_diagnostics_new ();
  g_autoptr (VbDomain) domain = parse (xml, -1, findings);
  g_autofree char *command = convert (domain, VB_NATIVE_QEMU_ARGV, FALSE, findings);

  assert_warnings (
      findings,
      "/domain/devices/nothing: the device is not handled: it is kept, without effect\n"
      "/domain/@type: a start here would be refused: KVM cannot be used on this host: this is a "
      "test; or use type='qemu', which is slower\n"
      "/domain/devices/controller[1]/@model: left out: controller 'scsi0': model 'buslogic' is not "
      "supported; use lsilogic, lsisas1068, vmpvscsi or virtio-scsi\n"
      "/domain/devices/interface[1]/@type: left out: interface 'net0': type 'network' is not "
      "supported; use bridge, with the bridge of network 'default'\n"
      "/domain/devices/emulator: a start here would be refused: emulator '/nowhere/qemu': No such "
      "file or directory; install it or correct <emulator>\n"
      "/domain/title: left out: QEMU has no place for it\n"
      "/domain/description: left out: QEMU has no place for it\n"
      "/domain/metadata: left out: QEMU has no place for it\n"
      "/domain/cputune/shares: QEMU does not limit itself; start it by systemd-run\n"
      "/domain/currentMemory: the guest starts with all of its memory; set the balloon by the "
      "monitor (QMP: balloon)\n"
      "/domain/clock/@adjustment: the guest's clock begins at the time that is written, which was "
      "right at the time of this conversion\n"
      "/domain/on_poweroff: QEMU ends when the guest powers off, and does not start it again\n"
      "/domain/on_crash: QEMU ends when the guest crashes, and does not start it again\n"
      "/domain/on_poweroff: QEMU stays, paused, after a power-off and after a reset: it has one "
      "setting for both\n"
      "/domain/devices/interface[1]: QEMU runs qemu-bridge-helper, which must be let use 'br0' by "
      "/etc/qemu/bridge.conf\n"
      "/domain/devices/interface[1]: QEMU, not the kernel, moves the packets: its helper takes no "
      "vhost\n"
      "/domain/devices/interface[2]: the card is behind QEMU's own router: a macvtap can only be "
      "handed over as a descriptor\n"
      "/domain/devices/interface[3]: start 'passt --one-off' first, whose socket is "
      "/tmp/passt_1.socket\n"
      "/domain/devices/graphics[1]: QEMU takes the first port that is free, from 5900\n"
      "/domain/devices/graphics[1]: the password is not written: nobody can connect until it has "
      "been set by the monitor (QMP: set_password; add -qmp or -monitor)\n"
      "/domain/devices/graphics[1]: the end of the password's validity is not written; set it by "
      "the monitor (QMP: expire_password)\n");
  g_assert_true (g_str_has_prefix (
      command, "/nowhere/qemu -no-user-config -nodefaults -display none "
               "-name 'guest=it'\\''s,debug-threads=on' -uuid 7f3b5a40-1f1f-4a0e-9d3f-000000000001 "
               "-machine pc,accel=kvm,usb=off,dump-guest-core=off -m size=128M -smp "
               "cpus=3,maxcpus=3,sockets=3,cores=1,threads=1 "
               "-cpu core2duo -no-acpi -rtc base=2026-01-02T03:05:05 "
               "-action reboot=shutdown,shutdown=pause,panic=shutdown -boot strict=on -blockdev "));
  g_assert_null (strstr (command, "sesame"));
  g_assert_null (strstr (command, "net0"));
  /* The disk has another adapter now. */
  g_assert_nonnull (strstr (command, "'{\"driver\":\"lsi53c895a\",\"id\":\"scsi0\","));
}

/* What the service does while the guest runs, and at its end. */
static void
test_service (void)
{
  static const char *const xml =
      "<domain type='qemu'><name>a</name><uuid>7f3b5a40-1f1f-4a0e-9d3f-000000000001</uuid>"
      "<memory>131072</memory><memoryBacking><hugepages/></memoryBacking>"
      "<blkiotune><weight>200</weight></blkiotune>"
      "<memtune><hard_limit>262144</hard_limit><soft_limit>200000</soft_limit>"
      "<swap_hard_limit>300000</swap_hard_limit></memtune>"
      "<vcpu cpuset='0'>2</vcpu><cputune><vcpupin vcpu='0' cpuset='0'/></cputune>"
      "<os><type arch='x86_64' machine='pc'>hvm</type></os>"
      "<on_poweroff>rename-restart</on_poweroff><on_reboot>rename-restart</on_reboot>"
      "<on_crash>coredump-restart</on_crash>"
      "<devices><watchdog model='i6300esb' action='dump'/></devices></domain>";
  g_autoptr (VbDiagnostics) findings = vb_diagnostics_new ();
  g_autoptr (VbDomain) domain = parse (xml, -1, findings);
  g_autofree char *command = convert (domain, VB_NATIVE_QEMU_ARGV, FALSE, findings);

  assert_warnings (
      findings,
      "/domain/blkiotune/weight: QEMU does not limit itself; start it by systemd-run\n"
      "/domain/memtune/hard_limit: QEMU does not limit itself; start it by systemd-run\n"
      "/domain/memtune/soft_limit: QEMU does not limit itself; start it by systemd-run\n"
      "/domain/memtune/swap_hard_limit: QEMU does not limit itself; start it by systemd-run\n"
      "/domain/vcpu/@cpuset: QEMU does not choose the host's CPUs that it runs on; start it by "
      "taskset\n"
      "/domain/cputune/vcpupin: the virtual CPUs are not pinned; do it by taskset with the threads "
      "that the monitor tells (QMP: query-cpus-fast)\n"
      "/domain/on_poweroff: QEMU ends when the guest powers off, and does not start it again under "
      "another name\n"
      "/domain/on_reboot: QEMU ends when the guest reboots, and does not start it again under "
      "another name\n"
      "/domain/on_crash: QEMU ends when the guest crashes, and writes no core dump and does not "
      "start it again\n"
      "/domain/devices/watchdog[1]/@action: QEMU pauses the guest, and writes no core dump\n");
  g_assert_nonnull (strstr (command, "memory-backend=ram"));
}

static void
test_foreign_domain (void)
{
  static const struct
  {
    const char *xml;
    const char *message;
  } rows[] = {
    { "<domain type='xen'><name>x</name><memory>1024</memory><os><type>hvm</type></os></domain>",
      "a domain of type 'xen' cannot be said in QEMU's words; use type kvm or qemu" },
    { "<domain type='qemu'><name>x</name><memory>1024</memory><os><type>linux</type>"
      "<kernel>/k</kernel></os></domain>",
      "a guest of OS type 'linux' cannot be said in QEMU's words; use hvm" },
  };
  VbNativeOptions options = { VB_NATIVE_QEMU_ARGV, FALSE, NOW_S };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (VbDomain) domain = parse (rows[i].xml, -1, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (vb_native_format (&settings, domain, &options, NULL, &error));
      g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED);
      g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

/* A shell gives the words back, whatever is in them. */
static void
test_shell (void)
{
  g_autofree char *long_word = g_strnfill (3000, '\'');
  g_autofree char *long_plain = g_strnfill (3000, 'x');
  const char *words[] = { "VARIABLE=it's new",
                          "printf",
                          "%s|",
                          "$VARIABLE `id` \\ \"",
                          "-option",
                          "a'b",
                          "",
                          "two\nlines",
                          "-é",
                          "~",
                          "{x=y,z}",
                          "#",
                          long_word,
                          "-last",
                          long_plain,
                          NULL };
  g_autofree char *line = vb_shell_words_join (words);
  g_autofree char *pretty = vb_shell_words_join_pretty (words);
  g_autofree char *expected = g_strjoinv ("|", (char **) words + 3);
  g_autofree char *ended = g_strconcat (expected, "|", NULL);
  g_autofree char *from_line = run_shell (line);
  g_autofree char *from_pretty = run_shell (pretty);
  g_auto (GStrv) lines = g_strsplit (pretty, "\n", -1);

  g_assert_cmpstr (from_line, ==, ended);
  g_assert_cmpstr (from_pretty, ==, ended);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpuint (strlen (lines[i]), <, 700);
  g_assert_true (g_utf8_validate (pretty, -1, NULL));
}

/* An option's value is JSON where it begins so. */
typedef struct
{
  const char *option;
  const char *value; /* (nullable) */
} Option;

static void
argument_clear (gpointer data)
{
  VbArgument *argument = data;

  g_free (argument->text);
  g_clear_pointer (&argument->json, qmp_value_unref);
  g_free (argument);
}

/* (transfer full) @options end with one without a name. */
static char *
write_config (const char *const *command, const Option *list)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (argument_clear);

  for (; list->option != NULL; list++)
    {
      VbArgument *argument = g_new0 (VbArgument, 1);

      argument->option = list->option;
      if (list->value != NULL && list->value[0] == '{')
        argument->json = qmp_value_parse (list->value, -1, NULL);
      else
        argument->text = g_strdup (list->value);
      g_ptr_array_add (arguments, argument);
    }
  return vb_native_config_format (command, arguments);
}

/* What QEMU could not read back stays in the command, and so do the devices after it. */
static void
test_config (void)
{
  static const char *const command[] = { "TZ=Europe/Rome", "qemu", NULL };
  static const Option list[] = {
    { "-no-acpi" },
    { "-append", "-S" },
    { "-kernel", "a\"b" },
    { "-machine", "pc,accel=tcg" },
    { "-name", "guest=a,,b" },
    { "-chardev", "pty,id=0bad" },
    { "-global", "isa-fdc.bootindexA=1" },
    { "-global", "bad" },
    { "-object", "{\"qom-type\":\"x\",\"id\":\"o\",\"n\":1,\"b\":true}" },
    { "-object", "{\"qom-type\":\"x\",\"deep\":{}}" },
    { "-device", "{\"driver\":\"first\",\"id\":\"d1\"}" },
    { "-device", "{\"driver\":\"second\",\"serial\":\"a\\nb\"}" },
    { "-device", "{\"driver\":\"third\"}" },
    { "-rtc", "implied" },
    { "-k", "de" },
    { NULL },
  };
  static const char *const expected =
      "#$ TZ=Europe/Rome qemu \\\n"
      "#$   -kernel 'a\"b' \\\n"
      "#$   -chardev pty,id=0bad \\\n"
      "#$   -global bad \\\n"
      "#$   -object '{\"qom-type\":\"x\",\"deep\":{}}' \\\n"
      "#$   -device '{\"driver\":\"second\",\"serial\":\"a\\nb\"}' \\\n"
      "#$   -device '{\"driver\":\"third\"}' \\\n"
      "#$   -rtc implied \\\n"
      "#$   -k de \\\n"
      "#$   -readconfig \"$FILE\"\n"
      "\n"
      "[machine]\n  acpi = \"off\"\n  append = \"-S\"\n  type = \"pc\"\n  accel = \"tcg\"\n"
      "\n"
      "[name]\n  guest = \"a,b\"\n"
      "\n"
      "[global]\n  driver = \"isa-fdc\"\n  property = \"bootindexA\"\n  value = \"1\"\n"
      "\n"
      "[object \"o\"]\n  qom-type = \"x\"\n  n = \"1\"\n  b = \"on\"\n"
      "\n"
      "[device \"d1\"]\n  driver = \"first\"\n";
  g_autofree char *text = write_config (command, list);

  g_assert_cmpstr (strstr (text, "#$ "), ==, expected);
}

/* QEMU cuts a line that is too long for it, and takes the rest of it for another one. */
static void
test_config_lines (void)
{
  static const char *const command[] = { "qemu", NULL };
  g_autofree char *fitting = g_strnfill (1022 - strlen ("  kernel = \"\"\n"), 'v');
  g_autofree char *long_value = g_strconcat (fitting, "v", NULL);
  g_autofree char *long_id = g_strnfill (64, 'i');
  g_autofree char *device = g_strdup_printf ("x,id=%s", long_id);
  const Option list[] = {
    { "-kernel", fitting },
    { "-initrd", long_value },
    { "-append", "a\n\nb" },
    { "-device", device },
    { NULL },
  };
  g_autofree char *text = write_config (command, list);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpuint (strlen (lines[i]), <, 1022);
  g_assert_nonnull (strstr (text, "\n[machine]\n  kernel = \"vv"));
  g_assert_null (strstr (text, "initrd ="));
  g_assert_nonnull (strstr (text, "#$   -append 'a\n#$ \n#$ b' \\\n"));
  g_assert_null (strstr (text, "[device"));
}

static void
add_cases (GPtrArray *names)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "cases", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *file;

  while ((file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (file, ".xml"))
      {
        char *name = g_strndup (file, strlen (file) - strlen (".xml"));
        g_autofree char *path = g_strconcat ("/native/case/", name, NULL);
        g_ptr_array_add (names, name);
        g_test_add_data_func (path, name, test_case);
      }
  g_assert_cmpuint (names->len, >, 0);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);
  add_cases (names);
  g_test_add_func ("/native/warnings", test_warnings);
  g_test_add_func ("/native/service", test_service);
  g_test_add_func ("/native/foreign-domain", test_foreign_domain);
  g_test_add_func ("/native/shell", test_shell);
  g_test_add_func ("/native/config", test_config);
  g_test_add_func ("/native/config-lines", test_config_lines);
  return g_test_run ();
}
