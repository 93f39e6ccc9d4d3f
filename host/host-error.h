/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What can go wrong with this machine. Messages name the thing of the host, and the remedy.
 */
#pragma once

#include <glib.h>

#define VB_HOST_ERROR (vb_host_error_quark ())
GQuark vb_host_error_quark (void);

typedef enum
{
  VB_HOST_ERROR_RESOURCE, /* it is there, but cannot be had */
  VB_HOST_ERROR_ABSENT,   /* nobody here provides it */
} VbHostError;
