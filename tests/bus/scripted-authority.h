/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An authority that answers as a test says: at once, or only when the test says so.
 */
#pragma once

#include "policy/authority.h"

#define TYPE_SCRIPTED_AUTHORITY (scripted_authority_get_type ())
G_DECLARE_FINAL_TYPE (ScriptedAuthority, scripted_authority, SCRIPTED, AUTHORITY, GObject)

/* Allows everything. */
ScriptedAuthority *scripted_authority_new (void);
/* @action: (nullable): all that have no decision of their own */
void scripted_authority_set (ScriptedAuthority *authority, const char *action, VbDecision decision);

/* Questions that wait for an answer. */
guint scripted_authority_get_n_waiting (ScriptedAuthority *authority);
guint scripted_authority_get_n_asked (ScriptedAuthority *authority);
/* Answers the oldest one. @error: (nullable): refuse with it */
void scripted_authority_answer (ScriptedAuthority *authority, const GError *error);

/* About the last question: "action key=value key=value interactive" */
const char *scripted_authority_get_question (ScriptedAuthority *authority);
