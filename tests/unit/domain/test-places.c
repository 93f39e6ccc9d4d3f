/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where devices sit: an address that was given once stays, over redefinitions that say nothing of it,
 * and what comes new takes what is free.
 */
#include "domain/domain.h"

#include <string.h>

#define DISK(target, rest) "<disk><source file='/a'/><target dev='" target "'/>" rest "</disk>"
#define PCI(slot) "<address type='pci' bus='0' slot='" slot "' function='0'/>"

static VbDomain *
define_on (const char *machine, const char *devices, const VbDomain *previous)
{
  g_autofree char *xml = g_strdup_printf (
      "<domain type='qemu'><name>t</name><memory>4096</memory>"
      "<os><type arch='x86_64' machine='%s'>hvm</type></os><devices>%s</devices></domain>",
      machine, devices);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) again = NULL;
  VbDomain *domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error);

  g_assert_no_error (error);
  vb_domain_complete (domain, previous, NULL);
  /* whatever was chosen is a good definition, and stays */
  text = vb_domain_format (domain, VB_FORMAT_SECURE);
  again = vb_domain_parse (text, strlen (text), FALSE, NULL, &error);
  g_assert_no_error (error);
  vb_domain_complete (again, NULL, NULL);
  g_assert_true (vb_domain_equal (domain, again));
  return domain;
}

static VbDomain *
define (const char *devices, const VbDomain *previous)
{
  return define_on ("pc", devices, previous);
}

static void
assert_place (const VbDomain *domain, const char *alias, const char *expected)
{
  const VbDevice *device = vb_domain_find_device (domain, alias);
  g_autofree char *text = NULL;

  g_assert_nonnull (device);
  text = vb_address_to_string (&device->address);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_slots_stay (void)
{
  g_autoptr (VbDomain) first =
      define (DISK ("vda", "") DISK ("vdb", "") DISK ("vdc", "") "<interface/>", NULL);
  g_autoptr (VbDomain) second =
      define (DISK ("vdx", "") DISK ("vdc", "") DISK ("vda", "") "<interface/><interface/>", first);
  g_autoptr (VbDomain) third = define (DISK ("vdb", "") DISK ("vdc", ""), second);

  assert_place (first, "net0", "pci:0000:00:03.0");
  assert_place (first, "vda", "pci:0000:00:04.0");
  assert_place (first, "vdb", "pci:0000:00:05.0");
  assert_place (first, "vdc", "pci:0000:00:06.0");
  assert_place (first, "balloon0", "pci:0000:00:07.0");
  assert_place (second, "net0", "pci:0000:00:03.0");
  assert_place (second, "vda", "pci:0000:00:04.0");
  assert_place (second, "vdc", "pci:0000:00:06.0");
  assert_place (second, "balloon0", "pci:0000:00:07.0");
  /* the first free ones, in the order in which slots are given */
  assert_place (second, "net1", "pci:0000:00:05.0");
  assert_place (second, "vdx", "pci:0000:00:08.0");
  assert_place (third, "vdc", "pci:0000:00:06.0");
  assert_place (third, "vdb", "pci:0000:00:03.0");
}

/* What is written comes before what was. */
static void
test_written_slots (void)
{
  g_autoptr (VbDomain) first = define (DISK ("vda", "") DISK ("vdb", ""), NULL);
  g_autoptr (VbDomain) second = define (DISK ("vda", "") DISK ("vdb", PCI ("3")), first);

  assert_place (first, "vda", "pci:0000:00:03.0");
  assert_place (second, "vdb", "pci:0000:00:03.0");
  assert_place (second, "vda", "pci:0000:00:04.0");
  assert_place (second, "balloon0", "pci:0000:00:05.0");
}

/* The firmware's card has a place of its own, which nothing else is given. */
static void
test_video (void)
{
  g_autoptr (VbDomain) first = define (DISK ("vda", ""), NULL);
  g_autoptr (VbDomain) second = define (DISK ("vda", "") "<graphics type='vnc'/>", first);
  g_autoptr (VbDomain) third = define ("<video><model type='qxl'/><alias name='other'/></video>"
                                       "<video><model type='qxl'/><alias name='video0'/></video>",
                                       second);
  g_autoptr (VbDomain) elsewhere = define (DISK ("vda", PCI ("2")) "<graphics type='vnc'/>", NULL);

  assert_place (first, "vda", "pci:0000:00:03.0");
  assert_place (second, "video0", "pci:0000:00:02.0");
  assert_place (second, "vda", "pci:0000:00:03.0");
  assert_place (third, "other", "pci:0000:00:03.0");
  assert_place (third, "video0", "pci:0000:00:02.0");
  assert_place (elsewhere, "vda", "pci:0000:00:02.0");
  assert_place (elsewhere, "video0", "pci:0000:00:03.0");
}

static void
test_other_board (void)
{
  static const char devices[] = DISK ("vda", "") DISK ("hda", "") "<input type='tablet'/>"
                                                                  "<graphics type='vnc'/>";
  g_autoptr (VbDomain) first = define_on ("pc", devices, NULL);
  g_autoptr (VbDomain) second = define_on ("pc-q35-7.2", devices, first);
  g_autoptr (VbDomain) third = define_on ("pc", devices, second);

  assert_place (first, "ide0", "pci:0000:00:01.1");
  assert_place (first, "usb0", "pci:0000:00:01.2");
  assert_place (first, "video0", "pci:0000:00:02.0");
  assert_place (first, "vda", "pci:0000:00:03.0");
  assert_place (second, "ide0", "pci:0000:00:1f.2");
  assert_place (second, "video0", "pci:0000:00:01.0");
  assert_place (second, "usb0", "pci:0000:00:02.0");
  assert_place (second, "vda", "pci:0000:00:03.0");
  assert_place (third, "ide0", "pci:0000:00:01.1");
}

static void
test_no_pci (void)
{
  g_autoptr (VbDomain) domain = define_on ("isapc", DISK ("vda", "") DISK ("hda", ""), NULL);

  assert_place (domain, "vda", "");
  assert_place (domain, "hda", "drive:0:0:0");
}

static void
test_drives (void)
{
  g_autoptr (VbDomain) first =
      define (DISK ("sda", "<address type='drive' controller='2' unit='5'/>") DISK ("sdb", ""),
              NULL);
  g_autoptr (VbDomain) second = define (DISK ("sda", "") DISK ("sdb", ""), first);
  g_autoptr (VbDomain) third =
      define (DISK ("sda", "") DISK ("sdc", "<address type='drive' controller='2' unit='5'/>"),
              second);

  assert_place (first, "sdb", "drive:0:0:1");
  assert_place (second, "sda", "drive:2:0:5");
  assert_place (second, "sdb", "drive:0:0:1");
  assert_place (second, "scsi2", "pci:0000:00:05.0");
  assert_place (third, "sda", "drive:0:0:0");
  assert_place (third, "sdc", "drive:2:0:5");
  assert_place (third, "scsi2", "pci:0000:00:05.0");
}

/* Another place follows from the target: no disk takes over where another one belongs. */
static void
test_swapped_drives (void)
{
  g_autoptr (VbDomain) first = define (DISK ("hda", "<address type='drive' unit='1'/>"), NULL);
  g_autoptr (VbDomain) second = define (DISK ("hda", "") DISK ("hdb", ""), first);

  assert_place (second, "hda", "drive:0:0:0");
  assert_place (second, "hdb", "drive:0:0:1");
}

static void
test_ports (void)
{
  static const char console[] = "<console type='null'><target type='virtio'/></console>";
  g_autofree char *two = g_strconcat (console, console, NULL);
  g_autofree char *many = NULL;
  GString *text = g_string_new (NULL);
  g_autoptr (VbDomain) first = define (two, NULL);
  g_autoptr (VbDomain) second =
      define ("<console type='null'><target type='virtio'/><alias name='console1'/></console>",
              first);
  g_autoptr (VbDomain) third = define (two, second);
  g_autoptr (VbDomain) fourth = NULL;

  assert_place (first, "console0", "virtio-serial:0:0:0");
  assert_place (first, "console1", "virtio-serial:0:0:1");
  assert_place (second, "console1", "virtio-serial:0:0:1");
  assert_place (third, "console1", "virtio-serial:0:0:1");
  for (guint i = 0; i < 40; i++)
    g_string_append (text, console);
  many = g_string_free (text, FALSE);
  fourth = define (many, NULL);
  assert_place (fourth, "console30", "virtio-serial:0:0:30");
  assert_place (fourth, "console31", "virtio-serial:1:0:0");
  assert_place (fourth, "virtio-serial1", "pci:0000:00:04.0");
}

static void
test_usb (void)
{
  static const char mouse[] = "<input type='mouse' bus='usb'/>";
  g_autofree char *three = g_strconcat (mouse, mouse, mouse, NULL);
  g_autoptr (VbDomain) first = define (three, NULL);
  g_autoptr (VbDomain) second =
      define ("<input type='mouse' bus='usb'><alias name='input2'/></input>"
              "<input type='mouse' bus='usb'/><controller type='ccid'/>",
              first);
  g_autoptr (VbDomain) other_board = define_on ("q35", three, NULL);
  g_autoptr (VbDomain) written =
      define ("<input type='tablet'><address type='usb' bus='2' port='2.1'/></input>"
              "<input type='tablet'><address type='usb' bus='2'/></input>"
              "<input type='tablet'><address type='usb' bus='0' port='2'/></input>"
              "<input type='tablet'/><input type='tablet'/>",
              NULL);

  assert_place (first, "input0", "usb:0.1");
  assert_place (first, "input1", "usb:0.2.1");
  assert_place (first, "input2", "usb:0.2.2");
  assert_place (second, "input2", "usb:0.2.2");
  assert_place (second, "ccid0", "usb:0.1");
  assert_place (other_board, "input2", "usb:0.3");
  assert_place (written, "input0", "usb:2.2.1");
  assert_place (written, "input1", "usb:2.1");
  assert_place (written, "input3", "usb:0.1");
  /* no hub can be where a device is */
  assert_place (written, "input4", "usb:1.1");
  assert_place (written, "usb0", "pci:0000:00:01.2");
  assert_place (written, "usb2", "pci:0000:00:04.0");
}

static void
test_usb_full (void)
{
  GString *text = g_string_new (NULL);
  g_autoptr (VbDomain) domain = NULL;

  for (guint i = 0; i < 24; i++)
    g_string_append (text, "<input type='mouse' bus='usb'/>");
  domain = define (text->str, NULL);
  g_string_free (text, TRUE);
  assert_place (domain, "input7", "usb:0.2.7");
  assert_place (domain, "input8", "usb:0.2.8.1");
  assert_place (domain, "input15", "usb:0.2.8.8");
  assert_place (domain, "input16", "usb:1.1");
  assert_place (domain, "input23", "usb:1.2.7");
}

static void
test_source (void)
{
  static const struct
  {
    const char *xml;
    const char *text;
  } cases[] = {
    { "<source file='/a'/>", "/a" },
    { "<source dev='/dev/b'/>", "/dev/b" },
    { "<source dir='/c'/>", "/c" },
    { "<source protocol='nbd'><host name='h' port='10809'/></source>", "nbd://h:10809" },
    { "<source protocol='nbd' name='e'><host name='::1' port='1'/></source>", "nbd://[::1]:1/e" },
    { "<source protocol='nbd' name='e'><host name='[::1]' port='1'/></source>", "nbd://[::1]:1/e" },
    { "<source protocol='sheepdog' name='i'/>", "sheepdog:i" },
    { "<source protocol='sheepdog' name='i'><host name='h' port='7000'/></source>",
      "sheepdog://h:7000/i" },
    { "<source protocol='rbd' name='p/i'><host name='h' port='6789'/></source>", "rbd:p/i" },
    { "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *xml =
          g_strdup_printf ("<disk device='cdrom'>%s<target dev='hda'/></disk>", cases[i].xml);
      g_autoptr (VbDomain) domain = define (xml, NULL);
      g_autoptr (VbDomain) copy = vb_domain_copy (domain);
      VbDisk *disk = (VbDisk *) vb_domain_find_device (copy, "hda");
      g_autofree char *text = vb_disk_describe_source (disk);

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpint (vb_disk_has_medium (disk), ==, text[0] != '\0');
      vb_disk_clear_source (disk);
      g_assert_false (vb_disk_has_medium (disk));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/places/slots-stay", test_slots_stay);
  g_test_add_func ("/domain/places/written-slots", test_written_slots);
  g_test_add_func ("/domain/places/video", test_video);
  g_test_add_func ("/domain/places/other-board", test_other_board);
  g_test_add_func ("/domain/places/no-pci", test_no_pci);
  g_test_add_func ("/domain/places/drives", test_drives);
  g_test_add_func ("/domain/places/swapped-drives", test_swapped_drives);
  g_test_add_func ("/domain/places/ports", test_ports);
  g_test_add_func ("/domain/places/usb", test_usb);
  g_test_add_func ("/domain/places/usb-full", test_usb_full);
  g_test_add_func ("/domain/places/source", test_source);
  return g_test_run ();
}
