/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <channel>: a port of virtio, or an address of the network that QEMU makes for a card of type user.
 */
#include "qemu/argv-parts.h"
#include "qemu/host-end.h"

static gboolean
is_forward (const VbDevice *device)
{
  return device->kind == VB_DEVICE_CHANNEL &&
         ((const VbChardev *) device)->target_type == VB_CHARDEV_TARGET_GUESTFWD;
}

const VbDevice *
vb_argv_find_forward_carrier (const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbInterface *interface = g_ptr_array_index (domain->devices, i);
      if (interface->base.kind == VB_DEVICE_INTERFACE && interface->type == VB_INTERFACE_USER &&
          interface->backend == VB_INTERFACE_BACKEND_DEFAULT)
        return &interface->base;
    }
  return NULL;
}

/* Appends one rule for @device to @rules, whose host's end QEMU must know by then. */
static void
append_rule (VbArgv *argv, const VbDevice *device, QmpValue *rules)
{
  const VbChardev *channel = (const VbChardev *) device;
  QmpValue *rule = qmp_value_new_object ();
  g_autofree char *id = vb_host_end_id (device);
  g_autofree char *text =
      g_strdup_printf ("tcp:%s:%u-chardev:%s", channel->target_address, channel->target_port, id);

  vb_argv_add_host_end (argv, device);
  qmp_value_set_string (rule, "str", text);
  qmp_value_append (rules, rule);
}

void
vb_argv_add_forwards (VbArgv *argv, const VbDevice *interface, QmpValue *network)
{
  QmpValue *rules = qmp_value_new_array ();

  for (guint i = 0; i < argv->domain->devices->len; i++)
    {
      argv->device = g_ptr_array_index (argv->domain->devices, i);
      if (is_forward (argv->device))
        append_rule (argv, argv->device, rules);
    }
  argv->device = interface;
  if (qmp_value_get_length (rules) > 0)
    qmp_value_set_value (network, "guestfwd", rules);
  else
    qmp_value_unref (rules);
}

/* A network that no card is on: the guest does not reach it, but the host's end is there. */
static void
add_forward (VbArgv *argv, const VbDevice *device)
{
  QmpValue *network = qmp_value_new_object ();
  QmpValue *rules = qmp_value_new_array ();
  g_autofree char *id = g_strdup_printf ("host%s", device->alias);

  append_rule (argv, device, rules);
  qmp_value_set_string (network, "type", "user");
  qmp_value_set_string (network, "id", id);
  qmp_value_set_value (network, "guestfwd", rules);
  vb_argv_add_json (argv, "-netdev", network);
}

void
vb_argv_add_channel (VbArgv *argv, const VbDevice *device)
{
  if (!is_forward (device))
    vb_argv_add_chardev (argv, device);
  else if (vb_argv_find_forward_carrier (argv->domain) == NULL)
    add_forward (argv, device);
}
