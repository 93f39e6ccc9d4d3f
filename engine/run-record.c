/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The folder lies in memory (`/run`), so its small files are written in place of a call and never
 * synced: they need to outlive the service, not the host. The service may be killed between any two
 * lines: the notes come first and each file is whole.
 */
#include "engine/run-record.h"

#include "engine/engine-error.h"
#include "engine/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define NOTES_FILE "record"
#define NOTES_GROUP "record"
#define DEFINITION_FILE "definition.xml"
#define LIVE_FILE "domain.xml"
/* QEMU has some 150 commands that change something; words beyond these tell nobody more. */
#define MAX_TAINTED 64
#define MAX_FILE_BYTES (4 * (gsize) VB_DOMAIN_MAX_XML_BYTES)

static gboolean
write_file (const VbRunRecord *record, const char *name, const char *text, GError **error)
{
  int fd = vb_file_open_folder (record->folder, error);
  gboolean written = fd >= 0 && vb_file_replace (fd, record->folder, name, text, 0, error);

  if (fd >= 0)
    close (fd);
  return written;
}

static void
empty_folder (const char *path, const char *spared)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      if (g_strcmp0 (name, spared) != 0 && unlink (file) < 0)
        g_warning ("cannot remove %s: %s", file, g_strerror (errno));
    }
}

static int
reason_from_string (const char *word)
{
  for (int reason = VB_REASON_UNKNOWN; reason <= VB_REASON_DAEMON; reason++)
    if (g_strcmp0 (vb_state_reason_to_string (reason), word) == 0)
      return reason;
  return VB_REASON_UNKNOWN;
}

static void
set_string (GKeyFile *notes, const char *key, const char *value)
{
  if (value != NULL)
    g_key_file_set_string (notes, NOTES_GROUP, key, value);
}

static void
read_notes (VbRunRecord *record, GKeyFile *notes)
{
  g_autofree char *state = g_key_file_get_string (notes, NOTES_GROUP, "state", NULL);
  g_autofree char *reason = g_key_file_get_string (notes, NOTES_GROUP, "reason", NULL);

  record->id = g_key_file_get_integer (notes, NOTES_GROUP, "id", NULL);
  record->owner = g_key_file_get_string (notes, NOTES_GROUP, "owner", NULL);
  record->client = g_key_file_get_string (notes, NOTES_GROUP, "client", NULL);
  record->finished = g_key_file_get_boolean (notes, NOTES_GROUP, "finished", NULL);
  record->rebooting = g_key_file_get_boolean (notes, NOTES_GROUP, "rebooting", NULL);
  record->restarting = g_key_file_get_boolean (notes, NOTES_GROUP, "restarting", NULL);
  record->confined = g_key_file_get_boolean (notes, NOTES_GROUP, "confined", NULL);
  record->renaming = g_key_file_get_boolean (notes, NOTES_GROUP, "renaming", NULL);
  record->new_name = g_key_file_get_string (notes, NOTES_GROUP, "new-name", NULL);
  record->has_clock = g_key_file_has_key (notes, NOTES_GROUP, "clock-offset-s", NULL);
  record->clock_offset_s = g_key_file_get_int64 (notes, NOTES_GROUP, "clock-offset-s", NULL);
  record->is_clock_stored = g_key_file_get_boolean (notes, NOTES_GROUP, "clock-stored", NULL);
  record->adjustment_s = g_key_file_get_int64 (notes, NOTES_GROUP, "adjustment-s", NULL);
  record->state = (VbState) MAX (0, vb_state_from_string (state != NULL ? state : ""));
  record->reason = (VbStateReason) reason_from_string (reason);
  record->since_us = g_key_file_get_int64 (notes, NOTES_GROUP, "since-us", NULL);
  vb_assigned_list_load (record->assigned, notes);
  record->tainted = g_key_file_get_string_list (notes, NOTES_GROUP, "tainted", NULL, NULL);
}

/* An unreadable record may stand for a guest that runs well, so it is taken for a finished one,
 * which is never ended for being half started. */
static void
load_notes (VbRunRecord *record, int fd)
{
  g_autoptr (GKeyFile) notes = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  text = vb_file_read (fd, NOTES_FILE, MAX_FILE_BYTES, &length, &error);
  if (text != NULL && g_key_file_load_from_data (notes, text, length, G_KEY_FILE_NONE, &error))
    {
      read_notes (record, notes);
      return;
    }
  g_warning ("%s/%s is not used: %s", record->folder, NOTES_FILE, error->message);
  record->finished = TRUE;
}

static gboolean
has_all_aliases (const VbDomain *domain)
{
  return vb_domain_find_device (domain, NULL) == NULL;
}

static VbDomain *
load_domain (const VbRunRecord *record, int fd, const char *name, gboolean is_live)
{
  g_autoptr (VbDomain) domain = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  if (faccessat (fd, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
    return NULL;
  text = vb_file_read (fd, name, MAX_FILE_BYTES, &length, &error);
  if (text != NULL)
    domain = vb_domain_parse (text, length, is_live, NULL, &error);
  if (domain == NULL || g_strcmp0 (domain->uuid, record->uuid) != 0)
    {
      g_warning ("%s/%s is not used: %s", record->folder, name,
                 error != NULL ? error->message : "it has the UUID of another domain");
      return NULL;
    }
  /* A live domain is complete since its start: what its machine lost since then stays away. */
  if (!is_live)
    vb_domain_complete (domain, NULL, NULL);
  else if (!has_all_aliases (domain))
    {
      g_warning ("%s/%s is not used: a device has no alias", record->folder, name);
      return NULL;
    }
  return g_steal_pointer (&domain);
}

static void
remnant_free (VbRemnant *remnant)
{
  g_clear_pointer (&remnant->record, vb_run_record_free);
  g_clear_pointer (&remnant->definition, vb_domain_unref);
  g_clear_pointer (&remnant->live, vb_domain_unref);
  g_free (remnant);
}

static VbRemnant *
load_remnant (const char *runtime_dir, const char *uuid)
{
  g_autoptr (VbRunRecord) record = vb_run_record_new (runtime_dir, uuid);
  int fd = open (record->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  VbRemnant *remnant;

  if (fd < 0)
    return NULL;
  if (faccessat (fd, NOTES_FILE, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
    {
      /* The notes are there before a QEMU is, and go when it is gone. */
      close (fd);
      vb_run_record_remove (record);
      return NULL;
    }
  remnant = g_new0 (VbRemnant, 1);
  load_notes (record, fd);
  remnant->definition = load_domain (record, fd, DEFINITION_FILE, FALSE);
  remnant->live = load_domain (record, fd, LIVE_FILE, TRUE);
  remnant->record = g_steal_pointer (&record);
  close (fd);
  return remnant;
}

VbRunRecord *
vb_run_record_new (const char *runtime_dir, const char *uuid)
{
  VbRunRecord *record = g_new0 (VbRunRecord, 1);

  record->uuid = g_strdup (uuid);
  record->folder = g_build_filename (runtime_dir, uuid, NULL);
  record->assigned = vb_assigned_list_new ();
  record->state = VB_STATE_STARTING;
  return record;
}

void
vb_run_record_free (VbRunRecord *record)
{
  g_free (record->uuid);
  g_free (record->folder);
  g_free (record->owner);
  g_free (record->client);
  g_free (record->new_name);
  g_ptr_array_unref (record->assigned);
  g_strfreev (record->tainted);
  g_free (record);
}

gboolean
vb_run_record_taint (VbRunRecord *record, const char *word)
{
  guint n_words = record->tainted != NULL ? g_strv_length (record->tainted) : 0;

  if (n_words >= MAX_TAINTED ||
      (n_words > 0 && g_strv_contains ((const char *const *) record->tainted, word)))
    return FALSE;
  record->tainted = g_renew (char *, record->tainted, n_words + 2);
  record->tainted[n_words] = g_strdup (word);
  record->tainted[n_words + 1] = NULL;
  return TRUE;
}

gboolean
vb_run_record_begin (VbRunRecord *record, const VbDomain *definition, GError **error)
{
  g_autofree char *document = vb_domain_format (definition, VB_FORMAT_SECURE);

  if (!vb_run_record_save (record, error))
    return FALSE;
  empty_folder (record->folder, NOTES_FILE);
  return write_file (record, DEFINITION_FILE, document, error);
}

gboolean
vb_run_record_save (const VbRunRecord *record, GError **error)
{
  g_autoptr (GKeyFile) notes = g_key_file_new ();
  g_autofree char *text = NULL;

  g_key_file_set_integer (notes, NOTES_GROUP, "id", record->id);
  set_string (notes, "owner", record->owner);
  set_string (notes, "client", record->client);
  g_key_file_set_boolean (notes, NOTES_GROUP, "finished", record->finished);
  g_key_file_set_boolean (notes, NOTES_GROUP, "rebooting", record->rebooting);
  g_key_file_set_boolean (notes, NOTES_GROUP, "restarting", record->restarting);
  g_key_file_set_boolean (notes, NOTES_GROUP, "confined", record->confined);
  g_key_file_set_boolean (notes, NOTES_GROUP, "renaming", record->renaming);
  set_string (notes, "new-name", record->new_name);
  if (record->has_clock)
    g_key_file_set_int64 (notes, NOTES_GROUP, "clock-offset-s", record->clock_offset_s);
  g_key_file_set_boolean (notes, NOTES_GROUP, "clock-stored", record->is_clock_stored);
  g_key_file_set_int64 (notes, NOTES_GROUP, "adjustment-s", record->adjustment_s);
  set_string (notes, "state", vb_state_to_string (record->state));
  set_string (notes, "reason", vb_state_reason_to_string (record->reason));
  g_key_file_set_int64 (notes, NOTES_GROUP, "since-us", record->since_us);
  if (record->tainted != NULL)
    g_key_file_set_string_list (notes, NOTES_GROUP, "tainted",
                                (const char *const *) record->tainted,
                                g_strv_length (record->tainted));
  vb_assigned_list_save (record->assigned, notes);
  text = g_key_file_to_data (notes, NULL, NULL);
  return write_file (record, NOTES_FILE, text, error);
}

gboolean
vb_run_record_save_domains (const VbRunRecord *record,
                            const VbDomain *definition,
                            const VbDomain *live,
                            GError **error)
{
  g_autofree char *definition_document = vb_domain_format (definition, VB_FORMAT_SECURE);
  g_autofree char *live_document = vb_domain_format (live, VB_FORMAT_LIVE | VB_FORMAT_SECURE);

  return write_file (record, DEFINITION_FILE, definition_document, error) &&
         write_file (record, LIVE_FILE, live_document, error);
}

void
vb_run_record_remove (const VbRunRecord *record)
{
  /* By name, too, which needs no descriptor: there may be none left to read the folder. */
  static const char *const own_files[] = { DEFINITION_FILE, LIVE_FILE, NOTES_FILE };

  empty_folder (record->folder, NOTES_FILE);
  for (guint i = 0; i < G_N_ELEMENTS (own_files); i++)
    {
      g_autofree char *path = g_build_filename (record->folder, own_files[i], NULL);

      unlink (path);
    }
  if (rmdir (record->folder) < 0 && errno != ENOENT)
    g_warning ("cannot remove %s: %s", record->folder, g_strerror (errno));
}

GPtrArray *
vb_run_record_load_all (const char *runtime_dir)
{
  GPtrArray *remnants = g_ptr_array_new_with_free_func ((GDestroyNotify) remnant_free);
  g_autoptr (GDir) folder = g_dir_open (runtime_dir, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      VbRemnant *remnant = g_uuid_string_is_valid (name) ? load_remnant (runtime_dir, name) : NULL;

      if (remnant != NULL)
        g_ptr_array_add (remnants, remnant);
    }
  return remnants;
}
