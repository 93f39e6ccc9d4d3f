/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A way for clients' commands with the test at both of its ends: it is QEMU's monitor, and it is
 * each client.
 */
#pragma once

#include "engine/passthrough.h"
#include "tests/unit/qmp/scripted-peer.h"

typedef struct
{
  char *path; /* (owned) of the monitor's socket */
  int listener;
  VbPassthrough *passthrough; /* (owned) */
  ScriptedPeer *qemu;         /* (owned) (nullable) */
  GString *changing;          /* (owned): "user command;" for each */
  guint n_changed;
} Broker;

void broker_set_up (Broker *broker, gconstpointer data);
/* Every client ends, and nothing of it is left. */
void broker_tear_down (Broker *broker, gconstpointer data);
#define broker_test(name, function)                                                                \
  g_test_add ("/broker/" name, Broker, NULL, broker_set_up, function, broker_tear_down)

/* QEMU takes the connection, and greets. */
void broker_accept (Broker *broker);
void broker_greet (Broker *broker);
/* QEMU hears a command whose text has @part, and returns the command's id. */
guint64 broker_hear (Broker *broker, const char *part);
/* QEMU answers with @text, which is a `return` or `error` member. */
void broker_answer (Broker *broker, guint64 id, const char *member);
/* Both. */
void broker_serve (Broker *broker, const char *part, const char *member);
/* Nothing has come to QEMU. */
void broker_assert_silent (Broker *broker);

typedef enum
{
  CLIENT_CONTROL = 1 << 0,
  CLIENT_UNSAFE = 1 << 1,
} ClientFlags;

/* (transfer full): a client as it connects */
ScriptedPeer *broker_connect (Broker *broker, ClientFlags flags, const char *const *events);
/* One that was greeted and has negotiated. */
ScriptedPeer *broker_open (Broker *broker, ClientFlags flags);
/* The client hears exactly @line. */
void client_assert_hears (ScriptedPeer *client, const char *line);
/* The client hears an error of that class whose text has @part. */
void client_assert_refused (ScriptedPeer *client, const char *class, const char *part);
void client_assert_ended (ScriptedPeer *client);
/* A whole exchange: others' misfortune is not this one's. */
void client_assert_usable (Broker *broker, ScriptedPeer *client);
/* Says @text, with so many descriptors on its first byte. */
void client_send_fds (ScriptedPeer *client, const char *text, guint n_fds);
