/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <interface> element: a network card and what it is connected to.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"
#include "domain/virtual-port.h"

typedef enum
{
  VB_INTERFACE_USER, /* QEMU's own network behind the host */
  VB_INTERFACE_NETWORK,
  VB_INTERFACE_BRIDGE,
  VB_INTERFACE_ETHERNET, /* a tap device that a script connects */
  VB_INTERFACE_DIRECT,   /* a card of the host, shared */
  VB_INTERFACE_MCAST,
  VB_INTERFACE_SERVER, /* the end of a tunnel that listens; the next connects */
  VB_INTERFACE_CLIENT,
  VB_INTERFACE_INTERNAL, /* VirtualBox's own network */
} VbInterfaceType;

/* Who routes a card of the type user. */
typedef enum
{
  VB_INTERFACE_BACKEND_DEFAULT, /* QEMU itself */
  VB_INTERFACE_BACKEND_PASST,   /* a program beside it */
} VbInterfaceBackend;

/* How guests that share a card of the host reach each other. */
typedef enum
{
  VB_INTERFACE_MODE_VEPA,
  VB_INTERFACE_MODE_BRIDGE,
  VB_INTERFACE_MODE_PRIVATE,
} VbInterfaceMode;

/* Who moves a virtio card's packets. */
typedef enum
{
  VB_INTERFACE_DRIVER_DEFAULT, /* the kernel where it can, else QEMU */
  VB_INTERFACE_DRIVER_QEMU,
  VB_INTERFACE_DRIVER_VHOST,
} VbInterfaceDriver;

/* What a virtio card does while its transmit buffer is full. */
typedef enum
{
  VB_INTERFACE_TX_MODE_DEFAULT,
  VB_INTERFACE_TX_MODE_IOTHREAD,
  VB_INTERFACE_TX_MODE_TIMER,
} VbInterfaceTxMode;

/* The word for a script that is none */
#define VB_INTERFACE_NO_SCRIPT "no"

extern const VbEnumTable vb_interface_type_table;
extern const VbEnumTable vb_interface_backend_table;
extern const VbEnumTable vb_interface_mode_table;
extern const VbEnumTable vb_interface_driver_table;
extern const VbEnumTable vb_interface_tx_mode_table;

typedef struct
{
  VbDevice base;
  VbInterfaceType type;
  VbInterfaceBackend backend; /* user */
  /* What it is connected to, as its type says. */
  char *source;         /* (owned) (nullable) network, bridge, direct, internal: the name of the
                           network, bridge or card */
  VbInterfaceMode mode; /* direct */
  VbVirtualPort port;   /* direct */
  char *address;        /* (owned) (nullable) mcast, server, client; %NULL: all that the host has */
  guint16 tcp_port;     /* server, client; UDP for mcast */
  char *script;         /* (owned) (nullable) bridge, ethernet */
  char *mac;            /* (owned) "52:54:00:12:34:56", lower case */
  char *model;          /* (owned) (nullable) "virtio", "e1000" */
  char *target;         /* (owned) (nullable) host device name */
  VbInterfaceDriver driver;
  VbInterfaceTxMode tx_mode;
} VbInterface;

/* (transfer full): what @interface is connected to, in one word such as "br0" or
 * "192.168.0.1:5558"; "" for nothing of the host's */
char *vb_interface_describe_source (const VbInterface *interface);
/* Whether its model is virtio's. */
gboolean vb_interface_is_virtio (const VbInterface *interface);
/* Whether it is a tap device of the host's, in whatever way that is connected. */
gboolean vb_interface_is_tap (const VbInterface *interface);
/* Whether a script connects it: `no` is none. */
gboolean vb_interface_has_script (const VbInterface *interface);
/* Makes @interface, which takes the place of @old, the same card. */
void vb_interface_inherit (VbInterface *interface, const VbInterface *old);
