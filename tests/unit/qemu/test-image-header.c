/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Headers as nobody writes them: whatever a guest or a user has made of an image, reading it ends, and
 * says either what is there or why not. And the plan that grows by what headers say.
 */
#include "qemu/descriptors.h"
#include "qemu/image-header.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define HEADER_BYTES 1024

static void
put (guint8 *bytes, guint at, guint64 number, guint size, gboolean is_big)
{
  for (guint i = 0; i < size; i++)
    bytes[at + (is_big ? size - 1 - i : i)] = (guint8) (number >> (8 * i));
}

/* Version 3, based on "base" of format raw. */
static void
make_qcow2 (guint8 *bytes)
{
  memcpy (bytes, "QFI\xfb", 4);
  put (bytes, 4, 3, 4, TRUE);
  put (bytes, 8, 0x90, 8, TRUE);
  put (bytes, 16, 4, 4, TRUE);
  put (bytes, 20, 16, 4, TRUE);
  put (bytes, 100, 104, 4, TRUE);
  put (bytes, 104, 0xe2792aca, 4, TRUE);
  put (bytes, 108, 3, 4, TRUE);
  memcpy (bytes + 112, "raw", 3);
  memcpy (bytes + 0x90, "base", 4);
}

static void
make_qcow (guint8 *bytes)
{
  memcpy (bytes, "QFI\xfb", 4);
  put (bytes, 4, 1, 4, TRUE);
  put (bytes, 8, 0x90, 8, TRUE);
  put (bytes, 16, 4, 4, TRUE);
  memcpy (bytes + 0x90, "base", 4);
}

static void
make_qed (guint8 *bytes)
{
  memcpy (bytes, "QED", 4);
  put (bytes, 16, 5, 8, FALSE);
  put (bytes, 56, 0x90, 4, FALSE);
  put (bytes, 60, 4, 4, FALSE);
  memcpy (bytes + 0x90, "base", 4);
}

static void
make_vmdk (guint8 *bytes)
{
  static const char parent[] = "# Disk DescriptorFile\nparentFileNameHint=\"base\"\n";
  memcpy (bytes, "KDMV", 4);
  put (bytes, 12, 8, 8, FALSE);
  put (bytes, 28, 1, 8, FALSE);
  memcpy (bytes + 512, parent, sizeof parent);
}

static const struct
{
  const char *format;
  void (*make) (guint8 *bytes);
  const char *backing_format; /* (nullable) */
} makers[] = {
  { "qcow2", make_qcow2, "raw" },
  { "qcow", make_qcow, NULL },
  { "qed", make_qed, "raw" },
  { "vmdk", make_vmdk, "vmdk" },
};

/* Whether it was read. */
static gboolean
read_header (const guint8 *bytes, gsize size, const char *format, VbImageHeader *header)
{
  g_autoptr (GError) error = NULL;
  int fd = memfd_create ("image", MFD_CLOEXEC);
  gboolean succeeded;

  g_assert_cmpint (write (fd, bytes, size), ==, (gssize) size);
  succeeded = vb_image_header_read (fd, format, header, &error);
  g_assert_true (succeeded == (error == NULL));
  g_assert_true (succeeded || header->backing_file == NULL);
  close (fd);
  return succeeded;
}

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
    {
      guint8 bytes[HEADER_BYTES] = { 0 };
      g_auto (VbImageHeader) header = { 0 };
      makers[i].make (bytes);
      g_assert_true (read_header (bytes, sizeof bytes, makers[i].format, &header));
      g_assert_cmpstr (header.backing_file, ==, "base");
      g_assert_cmpstr (header.backing_format, ==, makers[i].backing_format);
    }
}

static void
test_cut_off (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
    for (gsize size = 0; size < HEADER_BYTES; size++)
      {
        guint8 bytes[HEADER_BYTES] = { 0 };
        g_auto (VbImageHeader) header = { 0 };
        makers[i].make (bytes);
        read_header (bytes, size, makers[i].format, &header);
      }
}

/* Each byte of what counts, as each of the values that are at the edge of something. */
static void
test_changed (void)
{
  static const guint8 values[] = { 0x00, 0x01, 0x04, 0x09, 0x15, 0x7f, 0x80, 0xff };

  for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
    for (guint at = 0; at < 160; at++)
      for (guint j = 0; j < G_N_ELEMENTS (values); j++)
        {
          guint8 bytes[HEADER_BYTES] = { 0 };
          g_auto (VbImageHeader) header = { 0 };
          makers[i].make (bytes);
          bytes[at] = values[j];
          read_header (bytes, sizeof bytes, makers[i].format, &header);
        }
}

static const struct
{
  const char *format;
  guint at;
  guint64 number;
  guint size;
  const char *message;
} refusals[] = {
  { "qcow2", 4, 4, 4, "is not that of format 'qcow2'" },
  { "qcow2", 8, G_MAXUINT64, 8, "does not fit into its first cluster" },
  { "qcow2", 16, 1024, 4, "has a name of more than 1023 bytes for the backing file" },
  { "qcow2", 16, 9, 4, "has a name for the backing file that is no text" },
  { "qcow2", 20, 22, 4, "has clusters of a size that is not known" },
  { "qcow2", 32, 3, 4, "has an encryption that is not known" },
  { "qcow2", 100, G_MAXUINT32, 4, "does not fit into its first cluster" },
  { "qcow2", 108, G_MAXUINT32, 4, "has an extension that does not end" },
  { "qcow2", 112, 0xff617700, 4, "has a format of the backing file that is no text" },
  { "qcow", 8, G_MAXUINT64, 8, "points behind the end of every file" },
  { "qcow", 8, G_MAXUINT32, 8, "is cut off" },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      guint8 bytes[HEADER_BYTES] = { 0 };
      g_auto (VbImageHeader) header = { 0 };
      g_autoptr (GError) error = NULL;
      int fd = memfd_create ("image", MFD_CLOEXEC);

      makers[g_str_equal (refusals[i].format, "qcow") ? 1 : 0].make (bytes);
      put (bytes, refusals[i].at, refusals[i].number, refusals[i].size, TRUE);
      g_assert_cmpint (write (fd, bytes, sizeof bytes), ==, sizeof bytes);
      g_assert_false (vb_image_header_read (fd, refusals[i].format, &header, &error));
      g_assert_cmpstr (error->message, ==, refusals[i].message);
      close (fd);
    }
}

/* What was given of a path stands for a file below as well. */
static void
test_given (void)
{
  static const char xml[] = "<domain type='qemu'><name>a</name><memory>1</memory>"
                            "<os><type arch='x86_64'>hvm</type></os><devices>"
                            "<disk type='file'><driver name='qemu' type='qcow2'/>"
                            "<source file='/nowhere/top'/><target dev='vda'/></disk>"
                            "</devices></domain>";
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error);
  g_autoptr (VbGiven) given = vb_given_new ();
  g_autoptr (VbDescriptors) descriptors = NULL;
  g_autofree char *folder = g_dir_make_tmp ("vb-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "image", NULL);
  g_autofree char *remove_line = NULL;
  VbOpening opening = { .given = given };
  const VbDescriptor *layer;
  guint8 bytes[HEADER_BYTES] = { 0 };

  g_assert_no_error (error);
  vb_domain_complete (domain, NULL, NULL);
  make_qcow2 (bytes);
  g_assert_true (g_file_set_contents (path, (const char *) bytes, sizeof bytes, NULL));
  vb_given_add (given, "/nowhere/top", open (path, O_RDWR | O_CLOEXEC));
  g_assert_true (g_file_set_contents (path, "base", -1, NULL));
  vb_given_add (given, "/nowhere/base", open (path, O_RDONLY | O_CLOEXEC));

  descriptors = vb_descriptors_new (domain, folder, folder, NULL);
  g_assert_true (vb_descriptors_open (descriptors, &opening, &error));
  layer = vb_descriptors_find_layer (descriptors, vb_domain_find_first (domain, VB_DEVICE_DISK), 1);
  g_assert_cmpstr (layer->path, ==, "/nowhere/base");
  g_assert_cmpstr (layer->format, ==, "raw");
  g_assert_cmpuint (layer->fdset, ==, VB_DESCRIPTORS_FIRST_LAYER_FDSET);
  g_clear_pointer (&descriptors, vb_descriptors_free);
  remove_line = g_strdup_printf ("rm -r %s", folder);
  g_assert_true (g_spawn_command_line_sync (remove_line, NULL, NULL, NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-header/good", test_good);
  g_test_add_func ("/image-header/cut-off", test_cut_off);
  g_test_add_func ("/image-header/changed", test_changed);
  g_test_add_func ("/image-header/refused", test_refused);
  g_test_add_func ("/image-header/given", test_given);
  return g_test_run ();
}
