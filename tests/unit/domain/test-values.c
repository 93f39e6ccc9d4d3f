/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The small values of a domain: the setters' checks, addresses, sizes, numbers, words; what is live
 * and what is secret.
 */
#include "domain/domain.h"

#include <string.h>

#include "domain/number.h"

#define TOP                                                                                        \
  "<domain type='kvm'><name>t</name><memory>4096</memory><os><type>hvm</type></os><devices>"
#define LIVE_TOP                                                                                   \
  "<domain type='kvm' "                                                                            \
  "id='7'><name>t</name><memory>4096</memory><os><type>hvm</type></os><devices>"
#define BOTTOM "</devices></domain>"

static VbDomain *
parse (const char *xml, gboolean live)
{
  g_autoptr (GError) error = NULL;
  VbDomain *domain = vb_domain_parse (xml, strlen (xml), live, NULL, &error);

  g_assert_no_error (error);
  vb_domain_complete (domain, NULL, NULL);
  return domain;
}

static void
assert_check (gboolean (*check) (const char *text, GError **error), const char *text, gboolean good)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (check (text, &error) == good);
  if (good)
    g_assert_no_error (error);
  else
    g_assert_error (error, VB_DOMAIN_ERROR, VB_DOMAIN_ERROR_INVALID);
}

static void
test_checks (void)
{
  g_autofree char *bytes_255 = g_strnfill (255, 'a');
  g_autofree char *bytes_256 = g_strnfill (256, 'a');
  g_autofree char *bytes_4096 = g_strnfill (4096, 'a');
  g_autofree char *bytes_4097 = g_strnfill (4097, 'a');
  g_autoptr (GString) umlauts = g_string_new (NULL);

  for (guint i = 0; i < 256; i++)
    g_string_append (umlauts, "ü");
  assert_check (vb_domain_check_name, "a b&c+_.:ü", TRUE);
  assert_check (vb_domain_check_name, "", FALSE);
  assert_check (vb_domain_check_name, "a/b", FALSE);
  assert_check (vb_domain_check_name, "a\n", FALSE);
  assert_check (vb_domain_check_name, "a\x7f", FALSE);
  assert_check (vb_domain_check_name, "a\xff", FALSE);
  assert_check (vb_domain_check_name, "a\xef\xbf\xbf", FALSE);
  assert_check (vb_domain_check_name, bytes_255, TRUE);
  assert_check (vb_domain_check_name, bytes_256, FALSE);
  assert_check (vb_domain_check_title, "", TRUE);
  assert_check (vb_domain_check_title, umlauts->str, TRUE);
  g_string_append_c (umlauts, 'x');
  assert_check (vb_domain_check_title, umlauts->str, FALSE);
  assert_check (vb_domain_check_title, "a\nb", FALSE);
  assert_check (vb_domain_check_title, "a\x01", FALSE);
  assert_check (vb_domain_check_description, "a\n\tb\r\n", TRUE);
  assert_check (vb_domain_check_description, "a\x01", FALSE);
  assert_check (vb_domain_check_description, bytes_4096, TRUE);
  assert_check (vb_domain_check_description, bytes_4097, FALSE);
}

static void
test_numbers (void)
{
  guint64 value = 0;
  gint64 number = 0;

  g_assert_true (vb_number_parse ("0", 9, &value));
  g_assert_true (vb_number_parse ("09", 9, &value));
  g_assert_cmpuint (value, ==, 9);
  g_assert_true (vb_number_parse ("18446744073709551615", G_MAXUINT64, &value));
  g_assert_false (vb_number_parse ("18446744073709551616", G_MAXUINT64, &value));
  g_assert_false (vb_number_parse ("10", 9, &value));
  g_assert_false (vb_number_parse ("", 9, &value));
  g_assert_false (vb_number_parse ("+1", 9, &value));
  g_assert_false (vb_number_parse ("-1", 9, &value));
  g_assert_false (vb_number_parse (" 1", 9, &value));
  g_assert_false (vb_number_parse ("1 ", 9, &value));
  g_assert_false (vb_number_parse ("0x1", 9, &value));
  g_assert_true (vb_number_parse_c ("0x1F", 31, &value));
  g_assert_cmpuint (value, ==, 31);
  g_assert_true (vb_number_parse_c ("017", 31, &value));
  g_assert_cmpuint (value, ==, 15);
  g_assert_true (vb_number_parse_c ("0", 31, &value));
  g_assert_false (vb_number_parse_c ("0x", 31, &value));
  g_assert_false (vb_number_parse_c ("0x0x1", 31, &value));
  g_assert_false (vb_number_parse_c ("0x-1", 31, &value));
  g_assert_false (vb_number_parse_c ("09", 31, &value));
  g_assert_true (vb_number_parse_signed ("-3600", -3600, 0, &number));
  g_assert_false (vb_number_parse_signed ("-3601", -3600, 0, &number));
}

static void
test_sizes (void)
{
  static const struct
  {
    guint64 amount;
    const char *unit;
    guint64 kib;
  } sizes[] = {
    { 1, "b", 1 },          { 1024, "bytes", 1 },     { 1025, "b", 2 },
    { 1, "KB", 1 },         { 1024, "KB", 1000 },     { 3, "k", 3 },
    { 3, "kib", 3 },        { 1, "MB", 977 },         { 2, "M", 2048 },
    { 1, "GiB", 1 << 20 },  { 1, "TB", 976562500 },   { 1, "T", 1 << 30 },
    { 1, "E", 1ULL << 50 }, { 8, "EiB", 1ULL << 53 },
  };
  guint64 kib = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_assert_true (vb_size_to_kib (sizes[i].amount, vb_size_unit_bytes (sizes[i].unit), &kib));
      g_assert_cmpuint (kib, ==, sizes[i].kib);
    }
  g_assert_cmpuint (vb_size_unit_bytes ("KBit"), ==, 0);
  g_assert_cmpuint (vb_size_unit_bytes (""), ==, 0);
  g_assert_false (vb_size_to_kib (G_MAXUINT64, vb_size_unit_bytes ("EB"), &kib));
  g_assert_false (vb_size_to_kib (G_MAXUINT64, vb_size_unit_bytes ("M"), &kib));
}

static void
test_cpusets (void)
{
  static const struct
  {
    const char *text;
    const char *canonical; /* %NULL: refused */
  } sets[] = {
    { "0", "0" },
    { "007", "7" },
    { "1-4,^3,6", "1-2,4,6" },
    { "^1,1", "1" }, /* only what stands before it is excluded */
    { "3,1,2,0", "0-3" },
    { " 5 , 7-8\t", "5,7-8" },
    { "62-65,63-64", "62-65" },
    { "63-64", "63-64" },
    { "0-63,65,128-191", "0-63,65,128-191" },
    { "5-200,^70", "5-69,71-200" },
    { "0-16383", "0-16383" },
    { "0-16383,^0,^8192,^16383", "1-8191,8193-16382" },
    { "16384", NULL },
    { "", NULL },
    { ",", NULL },
    { "1,,2", NULL },
    { "1,2,", NULL },
    { "1-2-3", NULL },
    { "1- 2", NULL },
    { "^ 1", NULL },
    { "1,^1", NULL },
    { "0x1", NULL },
    { "+1", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (VbCpuset) set = vb_cpuset_parse (sets[i].text);
      g_autofree char *text = set != NULL ? vb_cpuset_to_string (set) : NULL;

      g_assert_cmpstr (text, ==, sets[i].canonical);
    }
}

static void
test_system_information (void)
{
  g_autoptr (VbDomain) domain =
      parse ("<domain type='kvm'><name>t</name><memory>4096</memory><sysinfo type='smbios'><bios>"
             "<entry name='vendor'>a</entry><entry name='vendor'>b</entry></bios></sysinfo>"
             "<os><type>hvm</type></os></domain>",
             FALSE);
  g_autoptr (VbDomain) copy = vb_domain_copy (domain);
  const VbSysinfo *sysinfo = &copy->sysinfo;

  g_clear_pointer (&domain, vb_domain_unref);
  g_assert_cmpstr (vb_sysinfo_get (sysinfo, VB_SYSINFO_BIOS, VB_SYSINFO_BIOS_VENDOR), ==, "a");
  g_assert_null (vb_sysinfo_get (sysinfo, VB_SYSINFO_BIOS, VB_SYSINFO_BIOS_DATE));
  g_assert_null (vb_sysinfo_get (sysinfo, VB_SYSINFO_SYSTEM, VB_SYSINFO_SYSTEM_SKU));
}

static void
test_addresses (void)
{
  const VbAddress none = { 0 };
  const VbAddress pci = {
    .type = VB_ADDRESS_PCI, .domain = 1, .bus = 2, .slot = 31, .function = 7
  };
  const VbAddress drive = { .type = VB_ADDRESS_DRIVE, .controller = 3, .bus = 1, .unit = 12 };
  g_autofree char *none_text = vb_address_to_string (&none);
  g_autofree char *pci_text = vb_address_to_string (&pci);
  g_autofree char *drive_text = vb_address_to_string (&drive);

  g_assert_cmpstr (none_text, ==, "");
  g_assert_cmpstr (pci_text, ==, "pci:0001:02:1f.7");
  g_assert_cmpstr (drive_text, ==, "drive:3:1:12");
  g_assert_true (vb_address_equal (&pci, &pci));
  g_assert_false (vb_address_equal (&pci, &drive));
}

static void
test_host_ends (void)
{
  static const struct
  {
    VbChardevSource source;
    const char *text;
  } rows[] = {
    { { .type = VB_CHARDEV_TYPE_NULL }, "" },
    { { .type = VB_CHARDEV_TYPE_PTY }, "" },
    { { .type = VB_CHARDEV_TYPE_PTY, .path = (char *) "/dev/pts/1" }, "/dev/pts/1" },
    { { .type = VB_CHARDEV_TYPE_UNIX, .path = (char *) "/run/a" }, "/run/a" },
    { { .type = VB_CHARDEV_TYPE_TCP, .host = (char *) "a", .service = (char *) "1" }, "a:1" },
    { { .type = VB_CHARDEV_TYPE_UDP, .host = (char *) "::1", .service = (char *) "syslog" },
      "[::1]:syslog" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = vb_chardev_source_to_string (&rows[i].source);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_words (void)
{
  g_autofree char *words = vb_enum_list_words (&vb_os_type_table);

  g_assert_cmpstr (words, ==, "hvm, linux, xen");
  g_assert_cmpint (vb_enum_from_string (&vb_os_type_table, "xen"), ==, VB_OS_TYPE_XEN);
  g_assert_cmpint (vb_enum_from_string (&vb_os_type_table, "XEN"), ==, -1);
  g_assert_cmpint (vb_enum_from_string (&vb_os_type_table, ""), ==, -1);
  g_assert_cmpstr (vb_enum_to_string (&vb_domain_type_table, VB_DOMAIN_TYPE_PHYP), ==, "phyp");
  g_assert_cmpstr (vb_severity_to_string (VB_SEVERITY_INFO), ==, "info");
}

static const char live_devices[] =
    "<interface type='user'><mac address='52:54:00:00:00:01'/><target dev='vnet3'/></interface>"
    "<serial type='pty'><source path='/dev/pts/3'/></serial>"
    "<console type='pty' tty='/dev/pts/3'/>"
    "<parallel type='pty'><source path='/dev/pts/4'/></parallel>"
    "<channel type='pty'><source path='/dev/pts/5'/><target type='virtio'/></channel>"
    "<smartcard mode='passthrough' type='pty'><source path='/dev/pts/6'/></smartcard>"
    "<graphics type='vnc' port='5903' autoport='yes' passwd='hush'/>"
    "<graphics type='spice' port='5904' tlsPort='5905' autoport='yes'/>";

static const char *const live_values[] = { " id='7'",     "/dev/pts/3",     "/dev/pts/4",
                                           "/dev/pts/5",  "/dev/pts/6",     "port='5903'",
                                           "port='5904'", "tlsPort='5905'", "vnet3" };

static void
test_live_dropped (void)
{
  g_autoptr (VbDomain) domain = parse (LIVE_TOP "" BOTTOM, FALSE);
  g_autofree char *xml = g_strconcat (LIVE_TOP, live_devices, BOTTOM, NULL);
  g_autoptr (VbDomain) with_devices = parse (xml, FALSE);
  g_autofree char *text = vb_domain_format (with_devices, VB_FORMAT_LIVE | VB_FORMAT_SECURE);

  g_assert_cmpint (domain->id, ==, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (live_values); i++)
    g_assert_null (strstr (text, live_values[i]));
}

static void
test_live_kept (void)
{
  g_autofree char *xml = g_strconcat (LIVE_TOP, live_devices, BOTTOM, NULL);
  g_autoptr (VbDomain) domain = parse (xml, TRUE);
  g_autofree char *live = vb_domain_format (domain, VB_FORMAT_LIVE | VB_FORMAT_SECURE);
  g_autofree char *definition = vb_domain_format (domain, VB_FORMAT_SECURE);
  g_autoptr (VbDomain) again = parse (live, TRUE);
  g_autofree char *live_again = vb_domain_format (again, VB_FORMAT_LIVE | VB_FORMAT_SECURE);

  g_assert_cmpint (domain->id, ==, 7);
  for (gsize i = 0; i < G_N_ELEMENTS (live_values); i++)
    {
      g_assert_nonnull (strstr (live, live_values[i]));
      g_assert_null (strstr (definition, live_values[i]));
    }
  g_assert_nonnull (strstr (live, "tty='/dev/pts/3'"));
  g_assert_cmpstr (live, ==, live_again);
  g_assert_true (vb_domain_equal (domain, again));
}

static void
test_password (void)
{
  g_autoptr (VbDomain) domain =
      parse (TOP "<graphics type='vnc' passwd='hush'/><graphics type='sdl' passwd='kept-hush'/>"
                 "<graphics type='spice' passwd='spice-hush'/>"
                 "<serial passwd='attribute-hush'/>"
                 "<sound model='ac97'><deep passwd='deep-hush' x='1'/></sound></devices>"
                 "<metadata><a passwd='noted-hush' x='2'/></metadata>"
                 "<sysinfo type='smbios'><bios><entry name='a' passwd='entry-hush'/></bios>"
                 "</sysinfo></domain>",
             FALSE);
  g_autofree char *open = vb_domain_format (domain, VB_FORMAT_DEFINITION);
  g_autofree char *live = vb_domain_format (domain, VB_FORMAT_LIVE);
  g_autofree char *secure = vb_domain_format (domain, VB_FORMAT_SECURE);
  g_autoptr (VbDomain) again = parse (secure, FALSE);
  g_autoptr (VbDomain) opened = parse (open, FALSE);
  const VbDevice *graphics = vb_domain_find_device (domain, "vnc0");
  g_autofree char *device = vb_device_format (graphics, VB_FORMAT_LIVE);
  g_autofree char *secure_device = vb_device_format (graphics, VB_FORMAT_SECURE);

  g_assert_null (strstr (open, "hush"));
  g_assert_null (strstr (live, "hush"));
  g_assert_null (strstr (device, "hush"));
  g_assert_nonnull (strstr (secure_device, "passwd='hush'"));
  g_assert_nonnull (strstr (secure, "passwd='hush'"));
  g_assert_nonnull (strstr (secure, "passwd='spice-hush'"));
  g_assert_nonnull (strstr (secure, "passwd=\"kept-hush\""));
  g_assert_nonnull (strstr (secure, "passwd=\"attribute-hush\""));
  g_assert_nonnull (strstr (secure, "<deep passwd=\"deep-hush\" x=\"1\"/>"));
  g_assert_nonnull (strstr (secure, "<a passwd=\"noted-hush\" x=\"2\"/>"));
  g_assert_nonnull (strstr (secure, "<entry name=\"a\" passwd=\"entry-hush\"/>"));
  g_assert_nonnull (strstr (open, "<deep x=\"1\"/>"));
  g_assert_nonnull (strstr (open, "<metadata><a x=\"2\"/></metadata>"));
  g_assert_true (vb_domain_equal (domain, again));
  g_assert_false (vb_domain_equal (domain, opened));
}

static void
test_secret (void)
{
  g_autoptr (VbSecret) none = vb_secret_take (NULL);
  g_autoptr (VbSecret) secret = vb_secret_take (g_strdup ("hush"));
  g_autoptr (VbSecret) copy = vb_secret_copy (secret);
  g_autoptr (VbSecret) copy_of_none = vb_secret_copy (NULL);

  g_assert_null (none);
  g_assert_null (copy_of_none);
  g_assert_null (vb_secret_reveal (NULL));
  g_assert_cmpstr (vb_secret_reveal (copy), ==, "hush");
  g_assert_true (vb_secret_reveal (copy) != vb_secret_reveal (secret));
}

static void
test_descriptions (void)
{
  const VbHostdev hostdevs[] = {
    { .type = VB_HOSTDEV_PCI, .pci = { .domain = 1, .bus = 6, .slot = 0x1f, .function = 7 } },
    { .type = VB_HOSTDEV_USB, .vendor_id = 0x781, .product_id = 0 },
    { .type = VB_HOSTDEV_USB, .usb_bus = 1, .usb_device = 12 },
  };
  const VbInterface interfaces[] = {
    { .type = VB_INTERFACE_USER },
    { .type = VB_INTERFACE_DIRECT, .source = (char *) "eth0" },
    { .type = VB_INTERFACE_CLIENT, .address = (char *) "::1", .tcp_port = 80 },
    { .type = VB_INTERFACE_SERVER, .tcp_port = 80 },
  };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (hostdevs); i++)
    {
      g_autofree char *one = vb_hostdev_describe (&hostdevs[i]);

      g_string_append_printf (text, "%s; ", one);
    }
  for (guint i = 0; i < G_N_ELEMENTS (interfaces); i++)
    {
      g_autofree char *one = vb_interface_describe_source (&interfaces[i]);

      g_string_append_printf (text, "%s; ", one);
    }
  g_assert_cmpstr (text->str, ==,
                   "PCI device 0001:06:1f.7; USB device 0781:0000; USB device 001:012; ; eth0; "
                   "[::1]:80; :80; ");
}

/* Not a byte of a domain's XML text gets lost or doubled by escaping. */
static void
test_text (void)
{
  static const char description[] = " <a> & \"b\" 'c' ]]>\r\n\tü\xf0\x9f\x96\xa5 ";
  g_autoptr (VbDomain) domain = parse (TOP BOTTOM, FALSE);
  g_autoptr (VbDomain) again = NULL;
  g_autofree char *text = NULL;

  domain->description = g_strdup (description);
  domain->emulator = g_strdup ("/a&b<c>'d' \"e\"");
  text = vb_domain_format (domain, VB_FORMAT_DEFINITION);
  again = parse (text, FALSE);
  g_assert_cmpstr (again->description, ==, description);
  g_assert_cmpstr (again->emulator, ==, domain->emulator);
  g_assert_true (vb_domain_equal (domain, again));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/values/checks", test_checks);
  g_test_add_func ("/domain/values/numbers", test_numbers);
  g_test_add_func ("/domain/values/sizes", test_sizes);
  g_test_add_func ("/domain/values/cpusets", test_cpusets);
  g_test_add_func ("/domain/values/system-information", test_system_information);
  g_test_add_func ("/domain/values/addresses", test_addresses);
  g_test_add_func ("/domain/values/host-ends", test_host_ends);
  g_test_add_func ("/domain/values/words", test_words);
  g_test_add_func ("/domain/values/live-dropped", test_live_dropped);
  g_test_add_func ("/domain/values/live-kept", test_live_kept);
  g_test_add_func ("/domain/values/password", test_password);
  g_test_add_func ("/domain/values/secret", test_secret);
  g_test_add_func ("/domain/values/descriptions", test_descriptions);
  g_test_add_func ("/domain/values/text", test_text);
  return g_test_run ();
}
