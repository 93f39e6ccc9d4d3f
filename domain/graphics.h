/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <graphics> element: how the guest's display is served.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"
#include "domain/secret.h"

typedef enum
{
  VB_GRAPHICS_VNC,
  VB_GRAPHICS_SDL, /* a window on the host's screen */
  VB_GRAPHICS_SPICE,
  VB_GRAPHICS_RDP,     /* as VirtualBox serves it, as the next */
  VB_GRAPHICS_DESKTOP, /* its window */
} VbGraphicsType;

/* What a SPICE client and server speak over connections of their own. */
typedef enum
{
  VB_GRAPHICS_CHANNEL_MAIN,
  VB_GRAPHICS_CHANNEL_DISPLAY,
  VB_GRAPHICS_CHANNEL_INPUTS,
  VB_GRAPHICS_CHANNEL_CURSOR,
  VB_GRAPHICS_CHANNEL_PLAYBACK,
  VB_GRAPHICS_CHANNEL_RECORD,
  VB_GRAPHICS_CHANNEL_SMARTCARD,
  VB_N_GRAPHICS_CHANNELS,
} VbGraphicsChannelName;

typedef enum
{
  VB_GRAPHICS_CHANNEL_ANY,
  VB_GRAPHICS_CHANNEL_SECURE, /* at the port for encrypted connections alone, or at the other */
  VB_GRAPHICS_CHANNEL_INSECURE,
} VbGraphicsChannelMode;

extern const VbEnumTable vb_graphics_type_table;
extern const VbEnumTable vb_graphics_channel_name_table;
extern const VbEnumTable vb_graphics_channel_mode_table;

/* Ports that are none */
#define VB_GRAPHICS_PORT_AUTOMATIC (-1) /* chosen when the domain starts */
#define VB_GRAPHICS_PORT_NONE 0

typedef struct
{
  VbGraphicsChannelName name;
  VbGraphicsChannelMode mode;
} VbGraphicsChannel;

typedef struct
{
  VbDevice base;
  VbGraphicsType type;
  gboolean autoport;       /* all ports are chosen when the domain starts */
  int port;                /* vnc, spice, rdp */
  int tls_port;            /* spice */
  char *listen;            /* (owned) (nullable) IP address; %NULL: 127.0.0.1 */
  char *socket;            /* (owned) (nullable) vnc: absolute path, instead of port and listen */
  char *keymap;            /* (owned) (nullable) vnc, spice */
  VbSecret *password;      /* (owned) (nullable) vnc, spice; written only with %VB_FORMAT_SECURE */
  char *password_valid_to; /* (owned) (nullable) "2011-04-09T15:51:00" UTC */
  char *display;           /* (owned) (nullable) sdl, desktop: ":0.0" */
  char *xauth;             /* (owned) (nullable) sdl: what grants access to the display */
  gboolean is_fullscreen;  /* sdl, desktop */
  gboolean replaces_user;  /* rdp: who connects takes the place of who was there */
  gboolean has_many_users; /* rdp */
  guint n_channels;        /* spice */
  VbGraphicsChannel channels[VB_N_GRAPHICS_CHANNELS]; /* each name once */
} VbGraphics;

/* (nullable): the first channel of @mode */
const VbGraphicsChannel *vb_graphics_find_channel (const VbGraphics *graphics,
                                                   VbGraphicsChannelMode mode);
/* Where it listens, by default on this host alone. */
const char *vb_graphics_get_listen (const VbGraphics *graphics);
