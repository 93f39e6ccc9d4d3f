/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The settings of one run. The configuration file is read by one table; a word in it that is not
 * known is an error, so that a slip of the pen is never a setting without effect.
 */
#include "service/settings.h"

#include <pwd.h>
#include <unistd.h>

/* In this order: the first that exists is whom the guests of the system service run as. */
static const char *const default_users[] = { "virtbus-qemu", "nobody", NULL };

/* What the file can set; the table below says how. */
typedef struct
{
  char *path; /* (owned) of the file */
  char *user; /* (owned) (nullable) */
  gboolean sandbox;
  gboolean reject_deprecated;
  guint start_timeout_ms;
  guint command_timeout_ms;
  guint quit_timeout_ms;
  char *log_dir; /* (owned) (nullable) */
  guint idle_timeout_s;
} Values;

typedef struct Row Row;
struct Row
{
  const char *group;
  const char *key;
  gboolean (*parse) (const Row *row, const char *text, gpointer field, GError **error);
  gsize offset;
  guint min;
  guint max;
};

static void
values_clear (Values *values)
{
  g_free (values->path);
  g_free (values->user);
  g_free (values->log_dir);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Values, values_clear)

static gboolean
parse_boolean (const Row *row, const char *text, gpointer field, GError **error)
{
  if (!g_str_equal (text, "true") && !g_str_equal (text, "false"))
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                   "'%s' is neither 'true' nor 'false'", text);
      return FALSE;
    }
  *(gboolean *) field = g_str_equal (text, "true");
  return TRUE;
}

static gboolean
parse_number (const Row *row, const char *text, gpointer field, GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, row->min, row->max, &number, NULL))
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                   "'%s' is not a whole number from %u to %u", text, row->min, row->max);
      return FALSE;
    }
  *(guint *) field = (guint) number;
  return TRUE;
}

static gboolean
parse_folder (const Row *row, const char *text, gpointer field, GError **error)
{
  char **path = field;

  if (!g_path_is_absolute (text))
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                   "'%s' is not an absolute path", text);
      return FALSE;
    }
  g_free (*path);
  *path = g_strdup (text);
  return TRUE;
}

static gboolean
parse_user (const Row *row, const char *text, gpointer field, GError **error)
{
  char **name = field;

  if (getpwnam (text) == NULL)
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                   "there is no user '%s' on this host", text);
      return FALSE;
    }
  g_free (*name);
  *name = g_strdup (text);
  return TRUE;
}

#define ONE_HOUR_MS (60 * 60 * 1000)

static const Row rows[] = {
  { "qemu", "user", parse_user, G_STRUCT_OFFSET (Values, user), 0, 0 },
  { "qemu", "sandbox", parse_boolean, G_STRUCT_OFFSET (Values, sandbox), 0, 0 },
  { "qemu", "reject-deprecated", parse_boolean, G_STRUCT_OFFSET (Values, reject_deprecated), 0, 0 },
  { "qemu", "start-timeout-ms", parse_number, G_STRUCT_OFFSET (Values, start_timeout_ms), 1,
    ONE_HOUR_MS },
  { "qemu", "command-timeout-ms", parse_number, G_STRUCT_OFFSET (Values, command_timeout_ms), 1,
    ONE_HOUR_MS },
  { "qemu", "quit-timeout-ms", parse_number, G_STRUCT_OFFSET (Values, quit_timeout_ms), 1,
    ONE_HOUR_MS },
  { "service", "log-dir", parse_folder, G_STRUCT_OFFSET (Values, log_dir), 0, 0 },
  { "service", "idle-timeout", parse_number, G_STRUCT_OFFSET (Values, idle_timeout_s), 0,
    G_MAXINT },
};

static gboolean
values_set (Values *values, GKeyFile *file, const char *group, const char *key, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].group, group) && g_str_equal (rows[i].key, key))
      {
        g_autofree char *text = g_key_file_get_string (file, group, key, error);

        return text != NULL &&
               rows[i].parse (&rows[i], text, G_STRUCT_MEMBER_P (values, rows[i].offset), error);
      }
  g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND,
                       "no such setting is known");
  return FALSE;
}

static gboolean
values_set_all (Values *values, GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (char **group = groups; *group != NULL; group++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (file, *group, NULL, error);

      if (keys == NULL)
        return FALSE;
      for (char **key = keys; *key != NULL; key++)
        if (!values_set (values, file, *group, *key, error))
          {
            g_prefix_error (error, "%s: group [%s], key '%s': ", values->path, *group, *key);
            return FALSE;
          }
    }
  return TRUE;
}

/* Where nobody named a file, the default one may be absent. */
static gboolean
values_read (Values *values, const VbOptions *options, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local_error = NULL;

  if (options->config_path != NULL)
    values->path = g_strdup (options->config_path);
  else if (options->system_mode)
    values->path = g_strdup (VB_SYSCONFDIR "/virtbus/virtbus.conf");
  else
    values->path = g_build_filename (g_get_user_config_dir (), "virtbus", "virtbus.conf", NULL);

  if (g_key_file_load_from_file (file, values->path, G_KEY_FILE_NONE, &local_error))
    return values_set_all (values, file, error);
  if (options->config_path == NULL &&
      g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return TRUE;
  g_propagate_prefixed_error (error, g_steal_pointer (&local_error),
                              "cannot read the configuration %s: ", values->path);
  return FALSE;
}

/* Only root can run QEMU as somebody else, and only the system service has a reason to. */
static gboolean
choose_user (const Values *values, gboolean system_mode, VbQemuSettings *qemu, GError **error)
{
  const struct passwd *user = NULL;

  qemu->uid = qemu->gid = -1;
  if (!system_mode || geteuid () != 0)
    {
      if (values->user == NULL)
        return TRUE;
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                   "%s: group [qemu], key 'user': only the system service, run by root, can run "
                   "QEMU as another user; remove the key",
                   values->path);
      return FALSE;
    }
  if (values->user != NULL)
    user = getpwnam (values->user);
  for (const char *const *name = default_users; values->user == NULL && *name != NULL; name++)
    if ((user = getpwnam (*name)) != NULL)
      break;
  if (user == NULL)
    {
      g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                           "there is no unprivileged user to run QEMU as; make a user "
                           "'virtbus-qemu', or set 'user' in group [qemu] of the configuration");
      return FALSE;
    }
  qemu->uid = user->pw_uid;
  qemu->gid = user->pw_gid;
  return TRUE;
}

/* (transfer full) */
static char *
beside_configuration (const Values *values, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (values->path);
  return g_build_filename (folder, name, NULL);
}

static void
choose_folders (const Values *values, const VbOptions *options, VbEngineConfig *engine)
{
  const char *state_home = options->system_mode ? VB_LOCALSTATEDIR "/lib" : g_get_user_data_dir ();
  const char *runtime_home = options->system_mode ? "/run" : g_get_user_runtime_dir ();

  engine->state_dir = options->state_dir != NULL ? g_strdup (options->state_dir)
                                                 : g_build_filename (state_home, "virtbus", NULL);
  engine->secrets_dir = beside_configuration (values, "secrets");
  engine->certificates_dir = beside_configuration (values, "certificates");
  engine->runtime_dir = options->runtime_dir != NULL
                            ? g_strdup (options->runtime_dir)
                            : g_build_filename (runtime_home, "virtbus", NULL);
  if (values->log_dir != NULL)
    engine->log_dir = g_strdup (values->log_dir);
  else if (options->state_dir != NULL)
    engine->log_dir = g_build_filename (options->state_dir, "log", NULL);
  else if (options->system_mode)
    engine->log_dir = g_strdup (VB_LOCALSTATEDIR "/log/virtbus");
  else
    engine->log_dir = g_build_filename (g_get_user_state_dir (), "virtbus", "log", NULL);
  if (options->cache_dir != NULL)
    engine->cache_dir = g_strdup (options->cache_dir);
  else if (options->state_dir != NULL)
    engine->cache_dir = g_build_filename (options->state_dir, "cache", NULL);
  else
    engine->cache_dir = g_build_filename (options->system_mode ? VB_LOCALSTATEDIR "/cache"
                                                               : g_get_user_cache_dir (),
                                          "virtbus", NULL);
}

VbSettings *
vb_settings_load (const VbOptions *options, GError **error)
{
  g_auto (Values) values = {
    .sandbox = TRUE,
    .start_timeout_ms = 30 * 1000,
    .command_timeout_ms = 10 * 1000,
    .quit_timeout_ms = 5 * 1000,
  };
  g_autoptr (VbSettings) settings = g_new0 (VbSettings, 1);
  VbEngineConfig *engine = settings->engine = g_new0 (VbEngineConfig, 1);

  if (!values_read (&values, options, error) ||
      !choose_user (&values, options->system_mode, &engine->qemu, error))
    return NULL;

  choose_folders (&values, options, engine);
  engine->cgroups = vb_cgroups_new (NULL, options->system_mode ? VB_CGROUP_MANAGER_SYSTEM
                                                               : VB_CGROUP_MANAGER_USER);
  engine->qemu.sandbox = values.sandbox;
  engine->qemu.reject_deprecated = values.reject_deprecated;
  engine->qemu.start_timeout_ms = values.start_timeout_ms;
  engine->qemu.command_timeout_ms = values.command_timeout_ms;
  engine->qemu.quit_timeout_ms = values.quit_timeout_ms;
  settings->idle_timeout_s =
      options->idle_timeout_s >= 0 ? (guint) options->idle_timeout_s : values.idle_timeout_s;
  return g_steal_pointer (&settings);
}

void
vb_settings_free (VbSettings *settings)
{
  g_clear_pointer (&settings->engine, vb_engine_config_free);
  g_free (settings);
}
