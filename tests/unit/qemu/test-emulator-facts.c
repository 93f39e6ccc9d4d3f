/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts out of what an emulator answers: what is taken, in which order, and what is left out of
 * answers that no QEMU would give.
 */
#include "qemu/emulator-facts.h"
#include "qemu/facts-builder.h"
#include "qemu/qemu-error.h"

#include <string.h>

#define VERSION "'query-version': {'qemu': {'major': 7, 'minor': 2, 'micro': 22}, 'package': 'x'},"
#define TARGET "'query-target': {'arch': 'x86_64'},"
#define MACHINES                                                                                   \
  "'query-machines': ["                                                                            \
  "{'name': 'none', 'cpu-max': 1},"                                                                \
  "{'name': 'pc-i440fx-7.2', 'alias': 'pc', 'is-default': true, 'cpu-max': 255},"                  \
  "{'name': 'pc-q35-7.2', 'alias': 'q35', 'cpu-max': 288},"                                        \
  "{'name': 'isapc', 'cpu-max': 1, 'deprecated': true}],"
#define TYPES                                                                                      \
  "'qom-list-types': ["                                                                            \
  "{'name': 'object', 'abstract': true},"                                                          \
  "{'name': 'device', 'parent': 'object', 'abstract': true},"                                      \
  "{'name': 'pci-device', 'parent': 'device', 'abstract': true},"                                  \
  "{'name': 'virtio-blk-pci', 'parent': 'pci-device'},"                                            \
  "{'name': 'isa-serial', 'parent': 'device'},"                                                    \
  "{'name': 'secret', 'parent': 'object'}],"
#define SCHEMA                                                                                     \
  "'query-qmp-schema': ["                                                                          \
  "{'name': 'netdev_add', 'meta-type': 'command', 'arg-type': '5', 'ret-type': '0'},"              \
  "{'name': 'blockdev-add', 'meta-type': 'command', 'arg-type': '6'},"                             \
  "{'name': 'query-display-options', 'meta-type': 'command', 'ret-type': '7'},"                    \
  "{'name': 'RESET', 'meta-type': 'event', 'arg-type': '0'},"                                      \
  "{'name': '5', 'meta-type': 'object', 'members': [{'name': 'id', 'type': 'str'},"                \
  "{'name': 'type', 'type': '8'}]},"                                                               \
  "{'name': '6', 'meta-type': 'object', 'members': [{'name': 'driver', 'type': '9'}]},"            \
  "{'name': '7', 'meta-type': 'object', 'members': [{'name': 'type', 'type': '10'}]},"             \
  "{'name': '8', 'meta-type': 'enum', 'values': ['user', 'tap']},"                                 \
  "{'name': '9', 'meta-type': 'enum', 'members': [{'name': 'raw'}, {'name': 'qcow2'}]},"           \
  "{'name': '10', 'meta-type': 'enum', 'members': [{'name': 'gtk'}], 'values': ['gtk']}],"
#define LISTING                                                                                    \
  "'human-monitor-command': 'Controller/Bridge/Hub devices:\\r\\n"                                 \
  "name \\\"isa-serial\\\", bus ISA, no-user\\r\\n\\r\\n"                                          \
  "Storage devices:\\r\\n"                                                                         \
  "name \\\"virtio-blk-pci\\\", bus PCI, alias \\\"virtio-blk\\\", desc \\\"a \\\"fast\\\" disk, " \
  "no-user\\\"\\r\\n"                                                                              \
  "Network devices:\\r\\n"                                                                         \
  "name \\\"virtio-blk-pci\\\", bus none\\r\\nwhat is this\\r\\n',"
#define NEEDED VERSION TARGET MACHINES TYPES SCHEMA

/* @members: a JSON object's, with ' for " and a comma behind each */
static VbEmulatorFacts *
try_facts (const char *members, GError **error)
{
  g_autofree char *json = g_strdup_printf ("{%s'rest': 0}", members);

  g_strdelimit (json, "'", '"');
  return vb_emulator_facts_new_from_replies (json, error);
}

static VbEmulatorFacts *
make_facts (const char *members)
{
  g_autoptr (GError) error = NULL;
  VbEmulatorFacts *facts = try_facts (members, &error);

  g_assert_no_error (error);
  return facts;
}

static void
test_identity (void)
{
  g_autoptr (VbEmulatorFacts) facts = make_facts (NEEDED "'query-kvm': {'enabled': true},");

  g_assert_null (vb_emulator_facts_get_error (facts));
  g_assert_cmpstr (vb_emulator_facts_get_version (facts), ==, "7.2.22");
  g_assert_cmpstr (vb_emulator_facts_get_target (facts), ==, "x86_64");
  g_assert_true (vb_emulator_facts_has_kvm (facts));
}

static void
test_machines (void)
{
  static const VbEmulatorMachine expected[] = {
    { "pc", "pc-i440fx-7.2", 255, TRUE, FALSE },
    { "pc-i440fx-7.2", "pc-i440fx-7.2", 255, TRUE, FALSE },
    { "isapc", "isapc", 1, FALSE, TRUE },
    { "q35", "pc-q35-7.2", 288, FALSE, FALSE },
    { "pc-q35-7.2", "pc-q35-7.2", 288, FALSE, FALSE },
  };
  g_autoptr (VbEmulatorFacts) facts = make_facts (NEEDED);
  VbEmulatorMachine machine;

  g_assert_cmpuint (vb_emulator_facts_get_n_machines (facts), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      vb_emulator_facts_get_machine (facts, i, &machine);
      g_assert_cmpstr (machine.name, ==, expected[i].name);
      g_assert_true (vb_emulator_facts_find_machine (facts, expected[i].name, &machine));
      g_assert_cmpstr (machine.name, ==, expected[i].name);
      g_assert_cmpstr (machine.canonical, ==, expected[i].canonical);
      g_assert_cmpuint (machine.max_cpus, ==, expected[i].max_cpus);
      g_assert_cmpint (machine.is_default, ==, expected[i].is_default);
      g_assert_cmpint (machine.is_deprecated, ==, expected[i].is_deprecated);
    }
  g_assert_false (vb_emulator_facts_find_machine (facts, "none", &machine));
  g_assert_false (vb_emulator_facts_find_machine (facts, "", &machine));
  g_assert_false (vb_emulator_facts_find_machine (facts, "zzz", &machine));
}

static void
test_cpus (void)
{
  g_autoptr (VbEmulatorFacts) facts =
      make_facts (NEEDED "'query-cpu-definitions': ["
                         "{'name': 'qemu64', 'unavailable-features': []},"
                         "{'name': 'host', 'unavailable-features': ['kvm', 'vmx', 3]},"
                         "{'name': 'cortex-a15'}],");
  VbEmulatorCpu cpu;

  g_assert_cmpuint (vb_emulator_facts_get_n_cpus (facts), ==, 3);
  g_assert_true (vb_emulator_facts_find_cpu (facts, "host", &cpu));
  g_assert_false (cpu.is_usable);
  g_assert_cmpuint (g_strv_length (cpu.blockers), ==, 2);
  g_assert_cmpstr (cpu.blockers[0], ==, "kvm");
  g_assert_cmpstr (cpu.blockers[1], ==, "vmx");
  g_free (cpu.blockers);
  g_assert_true (vb_emulator_facts_find_cpu (facts, "cortex-a15", &cpu));
  g_assert_true (cpu.is_usable);
  g_assert_null (cpu.blockers[0]);
  g_free (cpu.blockers);
  vb_emulator_facts_get_cpu (facts, 2, &cpu);
  g_assert_cmpstr (cpu.name, ==, "qemu64");
  g_free (cpu.blockers);
  g_assert_false (vb_emulator_facts_find_cpu (facts, "486", &cpu));
}

static void
test_devices (void)
{
  g_autoptr (VbEmulatorFacts) facts = make_facts (NEEDED LISTING);
  VbEmulatorDevice device;

  g_assert_cmpuint (vb_emulator_facts_get_n_devices (facts), ==, 2);
  vb_emulator_facts_get_device (facts, 0, &device);
  g_assert_cmpstr (device.name, ==, "isa-serial");
  g_assert_cmpstr (device.bus, ==, "ISA");
  g_assert_cmpstr (device.category, ==, "controller");
  g_assert_cmpstr (device.description, ==, "");
  g_assert_cmpstr (device.alias, ==, "");
  g_assert_false (device.is_pluggable);
  g_assert_true (vb_emulator_facts_find_device (facts, "virtio-blk", &device));
  g_assert_cmpstr (device.name, ==, "virtio-blk-pci");
  g_assert_cmpstr (device.bus, ==, "PCI");
  g_assert_cmpstr (device.category, ==, "storage");
  g_assert_cmpstr (device.description, ==, "a \"fast\" disk, no-user");
  g_assert_true (device.is_pluggable);
  g_assert_false (vb_emulator_facts_find_device (facts, "", &device));
  g_assert_false (vb_emulator_facts_find_device (facts, "secret", &device));
}

/* Without a human monitor devices are known by their types alone. */
static void
test_devices_by_type (void)
{
  g_autoptr (VbEmulatorFacts) facts = make_facts (NEEDED);
  VbEmulatorDevice device;

  g_assert_cmpuint (vb_emulator_facts_get_n_devices (facts), ==, 2);
  g_assert_true (vb_emulator_facts_find_device (facts, "virtio-blk-pci", &device));
  g_assert_cmpstr (device.bus, ==, "");
  g_assert_true (device.is_pluggable);
  g_assert_false (vb_emulator_facts_find_device (facts, "pci-device", &device));
}

static void
assert_default (const VbEmulatorFacts *facts, const char *name, const char *expected)
{
  VbEmulatorProperty property;
  g_autofree char *text = NULL;

  g_assert_true (vb_emulator_facts_find_property (facts, "virtio-blk", name, &property));
  g_assert_cmpstr (property.name, ==, name);
  if (property.default_value)
    text = g_variant_print (property.default_value, TRUE);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_properties (void)
{
  g_autoptr (VbEmulatorFacts) facts = make_facts (
      NEEDED LISTING
      "'device-list-properties': {'virtio-blk-pci': ["
      "{'name': 'serial', 'type': 'str', 'description': 'its number', 'default-value': 's'},"
      "{'name': 'mask', 'type': 'uint64', 'default-value': 18446744073709551615},"
      "{'name': 'addr', 'type': 'int32', 'default-value': -1},"
      "{'name': 'low', 'type': 'int64', 'default-value': -9223372036854775808},"
      "{'name': 'on', 'type': 'bool', 'default-value': true},"
      "{'name': 'ratio', 'type': 'number', 'default-value': 0.5},"
      "{'name': 'list', 'type': 'array', 'default-value': [1]},"
      "{'name': 'null', 'type': 'str', 'default-value': null},"
      "{'name': 'serial', 'type': 'twice'},"
      "{'name': 'drive'}, {'type': 'nameless'}, {'name': ''}, 7],"
      "'isa-serial': []},");
  VbEmulatorProperty property;

  g_assert_true (vb_emulator_facts_knows_properties (facts, "virtio-blk-pci"));
  g_assert_true (vb_emulator_facts_knows_properties (facts, "virtio-blk"));
  g_assert_true (vb_emulator_facts_knows_properties (facts, "isa-serial"));
  g_assert_cmpuint (vb_emulator_facts_get_n_properties (facts, "isa-serial"), ==, 0);
  g_assert_cmpuint (vb_emulator_facts_get_n_properties (facts, "virtio-blk-pci"), ==, 9);
  g_assert_cmpuint (vb_emulator_facts_get_n_properties (facts, "none"), ==, 0);
  g_assert_false (vb_emulator_facts_knows_properties (facts, "none"));

  vb_emulator_facts_get_property (facts, "virtio-blk-pci", 0, &property);
  g_assert_cmpstr (property.name, ==, "addr");
  g_assert_cmpstr (property.type, ==, "int32");
  g_assert_cmpstr (property.description, ==, "");
  g_assert_true (vb_emulator_facts_find_property (facts, "virtio-blk-pci", "serial", &property));
  g_assert_cmpstr (property.type, ==, "str");
  g_assert_cmpstr (property.description, ==, "its number");
  assert_default (facts, "mask", "uint64 18446744073709551615");
  assert_default (facts, "mask", "uint64 18446744073709551615");
  assert_default (facts, "addr", "int64 -1");
  assert_default (facts, "low", "int64 -9223372036854775808");
  assert_default (facts, "on", "true");
  assert_default (facts, "ratio", "0.5");
  assert_default (facts, "serial", "'s'");
  assert_default (facts, "list", NULL);
  assert_default (facts, "null", NULL);
  assert_default (facts, "drive", NULL);
  g_assert_false (vb_emulator_facts_find_property (facts, "virtio-blk-pci", "x", &property));
  g_assert_false (vb_emulator_facts_find_property (facts, "none", "addr", &property));
}

static void
assert_words (const VbEmulatorFacts *facts, VbEmulatorWord kind, const char *expected)
{
  g_autofree const char **words = vb_emulator_facts_list (facts, kind);
  g_autofree char *joined = g_strjoinv (" ", (char **) words);

  g_assert_cmpstr (joined, ==, expected);
  for (guint i = 0; words[i]; i++)
    g_assert_true (vb_emulator_facts_has (facts, kind, words[i]));
  g_assert_false (vb_emulator_facts_has (facts, kind, "nonesuch"));
}

static void
test_words (void)
{
  g_autoptr (VbEmulatorFacts) facts =
      make_facts (NEEDED "'query-chardev-backends': [{'name': 'pty'}, {'name': 'file'}, 4],"
                         "'query-command-line-options': [{'option': 'vnc'}, {'option': 'smbios'},"
                         "{'option': ''}],");

  assert_words (facts, VB_EMULATOR_WORD_COMMAND, "blockdev-add netdev_add query-display-options");
  assert_words (facts, VB_EMULATOR_WORD_EVENT, "RESET");
  assert_words (facts, VB_EMULATOR_WORD_OBJECT, "isa-serial secret virtio-blk-pci");
  assert_words (facts, VB_EMULATOR_WORD_CHARDEV, "file pty");
  assert_words (facts, VB_EMULATOR_WORD_NETDEV, "tap user");
  assert_words (facts, VB_EMULATOR_WORD_BLOCKDEV, "qcow2 raw");
  assert_words (facts, VB_EMULATOR_WORD_DISPLAY, "gtk");
  assert_words (facts, VB_EMULATOR_WORD_OPTION, "smbios vnc");
}

/* What every QEMU answers, once missing and once of another form. */
static void
test_needed (void)
{
  static const struct
  {
    const char *replies;
    const char *command;
  } cases[] = {
    { TARGET MACHINES TYPES SCHEMA, "query-version" },
    { "'query-version': {'qemu': '7.2'}," TARGET MACHINES TYPES SCHEMA, "query-version" },
    { VERSION MACHINES TYPES SCHEMA, "query-target" },
    { VERSION "'query-target': {'arch': ''}," MACHINES TYPES SCHEMA, "query-target" },
    { VERSION TARGET TYPES SCHEMA, "query-machines" },
    { VERSION TARGET "'query-machines': []," TYPES SCHEMA, "query-machines" },
    { VERSION TARGET "'query-machines': {'pc': 1}," TYPES SCHEMA, "query-machines" },
    { VERSION TARGET MACHINES SCHEMA, "qom-list-types" },
    { VERSION TARGET MACHINES "'qom-list-types': [4]," SCHEMA, "qom-list-types" },
    { VERSION TARGET MACHINES TYPES, "query-qmp-schema" },
    { VERSION TARGET MACHINES TYPES "'query-qmp-schema': [{'name': '1'}],", "query-qmp-schema" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *expected =
          g_strdup_printf ("does not answer '%s' as QEMU does", cases[i].command);

      g_assert_null (try_facts (cases[i].replies, &error));
      g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
      g_assert_cmpstr (error->message, ==, expected);
    }
}

/* Answers that lead nowhere, in circles, or twice to the same. */
static void
test_hostile (void)
{
  g_autoptr (VbEmulatorFacts) facts = make_facts (
      VERSION TARGET
      "'query-machines': [{'name': 'a', 'alias': 'a', 'cpu-max': -4}, {'name': 'a'},"
      "{'name': 'b', 'alias': 'a', 'cpu-max': 99999999999}, {'alias': 'c'}, 7, null, []],"
      "'qom-list-types': [{'name': 'x', 'parent': 'y'}, {'name': 'y', 'parent': 'x'},"
      "{'name': 'z', 'parent': 'device'}, {'name': 'z', 'parent': 7}, {'name': 'w', 'parent': "
      "'w'}],"
      "'query-qmp-schema': [{'name': 'netdev_add', 'meta-type': 'command', 'arg-type': "
      "'netdev_add',"
      "'members': [{'name': 'type', 'type': 'netdev_add'}, 7]},"
      "{'name': 'blockdev-add', 'meta-type': 'command', 'arg-type': 'gone'},"
      "{'name': 'query-display-options', 'meta-type': 'command', 'ret-type': []}],"
      "'query-cpu-definitions': [{'name': 'q'}, {'name': 'q'}, {}],"
      "'query-kvm': [], 'query-chardev-backends': 'x', 'human-monitor-command': {'a': 1},"
      "'device-list-properties': {'z': {'name': 'x'}, 'new': null},");
  VbEmulatorMachine machine;

  g_assert_cmpuint (vb_emulator_facts_get_n_machines (facts), ==, 2);
  g_assert_true (vb_emulator_facts_find_machine (facts, "a", &machine));
  g_assert_cmpuint (machine.max_cpus, ==, 0);
  g_assert_true (vb_emulator_facts_find_machine (facts, "b", &machine));
  g_assert_cmpuint (machine.max_cpus, ==, G_MAXUINT);
  g_assert_cmpuint (vb_emulator_facts_get_n_cpus (facts), ==, 1);
  assert_words (facts, VB_EMULATOR_WORD_OBJECT, "w x y z");
  assert_words (facts, VB_EMULATOR_WORD_NETDEV, "type");
  assert_words (facts, VB_EMULATOR_WORD_BLOCKDEV, "");
  g_assert_false (vb_emulator_facts_has_kvm (facts));
  g_assert_cmpuint (vb_emulator_facts_get_n_properties (facts, "z"), ==, 0);
}

static void
test_no_json (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (vb_emulator_facts_new_from_replies ("{", &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
}

/* Back ends in modules that are not installed; all else is in the binary itself. */
static void
test_modules (void)
{
  static const char *const files[] = { "hw-display-qxl.so", "ui-gtk.so", NULL };
  g_autofree char *json =
      g_strdup ("{" VERSION TARGET MACHINES TYPES
                "'query-qmp-schema': [{'name': 'blockdev-add', 'meta-type': 'command',"
                "'arg-type': '1'}, {'name': '1', 'members': [{'name': 'driver', 'type': '2'}]},"
                "{'name': '2', 'values': ['raw', 'rbd', 'https']},"
                "{'name': 'query-display-options', 'meta-type': 'command', 'ret-type': '3'},"
                "{'name': '3', 'members': [{'name': 'type', 'type': '4'}]},"
                "{'name': '4', 'values': ['none', 'gtk', 'sdl']}]}");
  g_autoptr (VbFactsBuilder) builder = vb_facts_builder_new ();
  g_autoptr (QmpValue) replies = qmp_value_parse (g_strdelimit (json, "'", '"'), -1, NULL);
  g_autoptr (GPtrArray) commands = qmp_value_list_members (replies);
  g_autoptr (VbEmulatorFacts) facts = NULL;

  for (guint i = 0; i < commands->len; i++)
    {
      g_autoptr (QmpValue) reply = qmp_value_get (replies, commands->pdata[i]);

      vb_facts_builder_add (builder, commands->pdata[i], NULL, reply);
    }
  vb_facts_builder_add_modules (builder, files);
  facts = vb_facts_builder_end (builder, NULL);
  assert_words (facts, VB_EMULATOR_WORD_BLOCKDEV, "raw");
  assert_words (facts, VB_EMULATOR_WORD_DISPLAY, "gtk none");
}

static void
test_failed (void)
{
  g_autoptr (VbEmulatorFacts) facts = vb_emulator_facts_new_failed ("it burns; put it out");
  g_autoptr (VbEmulatorFacts) same = vb_emulator_facts_new_failed ("it burns; put it out");
  g_autoptr (VbEmulatorFacts) other = vb_emulator_facts_new_failed ("it rusts");
  VbEmulatorDevice device;
  VbEmulatorCpu cpu;

  g_assert_cmpstr (vb_emulator_facts_get_error (facts), ==, "it burns; put it out");
  g_assert_cmpstr (vb_emulator_facts_get_version (facts), ==, "");
  g_assert_cmpuint (vb_emulator_facts_get_n_machines (facts), ==, 0);
  g_assert_cmpuint (vb_emulator_facts_get_n_devices (facts), ==, 0);
  g_assert_false (vb_emulator_facts_find_device (facts, "x", &device));
  g_assert_false (vb_emulator_facts_find_cpu (facts, "x", &cpu));
  assert_words (facts, VB_EMULATOR_WORD_OPTION, "");
  g_assert_true (vb_emulator_facts_equal (facts, same));
  g_assert_false (vb_emulator_facts_equal (facts, other));
}

static GVariant *
read_properties (const char *json)
{
  g_autoptr (QmpValue) reply = qmp_value_parse (json, -1, NULL);

  return vb_facts_builder_read_properties (reply);
}

static void
test_more_properties (void)
{
  g_autoptr (VbEmulatorFacts) facts =
      make_facts (NEEDED LISTING "'device-list-properties': {'isa-serial': [{'name': 'iobase'}]},");
  g_autoptr (VbEmulatorFacts) more =
      vb_emulator_facts_with_properties (facts, "virtio-blk",
                                         read_properties ("[{\"name\":\"b\"},{\"name\":\"a\"}]"));
  g_autoptr (VbEmulatorFacts) again =
      vb_emulator_facts_with_properties (more, "virtio-blk-pci", read_properties ("[]"));
  g_autoptr (VbEmulatorFacts) unknown =
      vb_emulator_facts_with_properties (more, "none", read_properties ("[]"));
  VbEmulatorProperty property;
  VbEmulatorDevice device;

  g_assert_false (vb_emulator_facts_knows_properties (facts, "virtio-blk-pci"));
  g_assert_true (vb_emulator_facts_knows_properties (more, "virtio-blk-pci"));
  g_assert_cmpuint (vb_emulator_facts_get_n_properties (more, "virtio-blk-pci"), ==, 2);
  g_assert_true (vb_emulator_facts_find_property (more, "virtio-blk-pci", "b", &property));
  g_assert_true (vb_emulator_facts_find_property (more, "isa-serial", "iobase", &property));
  g_assert_true (vb_emulator_facts_find_device (more, "virtio-blk", &device));
  g_assert_cmpstr (device.category, ==, "storage");
  g_assert_true (again == more);
  g_assert_true (unknown == more);
}

static VbEmulatorFacts *
read_bytes (const void *bytes, gsize length)
{
  g_autoptr (GBytes) copy = g_bytes_new (bytes, length);
  g_autoptr (GVariant) packed =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (VB_FACTS_TYPE), copy, FALSE));

  return vb_emulator_facts_new_checked (packed);
}

static void
test_bytes (void)
{
  g_autoptr (VbEmulatorFacts) facts = make_facts (NEEDED LISTING);
  GVariant *packed = vb_emulator_facts_get_packed (facts);
  g_autoptr (VbEmulatorFacts) same =
      read_bytes (g_variant_get_data (packed), g_variant_get_size (packed));
  g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_new_string ("no facts"));

  g_assert_true (vb_emulator_facts_equal (facts, same));
  g_assert_null (vb_emulator_facts_new_checked (other));
}

/* Any byte changed, any length: facts or none, and never a step outside of the bytes. */
static void
test_damaged_bytes (void)
{
  g_autoptr (VbEmulatorFacts) facts =
      make_facts (NEEDED LISTING "'device-list-properties': {'isa-serial': [{'name': 'iobase'}]},");
  GVariant *packed = vb_emulator_facts_get_packed (facts);
  gsize size = g_variant_get_size (packed);
  const guint8 *data = g_variant_get_data (packed);

  for (gsize i = 0; i < size; i++)
    for (guint turn = 0; turn < 3; turn++)
      {
        g_autofree guint8 *copy = g_memdup2 (data, size);
        g_autoptr (VbEmulatorFacts) read = NULL;
        VbEmulatorProperty property;
        VbEmulatorMachine machine;

        copy[i] = turn == 0 ? 0 : turn == 1 ? 0xff : copy[i] ^ 1;
        read = read_bytes (copy, turn == 2 ? i : size);
        if (!read)
          continue;
        for (guint j = 0; j < vb_emulator_facts_get_n_machines (read); j++)
          vb_emulator_facts_get_machine (read, j, &machine);
        vb_emulator_facts_find_machine (read, "q35", &machine);
        vb_emulator_facts_find_property (read, "isa-serial", "iobase", &property);
        vb_emulator_facts_find_property (read, "virtio-blk", "iobase", &property);
        vb_emulator_facts_has (read, VB_EMULATOR_WORD_OPTION, "smbios");
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/emulator-facts/identity", test_identity);
  g_test_add_func ("/emulator-facts/machines", test_machines);
  g_test_add_func ("/emulator-facts/cpus", test_cpus);
  g_test_add_func ("/emulator-facts/devices", test_devices);
  g_test_add_func ("/emulator-facts/devices-by-type", test_devices_by_type);
  g_test_add_func ("/emulator-facts/properties", test_properties);
  g_test_add_func ("/emulator-facts/words", test_words);
  g_test_add_func ("/emulator-facts/needed", test_needed);
  g_test_add_func ("/emulator-facts/hostile", test_hostile);
  g_test_add_func ("/emulator-facts/no-json", test_no_json);
  g_test_add_func ("/emulator-facts/modules", test_modules);
  g_test_add_func ("/emulator-facts/failed", test_failed);
  g_test_add_func ("/emulator-facts/more-properties", test_more_properties);
  g_test_add_func ("/emulator-facts/bytes", test_bytes);
  g_test_add_func ("/emulator-facts/damaged-bytes", test_damaged_bytes);
  return g_test_run ();
}
