/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A bare GDBus object that answers with a prepared value.
 */
#include "tests/bench/echo.h"

#define ECHO_PATH "/echo"
#define ECHO_INTERFACE "org.virtbus1.bench.Echo"

static const char description[] =
    "<node><interface name='" ECHO_INTERFACE "'><method name='Get'>"
    "<arg type='a{oa{sa{sv}}}' direction='out'/></method></interface></node>";

struct _BenchEcho
{
  GMainContext *context; /* (owned) */
  GMainLoop *loop;       /* (owned) */
  GThread *thread;       /* (owned) */
  GDBusConnection *bus;  /* (owned) */
  GDBusNodeInfo *info;   /* (owned) */
  GVariant *reply;       /* (owned) */
};

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface_name,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  BenchEcho *echo = user_data;

  g_dbus_method_invocation_return_value (invocation, echo->reply);
}

static gpointer
serve (gpointer user_data)
{
  BenchEcho *echo = user_data;

  g_main_context_push_thread_default (echo->context);
  g_main_loop_run (echo->loop);
  g_main_context_pop_thread_default (echo->context);
  return NULL;
}

/* Before the thread runs, so that the first call finds it; its calls come to the thread. */
static void
register_object (BenchEcho *echo)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };

  g_main_context_push_thread_default (echo->context);
  g_dbus_connection_register_object (echo->bus, ECHO_PATH, echo->info->interfaces[0], &vtable, echo,
                                     NULL, NULL);
  g_main_context_pop_thread_default (echo->context);
}

BenchEcho *
bench_echo_new (const char *address, GVariant *reply)
{
  BenchEcho *echo = g_new0 (BenchEcho, 1);
  g_autoptr (GError) error = NULL;

  echo->reply = g_variant_ref (reply);
  echo->info = g_dbus_node_info_new_for_xml (description, NULL);
  echo->context = g_main_context_new ();
  echo->loop = g_main_loop_new (echo->context, FALSE);
  echo->bus =
      g_dbus_connection_new_for_address_sync (address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  if (echo->bus == NULL)
    g_error ("bench: echo: %s", error->message);
  register_object (echo);
  echo->thread = g_thread_new ("echo", serve, echo);
  return echo;
}

void
bench_echo_free (BenchEcho *echo)
{
  g_main_loop_quit (echo->loop);
  g_thread_join (echo->thread);
  g_object_unref (echo->bus);
  g_main_loop_unref (echo->loop);
  g_main_context_unref (echo->context);
  g_dbus_node_info_unref (echo->info);
  g_variant_unref (echo->reply);
  g_free (echo);
}

gint64
bench_echo_time (BenchEcho *echo, GDBusConnection *bus)
{
  g_autoptr (GError) error = NULL;
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_sync (bus, g_dbus_connection_get_unique_name (echo->bus), ECHO_PATH,
                                   ECHO_INTERFACE, "Get", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, 60000,
                                   NULL, &error);

  if (reply == NULL)
    g_error ("bench: echo: %s", error->message);
  return g_get_monotonic_time () - begin;
}
