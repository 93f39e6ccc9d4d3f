/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <clock> element: what time the guest sees, and the timers that it counts by.
 */
#pragma once

#include "domain/enum-table.h"

typedef enum
{
  VB_CLOCK_UTC,
  VB_CLOCK_LOCALTIME,
  VB_CLOCK_TIMEZONE,
  VB_CLOCK_VARIABLE
} VbClockOffset;
typedef enum
{
  VB_TIMER_PLATFORM,
  VB_TIMER_PIT,
  VB_TIMER_RTC,
  VB_TIMER_HPET,
  VB_TIMER_TSC,
  VB_N_TIMERS,
} VbTimerName;
typedef enum
{
  VB_TIMER_TRACK_DEFAULT,
  VB_TIMER_TRACK_BOOT,
  VB_TIMER_TRACK_GUEST,
  VB_TIMER_TRACK_WALL
} VbTimerTrack;
/* What becomes of ticks that the guest missed. */
typedef enum
{
  VB_TICK_POLICY_DEFAULT,
  VB_TICK_POLICY_DELAY,
  VB_TICK_POLICY_CATCHUP,
  VB_TICK_POLICY_MERGE,
  VB_TICK_POLICY_DISCARD,
} VbTickPolicy;
typedef enum
{
  VB_TIMER_MODE_DEFAULT,
  VB_TIMER_MODE_AUTO,
  VB_TIMER_MODE_NATIVE,
  VB_TIMER_MODE_EMULATE,
  VB_TIMER_MODE_PARAVIRT,
  VB_TIMER_MODE_SMPSAFE,
} VbTimerMode;

extern const VbEnumTable vb_clock_offset_table;
extern const VbEnumTable vb_timer_name_table;
/* Value 0 of these is spelled "default". */
extern const VbEnumTable vb_timer_track_table;
extern const VbEnumTable vb_tick_policy_table;
extern const VbEnumTable vb_timer_mode_table;

typedef struct
{
  VbTimerName name;
  VbTimerTrack track; /* rtc and platform only */
  VbTickPolicy tick_policy;
  VbTimerMode mode;     /* tsc only */
  guint64 frequency_hz; /* tsc only; 0: not given */
  VbSwitch present;
  gboolean has_catchup;    /* with the policy catchup only */
  guint catchup_threshold; /* 0: not given, as the next two; the format names no units */
  guint catchup_slew;
  guint catchup_limit;
} VbTimer;

typedef struct
{
  VbClockOffset offset;
  char *timezone;              /* (owned) (nullable) offset timezone only */
  gint64 adjustment_s;         /* offset variable only */
  VbTimer timers[VB_N_TIMERS]; /* each name once, in the order of the document */
  guint n_timers;
} VbClock;
