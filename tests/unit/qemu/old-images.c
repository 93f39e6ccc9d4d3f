/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each has the whole of the image in one piece, so far as the format lets it.
 */
#include "old-images.h"

#include <string.h>

#include <gio/gio.h>

#define SECTOR_BYTES 512

typedef void (*WriteFunc) (GByteArray *image, const guint8 *data, guint size);

static void
put_text (GByteArray *image, guint at, const char *text)
{
  memcpy (image->data + at, text, strlen (text));
}

static void
put_u32_le (GByteArray *image, guint at, guint32 number)
{
  number = GUINT32_TO_LE (number);
  memcpy (image->data + at, &number, sizeof number);
}

static void
put_u64_le (GByteArray *image, guint at, guint64 number)
{
  number = GUINT64_TO_LE (number);
  memcpy (image->data + at, &number, sizeof number);
}

static void
put_u32_be (GByteArray *image, guint at, guint32 number)
{
  number = GUINT32_TO_BE (number);
  memcpy (image->data + at, &number, sizeof number);
}

static void
put_u64_be (GByteArray *image, guint at, guint64 number)
{
  number = GUINT64_TO_BE (number);
  memcpy (image->data + at, &number, sizeof number);
}

/* Where it begins. */
static guint
add_zeros (GByteArray *image, guint size)
{
  guint begin = image->len;
  g_byte_array_set_size (image, begin + size);
  memset (image->data + begin, 0, size);
  return begin;
}

/* A header, a catalog of one extent, the bitmap of its sectors, and it. */
static void
write_bochs (GByteArray *image, const guint8 *data, guint size)
{
  guint bitmap_bytes = size / SECTOR_BYTES / 8;
  guint bitmap;

  add_zeros (image, SECTOR_BYTES);
  put_text (image, 0, "Bochs Virtual HD Image");
  put_text (image, 32, "Redolog");
  put_text (image, 48, "Growing");
  put_u32_le (image, 64, 0x00020000);
  put_u32_le (image, 68, SECTOR_BYTES); /* of the header */
  put_u32_le (image, 72, 1);            /* entries of the catalog */
  put_u32_le (image, 76, bitmap_bytes);
  put_u32_le (image, 80, size); /* of an extent */
  put_u64_le (image, 88, size); /* of the disk */
  add_zeros (image, sizeof (guint32));
  bitmap = add_zeros (image, SECTOR_BYTES);
  memset (image->data + bitmap, 0xff, bitmap_bytes);
  g_byte_array_append (image, data, size);
}

/* (transfer full) */
static GBytes *
compress (const guint8 *data, guint size)
{
  g_autoptr (GConverter) zlib =
      G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, -1));
  guint8 *compressed = g_malloc (size * 2);
  gsize n_read, n_written;
  GConverterResult result =
      g_converter_convert (zlib, data, size, compressed, size * 2, G_CONVERTER_INPUT_AT_END,
                           &n_read, &n_written, NULL);
  g_assert_cmpint (result, ==, G_CONVERTER_FINISHED);
  return g_bytes_new_take (compressed, n_written);
}

/* A script, the list of where blocks begin, and a block. */
static void
write_cloop (GByteArray *image, const guint8 *data, guint size)
{
  g_autoptr (GBytes) block = compress (data, size);
  guint begin = 136 + 2 * sizeof (guint64);

  add_zeros (image, begin);
  put_text (image, 0, "#!/bin/sh\n#V2.0 Format\n");
  put_u32_be (image, 128, size); /* of a block */
  put_u32_be (image, 132, 1);    /* blocks */
  put_u64_be (image, 136, begin);
  put_u64_be (image, 144, begin + g_bytes_get_size (block));
  g_byte_array_append (image, g_bytes_get_data (block, NULL), (guint) g_bytes_get_size (block));
}

/* (transfer full): the table of one block that is not compressed, in base 64 */
static char *
make_dmg_table (guint size)
{
  g_autoptr (GByteArray) table = g_byte_array_new ();

  add_zeros (table, 204 + 40);
  put_text (table, 0, "mish");
  put_u32_be (table, 204, 1);                        /* as it is */
  put_u64_be (table, 204 + 16, size / SECTOR_BYTES); /* sectors */
  put_u64_be (table, 204 + 32, size);
  return g_base64_encode (table->data, table->len);
}

/* The data, a list of tables in XML, and a trailer. */
static void
write_dmg (GByteArray *image, const guint8 *data, guint size)
{
  g_autofree char *table = make_dmg_table (size);
  g_autofree char *list = g_strdup_printf ("<plist><data>%s</data></plist>", table);
  guint trailer;

  g_byte_array_append (image, data, size);
  g_byte_array_append (image, (const guint8 *) list, (guint) strlen (list));
  trailer = add_zeros (image, SECTOR_BYTES);
  put_text (image, trailer, "koly");
  put_u64_be (image, trailer + 0x20, size); /* of the data */
  put_u64_be (image, trailer + 0xd8, size); /* where the list begins */
  put_u64_be (image, trailer + 0xe0, strlen (list));
  put_u64_be (image, trailer + 0x1ec, size / SECTOR_BYTES);
}

static const struct
{
  const char *format;
  WriteFunc write;
} writers[] = {
  { "bochs", write_bochs },
  { "cloop", write_cloop },
  { "dmg", write_dmg },
};

void
old_image_convert (const char *source, const char *format, const char *target)
{
  g_autoptr (GByteArray) image = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize size;

  g_file_get_contents (source, &data, &size, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (writers); i++)
    if (g_str_equal (writers[i].format, format))
      writers[i].write (image, (const guint8 *) data, (guint) size);
  g_assert_cmpuint (image->len, >, 0);
  g_file_set_contents (target, (const char *) image->data, (gssize) image->len, &error);
  g_assert_no_error (error);
}
