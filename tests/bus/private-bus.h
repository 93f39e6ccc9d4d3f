/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A message bus of one's own: a dbus-daemon that ends with this process at the latest, whose socket is
 * in the guard's folder. (GTestDBus changes the environment while threads run.)
 */
#pragma once

#include <gio/gio.h>

typedef struct
{
  GSubprocess *daemon; /* (owned) */
  char *address;       /* (owned) */
} PrivateBus;

void private_bus_start (PrivateBus *bus);
void private_bus_stop (PrivateBus *bus);
GDBusConnection *private_bus_connect (const PrivateBus *bus);
