/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The composition root: makes every part of the service in order, and keeps them until it ends.
 */
#pragma once

#include "service/options.h"
#include "service/settings.h"

typedef struct VbService VbService;

/* @options and @settings: (transfer full) */
VbService *vb_service_new (VbOptions *options, VbSettings *settings);
void vb_service_free (VbService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbService, vb_service_free)

/* Returns when the service is told to end, loses its name or its bus, has been idle for long
 * enough, or cannot start (FALSE; the message is for the user). Guests run on. */
gboolean vb_service_run (VbService *service, GError **error);
