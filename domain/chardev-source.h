/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What stands at the host's end of a character device: the attribute `type` with <source> and
 * <protocol>. The guest's end is the devices' own.
 */
#pragma once

#include "domain/enum-table.h"

typedef enum
{
  VB_CHARDEV_TYPE_NULL,
  VB_CHARDEV_TYPE_VC, /* a text screen in the graphical display */
  VB_CHARDEV_TYPE_PTY,
  VB_CHARDEV_TYPE_DEV,
  VB_CHARDEV_TYPE_FILE,
  VB_CHARDEV_TYPE_PIPE,
  VB_CHARDEV_TYPE_STDIO, /* the domain's log */
  VB_CHARDEV_TYPE_UDP,
  VB_CHARDEV_TYPE_TCP,
  VB_CHARDEV_TYPE_UNIX,
  VB_CHARDEV_TYPE_SPICEVMC, /* a channel of the SPICE display */
} VbChardevType;
typedef enum
{
  VB_CHARDEV_MODE_BIND,
  VB_CHARDEV_MODE_CONNECT,
} VbChardevMode;
typedef enum
{
  VB_CHARDEV_PROTOCOL_RAW,
  VB_CHARDEV_PROTOCOL_TELNET,
  VB_CHARDEV_PROTOCOL_TELNETS,
  VB_CHARDEV_PROTOCOL_TLS,
} VbChardevProtocol;

extern const VbEnumTable vb_chardev_type_table;
extern const VbEnumTable vb_chardev_mode_table;
extern const VbEnumTable vb_chardev_protocol_table;

typedef struct
{
  VbChardevType type;
  VbChardevMode mode;         /* tcp, unix */
  VbChardevProtocol protocol; /* tcp */
  char *path;         /* (owned) (nullable) dev, file, pipe, unix: from the definition, but a
                                 virtio channel's socket may be left to the service; pty: live only */
  char *host;         /* (owned) (nullable) tcp: the one to listen on or to connect to;
                                 udp: the one to send to */
  char *service;      /* (owned) (nullable) number or name of the port there */
  char *bind_host;    /* (owned) (nullable) udp: where to receive; %NULL: any address */
  char *bind_service; /* (owned) (nullable) udp: "0" is any free port */
} VbChardevSource;

/* (transfer full): the path, "host:service", or "" where neither is meant or known */
char *vb_chardev_source_to_string (const VbChardevSource *source);
