/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp. What a session that waits asks an expectation.
 */
#pragma once

#include "qmp/qmp-expectation.h"

G_BEGIN_DECLS

typedef struct
{
  char *event;     /* (owned) */
  QmpValue *match; /* (owned) (nullable) */
  char *refusal;   /* (owned) (nullable): of the error; %NULL: a success */
} QmpOutcome;

/* (transfer none) (nullable): what this event means; %NULL: nothing */
const QmpOutcome *qmp_expectation_judge_event (const QmpExpectation *expectation,
                                               const char *event,
                                               const QmpValue *data);
gboolean qmp_expectation_tolerates (const QmpExpectation *expectation, const GError *error);
/* Whether an event of this name may mean something. */
gboolean qmp_expectation_names (const QmpExpectation *expectation, const char *event);
/* (transfer full): the names of the events that mean success, for a message */
char *qmp_expectation_describe (const QmpExpectation *expectation);

G_END_DECLS
