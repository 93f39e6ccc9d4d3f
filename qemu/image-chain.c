/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the header of a layer names becomes a path and a format, or an error in the user's words: a
 * format is never guessed, and nothing but files is opened.
 */
#include "qemu/image-chain.h"

#include "qemu/image-format.h"
#include "qemu/image-header.h"

#include <string.h>
#include <sys/stat.h>

static gboolean G_GNUC_PRINTF (3, 4)
    refuse (GError **error, const VbDescriptor *layer, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE, "%s: %s", layer->subject,
               message);
  return FALSE;
}

/* As QEMU sees it: "nbd://host", "json:{…}", "fat:/folder" */
static gboolean
has_protocol (const char *name)
{
  return name[strcspn (name, ":/")] == ':';
}

/* Relative to the folder of the layer that names it. (transfer full) */
static char *
resolve (const VbDescriptor *layer, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (layer->path);
  return g_path_is_absolute (name) ? g_strdup (name) : g_build_filename (folder, name, NULL);
}

static gboolean
check_encryption (const VbDescriptor *layer, VbDiskEncryption encryption, GError **error)
{
  if (encryption == VB_DISK_ENCRYPTION_QCOW)
    return refuse (error, layer,
                   "'%s' is encrypted by the cipher of format qcow, which QEMU has given up; "
                   "convert it by qemu-img convert",
                   layer->path);
  if (encryption == VB_DISK_ENCRYPTION_LUKS && !layer->has_secret)
    return refuse (error, layer, "'%s' is encrypted; add <encryption format='luks'>", layer->path);
  if (encryption == VB_DISK_ENCRYPTION_NONE && layer->has_secret && layer->depth == 0)
    return refuse (error, layer, "'%s' is not encrypted; remove <encryption>", layer->path);
  return TRUE;
}

static gboolean
check_backing (const VbDescriptor *layer, const VbImageHeader *header, GError **error)
{
  if (has_protocol (header->backing_file))
    return refuse (error, layer,
                   "the backing file of '%s' is '%s', which is no path; name a file by qemu-img "
                   "rebase -u -b FILE -F FORMAT '%s'",
                   layer->path, header->backing_file, layer->path);
  if (header->backing_format == NULL)
    return refuse (error, layer,
                   "'%s' does not say which format its backing file '%s' has, and it is not "
                   "guessed; tell it by qemu-img rebase -u -b '%s' -F FORMAT '%s'%s",
                   layer->path, header->backing_file, header->backing_file, layer->path,
                   g_str_equal (layer->format, "qcow2")
                       ? ""
                       : ", or use qcow2 where that has no place for it");
  if (vb_image_format_find (header->backing_format) == NULL)
    return refuse (error, layer,
                   "'%s' says that its backing file '%s' has format '%s', which is not supported",
                   layer->path, header->backing_file, header->backing_format);
  return TRUE;
}

gboolean
vb_image_chain_next (const VbDescriptor *layer,
                     VbImageLayer *next,
                     gboolean *is_encrypted,
                     GError **error)
{
  g_auto (VbImageHeader) header = { 0 };
  g_autoptr (GError) cause = NULL;

  *next = (VbImageLayer){ 0 };
  if (!vb_image_header_read (layer->fd, layer->format, &header, &cause))
    return refuse (error, layer, "'%s': the image's header %s", layer->path, cause->message);
  *is_encrypted = header.encryption != VB_DISK_ENCRYPTION_NONE;
  if (!check_encryption (layer, header.encryption, error))
    return FALSE;
  if (header.backing_file == NULL)
    return TRUE;
  if (!check_backing (layer, &header, error))
    return FALSE;
  next->path = resolve (layer, header.backing_file);
  next->format = g_steal_pointer (&header.backing_format);
  return TRUE;
}

void
vb_image_layer_clear (VbImageLayer *layer)
{
  g_clear_pointer (&layer->path, g_free);
  g_clear_pointer (&layer->format, g_free);
}

gboolean
vb_image_chain_is_same (const VbDescriptor *a, const VbDescriptor *b)
{
  struct stat status_a, status_b;

  return fstat (a->fd, &status_a) == 0 && fstat (b->fd, &status_b) == 0 &&
         status_a.st_dev == status_b.st_dev && status_a.st_ino == status_b.st_ino;
}
