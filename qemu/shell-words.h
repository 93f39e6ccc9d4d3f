/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A command as a POSIX shell reads it: quoted where it must be. Pure.
 */
#pragma once

#include <glib.h>

/* (transfer full): @words on one line, but for newlines that are in a word */
char *vb_shell_words_join (const char *const *words);
/* (transfer full): one option with its value a line, each but the last ended by a backslash. No line
 * is longer than some hundred bytes: a long word goes on in the next. */
char *vb_shell_words_join_pretty (const char *const *words);
