/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Targets of character devices before the domain is complete. Private to the room.
 */
#pragma once

#include <glib.h>

/* The definition names none: vb_domain_complete() gives the next free one. */
#define VB_CHARDEV_NO_PORT G_MAXUINT
#define VB_CHARDEV_MAX_PORT G_MAXUINT16
