/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <clock>: what time the guest begins with, and how its timers count. A timer that is not there is
 * a property of the machine.
 */
#include "qemu/argv-parts.h"

/* (transfer full) */
static char *
get_base (const VbClock *clock, gint64 now_s)
{
  g_autoptr (GDateTime) base = NULL;
  switch (clock->offset)
    {
    case VB_CLOCK_LOCALTIME:
    case VB_CLOCK_TIMEZONE: /* the zone is in QEMU's environment */
      return g_strdup ("localtime");
    case VB_CLOCK_VARIABLE:
      base = g_date_time_new_from_unix_utc (now_s + clock->adjustment_s);
      return base != NULL ? g_date_time_format (base, "%Y-%m-%dT%H:%M:%S") : g_strdup ("utc");
    case VB_CLOCK_UTC:
      break;
    }
  return g_strdup ("utc");
}

static const VbTimer *
find_timer (const VbClock *clock, VbTimerName name)
{
  for (guint i = 0; i < clock->n_timers; i++)
    if (clock->timers[i].name == name)
      return &clock->timers[i];
  return NULL;
}

static const char *const rtc_clocks[] = {
  [VB_TIMER_TRACK_GUEST] = ",clock=vm",
  [VB_TIMER_TRACK_WALL] = ",clock=host",
};

static const char *const pit_policies[] = {
  [VB_TICK_POLICY_DELAY] = "delay",
  [VB_TICK_POLICY_DISCARD] = "discard",
};

void
vb_argv_add_clock (VbArgv *argv, gint64 now_s)
{
  const VbClock *clock = &argv->domain->clock;
  const VbTimer *rtc = find_timer (clock, VB_TIMER_RTC);
  const VbTimer *pit = find_timer (clock, VB_TIMER_PIT);
  const char *track = rtc != NULL ? rtc_clocks[rtc->track] : NULL;
  g_autofree char *base = get_base (clock, now_s);

  vb_argv_add_format (argv, "-rtc", "base=%s%s%s", base, track != NULL ? track : "",
                      rtc != NULL && rtc->tick_policy == VB_TICK_POLICY_CATCHUP ? ",driftfix=slew"
                                                                                : "");
  if (pit != NULL && pit->tick_policy < G_N_ELEMENTS (pit_policies) &&
      pit_policies[pit->tick_policy] != NULL)
    vb_argv_add_format (argv, "-global", "kvm-pit.lost_tick_policy=%s",
                        pit_policies[pit->tick_policy]);
}

void
vb_argv_append_timers (GString *machine, const VbClock *clock)
{
  static const VbTimerName names[] = { VB_TIMER_HPET, VB_TIMER_PIT };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const VbTimer *timer = find_timer (clock, names[i]);
      if (timer != NULL && timer->present == VB_SWITCH_NO)
        g_string_append_printf (machine, ",%s=off",
                                vb_enum_to_string (&vb_timer_name_table, (int) names[i]));
    }
}
