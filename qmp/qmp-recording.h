/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Recordings: a session with a monitor as a text file, and a session that plays such a file without
 * QEMU, for tests.
 *
 * A recording has one message on a line, after a mark that says who said it:
 *
 *   > {"execute":"query-status","id":2}
 *   < {"return": {"status": "running", "singlestep": false, "running": true}, "id": 2}
 *   .
 *
 * `>` is what the client sent, `<` what came from the monitor, and `.` the end, when the monitor has
 * closed the connection. What came and is no message is left out. Empty lines and lines that begin with `#` are comments. A last line that
 * was only written in part is ignored.
 */
#pragma once

#include "qmp/qmp-session.h"

G_BEGIN_DECLS

/**
 * qmp_session_record:
 * @session: a session that is yet to be opened
 * @path: (type filename): of the file, which must not exist yet
 * @error: a #GFileError, %QMP_ERROR_INVALID_ARGUMENT where the session is open or recorded already
 *
 * Writes every message of the session to a file from now on, secrets too: only its owner may read
 * the file (mode 0600). Each message is written at once and blocks, so that a crash loses nothing
 * that was said before.
 *
 * Nothing that happens to the file disturbs the session: where it cannot be written, the recording
 * ends with a warning.
 *
 * Returns: whether the session is recorded
 */
QMP_EXPORT gboolean qmp_session_record (QmpSession *session, const char *path, GError **error);

/**
 * qmp_session_new_for_replay:
 * @path: (type filename): of a recording
 * @error: a #GFileError, or %QMP_ERROR_PROTOCOL with the line where the file is no recording
 *
 * Makes a session that plays a recording: what the monitor said is said again, in the same order,
 * and where the client had sent a command, the same one is waited for: by name and arguments, as of
 * qmp_value_equal(). Replies get the ids of this session's commands. Descriptors that come with a
 * command are closed. Nothing else is waited for: times are not played.
 *
 * A command that was not recorded in this place ends the session with %QMP_ERROR_PROTOCOL; the
 * message names file, line, what was expected and what came. After the last line of a recording
 * without an end the monitor is silent.
 *
 * Returns: (transfer full): a session that is yet to be opened
 */
QMP_EXPORT QmpSession *qmp_session_new_for_replay (const char *path, GError **error);

G_END_DECLS
