/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A note is a file of the link's name: "UUID ID MAC". A link of that name is removed only where it
 * has the address, too. The lock makes one operation of each, for a guest that is started again may
 * want a name that its last run is about to give up.
 */
#include "engine/macvtaps.h"

#include "engine/file.h"
#include "host/host-error.h"
#include "host/link.h"
#include "host/tap.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "macvtaps"
#define NAME_PREFIX "macvtap"
#define MAX_NOTE_BYTES 256

struct _VbMacvtaps
{
  GMutex lock;
  char *folder; /* (owned) path */
};

typedef struct
{
  char **words; /* (owned) */
  const char *uuid;
  int id;
  const char *mac;
} Note;

static void
note_clear (Note *note)
{
  g_strfreev (note->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Note, note_clear)

typedef gboolean (*IsRemovedFunc) (const Note *note, gconstpointer data);

static gboolean
note_read (int folder_fd, const char *name, Note *note)
{
  gsize length;
  g_autofree char *text = vb_file_read (folder_fd, name, MAX_NOTE_BYTES, &length, NULL);

  note->words = text != NULL ? g_strsplit (g_strstrip (text), " ", 3) : NULL;
  if (text == NULL || g_strv_length (note->words) != 3)
    return FALSE;
  note->uuid = note->words[0];
  note->id = (int) g_ascii_strtoll (note->words[1], NULL, 10);
  note->mac = note->words[2];
  return TRUE;
}

static void
remove_noted (int folder_fd, const char *name, const Note *note)
{
  g_autoptr (GError) error = NULL;

  if (vb_link_remove_macvtap (name, note->mac, &error))
    unlinkat (folder_fd, name, 0);
  else
    g_warning ("the link '%s' of a guest that is gone stays: %s", name, error->message);
}

/* What is no note is a leftover of one that was about to be written: its link is not there yet. */
static void
remove_where (VbMacvtaps *macvtaps, IsRemovedFunc is_removed, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (macvtaps->folder, 0, NULL);
  int fd = folder != NULL ? vb_file_open_folder (macvtaps->folder, NULL) : -1;
  const char *name;

  while (fd >= 0 && (name = g_dir_read_name (folder)) != NULL)
    {
      g_auto (Note) note = { NULL };

      if (!note_read (fd, name, &note))
        unlinkat (fd, name, 0);
      else if (is_removed (&note, data))
        remove_noted (fd, name, &note);
    }
  if (fd >= 0)
    close (fd);
  rmdir (macvtaps->folder);
}

typedef struct
{
  const char *uuid;
  int id;
} Run;

static gboolean
is_not_later (const Note *note, gconstpointer data)
{
  const Run *run = data;

  return strcmp (note->uuid, run->uuid) == 0 && note->id <= run->id;
}

static gboolean
is_of_nobody (const Note *note, gconstpointer data)
{
  const GPtrArray *remnants = data;

  for (guint i = 0; i < remnants->len; i++)
    {
      const VbRemnant *remnant = g_ptr_array_index (remnants, i);

      if (strcmp (remnant->record->uuid, note->uuid) == 0)
        return FALSE;
    }
  return TRUE;
}

/* (transfer full): the first name that no link has */
static char *
choose_name (void)
{
  for (guint number = 0;; number++)
    {
      g_autofree char *name = g_strdup_printf (NAME_PREFIX "%u", number);

      if (!vb_link_is_there (name))
        return g_steal_pointer (&name);
    }
}

static gboolean
write_note (VbMacvtaps *macvtaps, const char *name, const Run *run, const char *mac, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%s %d %s", run->uuid, run->id, mac);
  int fd = vb_file_open_folder (macvtaps->folder, error);
  gboolean written = fd >= 0 && vb_file_replace (fd, macvtaps->folder, name, text, 0, error);

  if (fd >= 0)
    close (fd);
  return written;
}

static int
open_noted (VbMacvtaps *macvtaps, const char *name, const VbInterface *interface, GError **error)
{
  const char *mode = vb_enum_to_string (&vb_interface_mode_table, (int) interface->mode);

  if (!vb_link_add_macvtap (name, interface->source, mode, interface->mac, error))
    return -1;
  return vb_tap_open_macvtap (name, macvtaps->folder, vb_interface_is_virtio (interface), error);
}

VbMacvtaps *
vb_macvtaps_new (const char *runtime_dir)
{
  VbMacvtaps *macvtaps = g_atomic_rc_box_new0 (VbMacvtaps);

  g_mutex_init (&macvtaps->lock);
  macvtaps->folder = g_build_filename (runtime_dir, FOLDER, NULL);
  return macvtaps;
}

VbMacvtaps *
vb_macvtaps_ref (VbMacvtaps *macvtaps)
{
  return g_atomic_rc_box_acquire (macvtaps);
}

static void
macvtaps_clear (gpointer data)
{
  VbMacvtaps *macvtaps = data;

  g_mutex_clear (&macvtaps->lock);
  g_free (macvtaps->folder);
}

void
vb_macvtaps_unref (VbMacvtaps *macvtaps)
{
  g_atomic_rc_box_release_full (macvtaps, macvtaps_clear);
}

int
vb_macvtaps_open (VbMacvtaps *macvtaps,
                  const char *uuid,
                  int id,
                  const VbInterface *interface,
                  char **name,
                  GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&macvtaps->lock);
  const Run run = { uuid, id };
  const Run former = { uuid, id - 1 };
  g_autofree char *chosen = NULL;

  remove_where (macvtaps, is_not_later, &former);
  chosen = interface->target != NULL ? g_strdup (interface->target) : choose_name ();
  /* Before the note is there, which would have it removed. */
  if (vb_link_is_there (chosen))
    {
      g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                   "'%s' is in use; choose another name in <target dev>", chosen);
      return -1;
    }
  if (!write_note (macvtaps, chosen, &run, interface->mac, error))
    return -1;
  *name = g_steal_pointer (&chosen);
  return open_noted (macvtaps, *name, interface, error);
}

gboolean
vb_macvtaps_are_there (VbMacvtaps *macvtaps)
{
  return access (macvtaps->folder, F_OK) == 0;
}

void
vb_macvtaps_remove (VbMacvtaps *macvtaps, const char *uuid, int id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&macvtaps->lock);

  remove_where (macvtaps, is_not_later, &(Run){ uuid, id });
}

void
vb_macvtaps_sweep (VbMacvtaps *macvtaps, const GPtrArray *remnants)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&macvtaps->lock);

  remove_where (macvtaps, is_of_nobody, remnants);
}
