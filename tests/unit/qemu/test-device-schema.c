/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How devices are described: what a real emulator says, what the schema of ours adds, and that the two
 * agree.
 */
#include "asked-emulator.h"

#include "qemu/device-schema.h"
#include "qemu/device-table.h"
#include "qemu/device-value.h"
#include "qemu/facts-builder.h"

typedef struct
{
  const char *device;
  const char *property;
  const char *type;
  const char *description;
  const char *default_value; /* as text */
} Row;

static const Row rows[] = {
  { "virtio-blk-pci", "logical_block_size", "size",
    "the smallest piece that the guest can read or write, 512 to 2097152, a power of two",
    "uint64 0" },
  { "virtio-blk-pci", "share-rw", "bool",
    "whether others may write to the image as well; since QEMU 2.9; in the domain XML: shareable",
    "false" },
  { "virtio-blk-pci", "werror", "auto|report|ignore|enospc|stop",
    "what happens when writing fails; since QEMU 2.7; in the domain XML: driver/@error_policy",
    "'auto'" },
  { "virtio-blk-pci", "serial", "str",
    "the serial number that the guest reads; in the domain XML: serial", "''" },
  { "virtio-blk-pci", "addr", "str",
    "the slot and the function in it: 06.0; in the domain XML: address", "int64 -1" },
  { "virtio-blk-pci", "iothread", "link<iothread>", "", "''" },
  { "virtio-blk-pci", "queue-size", "u16", "", "uint64 256" },
  { "virtio-blk-pci", "bootindex", "i32",
    "its turn; the lowest is the first, and without one it has none, -1 to 2147483647; in the "
    "domain "
    "XML: boot/@order",
    "''" },
  /* QEMU decides by itself */
  { "virtio-blk-pci", "vectors", "u32", "", "''" },
  { "virtio-blk-pci", "discard_granularity", "size", "", "''" },
  /* of QEMU's description there is nothing but the type */
  { "virtio-blk-pci", "ioeventfd", "bool", "", "true" },
  { "ide-hd", "bios-chs-trans", "auto|none|lba|large|rechs", "Logical CHS translation algorithm",
    "'auto'" },
  { "floppy", "drive-type", "auto|144|288|120|none", "how large its disks are", "'auto'" },
  { "vfio-pci", "x-msix-relocation", "off|auto|bar0|bar1|bar2|bar3|bar4|bar5", "", "'off'" },
  { "virtio-net-pci", "tx", "bh|timer", "when packets are sent; in the domain XML: driver/@txmode",
    "''" },
  { "virtio-net-pci", "tx_queue_size", "u16",
    "how many packets the host can be late by, 256 to 1024 packets, a power of two; since QEMU "
    "2.10",
    "uint64 256" },
  { "kvm-pit", "lost_tick_policy", "discard|delay|slew",
    "what happens to ticks that the guest had no time for; in the domain XML: @tickpolicy",
    "'delay'" },
  { "cirrus-vga", "vgamem_mb", "u32",
    "the memory of the card, 4 to 16 MiB, a power of two; in the domain XML: model/@vram",
    "uint64 4" },
  { "usb-storage", "attached", "bool", "", "''" },
};

/* (transfer full) (nullable): the row of @property */
static GVariant *
find_row (GVariant *description, const char *property)
{
  for (gsize i = 0; i < g_variant_n_children (description); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (description, i);
      const char *name;

      g_variant_get_child (row, 0, "&s", &name);
      if (g_str_equal (name, property))
        return g_steal_pointer (&row);
    }
  return NULL;
}

static void
test_describe (void)
{
  g_autoptr (VbEmulatorFacts) facts = asked_emulator_get_facts ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) description =
          g_variant_ref_sink (vb_device_schema_describe (facts, rows[i].device));
      g_autoptr (GVariant) row = find_row (description, rows[i].property);
      g_autoptr (GVariant) default_value = NULL;
      g_autofree char *default_text = NULL;
      const char *type, *text;

      g_assert_nonnull (row);
      g_variant_get (row, "(&s&s&sv)", NULL, &type, &text, &default_value);
      default_text = g_variant_print (default_value, TRUE);
      g_assert_cmpstr (type, ==, rows[i].type);
      g_assert_cmpstr (text, ==, rows[i].description);
      g_assert_cmpstr (default_text, ==, rows[i].default_value);
    }
}

/* Parts of a device are not set by anybody. */
static void
test_no_parts (void)
{
  g_autoptr (VbEmulatorFacts) facts = asked_emulator_get_facts ();
  g_autoptr (GVariant) description =
      g_variant_ref_sink (vb_device_schema_describe (facts, "virtio-blk-pci"));

  g_assert_null (find_row (description, "virtio-backend"));
}

static void
test_unknown (void)
{
  g_autoptr (VbEmulatorFacts) facts = asked_emulator_get_facts ();
  g_autoptr (GVariant) none = NULL;

  g_assert_null (vb_device_schema_describe (facts, "warp-drive"));
  /* there, and not asked for its properties */
  g_assert_null (vb_device_schema_describe (facts, "edu"));
  none = g_variant_ref_sink (vb_device_schema_describe (facts, "ib700"));
  g_assert_cmpuint (g_variant_n_children (none), ==, 0);
}

/* Both names of a device have what is known of it. */
static void
test_alias (void)
{
  g_autoptr (VbEmulatorFacts) facts = asked_emulator_get_facts ();
  g_autoptr (GVariant) description =
      g_variant_ref_sink (vb_device_schema_describe (facts, "virtio-blk"));
  g_autoptr (GVariant) same =
      g_variant_ref_sink (vb_device_schema_describe (facts, "virtio-blk-pci"));

  g_assert_true (g_variant_equal (description, same));
}

static void
test_summary (void)
{
  g_assert_cmpstr (vb_device_schema_get_summary ("qemu-xhci"), ==, "A USB 3 controller.");
  g_assert_null (vb_device_schema_get_summary ("edu"));
}

/* What a type is called in QEMU, if it is a type that both have a word for. */
static gboolean
is_same_type (const VbSchemaProperty *ours, const char *theirs)
{
  static const char *const text_of_number = "addr";

  return g_strcmp0 (ours->type, theirs) == 0 || ours->words != NULL ||
         g_str_equal (ours->name, text_of_number);
}

/* The schema says nothing of a device that is not so. */
static void
test_agreement (void)
{
  g_autoptr (VbEmulatorFacts) facts = asked_emulator_get_facts ();
  const VbSchemaList *list = &vb_schema_lists[VB_SCHEMA_DEVICE];

  for (guint i = 0; i < list->n_entries; i++)
    for (guint j = 0; j < list->entries[i].n_groups; j++)
      for (guint k = 0; k < list->entries[i].groups[j].n_properties; k++)
        {
          const VbSchemaProperty *ours = &list->entries[i].groups[j].properties[k];
          g_autofree char *type = NULL;
          VbEmulatorProperty property;

          g_test_message ("%s.%s", list->entries[i].name, ours->name);
          g_assert_true (vb_emulator_facts_find_property (facts, list->entries[i].name, ours->name,
                                                          &property));
          type = vb_device_schema_get_type ("", &property);
          g_test_message ("%s, %s", ours->type, type);
          g_assert_true (is_same_type (ours, type));
        }
}

static void
test_back_ends (void)
{
  static const struct
  {
    VbSchemaKind kind;
    VbEmulatorWord word;
  } kinds[] = {
    { VB_SCHEMA_CHARDEV, VB_EMULATOR_WORD_CHARDEV },
    { VB_SCHEMA_NETDEV, VB_EMULATOR_WORD_NETDEV },
    { VB_SCHEMA_BLOCKDEV, VB_EMULATOR_WORD_BLOCKDEV },
    { VB_SCHEMA_OBJECT, VB_EMULATOR_WORD_OBJECT },
    { VB_SCHEMA_DISPLAY, VB_EMULATOR_WORD_DISPLAY },
    { VB_SCHEMA_OPTION, VB_EMULATOR_WORD_OPTION },
  };
  g_autoptr (VbEmulatorFacts) facts = asked_emulator_get_facts ();

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint j = 0; j < vb_schema_lists[kinds[i].kind].n_entries; j++)
      {
        g_test_message ("%s", vb_schema_lists[kinds[i].kind].entries[j].name);
        g_assert_true (vb_emulator_facts_has (facts, kinds[i].word,
                                              vb_schema_lists[kinds[i].kind].entries[j].name));
      }
}

typedef struct
{
  const char *device;
  const char *property;
  const char *value;  /* JSON */
  const char *wanted; /* (nullable): it is taken */
} Value;

static const Value values[] = {
  { "virtio-blk-pci", "share-rw", "true", NULL },
  { "virtio-blk-pci", "share-rw", "1", "true or false, not 1" },
  { "virtio-blk-pci", "share-rw", "\"on\"", "true or false, not \"on\"" },
  { "virtio-blk-pci", "serial", "\"x\"", NULL },
  { "virtio-blk-pci", "serial", "5", "text, not 5" },
  { "virtio-blk-pci", "addr", "\"0x3.0x0\"", NULL },
  { "virtio-blk-pci", "iothread", "\"io0\"", NULL },
  { "virtio-blk-pci", "write-cache", "\"off\"", NULL },
  { "virtio-blk-pci", "write-cache", "false", "auto, on or off, not false" },
  { "virtio-blk-pci", "write-cache", "\"maybe\"", "auto, on or off, not \"maybe\"" },
  { "virtio-blk-pci", "queue-size", "65535", NULL },
  { "virtio-blk-pci", "queue-size", "65536", "0 to 65535, not 65536" },
  { "virtio-blk-pci", "queue-size", "-1", "0 to 65535, not -1" },
  { "virtio-blk-pci", "queue-size", "\"256\"", "0 to 65535, not \"256\"" },
  { "virtio-blk-pci", "queue-size", "1.5", "0 to 65535, not 1.5" },
  { "virtio-blk-pci", "queue-size", "1e400", "0 to 65535, not 1e400" },
  { "virtio-blk-pci", "bootindex", "-1", NULL },
  { "virtio-blk-pci", "bootindex", "-2", "-1 to 2147483647, not -2" },
  { "virtio-blk-pci", "bootindex", "2147483648", "-1 to 2147483647, not 2147483648" },
  { "virtio-blk-pci", "logical_block_size", "4096", NULL },
  { "virtio-blk-pci", "logical_block_size", "256", "512 to 2097152, a power of two, not 256" },
  { "virtio-blk-pci", "logical_block_size", "513", "512 to 2097152, a power of two, not 513" },
  { "virtio-blk-pci", "opt_io_size", "18446744073709551615", NULL },
  { "ide-hd", "wwn", "18446744073709551615", NULL },
  { "ide-hd", "wwn", "-1", "0 to 18446744073709551615, not -1" },
  { "cirrus-vga", "vgamem_mb", "64", "4 to 16 MiB, a power of two, not 64" },
  { "qxl", "max_outputs", "17", "0 to 16, not 17" },
};

static void
test_values (void)
{
  g_autoptr (VbEmulatorFacts) facts = asked_emulator_get_facts ();

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (QmpValue) value = qmp_value_parse (values[i].value, -1, &error);
      g_autofree char *type = NULL;
      g_autofree char *wanted = NULL;
      const VbSchemaProperty *schema;
      VbEmulatorProperty property;

      g_assert_true (
          vb_emulator_facts_find_property (facts, values[i].device, values[i].property, &property));
      type = vb_device_schema_get_type (values[i].device, &property);
      schema = vb_schema_find_property (vb_schema_find (VB_SCHEMA_DEVICE, values[i].device),
                                        values[i].property);
      wanted = vb_device_value_refuse (type, schema, value);
      g_assert_cmpstr (wanted, ==, values[i].wanted);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/device-schema/describe", test_describe);
  g_test_add_func ("/device-schema/no-parts", test_no_parts);
  g_test_add_func ("/device-schema/unknown", test_unknown);
  g_test_add_func ("/device-schema/alias", test_alias);
  g_test_add_func ("/device-schema/summary", test_summary);
  g_test_add_func ("/device-schema/agreement", test_agreement);
  g_test_add_func ("/device-schema/back-ends", test_back_ends);
  g_test_add_func ("/device-schema/values", test_values);
  return g_test_run ();
}
