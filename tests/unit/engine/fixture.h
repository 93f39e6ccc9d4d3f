/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An engine on folders of its own, its calls as plain functions that wait for the answer, and the
 * warnings it logs. It sees the control groups of a machine in the folder `host`, which has none.
 */
#pragma once

#include "engine/definition.h"
#include "engine/lifecycle.h"

#define UUID_A "11111111-1111-4111-8111-111111111111"
#define UUID_B "22222222-2222-4222-8222-222222222222"

typedef struct
{
  char *root;       /* (owned) */
  guint qemu_uid;   /* whom engines from the next fixture_open() on run QEMU as; 0: as the test */
  VbHost *host;     /* (owned) */
  VbEngine *engine; /* (owned) (nullable) between fixture_close() and fixture_open() */
} Fixture;

#define fixture_test(path, function)                                                               \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

/* Before any test: g_test_init(), and the collecting of warnings. */
void fixture_init (int *argc, char ***argv);
void fixture_set_up (Fixture *fixture, gconstpointer data);
/* Ends what runs; fails on warnings that no test expected. */
void fixture_tear_down (Fixture *fixture, gconstpointer data);
/* A new service on the same folders. (nullable): why it could not load */
GError *fixture_try_open (Fixture *fixture);
void fixture_open (Fixture *fixture);
/* The service goes; guests run on. */
void fixture_close (Fixture *fixture);
char *fixture_path (Fixture *fixture, const char *name);
char *fixture_read (Fixture *fixture, const char *name);
void fixture_write (Fixture *fixture, const char *name, const char *text);
/* One warning with @part was logged. */
void fixture_expect_warning (const char *part);

/* For the call that has no wrapper here: a GAsyncReadyCallback whose data is GAsyncResult **. */
void fixture_got (GObject *source, GAsyncResult *result, gpointer user_data);
void fixture_wait (GAsyncResult **result);

/* A small machine of TCG; @more goes into <domain>, @devices into <devices>. */
char *fixture_xml (const char *name, const char *uuid, const char *more, const char *devices);
VbMachine *fixture_find (Fixture *fixture, const char *name);
VbMachine *fixture_define (Fixture *fixture, const char *xml);

/* (transfer full) (nullable): the error */
GError *fixture_try_define (Fixture *fixture, const char *xml, const VbDefineOptions *options);
/* (transfer full) (nullable): the canonical document. @diagnostics: (out) (transfer full) */
char *fixture_validate (Fixture *fixture,
                        const char *xml,
                        gboolean check_start,
                        VbDiagnostics **diagnostics);
GError *fixture_undefine (Fixture *fixture, VbMachine *machine);
GError *fixture_modify (Fixture *fixture,
                        VbMachine *machine,
                        VbOperation operation,
                        const char *text,
                        guint64 number,
                        VbScope scope);
GError *fixture_start (Fixture *fixture, VbMachine *machine, gboolean paused);
GError *fixture_start_with (Fixture *fixture, VbMachine *machine, const VbStartOptions *options);
/* Until @machine has told of @kind since it was started, once for each call. It may be before the start
 * is known to be done. */
void fixture_wait_event (VbMachine *machine, const char *kind);
GError *fixture_operate (Fixture *fixture, VbMachine *machine, VbOperation operation);
GError *fixture_destroy (Fixture *fixture, VbMachine *machine, guint grace_ms);
/* The machine "a" with %UUID_A; both must succeed. */
VbMachine *fixture_define_small (Fixture *fixture, const char *more, const char *devices);
VbMachine *fixture_start_small (Fixture *fixture, const char *more, const char *devices);
/* No run of that machine has left anything. */
void fixture_assert_no_folder (Fixture *fixture);
/* Sets *@error or returns the machine. */
VbMachine *
fixture_create (Fixture *fixture, const char *xml, const VbStartOptions *options, GError **error);

void fixture_wait_state (VbMachine *machine, VbState state, VbStateReason reason);
#define fixture_assert_state(machine, state, reason)                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_cmpstr (vb_state_to_string (vb_machine_get_state (machine)), ==,                      \
                     vb_state_to_string (state));                                                  \
    g_assert_cmpstr (vb_state_reason_to_string (vb_machine_get_state_reason (machine)), ==,        \
                     vb_state_reason_to_string (reason));                                          \
  }                                                                                                \
  G_STMT_END
/* Takes the error. */
#define fixture_assert_error(failure, domain, code)                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GError) taken_error = (failure);                                                    \
    g_assert_error (taken_error, domain, code);                                                    \
  }                                                                                                \
  G_STMT_END
#define fixture_assert_ok(failure)                                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GError) taken_error = (failure);                                                    \
    g_assert_no_error (taken_error);                                                               \
  }                                                                                                \
  G_STMT_END
