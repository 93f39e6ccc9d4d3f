/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A private bus with the object layer on one connection, over a real engine in a folder of its own,
 * and a client on another. Both live in this thread: who waits iterates the main context.
 */
#pragma once

#include "objects/bus-tree.h"
#include "tests/bus/private-bus.h"
#include "tests/bus/scripted-authority.h"
#include "tests/fixtures/host-tree.h"

#define ROOT "/org/virtbus1"
#define MANAGER "org.virtbus1.Manager"
#define DOMAIN "org.virtbus1.Domain"
#define DEVICE "org.virtbus1.Device"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"

#define ERROR(word) "org.virtbus1.Error." word
#define DBUS_ERROR(word) "org.freedesktop.DBus.Error." word

/* A UUID for domains of tests, and its path */
#define UUID "11111111-2222-4333-8444-555555555555"
#define UUID_PATH ROOT "/domain/_11111111_2222_4333_8444_555555555555"

typedef struct
{
  char *folder; /* (owned) */
  PrivateBus bus;
  GDBusConnection *service;
  GDBusConnection *client;
  ScriptedAuthority *authority;
  VbHost *host;
  VbEngine *engine;
  HostTree *host_tree; /* the host's devices: none at first; it has no control groups either */
  VbHostDevices *host_devices;
  VbBusTree *tree;
  gboolean system_mode;
  gboolean leaves_emulators; /* to be set before: they are not asked beforehand */
  GMutex lock;
  GPtrArray *messages; /* (element-type GDBusMessage) what came from the service, as on the wire */
} Fixture;

void fixture_set_up (Fixture *fixture, gconstpointer data);
/* Ends all machines; nothing may be left. */
void fixture_tear_down (Fixture *fixture, gconstpointer data);
#define fixture_add(path, test)                                                                    \
  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

/* As on a system bus, where callers are of many users */
#define fixture_add_system(path, test)                                                             \
  g_test_add (path, Fixture, "system", fixture_set_up, test, fixture_tear_down)

/* Has the devices of the host read anew, from the host tree and without signals. */
void fixture_load_host_devices (Fixture *fixture);

/* The bus side goes, and a new one comes; the engine stays. */
void fixture_unexport (Fixture *fixture);
void fixture_export (Fixture *fixture);

/* Iterates the main context until @condition holds. */
#define fixture_wait_for(condition)                                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
  }                                                                                                \
  G_STMT_END

/* Calls as the client and waits for the reply. @parameters: floating. (transfer full) (nullable) */
GVariant *fixture_try (Fixture *fixture,
                       const char *path,
                       const char *interface,
                       const char *method,
                       GVariant *parameters,
                       GError **error);
/* The same, which must succeed */
GVariant *fixture_call (Fixture *fixture,
                        const char *path,
                        const char *interface,
                        const char *method,
                        GVariant *parameters);
/* The same, which must fail with the error called @name. (transfer full): the message */
char *fixture_fail (Fixture *fixture,
                    const char *path,
                    const char *interface,
                    const char *method,
                    GVariant *parameters,
                    const char *name);
/* Starts a call. @reply gets what comes back. */
typedef struct
{
  GVariant *value; /* (owned) (nullable) */
  GError *error;   /* (owned) (nullable) */
  gboolean is_there;
} Reply;
void fixture_send (GDBusConnection *client,
                   Fixture *fixture,
                   const char *path,
                   const char *interface,
                   const char *method,
                   GVariant *parameters,
                   GDBusCallFlags flags,
                   Reply *reply);
void reply_clear (Reply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reply, reply_clear)

/* Floating `a{sv}` of options: pairs of a name and a floating value, ending with %NULL */
GVariant *options (const char *name, ...) G_GNUC_NULL_TERMINATED;
#define no_options g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)

/* A small domain; @devices is more XML for its <devices>. @uuid: (nullable) */
char *domain_xml (const char *name, const char *uuid, const char *devices);
/* Defines that domain with UUID. */
void fixture_define (Fixture *fixture, const char *name, const char *devices);
/* Starts it, paused. */
void fixture_start (Fixture *fixture);

/* (transfer full) */
GVariant *
fixture_get (Fixture *fixture, const char *path, const char *interface, const char *property);
GVariant *fixture_get_all (Fixture *fixture, const char *path, const char *interface);
void fixture_assert_text (Fixture *fixture,
                          const char *path,
                          const char *interface,
                          const char *property,
                          const char *expected);

/* Signals that came since the last time, as lines "Member path interface", where the interface is
 * that of PropertiesChanged, else empty. Replies are lines "reply". (transfer full) */
char *fixture_take_log (Fixture *fixture);
/* All changed values of @interface at @path since the last time, and how many signals had them.
 * (transfer full): `a{sv}` */
GVariant *
fixture_take_changes (Fixture *fixture, const char *path, const char *interface, guint *n_signals);
