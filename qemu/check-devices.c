/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a start would ask an emulator for, against what it says that it can do: models, their
 * properties, back ends. It goes by the options that the start itself would use, so that nothing can
 * be checked otherwise than it is asked for. The schema of devices says which part of the domain asks
 * for it, and what would do instead.
 */
#include "qemu/alternatives.h"
#include "qemu/argv.h"
#include "qemu/check-parts.h"
#include "qemu/device-value.h"
#include "qemu/known-devices.h"

#include <string.h>

/* Of no meaning: nothing is opened. */
#define RUNTIME_FOLDER "/run"
#define LOG_PATH "/run/log"

/* What options are about, and what QEMU lists of it. */
typedef struct
{
  const char *option;
  const char *member; /* (nullable) of its JSON, with the name; %NULL: the option itself is it */
  VbSchemaKind schema;
  VbEmulatorWord word; /* where it is no device */
  const char *noun;
} Subject;

static const Subject subjects[] = {
  { "-device", "driver", VB_SCHEMA_DEVICE, VB_N_EMULATOR_WORDS, "device" },
  { "-netdev", "type", VB_SCHEMA_NETDEV, VB_EMULATOR_WORD_NETDEV, "network back end" },
  { "-chardev", "backend", VB_SCHEMA_CHARDEV, VB_EMULATOR_WORD_CHARDEV, "character back end" },
  { "-blockdev", "driver", VB_SCHEMA_BLOCKDEV, VB_EMULATOR_WORD_BLOCKDEV, "block driver" },
  { "-object", "qom-type", VB_SCHEMA_OBJECT, VB_EMULATOR_WORD_OBJECT, "object" },
  { "-display", "type", VB_SCHEMA_DISPLAY, VB_EMULATOR_WORD_DISPLAY, "display" },
  { "-vnc", NULL, VB_SCHEMA_OPTION, VB_EMULATOR_WORD_OPTION, "option" },
  { "-spice", NULL, VB_SCHEMA_OPTION, VB_EMULATOR_WORD_OPTION, "option" },
};

/* Members of a `-device` that are no properties. */
static const char *const general_members[] = { "driver", "id", "bus", NULL };

/* One thing that is asked for. */
typedef struct
{
  VbCheck *check;
  VbKnownDevices *devices;
  const Subject *subject;
  const VbArgument *argument;
  const char *name;           /* QEMU's */
  const VbSchemaEntry *entry; /* (nullable) */
  const char *version;        /* of QEMU */
} Request;

/* Whether @place is one of the element of the device that asks. */
static gboolean
is_place_of (const Request *request, const VbSchemaPlace *place)
{
  const VbDevice *device = request->argument->device;
  const char *element = device != NULL ? vb_device_kind_to_string (device->kind) : "";
  gsize length = strcspn (place->slot, "[/");

  if (device == NULL)
    return *place->slot == '/';
  return *place->slot == '*' ||
         (strlen (element) == length && strncmp (element, place->slot, length) == 0);
}

/* (nullable) */
static const VbSchemaPlace *
find_place (const Request *request)
{
  for (guint i = 0; request->entry != NULL && i < request->entry->n_places; i++)
    if (is_place_of (request, &request->entry->places[i]))
      return &request->entry->places[i];
  return NULL;
}

/* @rest: below the element of the device */
static void G_GNUC_PRINTF (3, 4)
    refuse (const Request *request, const char *rest, const char *format, ...)
{
  const VbSchemaPlace *place = find_place (request);
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (request->argument->device != NULL)
    vb_check_refuse_device (request->check, request->argument->device, rest, "%s", message);
  else
    vb_check_refuse (request->check, place != NULL ? place->slot : VB_CHECK_EMULATOR_PATH, "%s",
                     message);
}

static gboolean
is_available (const Request *request, const char *name)
{
  if (request->subject->schema == VB_SCHEMA_DEVICE)
    return vb_known_devices_get (request->devices, name)->is_pluggable;
  return vb_emulator_facts_has (request->check->facts, request->subject->word, name);
}

static gboolean
has_place (const VbSchemaEntry *entry, const VbSchemaPlace *wanted)
{
  for (guint i = 0; i < entry->n_places; i++)
    if (g_str_equal (entry->places[i].slot, wanted->slot) &&
        g_strcmp0 (entry->places[i].word, wanted->word) == 0)
      return TRUE;
  return FALSE;
}

static void
collect_words (const Request *request,
               const VbSchemaPlace *place,
               const VbSchemaEntry *other,
               GPtrArray *words)
{
  for (guint i = 0; i < other->n_places; i++)
    {
      const VbSchemaPlace *candidate = &other->places[i];
      gboolean is_alternative = candidate->word != NULL &&
                                g_str_equal (candidate->slot, place->slot) &&
                                !has_place (request->entry, candidate);

      if (is_alternative &&
          !g_ptr_array_find_with_equal_func (words, candidate->word, g_str_equal, NULL))
        g_ptr_array_add (words, (gpointer) candidate->word);
    }
}

/* (transfer container) (element-type utf8): what can stand in the place of what is missing. Another
 * back end would be something else. */
static GPtrArray *
list_alternatives (const Request *request)
{
  const VbSchemaList *list = &vb_schema_lists[request->subject->schema];
  const VbSchemaPlace *place = find_place (request);
  GPtrArray *words = g_ptr_array_new ();

  if (place == NULL || request->subject->schema != VB_SCHEMA_DEVICE)
    return words;
  for (guint i = 0; i < list->n_entries; i++)
    if (is_available (request, list->entries[i].name))
      collect_words (request, place, &list->entries[i], words);
  return words;
}

/* (transfer full): where there is neither a package nor an alternative */
static char *
describe_last_remedy (const Request *request)
{
  if (request->entry != NULL && request->entry->instead != NULL)
    return g_strdup (request->entry->instead);
  return g_strdup_printf ("%sname an <emulator> that has it",
                          request->argument->device != NULL ? "remove it, or " : "");
}

static char *
describe_remedy (const Request *request)
{
  g_autoptr (GPtrArray) words = list_alternatives (request);
  const char *package = request->entry != NULL ? request->entry->package : NULL;
  g_autofree char *alternatives = NULL;

  g_ptr_array_add (words, NULL);
  alternatives = vb_alternatives_join ((const char *const *) words->pdata);
  if (*alternatives == '\0')
    return package != NULL ? g_strdup_printf ("install %s", package)
                           : describe_last_remedy (request);
  return g_strdup_printf ("%s%s%suse %s", package != NULL ? "install " : "",
                          package != NULL ? package : "", package != NULL ? ", or " : "",
                          alternatives);
}

static void
refuse_name (const Request *request, const char *problem)
{
  const VbSchemaPlace *place = find_place (request);
  g_autofree char *remedy = describe_remedy (request);

  refuse (request, place != NULL ? place->path : "", "this QEMU (%s) %s %s '%s'; %s",
          request->version, problem, request->subject->noun, request->name, remedy);
}

/* @property: (nullable). (transfer full): the path below the device's element */
static char *
get_property_path (const VbSchemaProperty *property)
{
  return property != NULL && property->xml != NULL ? g_strconcat ("/", property->xml, NULL)
                                                   : g_strdup ("");
}

static void
refuse_property (const Request *request, const char *member, const VbSchemaProperty *property)
{
  const char *since = property != NULL ? property->since : NULL;
  g_autofree char *path = get_property_path (property);

  refuse (request, path,
          "device '%s' of this QEMU (%s) has no '%s'%s%s; remove %s, or name an <emulator> that "
          "has it",
          request->name, request->version, member, since != NULL ? ", which came with QEMU " : "",
          since != NULL ? since : "", *path != '\0' ? path + 1 : "the device");
}

static void
refuse_value (const Request *request,
              const char *member,
              const VbSchemaProperty *property,
              const char *reason)
{
  g_autofree char *path = get_property_path (property);

  refuse (request, path, "'%s' of device '%s' must be %s", member, request->name, reason);
}

static void
check_property (const Request *request, const VbKnownDevice *device, const char *member)
{
  const VbKnownProperty *property =
      vb_known_devices_get_property (request->devices, device, member);
  g_autoptr (QmpValue) value = qmp_value_get (request->argument->json, member);
  g_autofree char *reason = NULL;

  if (property->type == NULL)
    refuse_property (request, member, property->schema);
  else
    reason = vb_device_value_refuse (property->type, property->schema, value);
  if (reason != NULL)
    refuse_value (request, member, property->schema, reason);
}

static void
check_device (const Request *request)
{
  const VbKnownDevice *device = vb_known_devices_get (request->devices, request->name);
  g_autoptr (GPtrArray) members = NULL;

  if (!device->is_pluggable)
    refuse_name (request, device->is_there ? "cannot be given a" : "has no");
  if (!device->is_pluggable || !device->has_properties)
    return;
  members = qmp_value_list_members (request->argument->json);
  for (guint i = 0; i < members->len; i++)
    if (!g_strv_contains (general_members, g_ptr_array_index (members, i)))
      check_property (request, device, g_ptr_array_index (members, i));
}

/* (transfer full): the name of what @argument asks for */
static char *
get_name (const Subject *subject, const VbArgument *argument)
{
  if (subject->member == NULL)
    return g_strdup (argument->option + 1);
  if (argument->json != NULL)
    return g_strdup (qmp_value_get_string (argument->json, subject->member));
  return g_strndup (argument->text, strcspn (argument->text, ","));
}

static void
check_argument (VbCheck *check,
                VbKnownDevices *devices,
                const Subject *subject,
                const VbArgument *argument)
{
  g_autofree char *name = get_name (subject, argument);
  const Request request = { check,
                            devices,
                            subject,
                            argument,
                            name,
                            vb_schema_find (subject->schema, name),
                            vb_emulator_facts_get_version (check->facts) };

  if (subject->schema == VB_SCHEMA_DEVICE)
    check_device (&request);
  else if (!is_available (&request, name))
    refuse_name (&request, "has no");
}

void
vb_check_devices (VbCheck *check)
{
  static const VbArgvOptions options = { 0 };
  g_autoptr (VbDescriptors) descriptors =
      vb_descriptors_new (check->domain, RUNTIME_FOLDER, LOG_PATH, NULL);
  g_autoptr (GPtrArray) arguments = vb_argv_list (check->domain, descriptors, &options);
  g_autoptr (VbKnownDevices) devices = vb_known_devices_new (check->facts);

  for (guint i = 0; i < arguments->len; i++)
    {
      const VbArgument *argument = g_ptr_array_index (arguments, i);

      for (guint j = 0; j < G_N_ELEMENTS (subjects); j++)
        if (g_str_equal (subjects[j].option, argument->option))
          check_argument (check, devices, &subjects[j], argument);
    }
}
