/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The text of a stored definition: a processing instruction with what the service notes, then the
 * canonical document. The instruction's attributes are read as those of an element.
 */
#include "engine/stored.h"

#include "engine/engine-error.h"

#include <string.h>

#define INSTRUCTION "<?virtbus"

typedef struct
{
  guint64 generation;
  gboolean autostart;
  char *owner;
  char *retired;
} Notes;

static void
notes_clear (Notes *notes)
{
  g_free (notes->owner);
  g_free (notes->retired);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Notes, notes_clear)

static void
read_note (Notes *notes, const char *name, const char *value)
{
  if (strcmp (name, "generation") == 0)
    notes->generation = g_ascii_strtoull (value, NULL, 10);
  else if (strcmp (name, "autostart") == 0)
    notes->autostart = strcmp (value, "yes") == 0;
  else if (strcmp (name, "owner") == 0 && notes->owner == NULL)
    notes->owner = g_strdup (value);
  else if (strcmp (name, "retired") == 0 && notes->retired == NULL)
    notes->retired = g_strdup (value);
}

static void
on_start_element (GMarkupParseContext *context,
                  const char *element,
                  const char **names,
                  const char **values,
                  gpointer user_data,
                  GError **error)
{
  for (gsize i = 0; names[i] != NULL; i++)
    read_note (user_data, names[i], values[i]);
}

static gboolean
parse_notes (const char *attributes, gsize length, Notes *notes, GError **error)
{
  static const GMarkupParser parser = { .start_element = on_start_element };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, notes, NULL);

  return g_markup_parse_context_parse (context, "<notes ", -1, error) &&
         g_markup_parse_context_parse (context, attributes, (gssize) length, error) &&
         g_markup_parse_context_parse (context, "/>", -1, error) &&
         g_markup_parse_context_end_parse (context, error);
}

static void
retire (GPtrArray *retired, const char *alias)
{
  if (alias != NULL && !g_ptr_array_find_with_equal_func (retired, alias, g_str_equal, NULL))
    g_ptr_array_add (retired, g_strdup (alias));
}

static char **
list_retired (const VbStored *previous, const VbDomain *definition)
{
  GPtrArray *retired = g_ptr_array_new ();

  for (gsize i = 0; previous->retired[i] != NULL; i++)
    if (vb_domain_find_device (definition, previous->retired[i]) == NULL)
      retire (retired, previous->retired[i]);
  for (guint i = 0; i < previous->definition->devices->len; i++)
    {
      const VbDevice *device = previous->definition->devices->pdata[i];

      if (device->alias != NULL && vb_domain_find_device (definition, device->alias) == NULL)
        retire (retired, device->alias);
    }
  g_ptr_array_add (retired, NULL);
  return (char **) g_ptr_array_free (retired, FALSE);
}

VbStored *
vb_stored_new (
    VbDomain *definition, guint64 generation, gboolean autostart, const char *owner, char **retired)
{
  VbStored *stored = g_new0 (VbStored, 1);

  g_atomic_ref_count_init (&stored->ref_count);
  stored->definition = definition;
  stored->generation = generation;
  stored->autostart = autostart;
  stored->owner = g_strdup (owner);
  stored->retired = retired != NULL ? retired : g_new0 (char *, 1);
  return stored;
}

VbStored *
vb_stored_ref (VbStored *stored)
{
  g_atomic_ref_count_inc (&stored->ref_count);
  return stored;
}

void
vb_stored_unref (VbStored *stored)
{
  if (!g_atomic_ref_count_dec (&stored->ref_count))
    return;
  vb_domain_unref (stored->definition);
  g_free (stored->owner);
  g_strfreev (stored->retired);
  g_free (stored);
}

VbStored *
vb_stored_succeed (VbStored *previous, VbDomain *definition)
{
  if (vb_domain_equal (previous->definition, definition))
    {
      vb_domain_unref (definition);
      return vb_stored_ref (previous);
    }
  return vb_stored_new (definition, previous->generation + 1, previous->autostart, previous->owner,
                        list_retired (previous, definition));
}

VbStored *
vb_stored_with_autostart (VbStored *previous, gboolean autostart)
{
  return vb_stored_new (vb_domain_ref (previous->definition), previous->generation, autostart,
                        previous->owner, g_strdupv (previous->retired));
}

char *
vb_stored_format (const VbStored *stored)
{
  g_autofree char *document = vb_domain_format (stored->definition, VB_FORMAT_SECURE);
  g_autofree char *retired = g_strjoinv (" ", stored->retired);
  g_autofree char *notes =
      g_markup_printf_escaped ("generation=\"%" G_GUINT64_FORMAT
                               "\" autostart=\"%s\" owner=\"%s\" retired=\"%s\"",
                               stored->generation, stored->autostart ? "yes" : "no",
                               stored->owner != NULL ? stored->owner : "", retired);

  return g_strconcat (INSTRUCTION " ", notes, "?>\n", document, NULL);
}

VbStored *
vb_stored_parse (const char *text, gsize length, GError **error)
{
  g_auto (Notes) notes = { 0 };
  g_autoptr (VbDomain) definition = NULL;
  g_auto (GStrv) retired = NULL;
  const char *attributes = text + strlen (INSTRUCTION);
  const char *end =
      g_str_has_prefix (text, INSTRUCTION) ? g_strstr_len (text, (gssize) length, "?>") : NULL;
  const char *owner;

  if (end == NULL || !parse_notes (attributes, (gsize) (end - attributes), &notes, NULL) ||
      notes.generation == 0)
    {
      g_set_error_literal (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                           "it does not begin with the line that the service writes there");
      return NULL;
    }
  end += strlen ("?>");
  definition = vb_domain_parse (end, length - (gsize) (end - text), FALSE, NULL, error);
  if (definition == NULL)
    return NULL;

  retired = g_strsplit (notes.retired != NULL ? notes.retired : "", " ", -1);
  vb_domain_complete (definition, NULL, (const char *const *) retired);
  owner = notes.owner != NULL && *notes.owner != '\0' ? notes.owner : NULL;
  return vb_stored_new (g_steal_pointer (&definition), notes.generation, notes.autostart, owner,
                        g_steal_pointer (&retired));
}
