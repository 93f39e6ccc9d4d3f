/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <os> element: what kind of machine it is and what it boots; and <bootloader>.
 */
#include "domain/os.h"

#include <string.h>

#include "domain/domain-parts.h"

#define MAX_TOKEN_LENGTH 64
/* Far more than a firmware tries; a bound for the array. */
#define MAX_BOOT 255

/* What a definition without an architecture means: the host's. */
#if defined(__x86_64__)
#define HOST_ARCHITECTURE "x86_64"
#elif defined(__i386__)
#define HOST_ARCHITECTURE "i686"
#elif defined(__aarch64__)
#define HOST_ARCHITECTURE "aarch64"
#elif defined(__powerpc64__)
#define HOST_ARCHITECTURE "ppc64"
#elif defined(__riscv)
#define HOST_ARCHITECTURE "riscv64"
#elif defined(__s390x__)
#define HOST_ARCHITECTURE "s390x"
#else
#error "name this architecture as capabilities do"
#endif

static const char *const type_words[] = { "hvm", "linux", "xen", NULL };
static const char *const boot_words[] = { "fd", "hd", "cdrom", "network", NULL };
static const char *const smbios_words[] = { "default", "emulate", "host", "sysinfo", NULL };

const VbEnumTable vb_os_type_table = { type_words, "os type" };
const VbEnumTable vb_boot_device_table = { boot_words, "boot device" };
const VbEnumTable vb_smbios_table = { smbios_words, "mode of SMBIOS" };

/* A boot loader in the host means a Xen guest, which need not say more. */
static gboolean
has_bootloader (VbXmlReader *reader)
{
  return vb_xml_reader_peek_child (reader->root, "bootloader") != NULL;
}

static void
parse_type (VbXmlReader *reader, xmlNode *element, VbOs *os)
{
  gboolean is_optional = has_bootloader (reader);
  xmlNode *child = is_optional ? vb_xml_reader_child (reader, element, "type")
                               : vb_xml_reader_required_child (reader, element, "type");
  int type = vb_xml_reader_enum_text (reader, child, &vb_os_type_table,
                                      is_optional ? VB_OS_TYPE_XEN : VB_OS_TYPE_HVM);

  os->type = type >= 0 ? (VbOsType) type : VB_OS_TYPE_HVM;
  os->arch = vb_xml_reader_token (reader, child, "arch", "_-.", MAX_TOKEN_LENGTH);
  if (os->arch == NULL)
    os->arch = g_strdup (HOST_ARCHITECTURE);
  os->machine = vb_xml_reader_token (reader, child, "machine", "_-.", MAX_TOKEN_LENGTH);
}

static void
parse_boot (VbXmlReader *reader, xmlNode *element, VbOs *os)
{
  xmlNode *child = NULL;
  guint8 boot[MAX_BOOT];

  for (guint i = 0;
       i < MAX_BOOT && (child = vb_xml_reader_next_child (reader, element, child, "boot", i)); i++)
    {
      int device =
          vb_xml_reader_enum (reader, child, "dev", &vb_boot_device_table, 0, VB_XML_REQUIRED);

      if (device >= 0)
        boot[os->n_boot++] = (guint8) device;
    }
  if (os->n_boot > 0)
    os->boot = g_memdup2 (boot, os->n_boot);
}

static void
parse_kernel (VbXmlReader *reader, xmlNode *element, VbOs *os)
{
  xmlNode *initrd = vb_xml_reader_child (reader, element, "initrd");
  xmlNode *command_line = vb_xml_reader_child (reader, element, "cmdline");
  xmlNode *kernel = vb_xml_reader_child (reader, element, "kernel");
  g_autofree char *text = vb_xml_reader_text (reader, command_line);

  os->kernel = vb_xml_reader_path_text (reader, kernel);
  os->initrd = vb_xml_reader_path_text (reader, initrd);
  if (text != NULL && text[0] != '\0')
    os->command_line = g_steal_pointer (&text);
  if (kernel == NULL && initrd != NULL)
    vb_xml_reader_error (reader, initrd, NULL, "an initrd needs a <kernel>");
  if (kernel == NULL && command_line != NULL)
    vb_xml_reader_error (reader, command_line, NULL, "a command line needs a <kernel>");
}

static void
parse_firmware (VbXmlReader *reader, xmlNode *element, VbOs *os)
{
  int boot_menu = vb_xml_reader_enum (reader, vb_xml_reader_child (reader, element, "bootmenu"),
                                      "enable", &vb_switch_table, VB_SWITCH_NO, VB_SWITCH_DEFAULT);
  xmlNode *smbios = vb_xml_reader_child (reader, element, "smbios");
  int mode = smbios != NULL ? vb_xml_reader_enum (reader, smbios, "mode", &vb_smbios_table,
                                                  VB_SMBIOS_EMULATE, VB_XML_REQUIRED)
                            : VB_SMBIOS_DEFAULT;

  os->loader = vb_xml_reader_path_text (reader, vb_xml_reader_child (reader, element, "loader"));
  os->boot_menu = (VbSwitch) MAX (boot_menu, 0);
  os->smbios = (VbSmbios) MAX (mode, 0);
}

static void
parse_bootloader (VbXmlReader *reader, VbOs *os)
{
  xmlNode *element = vb_xml_reader_child (reader, reader->root, "bootloader");
  xmlNode *arguments = vb_xml_reader_child (reader, reader->root, "bootloader_args");
  g_autofree char *path = vb_xml_reader_text (reader, element);
  g_autofree char *text = vb_xml_reader_text (reader, arguments);

  if (path != NULL && path[0] == '\0')
    os->bootloader = g_steal_pointer (&path);
  else
    os->bootloader = vb_xml_reader_path_text (reader, element);
  if (text != NULL && text[0] != '\0')
    os->bootloader_arguments = g_steal_pointer (&text);
  if (element == NULL && arguments != NULL)
    vb_xml_reader_warn (reader, arguments, NULL, "without a <bootloader> this has no effect");
}

void
vb_os_parse (VbXmlReader *reader, VbOs *os)
{
  xmlNode *element = has_bootloader (reader)
                         ? vb_xml_reader_child (reader, reader->root, "os")
                         : vb_xml_reader_required_child (reader, reader->root, "os");

  parse_type (reader, element, os);
  parse_boot (reader, element, os);
  parse_firmware (reader, element, os);
  parse_kernel (reader, element, os);
  parse_bootloader (reader, os);
  reader->os_type = os->type;
}

static void
format_firmware (const VbOs *os, VbXmlWriter *writer)
{
  vb_xml_writer_begin_optional (writer, "bootmenu");
  vb_xml_writer_word_attribute (writer, "enable", &vb_switch_table, (int) os->boot_menu);
  vb_xml_writer_end (writer);
  vb_xml_writer_begin_optional (writer, "smbios");
  vb_xml_writer_word_attribute (writer, "mode", &vb_smbios_table, (int) os->smbios);
  vb_xml_writer_end (writer);
}

static void
format_bootloader (const VbOs *os, VbXmlWriter *writer)
{
  if (os->bootloader != NULL)
    {
      vb_xml_writer_begin (writer, "bootloader");
      vb_xml_writer_text (writer, os->bootloader);
      vb_xml_writer_end (writer);
    }
  vb_xml_writer_element (writer, "bootloader_args", os->bootloader_arguments);
}

void
vb_os_format (const VbOs *os, VbXmlWriter *writer)
{
  format_bootloader (os, writer);
  vb_xml_writer_begin (writer, "os");
  vb_xml_writer_begin (writer, "type");
  vb_xml_writer_attribute (writer, "arch", os->arch);
  vb_xml_writer_attribute (writer, "machine", os->machine);
  vb_xml_writer_text (writer, type_words[os->type]);
  vb_xml_writer_end (writer);
  vb_xml_writer_element (writer, "loader", os->loader);
  vb_xml_writer_element (writer, "kernel", os->kernel);
  vb_xml_writer_element (writer, "initrd", os->initrd);
  vb_xml_writer_element (writer, "cmdline", os->command_line);
  for (guint i = 0; i < os->n_boot; i++)
    {
      vb_xml_writer_begin_repeated (writer, "boot", i);
      vb_xml_writer_attribute (writer, "dev", boot_words[os->boot[i]]);
      vb_xml_writer_end (writer);
    }
  format_firmware (os, writer);
  vb_xml_writer_end (writer);
}

void
vb_os_copy (VbOs *copy, const VbOs *os)
{
  *copy = *os;
  copy->arch = g_strdup (os->arch);
  copy->machine = g_strdup (os->machine);
  copy->boot = g_memdup2 (os->boot, os->n_boot);
  copy->loader = g_strdup (os->loader);
  copy->kernel = g_strdup (os->kernel);
  copy->initrd = g_strdup (os->initrd);
  copy->command_line = g_strdup (os->command_line);
  copy->bootloader = g_strdup (os->bootloader);
  copy->bootloader_arguments = g_strdup (os->bootloader_arguments);
}

void
vb_os_clear (VbOs *os)
{
  g_clear_pointer (&os->arch, g_free);
  g_clear_pointer (&os->machine, g_free);
  g_clear_pointer (&os->boot, g_free);
  g_clear_pointer (&os->loader, g_free);
  g_clear_pointer (&os->kernel, g_free);
  g_clear_pointer (&os->initrd, g_free);
  g_clear_pointer (&os->command_line, g_free);
  g_clear_pointer (&os->bootloader, g_free);
  g_clear_pointer (&os->bootloader_arguments, g_free);
}
