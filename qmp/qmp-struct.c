/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The life of the generated structures, by the tables of the codec: made empty, copied, freed.
 */
#include "qmp/qmp-struct.h"

#include "qmp/qmp-codec.h"

/* The copies and frees of arrays are those of their elements: what a caller puts into an array of
 * its own is freed as that array says. */
#define MEMBER(type, structure, row) (*(type *) ((char *) (structure) + (row)->offset))

GType
qmp_struct_get_type (guint struct_id)
{
  gsize *type = &qmp_struct_types[struct_id];

  if (g_once_init_enter (type))
    {
      const char *name = qmp_words + qmp_struct_rows[struct_id].name;
      g_once_init_leave (type, g_boxed_type_register_static (name, (GBoxedCopyFunc) qmp_struct_copy,
                                                             qmp_struct_free));
    }
  return *type;
}

gpointer
qmp_struct_new (guint struct_id)
{
  QmpStruct *structure = g_malloc0 (qmp_struct_rows[struct_id].size);

  structure->struct_id = struct_id;
  return structure;
}

static gpointer
copy_value (gconstpointer value, gpointer unused)
{
  return qmp_value_ref ((QmpValue *) value);
}

static gpointer
copy_string (gconstpointer string, gpointer unused)
{
  return g_strdup (string);
}

static gpointer
copy_struct (gconstpointer structure, gpointer unused)
{
  return qmp_struct_copy (structure);
}

/* What becomes of a pointer, alone or as an element. */
static const struct
{
  GCopyFunc copy;
  GDestroyNotify free;
} pointers[] = {
  [QMP_KIND_STRING] = { copy_string, g_free },
  [QMP_KIND_STRUCT] = { copy_struct, qmp_struct_free },
  [QMP_KIND_ANY] = { copy_value, (GDestroyNotify) qmp_value_unref },
};

static gpointer
copy_array (const QmpMemberRow *row, gpointer array)
{
  g_autoptr (GPtrArray) copy = NULL;
  GPtrArray *elements = array;

  if (row->kind < QMP_KIND_STRING)
    return g_array_copy (array);
  copy = g_ptr_array_new_full (elements->len, pointers[row->kind].free);
  for (guint i = 0; i < elements->len; i++)
    g_ptr_array_add (copy, pointers[row->kind].copy (elements->pdata[i], NULL));
  return g_steal_pointer (&copy);
}

static void
copy_member (const QmpMemberRow *row, gpointer copy)
{
  gpointer *member = &MEMBER (gpointer, copy, row);

  if (!*member)
    return;
  if (row->flags & QMP_ARRAY)
    *member = copy_array (row, *member);
  else
    *member = pointers[row->kind].copy (*member, NULL);
}

static void
free_member (const QmpMemberRow *row, gpointer structure)
{
  gpointer member = MEMBER (gpointer, structure, row);

  if (!member)
    return;
  if (!(row->flags & QMP_ARRAY))
    pointers[row->kind].free (member);
  else if (row->kind < QMP_KIND_STRING)
    g_array_unref (member);
  else
    g_ptr_array_unref (member);
}

static gboolean
is_pointer (const QmpMemberRow *row)
{
  return row->kind >= QMP_KIND_STRING || row->flags & QMP_ARRAY;
}

gpointer
qmp_struct_copy (gconstpointer structure)
{
  const QmpStructRow *row;
  const QmpMemberRow *members;
  QmpStruct *copy;

  g_return_val_if_fail (structure, NULL);

  row = &qmp_struct_rows[((const QmpStruct *) structure)->struct_id];
  members = &qmp_member_rows[row->first_member];
  copy = g_memdup2 (structure, row->size);
  if (copy->json)
    qmp_value_ref (copy->json);
  for (guint i = 0; i < row->n_members; i++)
    if (is_pointer (&members[i]))
      copy_member (&members[i], copy);
  return copy;
}

void
qmp_struct_free (gpointer structure)
{
  QmpStruct *head = structure;
  const QmpStructRow *row;
  const QmpMemberRow *members;

  if (!structure)
    return;
  row = &qmp_struct_rows[head->struct_id];
  members = &qmp_member_rows[row->first_member];
  for (guint i = 0; i < row->n_members; i++)
    if (is_pointer (&members[i]))
      free_member (&members[i], structure);
  g_clear_pointer (&head->json, qmp_value_unref);
  g_free (structure);
}
