/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What every measurement shares: a private bus with a service on it, samples, and the table that is
 * printed. Knows nothing of what is measured.
 */
#pragma once

#include <gio/gio.h>

#define BENCH_ROOT_PATH "/org/virtbus1"

typedef struct
{
  char *root;                  /* (owned) folder of everything below, removed at the end */
  char *state_dir;             /* (owned) */
  char *config_path;           /* (owned) */
  const char *service_program; /* path of virtbusd */
  char *address;               /* (owned) of the private bus */
  GPid bus_pid;
  GPid service_pid;
  GDBusConnection *bus; /* (owned) */
} Bench;

/* A private bus with the daemon's default limits, which are those of a system bus. */
Bench *bench_new (const char *service_program);
void bench_free (Bench *bench);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bench, bench_free)

/* Returns once the service answers its first call; microseconds since its exec. */
gint64 bench_start_service (Bench *bench);
void bench_stop_service (Bench *bench);
guint64 bench_get_service_rss_kib (Bench *bench);

/* Calls that must succeed; a failure ends the program with its message. */
GVariant *bench_call (Bench *bench,
                      const char *path,
                      const char *interface_name,
                      const char *method,
                      GVariant *parameters);
/* A method of org.virtbus1.Domain that takes options only, without any */
void bench_call_domain (Bench *bench, const char *path, const char *method);
/* (transfer full): the new domain's path. @emulated_devices: two disks, nic, vnc, serial */
char *bench_define (Bench *bench, const char *name, gboolean emulated_devices);

/* (transfer full): the new domain's path. @devices: the elements of its devices */
char *bench_define_devices (Bench *bench, const char *name, const char *devices);

/* The arguments of DefineDomain for a domain of bench_define(). (transfer floating) */
GVariant *bench_definition_new (const char *name, gboolean emulated_devices);

/* Samples in microseconds. */
typedef struct
{
  GArray *samples; /* (owned) (element-type gint64) */
} BenchSamples;

BenchSamples *bench_samples_new (void);
void bench_samples_free (BenchSamples *samples);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BenchSamples, bench_samples_free)
void bench_samples_add (BenchSamples *samples, gint64 duration_us);
/* @percentile 0–100 */
double bench_samples_get_percentile (BenchSamples *samples, double percentile);

/* One row of the table. @floor 0: none measured; @target 0: no target. A target on the ratio to the
 * floor where there is a floor and @target_is_ratio, else on the value. */
typedef struct
{
  const char *name;
  double value;
  const char *unit;
  double floor;
  double target;
  gboolean target_is_ratio;
  gboolean more_is_better;
} BenchRow;

void bench_print_header (void);
void bench_print_row (const BenchRow *row);
/* How many rows missed their target so far */
guint bench_get_n_missed (void);

/* The measurements */
void bench_run_domain (const char *desktop_path);
void bench_run_devices (void);
void bench_run_probe (void);
void bench_run_define (Bench *bench, guint n_domains);
void bench_run_latency (Bench *bench);
void bench_run_start (Bench *bench);
void bench_run_hung (Bench *bench);
void bench_run_qmp (Bench *bench);
void bench_run_hostile (Bench *bench, const char *hostile_program);
