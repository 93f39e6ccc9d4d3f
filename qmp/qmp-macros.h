/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What every public header of libqmp begins with.
 */
#pragma once

#include <glib-object.h>

/**
 * QMP_EXPORT: (skip)
 *
 * Marks the functions that the shared library offers.
 */
#define QMP_EXPORT __attribute__ ((visibility ("default")))
