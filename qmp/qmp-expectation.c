/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is expected: judges events and errors, and waits for nothing.
 */
#include "qmp/qmp-expectation-private.h"

#include <string.h>

typedef struct
{
  QmpError code;
  char *text_part; /* (owned) (nullable) */
} Tolerated;

struct _QmpExpectation
{
  gatomicrefcount ref_count;
  GPtrArray *outcomes;  /* (owned) (element-type QmpOutcome) */
  GPtrArray *tolerated; /* (owned) (element-type Tolerated) */
};

G_DEFINE_BOXED_TYPE (QmpExpectation, qmp_expectation, qmp_expectation_ref, qmp_expectation_unref)

static void
outcome_free (QmpOutcome *outcome)
{
  g_free (outcome->event);
  g_clear_pointer (&outcome->match, qmp_value_unref);
  g_free (outcome->refusal);
  g_free (outcome);
}

static void
tolerated_free (Tolerated *tolerated)
{
  g_free (tolerated->text_part);
  g_free (tolerated);
}

QmpExpectation *
qmp_expectation_new (void)
{
  QmpExpectation *expectation = g_new (QmpExpectation, 1);

  g_atomic_ref_count_init (&expectation->ref_count);
  expectation->outcomes = g_ptr_array_new_with_free_func ((GDestroyNotify) outcome_free);
  expectation->tolerated = g_ptr_array_new_with_free_func ((GDestroyNotify) tolerated_free);
  return expectation;
}

QmpExpectation *
qmp_expectation_ref (QmpExpectation *expectation)
{
  g_return_val_if_fail (expectation, NULL);

  g_atomic_ref_count_inc (&expectation->ref_count);
  return expectation;
}

void
qmp_expectation_unref (QmpExpectation *expectation)
{
  g_return_if_fail (expectation);

  if (!g_atomic_ref_count_dec (&expectation->ref_count))
    return;
  g_ptr_array_unref (expectation->outcomes);
  g_ptr_array_unref (expectation->tolerated);
  g_free (expectation);
}

static void
expectation_add (QmpExpectation *expectation,
                 const char *event,
                 QmpValue *match,
                 const char *refusal)
{
  QmpOutcome *outcome = g_new (QmpOutcome, 1);

  outcome->event = g_strdup (event);
  outcome->match = match ? qmp_value_ref (match) : NULL;
  outcome->refusal = g_strdup (refusal);
  g_ptr_array_add (expectation->outcomes, outcome);
}

void
qmp_expectation_add_success (QmpExpectation *expectation, const char *event, QmpValue *match)
{
  g_return_if_fail (expectation);
  g_return_if_fail (event);

  expectation_add (expectation, event, match, NULL);
}

void
qmp_expectation_add_failure (QmpExpectation *expectation,
                             const char *event,
                             QmpValue *match,
                             const char *message)
{
  g_return_if_fail (expectation);
  g_return_if_fail (event);
  g_return_if_fail (message);

  expectation_add (expectation, event, match, message);
}

void
qmp_expectation_add_tolerated_error (QmpExpectation *expectation,
                                     QmpError code,
                                     const char *text_part)
{
  Tolerated *tolerated;

  g_return_if_fail (expectation);

  tolerated = g_new (Tolerated, 1);
  *tolerated = (Tolerated){ code, g_strdup (text_part) };
  g_ptr_array_add (expectation->tolerated, tolerated);
}

gboolean
qmp_expectation_names (const QmpExpectation *expectation, const char *event)
{
  for (guint i = 0; i < expectation->outcomes->len; i++)
    {
      const QmpOutcome *outcome = expectation->outcomes->pdata[i];
      if (g_str_equal (outcome->event, event))
        return TRUE;
    }
  return FALSE;
}

const QmpOutcome *
qmp_expectation_judge_event (const QmpExpectation *expectation,
                             const char *event,
                             const QmpValue *data)
{
  for (guint i = 0; i < expectation->outcomes->len; i++)
    {
      const QmpOutcome *outcome = expectation->outcomes->pdata[i];
      if (g_str_equal (outcome->event, event) &&
          (!outcome->match || qmp_value_contains (data, outcome->match)))
        return outcome;
    }
  return NULL;
}

/* Only what QEMU said itself can be tolerated. */
gboolean
qmp_expectation_tolerates (const QmpExpectation *expectation, const GError *error)
{
  for (guint i = 0; i < expectation->tolerated->len; i++)
    {
      const Tolerated *tolerated = expectation->tolerated->pdata[i];
      if (qmp_error_is_remote (error) && error->code == (int) tolerated->code &&
          (!tolerated->text_part || strstr (error->message, tolerated->text_part)))
        return TRUE;
    }
  return FALSE;
}

char *
qmp_expectation_describe (const QmpExpectation *expectation)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < expectation->outcomes->len; i++)
    {
      const QmpOutcome *outcome = expectation->outcomes->pdata[i];
      if (!outcome->refusal)
        g_string_append_printf (names, "%s%s", names->len ? " or " : "", outcome->event);
    }
  return g_string_free (names, FALSE);
}
