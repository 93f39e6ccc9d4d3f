/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * GIO's sockets, of which only the descriptor is kept.
 */
#include "host/cable.h"

#include "host/host-error.h"

#include <fcntl.h>

/* A host that is not there does not answer. */
#define CONNECT_TIMEOUT_S 10

/* (transfer full) (nullable) */
static GInetAddress *
find_address (const char *address, GCancellable *cancellable, GError **error)
{
  g_autoptr (GResolver) resolver = NULL;
  GList *found;
  GInetAddress *first;

  if (address == NULL)
    return g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);
  resolver = g_resolver_get_default ();
  found = g_resolver_lookup_by_name (resolver, address, cancellable, error);
  first = found != NULL ? g_object_ref (found->data) : NULL;
  g_resolver_free_addresses (found);
  return first;
}

/* (transfer full) (nullable) */
static GSocket *
listen_on (const char *address, guint16 port, GCancellable *cancellable, GError **error)
{
  g_autoptr (GInetAddress) host = find_address (address, cancellable, error);
  g_autoptr (GSocketAddress) place = host != NULL ? g_inet_socket_address_new (host, port) : NULL;
  g_autoptr (GSocket) socket = NULL;

  if (place != NULL)
    socket = g_socket_new (g_inet_address_get_family (host), G_SOCKET_TYPE_STREAM,
                           G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL || !g_socket_bind (socket, place, TRUE, error) ||
      !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

/* @cause: (transfer full) */
static void
explain (GError *cause,
         const char *what,
         const char *address,
         guint16 port,
         const char *remedy,
         GError **error)
{
  g_autoptr (GError) owned_cause = cause;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&owned_cause));
  else
    g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE, "cannot %s port %u of %s: %s; %s",
                 what, port, address != NULL ? address : "this host", cause->message, remedy);
}

int
vb_cable_listen (const char *address, guint16 port, GCancellable *cancellable, GError **error)
{
  GError *cause = NULL;
  g_autoptr (GSocket) socket = listen_on (address, port, cancellable, &cause);

  if (socket != NULL)
    return fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 0);
  explain (cause, "listen on", address, port, "choose another port, or an address of this host",
           error);
  return -1;
}

int
vb_cable_connect (const char *address, guint16 port, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketConnectable) place = g_network_address_new (address, port);
  GError *cause = NULL;

  g_socket_client_set_timeout (client, CONNECT_TIMEOUT_S);
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect (client, place, cancellable, &cause);
  if (connection != NULL)
    return fcntl (g_socket_get_fd (g_socket_connection_get_socket (connection)), F_DUPFD_CLOEXEC,
                  0);
  explain (cause, "connect to", address, port,
           "start the guest with the end of type 'server' there first", error);
  return -1;
}
