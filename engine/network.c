/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table of how each type of card is connected, and a thread that goes through the cards.
 */
#include "engine/network.h"

#include "engine/engine-error.h"
#include "host/cable.h"
#include "host/host-error.h"
#include "host/link.h"
#include "host/passt.h"
#include "host/program.h"
#include "host/tap.h"
#include "host/user-bridge.h"
#include "qemu/descriptors.h"

#include <string.h>
#include <unistd.h>

#define SCRIPT_TIMEOUT_MS 30000

/* Cards of one run, in the hands of a thread. */
typedef struct
{
  VbMacvtaps *macvtaps; /* (owned) */
  char *uuid;           /* (owned) */
  int id;
  char *owner;      /* (owned) (nullable): whose rights scripts have */
  VbDomain *domain; /* (owned): a copy of its own */
  VbGiven *given;   /* (owned) */
} Connection;

static void
connection_free (Connection *connection)
{
  vb_macvtaps_unref (connection->macvtaps);
  g_free (connection->uuid);
  g_free (connection->owner);
  vb_domain_unref (connection->domain);
  g_clear_pointer (&connection->given, vb_given_free);
  g_free (connection);
}

typedef int (*OpenFunc) (Connection *connection,
                         VbInterface *interface,
                         GCancellable *cancellable,
                         GError **error);

/* @name: (transfer full) */
static void
take_name (VbInterface *interface, char *name)
{
  g_free (interface->target);
  interface->target = name;
}

static int
close_failed (int fd)
{
  close (fd);
  return -1;
}

/* The host's end is another card than the guest's. The highest address of all makes no bridge change
 * its own, which is the lowest of its ports'. */
static gboolean
set_host_mac (const char *name, const VbInterface *interface, GError **error)
{
  g_autofree char *mac = g_strconcat ("fe", interface->mac + strlen ("fe"), NULL);

  return vb_link_set_mac (name, mac, error);
}

static int
open_passt (Connection *connection,
            VbInterface *interface,
            GCancellable *cancellable,
            GError **error)
{
  return vb_passt_open (cancellable, error);
}

/* One that the service may not make itself. */
static int
open_helped (const VbInterface *interface, char **name, GCancellable *cancellable, GError **error)
{
  if (interface->target == NULL)
    return vb_user_bridge_open (interface->source, vb_interface_is_virtio (interface), name,
                                cancellable, error);
  g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
               "the service may not make a tap device '%s', and its helper's have names of their "
               "own; leave out <target dev>",
               interface->target);
  return -1;
}

static int
open_bridge (Connection *connection,
             VbInterface *interface,
             GCancellable *cancellable,
             GError **error)
{
  const VbTapRequest request = { interface->target, vb_interface_is_virtio (interface), FALSE };
  g_autoptr (GError) cause = NULL;
  char *name = NULL;
  int fd = vb_tap_open (&request, &name, &cause);

  if (fd < 0 && g_error_matches (cause, VB_HOST_ERROR, VB_HOST_ERROR_ABSENT))
    fd = open_helped (interface, &name, cancellable, error);
  else if (fd < 0)
    g_propagate_error (error, g_steal_pointer (&cause));
  else if (!set_host_mac (name, interface, error) ||
           !vb_link_join (name, interface->source, error) || !vb_link_set_up (name, error))
    fd = close_failed (fd);
  take_name (interface, name);
  return fd;
}

static gboolean
run_script (const Connection *connection,
            const VbInterface *interface,
            GCancellable *cancellable,
            GError **error)
{
  const char *argv[] = { interface->script, interface->target, NULL };

  if (!vb_interface_has_script (interface))
    return TRUE;
  return vb_program_run (&(VbProgram){ argv, -1, connection->owner, SCRIPT_TIMEOUT_MS },
                         cancellable, error);
}

static int
open_ethernet (Connection *connection,
               VbInterface *interface,
               GCancellable *cancellable,
               GError **error)
{
  const VbTapRequest request = { interface->target, vb_interface_is_virtio (interface), TRUE };
  gboolean is_others = interface->target != NULL && vb_link_is_there (interface->target);
  char *name = NULL;
  int fd = vb_tap_open (&request, &name, error);

  if (fd < 0)
    return -1;
  take_name (interface, name);
  /* One that is there is as its owner wants it. */
  if (!is_others && (!set_host_mac (name, interface, error) || !vb_link_set_up (name, error)))
    return close_failed (fd);
  return run_script (connection, interface, cancellable, error) ? fd : close_failed (fd);
}

static int
open_direct (Connection *connection,
             VbInterface *interface,
             GCancellable *cancellable,
             GError **error)
{
  char *name = NULL;
  int fd = vb_macvtaps_open (connection->macvtaps, connection->uuid, connection->id, interface,
                             &name, error);

  take_name (interface, name);
  return fd;
}

static int
open_server (Connection *connection,
             VbInterface *interface,
             GCancellable *cancellable,
             GError **error)
{
  return vb_cable_listen (interface->address, interface->tcp_port, cancellable, error);
}

static int
open_client (Connection *connection,
             VbInterface *interface,
             GCancellable *cancellable,
             GError **error)
{
  return vb_cable_connect (interface->address, interface->tcp_port, cancellable, error);
}

/* By type; none, where QEMU needs nothing of the host's. */
static const OpenFunc opens[VB_INTERFACE_INTERNAL + 1] = {
  [VB_INTERFACE_USER] = open_passt,        [VB_INTERFACE_BRIDGE] = open_bridge,
  [VB_INTERFACE_ETHERNET] = open_ethernet, [VB_INTERFACE_DIRECT] = open_direct,
  [VB_INTERFACE_SERVER] = open_server,     [VB_INTERFACE_CLIENT] = open_client,
};

/* The kernel moves the packets where it is told to, or where it can and nobody says otherwise. */
static gboolean
add_vhost (Connection *connection, VbInterface *interface, GError **error)
{
  gboolean is_forced = interface->driver == VB_INTERFACE_DRIVER_VHOST;
  gboolean is_wished = interface->driver == VB_INTERFACE_DRIVER_DEFAULT &&
                       vb_interface_is_virtio (interface) &&
                       connection->domain->type == VB_DOMAIN_TYPE_KVM;
  g_autofree char *key = NULL;
  int fd;

  if (!vb_interface_is_tap (interface) || (!is_forced && !is_wished))
    return TRUE;
  fd = vb_tap_open_vhost (is_forced ? error : NULL);
  if (fd < 0)
    return !is_forced;
  interface->driver = VB_INTERFACE_DRIVER_VHOST;
  key = vb_descriptors_vhost_key (&interface->base);
  return vb_given_add (connection->given, key, fd);
}

static gboolean
connect_card (Connection *connection,
              VbInterface *interface,
              GCancellable *cancellable,
              GError **error)
{
  g_autofree char *key = vb_descriptors_key (&interface->base);
  int fd = opens[interface->type](connection, interface, cancellable, error);

  if (fd < 0)
    return FALSE;
  vb_given_add (connection->given, key, fd);
  return add_vhost (connection, interface, error);
}

/* @cause: (transfer full) */
static GError *
translate (GError *cause, const VbInterface *interface)
{
  g_autoptr (GError) owned_cause = cause;

  if (cause->domain == G_IO_ERROR)
    return g_steal_pointer (&owned_cause);
  return g_error_new (VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE, "interface '%s': %s",
                      vb_device_get_name (&interface->base), cause->message);
}

static void
connect_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Connection *connection = task_data;
  GPtrArray *devices = connection->domain->devices;
  GError *error = NULL;

  for (guint i = 0; i < devices->len; i++)
    {
      VbInterface *interface = g_ptr_array_index (devices, i);

      if (vb_descriptors_is_connection (&interface->base) &&
          !connect_card (connection, interface, cancellable, &error))
        {
          g_task_return_error (task, translate (error, interface));
          return;
        }
    }
  g_task_return_boolean (task, TRUE);
}

gboolean
vb_network_is_needed (const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbInterface *interface = g_ptr_array_index (domain->devices, i);

      if (vb_descriptors_is_connection (&interface->base))
        return TRUE;
    }
  return FALSE;
}

void
vb_network_connect_async (VbMacvtaps *macvtaps,
                          const VbDomain *domain,
                          const VbRunRecord *record,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Connection *connection = g_new0 (Connection, 1);

  connection->macvtaps = vb_macvtaps_ref (macvtaps);
  connection->uuid = g_strdup (record->uuid);
  connection->id = record->id;
  connection->owner = g_strdup (record->owner);
  connection->domain = vb_domain_copy (domain);
  connection->given = vb_given_new ();
  g_task_set_source_tag (task, vb_network_connect_async);
  /* The thread must be done before what it made is undone. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, connection, (GDestroyNotify) connection_free);
  g_task_run_in_thread (task, connect_in_thread);
}

VbGiven *
vb_network_connect_finish (GAsyncResult *result, VbDomain *domain, GError **error)
{
  Connection *connection = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  vb_domain_copy_devices (domain, connection->domain);
  return g_steal_pointer (&connection->given);
}

typedef struct
{
  VbMacvtaps *macvtaps; /* (owned) */
  char *uuid;           /* (owned) */
  int id;
} Removal;

static void
removal_free (Removal *removal)
{
  vb_macvtaps_unref (removal->macvtaps);
  g_free (removal->uuid);
  g_free (removal);
}

static void
remove_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Removal *removal = task_data;

  vb_macvtaps_remove (removal->macvtaps, removal->uuid, removal->id);
  g_task_return_boolean (task, TRUE);
}

void
vb_network_disconnect (VbMacvtaps *macvtaps, const VbRunRecord *record)
{
  g_autoptr (GTask) task = NULL;
  Removal *removal;

  if (!vb_macvtaps_are_there (macvtaps))
    return;
  task = g_task_new (NULL, NULL, NULL, NULL);
  removal = g_new0 (Removal, 1);
  removal->macvtaps = vb_macvtaps_ref (macvtaps);
  removal->uuid = g_strdup (record->uuid);
  removal->id = record->id;
  g_task_set_source_tag (task, vb_network_disconnect);
  g_task_set_task_data (task, removal, (GDestroyNotify) removal_free);
  g_task_run_in_thread (task, remove_in_thread);
}
