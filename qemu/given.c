/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table from names to descriptors, which it owns.
 */
#include "qemu/given.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct _VbGiven
{
  GHashTable *fds; /* (owned) (element-type utf8 int) */
};

static void
close_fd (gpointer fd)
{
  close (GPOINTER_TO_INT (fd));
}

VbGiven *
vb_given_new (void)
{
  VbGiven *given = g_new (VbGiven, 1);
  given->fds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, close_fd);
  return given;
}

void
vb_given_free (VbGiven *given)
{
  g_hash_table_unref (given->fds);
  g_free (given);
}

gboolean
vb_given_add (VbGiven *given, const char *name, int fd)
{
  if (g_hash_table_contains (given->fds, name))
    {
      close (fd);
      return FALSE;
    }
  return g_hash_table_insert (given->fds, g_strdup (name), GINT_TO_POINTER (fd));
}

void
vb_given_merge (VbGiven *given, VbGiven *other)
{
  GHashTableIter iter;
  gpointer name;
  gpointer fd;

  if (other == NULL)
    return;
  g_hash_table_iter_init (&iter, other->fds);
  while (g_hash_table_iter_next (&iter, &name, &fd))
    {
      g_autofree char *owned_name = name;
      g_hash_table_iter_steal (&iter);
      vb_given_add (given, owned_name, GPOINTER_TO_INT (fd));
    }
  vb_given_free (other);
}

VbGiven *
vb_given_copy (const VbGiven *given, GError **error)
{
  g_autoptr (VbGiven) copy = vb_given_new ();
  GHashTableIter iter;
  gpointer name;
  gpointer given_fd;

  if (given != NULL)
    g_hash_table_iter_init (&iter, given->fds);
  while (given != NULL && g_hash_table_iter_next (&iter, &name, &given_fd))
    {
      int fd = fcntl (GPOINTER_TO_INT (given_fd), F_DUPFD_CLOEXEC, 0);
      if (fd < 0)
        {
          g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                       "cannot copy the descriptor of '%s': %s; raise the limit of open files of "
                       "the service",
                       (const char *) name, g_strerror (errno));
          return NULL;
        }
      vb_given_add (copy, name, fd);
    }
  return g_steal_pointer (&copy);
}

int
vb_given_find (const VbGiven *given, const char *name)
{
  gpointer fd;
  if (given == NULL || !g_hash_table_lookup_extended (given->fds, name, NULL, &fd))
    return -1;
  return GPOINTER_TO_INT (fd);
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

const char **
vb_given_list (const VbGiven *given)
{
  guint n_names;
  const char **names = (const char **) g_hash_table_get_keys_as_array (given->fds, &n_names);
  qsort (names, n_names, sizeof *names, compare_names);
  return names;
}
