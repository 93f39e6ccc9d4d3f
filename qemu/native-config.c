/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Options to sections. What QEMU 7.2 reads: `[group]` or `[group "id"]`, then `key = "value"`, all
 * values as text, nothing quoted or escaped within them (util/qemu-config.c). Options whose groups it
 * does not have (-blockdev, -audiodev, -display, -k, -uuid) and values that cannot be said so stay
 * arguments.
 */
#include "qemu/native-config.h"

#include "qemu/argv.h"
#include "qemu/shell-words.h"

#include <string.h>

/* Of QEMU's buffers, without the ends of line and text. */
#define MAX_LINE_BYTES 1022
#define MAX_NAME_BYTES 63

#define HEAD                                                                                       \
  "# A machine, as a configuration file of QEMU. What QEMU takes on its command line alone "       \
  "stands\n"                                                                                       \
  "# behind \"#$\". To start it, save this text as guest.conf, and run:\n"                         \
  "#   FILE=guest.conf sh -c \"$(sed -n 's/^#\\$ //p' guest.conf)\"\n\n"
#define COMMAND_PREFIX "#$ "

typedef enum
{
  VALUE_LIST,   /* key=value,… or JSON; the first key may be left out */
  VALUE_PLAIN,  /* what is said of one key */
  VALUE_GLOBAL, /* driver.property=value */
  VALUE_NONE,   /* no value follows: the key is off */
} ValueForm;

static const struct
{
  const char *option;
  const char *group;
  const char *key; /* (nullable) the one that may be left out, or the only one */
  ValueForm form;
} rows[] = {
  { "-name", "name", "guest", VALUE_LIST },
  { "-machine", "machine", "type", VALUE_LIST },
  { "-no-acpi", "machine", "acpi", VALUE_NONE },
  { "-bios", "machine", "firmware", VALUE_PLAIN },
  { "-kernel", "machine", "kernel", VALUE_PLAIN },
  { "-initrd", "machine", "initrd", VALUE_PLAIN },
  { "-append", "machine", "append", VALUE_PLAIN },
  { "-m", "memory", "size", VALUE_LIST },
  { "-smp", "smp-opts", "cpus", VALUE_LIST },
  { "-rtc", "rtc", NULL, VALUE_LIST },
  { "-boot", "boot-opts", "order", VALUE_LIST },
  { "-action", "action", NULL, VALUE_LIST },
  { "-global", "global", NULL, VALUE_GLOBAL },
  { "-chardev", "chardev", "backend", VALUE_LIST },
  { "-netdev", "netdev", "type", VALUE_LIST },
  { "-object", "object", "qom-type", VALUE_LIST },
  { "-vnc", "vnc", "vnc", VALUE_LIST },
  { "-device", "device", "driver", VALUE_LIST },
};

typedef struct
{
  char *title;   /* (owned) "[device "net0"]" */
  GString *body; /* (owned) its lines */
} Section;

typedef struct
{
  GPtrArray *sections;         /* (owned) (element-type Section) */
  GPtrArray *command;          /* (owned) (element-type utf8) */
  gboolean keeps_devices_back; /* one could not be said: the ones after it may need it */
} Config;

static void
section_free (Section *section)
{
  g_free (section->title);
  g_string_free (section->body, TRUE);
  g_free (section);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Section, section_free)

static Section *
section_new (void)
{
  Section *section = g_new0 (Section, 1);
  section->body = g_string_new (NULL);
  return section;
}

/* What QEMU takes as an id: a letter, then letters, digits, '-', '.' and '_'. */
static gboolean
is_id (const char *text)
{
  gsize length = strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._");
  return g_ascii_isalpha (text[0]) && text[length] == '\0' && length <= MAX_NAME_BYTES;
}

static gboolean
section_set_title (Section *section, const char *group, const char *id)
{
  g_free (section->title);
  section->title =
      id != NULL ? g_strdup_printf ("[%s \"%s\"]", group, id) : g_strdup_printf ("[%s]", group);
  return id == NULL || is_id (id);
}

/* %FALSE where QEMU could not read it back. */
static gboolean
section_add (Section *section, const char *key, const char *value)
{
  gsize start = section->body->len;
  g_string_append_printf (section->body, "  %s = \"%s\"\n", key, value);
  return strpbrk (value, "\"\n") == NULL && strlen (key) <= MAX_NAME_BYTES &&
         section->body->len - start <= MAX_LINE_BYTES;
}

static gboolean
add_pair (Section *section, const char *group, const char *key, const char *value)
{
  return g_str_equal (key, "id") ? section_set_title (section, group, value)
                                 : section_add (section, key, value);
}

/* (transfer full) (nullable): as QEMU reads it from text; %NULL for what has parts */
static char *
get_text (const QmpValue *value)
{
  gboolean truth;
  const char *string = qmp_value_as_string (value);
  double number;

  if (string != NULL)
    return g_strdup (string);
  if (qmp_value_as_boolean (value, &truth))
    return g_strdup (truth ? "on" : "off");
  return qmp_value_as_number (value, &number) ? qmp_value_to_string (value) : NULL;
}

static gboolean
read_json (Section *section, const char *group, const QmpValue *object)
{
  g_autoptr (GPtrArray) members = qmp_value_list_members (object);

  for (guint i = 0; i < members->len; i++)
    {
      const char *key = g_ptr_array_index (members, i);
      g_autoptr (QmpValue) value = qmp_value_get (object, key);
      g_autofree char *text = get_text (value);

      if (text == NULL || !add_pair (section, group, key, text))
        return FALSE;
    }
  return TRUE;
}

/* (transfer full): up to a single comma, which ends it; @list is moved behind that */
static char *
take_item (const char **list)
{
  GString *item = g_string_new (NULL);
  const char *c = *list;

  for (; *c != '\0' && (c[0] != ',' || c[1] == ','); c++)
    {
      g_string_append_c (item, *c);
      c += *c == ',';
    }
  *list = *c == ',' ? c + 1 : c;
  return g_string_free (item, FALSE);
}

static gboolean
read_list (Section *section, const char *group, const char *first_key, const char *list)
{
  for (gboolean is_first = TRUE; *list != '\0'; is_first = FALSE)
    {
      g_autofree char *item = take_item (&list);
      char *equals = strchr (item, '=');
      const char *key = item;

      if (equals != NULL)
        *equals++ = '\0';
      else if (is_first && first_key != NULL)
        {
          equals = item;
          key = first_key;
        }
      else
        return FALSE;
      if (!add_pair (section, group, key, equals))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_global (Section *section, const char *value)
{
  g_auto (GStrv) sides = g_strsplit (value, "=", 2);
  g_auto (GStrv) names = g_strsplit (sides[0] != NULL ? sides[0] : "", ".", 2);

  return g_strv_length (sides) == 2 && g_strv_length (names) == 2 &&
         section_add (section, "driver", names[0]) && section_add (section, "property", names[1]) &&
         section_add (section, "value", sides[1]);
}

static gboolean
read_argument (Section *section, guint row, const VbArgument *argument)
{
  const char *group = rows[row].group;

  /* The server that `-vnc` means. */
  section_set_title (section, group, g_str_equal (group, "vnc") ? "default" : NULL);
  switch (rows[row].form)
    {
    case VALUE_LIST:
      return argument->json != NULL ? read_json (section, group, argument->json)
                                    : read_list (section, group, rows[row].key, argument->text);
    case VALUE_PLAIN:
      return section_add (section, rows[row].key, argument->text);
    case VALUE_GLOBAL:
      return read_global (section, argument->text);
    case VALUE_NONE:
      return section_add (section, rows[row].key, "off");
    }
  return FALSE;
}

/* Several options make one machine. @section: (transfer full) */
static void
config_add (Config *config, Section *section, const char *group)
{
  for (guint i = 0; g_str_equal (group, "machine") && i < config->sections->len; i++)
    {
      Section *other = g_ptr_array_index (config->sections, i);

      if (g_str_equal (other->title, section->title))
        {
          g_string_append (other->body, section->body->str);
          section_free (section);
          return;
        }
    }
  g_ptr_array_add (config->sections, section);
}

static guint
find_row (const char *option)
{
  guint row = 0;

  while (row < G_N_ELEMENTS (rows) && !g_str_equal (rows[row].option, option))
    row++;
  return row;
}

/* Whether the argument became a section. Devices that QEMU reads from a file are made before those
 * that are JSON on the command line. */
static gboolean
config_take (Config *config, const VbArgument *argument)
{
  g_autoptr (Section) section = section_new ();
  gboolean is_device = g_str_equal (argument->option, "-device");
  guint row = find_row (argument->option);

  if (row == G_N_ELEMENTS (rows) || (is_device && config->keeps_devices_back) ||
      !read_argument (section, row, argument))
    {
      config->keeps_devices_back |= is_device;
      return FALSE;
    }
  config_add (config, g_steal_pointer (&section), rows[row].group);
  return TRUE;
}

static void
config_leave (Config *config, const VbArgument *argument)
{
  /* Its words become the command's. */
  g_autofree char **words = vb_argument_to_words (argument);

  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (config->command, words[i]);
}

/* Each line of the command behind its prefix; QEMU takes all of them for comments. */
static void
append_command (GString *text, GPtrArray *words)
{
  g_autofree char *command = NULL;

  g_ptr_array_add (words, NULL);
  command = vb_shell_words_join_pretty ((const char *const *) words->pdata);
  g_string_append (text, COMMAND_PREFIX);
  for (const char *c = command; *c != '\0'; c++)
    {
      g_string_append_c (text, *c);
      if (*c == '\n')
        g_string_append (text, COMMAND_PREFIX);
    }
}

char *
vb_native_config_format (const char *const *command, const GPtrArray *arguments)
{
  g_autoptr (GPtrArray) sections = g_ptr_array_new_with_free_func ((GDestroyNotify) section_free);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  Config config = { sections, words, FALSE };
  GString *text = g_string_new (HEAD);

  for (guint i = 0; command[i] != NULL; i++)
    g_ptr_array_add (words, g_strdup (command[i]));
  for (guint i = 0; i < arguments->len; i++)
    if (!config_take (&config, g_ptr_array_index (arguments, i)))
      config_leave (&config, g_ptr_array_index (arguments, i));

  append_command (text, words);
  g_string_append (text, " \\\n" COMMAND_PREFIX "  -readconfig \"$FILE\"\n");
  for (guint i = 0; i < sections->len; i++)
    {
      const Section *section = g_ptr_array_index (sections, i);
      g_string_append_printf (text, "\n%s\n%s", section->title, section->body->str);
    }
  return g_string_free (text, FALSE);
}
