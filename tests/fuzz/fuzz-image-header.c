/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The header of a disk image that a guest may have written: whatever it says, what is read from it is
 * text of bounded length, and nothing comes with an error.
 */
#include "qemu/image-header.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

#define MAX_NAME_BYTES 4096

static const char *const formats[] = { "qcow2", "qcow", "qed", "vmdk", "raw" };

static void
check_text (const char *text)
{
  if (text != NULL &&
      (*text == '\0' || strlen (text) >= MAX_NAME_BYTES || !g_utf8_validate (text, -1, NULL)))
    g_error ("a name that is none: '%s'", text);
}

static void
check_format (int fd, const char *format)
{
  g_auto (VbImageHeader) header = { 0 };
  g_autoptr (GError) error = NULL;

  if (vb_image_header_read (fd, format, &header, &error) != (error == NULL))
    g_error ("neither read nor refused");
  check_text (header.backing_file);
  check_text (header.backing_format);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  int fd = memfd_create ("image", MFD_CLOEXEC);

  if (fd < 0 || write (fd, data, n_bytes) != (ssize_t) n_bytes)
    g_error ("no file in memory can be had");
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    check_format (fd, formats[i]);
  close (fd);
  return 0;
}
