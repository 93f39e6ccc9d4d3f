/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two tables: the commands that read, and those that do harm.
 */
#include "engine/qmp-rules.h"

#include "qemu/descriptors.h"

#include <string.h>

#define PERIPHERAL "machine/peripheral/"

struct _VbQmpOwn
{
  GHashTable *ids; /* (owned) (element-type utf8): of devices, back ends and block nodes */
  guint n_fdsets;
};

/* A name that ends with "*" stands for all that begin so. */
static const char *const reading[] = {
  "query-*",
  "qom-get",
  "qom-list",
  "qom-list-types",
  "qom-list-properties",
  "device-list-properties",
};

static const char *const taking_descriptor[] = { "getfd", "add-fd" };

typedef enum
{
  ALWAYS,
  IF_OWN_ID,
  IF_OWN_DEVICE, /* an id, or a path in QEMU's tree of objects */
  IF_OWN_FDSET,
  NEVER, /* the subject is looked at elsewhere */
} Condition;

#define OWN_CHARDEV                                                                                \
  "would take away a connection that the service or a device of the definition uses"
#define OWN_DEVICE "would take away a device of the definition"

static const struct
{
  const char *name;
  const char *subject; /* (nullable) */
  Condition condition;
  const char *harm; /* (nullable) */
} harmful[] = {
  { "quit", NULL, ALWAYS, "ends QEMU without the service, as Destroy does with it" },
  { "human-monitor-command", NULL, ALWAYS, "can do anything, which nobody can check" },
  { "migrate*", NULL, ALWAYS, "takes the guest out of the hands of the service" },
  { "yank", NULL, ALWAYS, "cuts connections that the service may use" },
  { "chardev-remove", "id", IF_OWN_ID, OWN_CHARDEV },
  { "chardev-change", "id", IF_OWN_ID, OWN_CHARDEV },
  { "device_del", "id", IF_OWN_DEVICE, OWN_DEVICE },
  { "netdev_del", "id", IF_OWN_ID, OWN_DEVICE },
  { "blockdev-del", "node-name", IF_OWN_ID, OWN_DEVICE },
  { "object-del", "id", IF_OWN_ID, OWN_DEVICE },
  { "remove-fd", "fdset-id", IF_OWN_FDSET, "would close a file that QEMU was started with" },
  { "getfd", "fdname", NEVER, NULL },
  { "closefd", "fdname", NEVER, NULL },
};

static gboolean
matches (const char *pattern, const char *name)
{
  gsize length = strlen (pattern);

  if (pattern[length - 1] == '*')
    return strncmp (pattern, name, length - 1) == 0;
  return strcmp (pattern, name) == 0;
}

static void
add_id (VbQmpOwn *own, const char *prefix, const char *name)
{
  g_hash_table_add (own->ids, g_strconcat (prefix, name, NULL));
}

/* As the argv of the qemu room names them. */
static void
add_device (VbQmpOwn *own, const VbDevice *device)
{
  add_id (own, "", device->alias);
  add_id (own, "char", device->alias);
  add_id (own, "host", device->alias);
  if (device->kind == VB_DEVICE_DISK)
    {
      add_id (own, "disk-", ((const VbDisk *) device)->target);
      add_id (own, "file-", ((const VbDisk *) device)->target);
      add_id (own, "secret-", ((const VbDisk *) device)->target);
    }
}

VbQmpOwn *
vb_qmp_own_new (const VbDomain *domain, guint n_fdsets)
{
  static const char *const monitors[] = { "monitor", "passthrough", "spare" };
  VbQmpOwn *own = g_new0 (VbQmpOwn, 1);

  own->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  own->n_fdsets = n_fdsets;
  for (guint i = 0; i < G_N_ELEMENTS (monitors); i++)
    add_id (own, "", monitors[i]);
  for (guint i = 0; domain != NULL && i < domain->devices->len; i++)
    add_device (own, g_ptr_array_index (domain->devices, i));
  return own;
}

void
vb_qmp_own_free (VbQmpOwn *own)
{
  g_hash_table_unref (own->ids);
  g_free (own);
}

gboolean
vb_qmp_command_is_name (const char *name)
{
  gsize length = strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.");

  return length > 0 && length <= VB_QMP_MAX_NAME_BYTES && name[length] == '\0';
}

gboolean
vb_qmp_command_reads (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (reading); i++)
    if (matches (reading[i], name))
      return TRUE;
  return FALSE;
}

gboolean
vb_qmp_command_takes_descriptor (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (taking_descriptor); i++)
    if (strcmp (taking_descriptor[i], name) == 0)
      return TRUE;
  return FALSE;
}

const char *
vb_qmp_command_get_subject (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (harmful); i++)
    if (matches (harmful[i].name, name))
      return harmful[i].subject;
  return NULL;
}

/* QEMU takes a device's path for its id, with as many slashes as one likes. Only below `peripheral`
 * are devices that have an id and so an owner; whatever else a path leads to is QEMU's or ours. */
static gboolean
is_own_device (const VbQmpOwn *own, const char *subject)
{
  g_autoptr (GString) path = g_string_new (NULL);
  g_auto (GStrv) parts = g_strsplit (subject, "/", -1);

  if (strchr (subject, '/') == NULL)
    return g_hash_table_contains (own->ids, subject);
  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      g_string_append_printf (path, "%s%s", path->len > 0 ? "/" : "", parts[i]);
  if (subject[0] != '/' || !g_str_has_prefix (path->str, PERIPHERAL))
    return TRUE;
  return strchr (path->str + strlen (PERIPHERAL), '/') != NULL ||
         g_hash_table_contains (own->ids, path->str + strlen (PERIPHERAL));
}

/* Ours count from 1, those of backing files from a number of their own; QEMU gives the first number
 * that is free, 0 too. */
static gboolean
is_own_fdset (const VbQmpOwn *own, const char *subject)
{
  guint64 number;

  return !g_ascii_string_to_unsigned (subject, 10, 0, G_MAXINT64, &number, NULL) ||
         (number >= 1 && number <= own->n_fdsets) || number >= VB_DESCRIPTORS_FIRST_LAYER_FDSET;
}

static gboolean
is_met (const VbQmpOwn *own, Condition condition, const char *subject)
{
  switch (condition)
    {
    case ALWAYS:
      return TRUE;
    case IF_OWN_ID:
      return subject != NULL && g_hash_table_contains (own->ids, subject);
    case IF_OWN_DEVICE:
      return subject != NULL && is_own_device (own, subject);
    case IF_OWN_FDSET:
      return subject != NULL && is_own_fdset (own, subject);
    case NEVER:
      break;
    }
  return FALSE;
}

const char *
vb_qmp_own_find_harm (const VbQmpOwn *own, const char *name, const char *subject)
{
  for (guint i = 0; i < G_N_ELEMENTS (harmful); i++)
    if (matches (harmful[i].name, name))
      return is_met (own, harmful[i].condition, subject) ? harmful[i].harm : NULL;
  return NULL;
}
