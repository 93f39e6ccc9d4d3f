/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A file is a mark, the digest of what follows, and one packed value. It is written beside the old
 * one, synced and renamed, so that at every instant its name stands for a whole file.
 */
#include "qemu/facts-cache.h"

#include "qemu/emulator-facts-private.h"
#include "qemu/qemu-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define MARK "VbFacts\n"
#define DIGEST_BYTES 32
#define NAME_DIGITS 32
#define MAX_FILE_BYTES (8 * 1024 * 1024)
/* Not to be written by others. */
#define FOREIGN_MODE (S_IWGRP | S_IWOTH)

/* The key's text, the program or "", the program as it was, and facts. */
#define CONTENT_TYPE "(sssv)"

/* A multiple of eight bytes, as GVariant wants what follows. */
typedef struct
{
  char mark[sizeof MARK - 1];
  guint8 digest[DIGEST_BYTES];
} Header;

/* (transfer full) */
static char *
name_of (const char *path)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);

  return g_strdup_printf ("%.*s.facts", NAME_DIGITS, digest);
}

static void
compute_digest (const void *bytes, gsize length, guint8 *digest)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize n_digest = DIGEST_BYTES;

  g_checksum_update (checksum, bytes, (gssize) length);
  g_checksum_get_digest (checksum, digest, &n_digest);
}

/* Loading */

/* (transfer full) (nullable): the bytes of a file that only its owner, who is this user, could write */
static char *
read_own_file (int fd, gsize *length)
{
  struct stat status;
  g_autofree char *bytes = NULL;

  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode) || status.st_uid != geteuid () ||
      (status.st_mode & FOREIGN_MODE) != 0 || status.st_size > MAX_FILE_BYTES)
    return NULL;
  *length = (gsize) status.st_size;
  bytes = g_malloc (*length + 1);
  return pread (fd, bytes, *length, 0) == (gssize) *length ? g_steal_pointer (&bytes) : NULL;
}

/* (transfer full) (nullable): the content of a whole file. @bytes: (transfer full) */
static GVariant *
open_content (char *bytes, gsize length)
{
  g_autoptr (GBytes) file = g_bytes_new_take (bytes, length);
  g_autoptr (GBytes) rest = NULL;
  g_autoptr (GVariant) content = NULL;
  const Header *header = (const Header *) bytes;
  guint8 digest[DIGEST_BYTES];

  if (length < sizeof *header || memcmp (header->mark, MARK, sizeof header->mark) != 0)
    return NULL;
  compute_digest (bytes + sizeof *header, length - sizeof *header, digest);
  if (memcmp (header->digest, digest, sizeof digest) != 0)
    return NULL;
  rest = g_bytes_new_from_bytes (file, sizeof *header, length - sizeof *header);
  content =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (CONTENT_TYPE), rest, FALSE));
  return g_variant_is_normal_form (content) ? g_steal_pointer (&content) : NULL;
}

/* (transfer full): "" where the key has it already */
static char *
describe_program (const VbFactsKey *key, const char *program)
{
  if (*program == '\0' || g_str_equal (program, key->path))
    return g_strdup ("");
  return vb_facts_key_describe_program (program);
}

static VbEmulatorFacts *
read_content (GVariant *content, const VbFactsKey *key, char **program)
{
  const char *key_text, *found_program, *program_text;
  g_autoptr (GVariant) packed = NULL;
  g_autofree char *program_now = NULL;
  VbEmulatorFacts *facts;

  g_variant_get (content, "(&s&s&sv)", &key_text, &found_program, &program_text, &packed);
  program_now = describe_program (key, found_program);
  if (!g_str_equal (key_text, key->text) || !g_str_equal (program_text, program_now))
    return NULL;
  facts = vb_emulator_facts_new_checked (packed);
  if (facts && program)
    *program = *found_program ? g_strdup (found_program) : NULL;
  return facts;
}

static VbEmulatorFacts *
load (int fd, const VbFactsKey *key, char **program)
{
  gsize length;
  char *bytes = read_own_file (fd, &length);
  g_autoptr (GVariant) content = bytes ? open_content (bytes, length) : NULL;

  return content ? read_content (content, key, program) : NULL;
}

VbEmulatorFacts *
vb_facts_cache_load (const char *folder, const VbFactsKey *key, char **program)
{
  g_autofree char *name = name_of (key->path);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  /* O_NONBLOCK: a FIFO under this name must not hold the service up. */
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  gboolean is_there = fd >= 0 || errno != ENOENT;
  VbEmulatorFacts *facts = NULL;

  if (program)
    *program = NULL;
  if (fd >= 0)
    {
      facts = load (fd, key, program);
      close (fd);
    }
  if (!facts && is_there && g_unlink (path) == 0)
    g_debug ("%s: not of the emulator '%s' as it is now; removed", path, key->path);
  return facts;
}

/* Saving */

typedef struct
{
  char *folder;           /* (owned) */
  VbFactsKey *key;        /* (owned) */
  char *program;          /* (owned): "" for none */
  VbEmulatorFacts *facts; /* (owned) */
} Saving;

static void
saving_free (Saving *saving)
{
  g_free (saving->folder);
  vb_facts_key_unref (saving->key);
  g_free (saving->program);
  vb_emulator_facts_unref (saving->facts);
  g_free (saving);
}

/* (transfer full) (nullable): the bytes of a file; %NULL where there is nothing to be kept */
static GByteArray *
make_file (const Saving *saving)
{
  g_autofree char *program_text = describe_program (saving->key, saving->program);
  g_autoptr (GVariant) content = g_variant_ref_sink (
      g_variant_new (CONTENT_TYPE, saving->key->text, saving->program, program_text,
                     vb_emulator_facts_get_packed (saving->facts)));
  gsize length = g_variant_get_size (content);
  Header header = { .mark = MARK };
  GByteArray *file;

  if (length > MAX_FILE_BYTES - sizeof header || !vb_facts_key_is_current (saving->key) ||
      (*saving->program && !g_file_test (saving->program, G_FILE_TEST_EXISTS)))
    return NULL;
  compute_digest (g_variant_get_data (content), length, header.digest);
  file = g_byte_array_sized_new ((guint) (sizeof header + length));
  g_byte_array_append (file, (const guint8 *) &header, sizeof header);
  return g_byte_array_append (file, g_variant_get_data (content), (guint) length);
}

/* The next three return whether it was done; else errno tells why not. */

static gboolean
write_file (int folder_fd, const char *name, const GByteArray *file)
{
  int fd = openat (folder_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  gboolean is_written = fd >= 0;
  gsize n_written = 0;

  while (is_written && n_written < file->len)
    {
      gssize n = write (fd, file->data + n_written, file->len - n_written);

      is_written = n > 0 || (n < 0 && errno == EINTR);
      n_written += n > 0 ? (gsize) n : 0;
    }
  is_written = is_written && fsync (fd) == 0;
  return (fd < 0 || close (fd) == 0) && is_written;
}

static gboolean
replace_file (int folder_fd, const char *name, const GByteArray *file)
{
  g_autofree char *new_name = g_strconcat (name, ".new", NULL);
  int failure;

  if (write_file (folder_fd, new_name, file) &&
      renameat (folder_fd, new_name, folder_fd, name) == 0 && fsync (folder_fd) == 0)
    return TRUE;
  failure = errno;
  unlinkat (folder_fd, new_name, 0);
  errno = failure;
  return FALSE;
}

/* One at a time writes in a folder; the kernel frees it when who does is gone. */
static gboolean
write_in_folder (const char *folder, const char *name, const GByteArray *file)
{
  gboolean is_done = FALSE;
  int fd;

  if (g_mkdir_with_parents (folder, 0700) < 0)
    return FALSE;
  fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  if (flock (fd, LOCK_EX) == 0)
    is_done = replace_file (fd, name, file);
  close (fd);
  return is_done;
}

static void
save (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Saving *saving = task_data;
  g_autofree char *name = name_of (saving->key->path);
  g_autoptr (GByteArray) file = make_file (saving);

  if (!file || write_in_folder (saving->folder, name, file))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_task_return_new_error (
      task, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
      "cannot keep what emulator '%s' can do in %s: %s; it is asked again after "
      "each start of the service; let the service's user write there",
      saving->key->path, saving->folder, g_strerror (errno));
}

void
vb_facts_cache_save_async (const char *folder,
                           VbFactsKey *key,
                           const char *program,
                           VbEmulatorFacts *facts,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Saving *saving = g_new0 (Saving, 1);

  g_return_if_fail (vb_emulator_facts_get_error (facts) == NULL);

  g_task_set_source_tag (task, vb_facts_cache_save_async);
  saving->folder = g_strdup (folder);
  saving->key = vb_facts_key_ref (key);
  saving->program = g_strdup (program ? program : "");
  saving->facts = vb_emulator_facts_ref (facts);
  g_task_set_task_data (task, saving, (GDestroyNotify) saving_free);
  g_task_run_in_thread (task, save);
}

gboolean
vb_facts_cache_save_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, vb_facts_cache_save_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
