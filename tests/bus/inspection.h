/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looking at objects as a client does, and whether what it sees agrees with itself.
 */
#pragma once

#include "tests/bus/fixture.h"

/* (transfer full) */
GDBusNodeInfo *introspect (Fixture *fixture, const char *path);
/* (transfer full): `a{oa{sa{sv}}}` */
GVariant *get_managed_objects (Fixture *fixture, const char *path);

/* That the object has the interfaces @expected_names (each with its last word and a space), and that
 * all ways to read its properties tell the same, of the types that introspection promises. @object:
 * (nullable): `a{sa{sv}}` as its manager tells it */
void
check_object (Fixture *fixture, const char *path, GVariant *object, const char *expected_names);
/* @expected: names in the order of the alphabet, with spaces between them */
void check_children (Fixture *fixture, const char *path, const char *expected);
