/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The headers of the formats that can have a backing file, as QEMU's docs/interop/qcow2.txt and
 * qed_spec.txt, and VMware's "Virtual Disk Format" have them.
 */
#include "qemu/image-header.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <gio/gio.h>

/* QEMU's own limit */
#define MAX_NAME_BYTES 1023

#define QCOW_MAGIC "QFI\xfb"
#define QCOW_V1_BYTES 48
#define QCOW2_V2_BYTES 72
#define QCOW2_V3_BYTES 104
#define QCOW2_MIN_CLUSTER_BITS 9
#define QCOW2_MAX_CLUSTER_BITS 21
#define QCOW2_DATA_FILE (1u << 2) /* of the incompatible features */
#define QCOW2_BACKING_FORMAT 0xe2792acau
#define QCOW2_END 0u
#define QCOW2_EXTENSION_BYTES 8
/* No writer fills more: a handful of extensions of some hundred bytes. */
#define QCOW2_MAX_EXTENSIONS_BYTES (64 * 1024)

#define QED_BYTES 64
#define QED_BACKING_FILE (1u << 0)
#define QED_BACKING_IS_RAW (1u << 2)

#define VMDK_BYTES 36
#define VMDK_SECTOR_BYTES 512
#define VMDK_DESCRIPTOR_BYTES (20 * VMDK_SECTOR_BYTES)
#define VMDK_PARENT "parentFileNameHint=\""

typedef gboolean (*ReadFunc) (int fd, VbImageHeader *header, GError **error);

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, format, arguments);
  va_end (arguments);
  return FALSE;
}

/* How many bytes there are, at most @size; -1 with an error. */
static gssize
read_at (int fd, guint64 offset, void *bytes, gsize size, GError **error)
{
  gsize n_read = 0;

  if (offset > G_MAXINT64 - size)
    {
      refuse (error, "points behind the end of every file");
      return -1;
    }
  while (n_read < size)
    {
      ssize_t n = pread (fd, (char *) bytes + n_read, size - n_read, (off_t) (offset + n_read));
      if (n == 0)
        break;
      if (n < 0 && errno != EINTR)
        {
          refuse (error, "cannot be read: %s", g_strerror (errno));
          return -1;
        }
      n_read += (gsize) MAX (n, 0);
    }
  return (gssize) n_read;
}

static gboolean
read_exactly (int fd, guint64 offset, void *bytes, gsize size, GError **error)
{
  gssize n = read_at (fd, offset, bytes, size, error);
  return n == (gssize) size || (n >= 0 && refuse (error, "is cut off"));
}

static guint32
get_u32_be (const guint8 *bytes)
{
  guint32 number;
  memcpy (&number, bytes, sizeof number);
  return GUINT32_FROM_BE (number);
}

static guint64
get_u64_be (const guint8 *bytes)
{
  guint64 number;
  memcpy (&number, bytes, sizeof number);
  return GUINT64_FROM_BE (number);
}

static guint32
get_u32_le (const guint8 *bytes)
{
  guint32 number;
  memcpy (&number, bytes, sizeof number);
  return GUINT32_FROM_LE (number);
}

static guint64
get_u64_le (const guint8 *bytes)
{
  guint64 number;
  memcpy (&number, bytes, sizeof number);
  return GUINT64_FROM_LE (number);
}

/* What names a file or a format: it is told to people. */
static gboolean
is_name (const char *text, gsize size)
{
  return size > 0 && memchr (text, '\0', size) == NULL &&
         g_utf8_validate (text, (gssize) size, NULL);
}

/* The name of @size bytes at @offset; no name where there are none. */
static gboolean
read_name (int fd, guint64 offset, guint64 size, VbImageHeader *header, GError **error)
{
  g_autofree char *name = NULL;

  if (offset == 0 || size == 0)
    return TRUE;
  if (size > MAX_NAME_BYTES)
    return refuse (error, "has a name of more than %d bytes for the backing file", MAX_NAME_BYTES);
  name = g_malloc0 (size + 1);
  if (!read_exactly (fd, offset, name, size, error))
    return FALSE;
  if (!is_name (name, size))
    return refuse (error, "has a name for the backing file that is no text");
  header->backing_file = g_steal_pointer (&name);
  return TRUE;
}

static gboolean
set_qcow_encryption (VbImageHeader *header, guint32 method, GError **error)
{
  static const VbDiskEncryption methods[] = { VB_DISK_ENCRYPTION_NONE, VB_DISK_ENCRYPTION_QCOW,
                                              VB_DISK_ENCRYPTION_LUKS };
  if (method >= G_N_ELEMENTS (methods))
    return refuse (error, "has an encryption that is not known");
  header->encryption = methods[method];
  return TRUE;
}

static gboolean
read_qcow (int fd, VbImageHeader *header, GError **error)
{
  guint8 bytes[QCOW_V1_BYTES];

  if (!read_exactly (fd, 0, bytes, sizeof bytes, error))
    return FALSE;
  if (memcmp (bytes, QCOW_MAGIC, 4) != 0 || get_u32_be (bytes + 4) != 1)
    return refuse (error, "is not that of format 'qcow'");
  return set_qcow_encryption (header, get_u32_be (bytes + 36), error) &&
         read_name (fd, get_u64_be (bytes + 8), get_u32_be (bytes + 16), header, error);
}

/* Where the extensions of a qcow2 image are. */
typedef struct
{
  guint64 begin;
  guint64 end;
} Extensions;

static gboolean
find_backing_format (int fd, const Extensions *extensions, VbImageHeader *header, GError **error)
{
  gsize size = extensions->end - extensions->begin;
  g_autofree guint8 *bytes = g_malloc (size);
  gssize n_bytes = read_at (fd, extensions->begin, bytes, size, error);
  gsize at = 0;

  while (n_bytes >= 0 && at + QCOW2_EXTENSION_BYTES <= (gsize) n_bytes)
    {
      guint32 type = get_u32_be (bytes + at);
      guint32 length = get_u32_be (bytes + at + 4);
      at += QCOW2_EXTENSION_BYTES;
      if (type == QCOW2_END)
        return TRUE;
      if (length > (gsize) n_bytes - at)
        return refuse (error, "has an extension that does not end");
      if (type == QCOW2_BACKING_FORMAT)
        {
          if (!is_name ((const char *) bytes + at, length))
            return refuse (error, "has a format of the backing file that is no text");
          g_free (header->backing_format);
          header->backing_format = g_strndup ((const char *) bytes + at, length);
        }
      at += (length + 7u) / 8u * 8u;
    }
  return n_bytes >= 0;
}

/* The extensions end where the backing file's name begins, and with the first cluster. */
static gboolean
find_extensions (const guint8 *bytes, Extensions *extensions, GError **error)
{
  guint32 cluster_bits = get_u32_be (bytes + 20);
  guint64 name_offset = get_u64_be (bytes + 8);

  if (cluster_bits < QCOW2_MIN_CLUSTER_BITS || cluster_bits > QCOW2_MAX_CLUSTER_BITS)
    return refuse (error, "has clusters of a size that is not known");
  extensions->begin =
      get_u32_be (bytes + 4) == 2 ? QCOW2_V2_BYTES : get_u32_be (bytes + QCOW2_V3_BYTES - 4);
  extensions->end = name_offset != 0 ? name_offset : 1u << cluster_bits;
  if (extensions->begin > extensions->end || extensions->end > 1u << cluster_bits)
    return refuse (error, "does not fit into its first cluster");
  extensions->end = MIN (extensions->end, extensions->begin + QCOW2_MAX_EXTENSIONS_BYTES);
  return TRUE;
}

static gboolean
read_qcow2 (int fd, VbImageHeader *header, GError **error)
{
  guint8 bytes[QCOW2_V3_BYTES] = { 0 };
  Extensions extensions = { 0 };
  guint32 version;

  if (!read_exactly (fd, 0, bytes, QCOW2_V2_BYTES, error))
    return FALSE;
  version = get_u32_be (bytes + 4);
  if (memcmp (bytes, QCOW_MAGIC, 4) != 0 || version < 2 || version > 3)
    return refuse (error, "is not that of format 'qcow2'");
  if (version == 3 && !read_exactly (fd, 0, bytes, sizeof bytes, error))
    return FALSE;
  if ((get_u64_be (bytes + QCOW2_V2_BYTES) & QCOW2_DATA_FILE) != 0)
    return refuse (error, "says that the data is in another file; bring it into one by "
                          "qemu-img convert -O qcow2");
  return set_qcow_encryption (header, get_u32_be (bytes + 32), error) &&
         find_extensions (bytes, &extensions, error) &&
         find_backing_format (fd, &extensions, header, error) &&
         read_name (fd, get_u64_be (bytes + 8), get_u32_be (bytes + 16), header, error);
}

static gboolean
read_qed (int fd, VbImageHeader *header, GError **error)
{
  guint8 bytes[QED_BYTES];
  guint64 features;

  if (!read_exactly (fd, 0, bytes, sizeof bytes, error))
    return FALSE;
  if (memcmp (bytes, "QED", 4) != 0)
    return refuse (error, "is not that of format 'qed'");
  features = get_u64_le (bytes + 16);
  if ((features & QED_BACKING_FILE) == 0)
    return TRUE;
  if ((features & QED_BACKING_IS_RAW) != 0)
    header->backing_format = g_strdup ("raw");
  return read_name (fd, get_u32_le (bytes + 56), get_u32_le (bytes + 60), header, error);
}

/* The descriptor is text. A parent is of the same format. */
static gboolean
find_parent (char *descriptor, VbImageHeader *header, GError **error)
{
  char *name = strstr (descriptor, VMDK_PARENT);
  char *end;

  if (name == NULL)
    return TRUE;
  name += strlen (VMDK_PARENT);
  end = strchr (name, '"');
  if (end == name)
    return TRUE;
  if (end == NULL || end - name > MAX_NAME_BYTES || !is_name (name, (gsize) (end - name)))
    return refuse (error, "has a name for the parent that is no text");
  header->backing_file = g_strndup (name, (gsize) (end - name));
  header->backing_format = g_strdup ("vmdk");
  return TRUE;
}

/* One without a capacity is nothing but a list of other files, as one that is all text. */
static gboolean
read_vmdk (int fd, VbImageHeader *header, GError **error)
{
  guint8 bytes[VMDK_BYTES];
  g_autofree char *descriptor = g_malloc0 (VMDK_DESCRIPTOR_BYTES + 1);
  gboolean is_text;
  guint64 sector;

  if (!read_exactly (fd, 0, bytes, sizeof bytes, error))
    return FALSE;
  is_text = memcmp (bytes, "# Disk", 6) == 0;
  if (is_text || (memcmp (bytes, "KDMV", 4) == 0 && get_u64_le (bytes + 12) == 0))
    return refuse (error, "says that the data is in other files; bring it into one by "
                          "qemu-img convert -O vmdk");
  if (memcmp (bytes, "KDMV", 4) != 0)
    return refuse (error, "is not that of format 'vmdk' with its descriptor inside");
  sector = get_u64_le (bytes + 28);
  if (sector > G_MAXINT64 / VMDK_SECTOR_BYTES)
    return refuse (error, "points behind the end of every file");
  return read_at (fd, sector * VMDK_SECTOR_BYTES, descriptor, VMDK_DESCRIPTOR_BYTES, error) >= 0 &&
         find_parent (descriptor, header, error);
}

static const struct
{
  const char *format;
  ReadFunc read;
} readers[] = {
  { "qcow", read_qcow },
  { "qcow2", read_qcow2 },
  { "qed", read_qed },
  { "vmdk", read_vmdk },
};

/* (nullable) */
static ReadFunc
find_reader (const char *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    if (g_str_equal (readers[i].format, format))
      return readers[i].read;
  return NULL;
}

gboolean
vb_image_header_read (int fd, const char *format, VbImageHeader *header, GError **error)
{
  ReadFunc read = find_reader (format);

  *header = (VbImageHeader){ 0 };
  if (read == NULL || read (fd, header, error))
    return TRUE;
  vb_image_header_clear (header);
  return FALSE;
}

void
vb_image_header_clear (VbImageHeader *header)
{
  g_clear_pointer (&header->backing_file, g_free);
  g_clear_pointer (&header->backing_format, g_free);
}
