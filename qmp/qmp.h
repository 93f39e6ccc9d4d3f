/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libqmp: a client library for QEMU's machine protocol. Include this.
 */
#pragma once

#include "qmp/qmp-commands.h"
#include "qmp/qmp-connect.h"
#include "qmp/qmp-domain.h"
#include "qmp/qmp-error.h"
#include "qmp/qmp-events.h"
#include "qmp/qmp-exec.h"
#include "qmp/qmp-expectation.h"
#include "qmp/qmp-fdset.h"
#include "qmp/qmp-macros.h"
#include "qmp/qmp-recording.h"
#include "qmp/qmp-schema.h"
#include "qmp/qmp-session.h"
#include "qmp/qmp-struct.h"
#include "qmp/qmp-types.h"
#include "qmp/qmp-unplug.h"
#include "qmp/qmp-value.h"
