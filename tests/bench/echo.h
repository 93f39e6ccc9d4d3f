/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The floor of a large reply: a bare GDBus object, on a connection and a thread of its own, that
 * answers every call with one prepared value.
 */
#pragma once

#include <gio/gio.h>

typedef struct _BenchEcho BenchEcho;

/* @reply: (transfer none): what each call is answered with, a tuple */
BenchEcho *bench_echo_new (const char *address, GVariant *reply);
void bench_echo_free (BenchEcho *echo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BenchEcho, bench_echo_free)

/* Calls it over @bus; returns the microseconds until the whole reply was there. */
gint64 bench_echo_time (BenchEcho *echo, GDBusConnection *bus);
