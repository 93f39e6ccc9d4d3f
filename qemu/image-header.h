/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the header of a disk image says of other files: its backing file, and whether the image is
 * encrypted. The format is known, never probed; what stands in the file is hostile.
 */
#pragma once

#include "domain/disk.h"

typedef struct
{
  char *backing_file;          /* (owned) (nullable): as it is written there */
  char *backing_format;        /* (owned) (nullable): the header does not tell */
  VbDiskEncryption encryption; /* QCOW: by the cipher that QEMU has given up */
} VbImageHeader;

/* Of a format that has no backing files nothing is read. Errors: of #GIOErrorEnum, in words that go on
 * after "the image's header". */
gboolean vb_image_header_read (int fd, const char *format, VbImageHeader *header, GError **error);
void vb_image_header_clear (VbImageHeader *header);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VbImageHeader, vb_image_header_clear)
