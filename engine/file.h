/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whole small files: read within a bound, replaced so that a reader or a crash finds the old text
 * or the new one and nothing else. Knows nothing of what they hold. Every function blocks.
 */
#pragma once

#include <glib.h>

typedef enum
{
  VB_FILE_SYNC = 1 << 0, /* on disk, with its name, when the call returns */
  VB_FILE_NEW = 1 << 1,  /* refuses to replace a file that is there */
} VbFileFlags;

/* Sets %VB_ENGINE_ERROR_HOST_RESOURCE: "cannot @verb @path: …", with the remedy. */
void vb_file_set_error (GError **error, int error_number, const char *verb, const char *path);

/* -1 on failure. (transfer full): a descriptor of the folder, which is made (mode 0700) with its
 * parents where it does not exist */
int vb_file_open_folder (const char *path, GError **error);

/* The mode of the new file is 0600. After a failure the old file is as it was, and alone. */
gboolean vb_file_replace (int folder_fd,
                          const char *folder_path,
                          const char *name,
                          const char *text,
                          VbFileFlags flags,
                          GError **error);
/* (transfer full) (nullable): the text of a regular file of at most @max_bytes */
char *
vb_file_read (int folder_fd, const char *name, gsize max_bytes, gsize *length, GError **error);

/* Whether @name is that of a new text that vb_file_replace() had no time to put in place. */
gboolean vb_file_is_leftover (const char *name);
