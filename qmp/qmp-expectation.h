/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Commands whose reply is not yet the result: the result is an event that comes later, or sooner.
 */
#pragma once

#include "qmp/qmp-session.h"

G_BEGIN_DECLS

/**
 * QmpExpectation:
 *
 * What may follow a command: the events that say that it has succeeded, those that say that it has
 * failed, and the errors that do not matter. Reference-counted; immutable once it is given to a
 * session.
 */
typedef struct _QmpExpectation QmpExpectation;

#define QMP_TYPE_EXPECTATION (qmp_expectation_get_type ())
QMP_EXPORT GType qmp_expectation_get_type (void);

/**
 * qmp_expectation_new:
 *
 * Returns: (transfer full): an expectation of nothing yet
 */
QMP_EXPORT QmpExpectation *qmp_expectation_new (void);
/**
 * qmp_expectation_ref:
 * @expectation: an expectation
 *
 * Returns: (transfer full): @expectation
 */
QMP_EXPORT QmpExpectation *qmp_expectation_ref (QmpExpectation *expectation);
/**
 * qmp_expectation_unref:
 * @expectation: (transfer full): an expectation
 */
QMP_EXPORT void qmp_expectation_unref (QmpExpectation *expectation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpExpectation, qmp_expectation_unref)

/**
 * qmp_expectation_add_success:
 * @expectation: an expectation
 * @event: the name of an event
 * @match: (nullable) (transfer none): what the event's data must contain, as of qmp_value_contains();
 *   %NULL: the event's name says it all
 *
 * Adds an event that says that the command has done its work.
 */
QMP_EXPORT void
qmp_expectation_add_success (QmpExpectation *expectation, const char *event, QmpValue *match);
/**
 * qmp_expectation_add_failure:
 * @expectation: an expectation
 * @event: the name of an event
 * @match: (nullable) (transfer none): as of qmp_expectation_add_success()
 * @message: of the error
 *
 * Adds an event that says that the command's work will not be done: %QMP_ERROR_GUEST_REFUSED with
 * @message.
 */
QMP_EXPORT void qmp_expectation_add_failure (QmpExpectation *expectation,
                                             const char *event,
                                             QmpValue *match,
                                             const char *message);
/**
 * qmp_expectation_add_tolerated_error:
 * @expectation: an expectation
 * @code: of an error reply
 * @text_part: (nullable): what its message contains
 *
 * Adds an error reply after which the event is waited for all the same, such as one that says that
 * QEMU is at it already.
 */
QMP_EXPORT void qmp_expectation_add_tolerated_error (QmpExpectation *expectation,
                                                     QmpError code,
                                                     const char *text_part);

/**
 * qmp_session_expect_async:
 * @session: an open session
 * @command: the command's name
 * @arguments: (nullable) (transfer none): an object, immutable from now on
 * @expectation: (transfer none): at least one event; immutable from now on
 * @timeout_ms: the deadline in milliseconds for reply and event together; 0:
 *   %QMP_DEFAULT_REPLY_TIMEOUT_MS, %G_MAXUINT: none
 * @cancellable: (nullable): gives up waiting; what QEMU has begun goes on
 * @callback: (scope async) (nullable): called when it is known what became of the command
 * @user_data: for @callback
 *
 * Sends a command and waits for its reply and for the first event of @expectation, in whatever order
 * they come. An error reply that is not tolerated fails at once.
 *
 * The events need no qmp_session_subscribe(), and are signalled only where there was one.
 */
QMP_EXPORT void qmp_session_expect_async (QmpSession *session,
                                          const char *command,
                                          QmpValue *arguments,
                                          QmpExpectation *expectation,
                                          guint timeout_ms,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
/**
 * qmp_session_expect_finish:
 * @session: the session
 * @result: what the callback was given
 * @error: as of qmp_session_call_finish(), and %QMP_ERROR_GUEST_REFUSED after an event that says so
 *
 * Returns: (transfer full): the data of the event, an empty object where it has none
 */
QMP_EXPORT QmpValue *
qmp_session_expect_finish (QmpSession *session, GAsyncResult *result, GError **error);
/**
 * qmp_session_expect_sync:
 * @session: an open session
 * @command: the command's name
 * @arguments: (nullable) (transfer none): an object, immutable from now on
 * @expectation: (transfer none): as of qmp_session_expect_async()
 * @timeout_ms: as of qmp_session_expect_async()
 * @cancellable: (nullable): as of qmp_session_expect_async()
 * @error: as of qmp_session_expect_finish()
 *
 * Returns: (transfer full): the data of the event, an empty object where it has none
 */
QMP_EXPORT QmpValue *qmp_session_expect_sync (QmpSession *session,
                                              const char *command,
                                              QmpValue *arguments,
                                              QmpExpectation *expectation,
                                              guint timeout_ms,
                                              GCancellable *cancellable,
                                              GError **error);

G_END_DECLS
