/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An example of libqmp: asks a running QEMU how it is, and waits until something happens to it.
 *
 *   query /run/guest/monitor                 the socket of `-qmp unix:/run/guest/monitor,server=on`
 *   query /org/virtbus1/domain/_6d1c9a50_…   a domain of virtbus, on the session bus
 *
 * cc query.c $(pkg-config --cflags --libs libqmp-glib-1.0) -o query
 */
#include <qmp/qmp.h>

/* Where it comes from makes no difference to what can be done with a session. */
static QmpSession *
find (const char *place, GError **error)
{
  g_autoptr (GDBusConnection) bus = NULL;

  if (!g_str_has_prefix (place, "/org/virtbus1/domain/"))
    return qmp_session_connect_sync (place, 0, NULL, error);

  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, error);
  return bus ? qmp_session_new_for_domain_sync (bus, place, QMP_DOMAIN_NONE, 0, NULL, error) : NULL;
}

static gboolean
print_status (QmpSession *session, GError **error)
{
  g_autoptr (QmpValue) version = qmp_value_get (qmp_session_get_greeting (session), "version");
  g_autoptr (QmpValue) qemu = qmp_value_get (version, "qemu");
  g_autoptr (QmpStatusInfo) status = NULL;
  g_autoptr (QmpValue) name = NULL;

  /* A command of the schema has a function and structures; any other goes by its name. */
  status = qmp_session_query_status_sync (session, 0, NULL, error);
  if (!status)
    return FALSE;
  name = qmp_session_call_sync (session, "query-name", NULL, 0, NULL, error);
  if (!name)
    return FALSE;

  g_print ("QEMU %" G_GINT64_FORMAT ".%" G_GINT64_FORMAT "\n", qmp_value_get_int (qemu, "major", 0),
           qmp_value_get_int (qemu, "minor", 0));
  g_print ("name %s\n",
           qmp_value_has (name, "name") ? qmp_value_get_string (name, "name") : "none");
  g_print ("status %s\n", qmp_run_state_to_string (status->status));
  return TRUE;
}

static void
on_event (QmpSession *session, const char *name, QmpValue *data, gint64 timestamp_us, gpointer loop)
{
  g_autofree char *text = data ? qmp_value_to_string (data) : g_strdup ("{}");

  g_print ("event %s %s\n", name, text);
  g_main_loop_quit (loop);
}

static void
on_closed (QmpSession *session, GError *error, gpointer loop)
{
  g_print ("closed: %s\n", error->message);
  g_main_loop_quit (loop);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSession) session = NULL;

  if (argc != 2)
    {
      g_printerr ("usage: %s SOCKET|DOMAIN\n", argv[0]);
      return 2;
    }
  session = find (argv[1], &error);
  /* Events are masked unless asked for, before the session is open so that none is missed. */
  if (session)
    {
      qmp_session_subscribe (session, "*");
      g_signal_connect (session, "event", G_CALLBACK (on_event), loop);
      g_signal_connect (session, "closed", G_CALLBACK (on_closed), loop);
    }
  if (!session || !qmp_session_open_sync (session, 0, NULL, &error) ||
      !print_status (session, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  g_main_loop_run (loop);
  return 0;
}
