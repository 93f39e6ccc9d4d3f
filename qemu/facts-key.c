/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A key is text, one line for each thing, so that it can be compared without knowing what it says.
 */
#include "qemu/facts-key.h"

#include "qemu/module-folders.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>

/* Of facts, and of the questions that they are the answers to. */
#define FORMAT 1
#define NS_PER_S G_GINT64_CONSTANT (1000000000)

static void
describe_file (GString *text, const char *path)
{
  struct stat status;

  if (stat (path, &status) < 0)
    g_string_append_printf (text, "%s: none\n", path);
  else
    g_string_append_printf (text,
                            "%s: device %lu, inode %lu, size %ld, modified %" G_GINT64_FORMAT
                            " ns\n",
                            path, (gulong) status.st_dev, (gulong) status.st_ino,
                            S_ISREG (status.st_mode) ? status.st_size : 0L,
                            status.st_mtim.tv_sec * NS_PER_S + status.st_mtim.tv_nsec);
}

char *
vb_facts_key_describe_program (const char *path)
{
  g_autoptr (GString) text = g_string_new (NULL);
  /* Modules are beside the file itself, not beside a link to it. */
  char *real_path = realpath (path, NULL);
  g_auto (GStrv) folders = vb_module_folders_find (real_path ? real_path : path);

  describe_file (text, path);
  for (guint i = 0; folders[i]; i++)
    describe_file (text, folders[i]);
  free (real_path);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

VbFactsKey *
vb_facts_key_new (const char *path, gboolean kvm_usable)
{
  VbFactsKey *key = g_new0 (VbFactsKey, 1);
  g_autofree char *program = vb_facts_key_describe_program (path);
  struct utsname kernel = { 0 };

  uname (&kernel);
  g_atomic_ref_count_init (&key->ref_count);
  key->path = g_strdup (path);
  key->kvm_usable = kvm_usable;
  key->text = g_strdup_printf ("virtbus " VB_VERSION ", format %d\nkernel %s %s\nkvm %d\n%s",
                               FORMAT, kernel.release, kernel.machine, kvm_usable, program);
  return key;
}

VbFactsKey *
vb_facts_key_ref (VbFactsKey *key)
{
  g_atomic_ref_count_inc (&key->ref_count);
  return key;
}

void
vb_facts_key_unref (VbFactsKey *key)
{
  if (!g_atomic_ref_count_dec (&key->ref_count))
    return;
  g_free (key->path);
  g_free (key->text);
  g_free (key);
}

gboolean
vb_facts_key_is_current (const VbFactsKey *key)
{
  g_autoptr (VbFactsKey) now = vb_facts_key_new (key->path, key->kvm_usable);

  return g_str_equal (now->text, key->text);
}
