/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder with one QEMU instance in it, and everything that the instance said, in order.
 */
#pragma once

#include "qemu/instance.h"

typedef struct
{
  char *dir;         /* (owned) removed with all it holds */
  char *runtime_dir; /* (owned) */
  char *log_path;    /* (owned) */
  VbQemuSettings settings;
  VbQemuInstance *instance; /* (owned) (nullable) */
  GPtrArray *heard;         /* (owned) (element-type utf8): "state running booted" */
  guint n_exited;
  VbEnd end; /* of the last exit */
  gboolean status_known;
  int wait_status;
  char *last_words; /* (owned) (nullable) */
  guint64 memory_kib;
} Machine;

/* What a guest of one boot sector does, in 16-bit code. */
typedef enum
{
  GUEST_HALT,
  GUEST_POWER_OFF,
  GUEST_RESET,
  GUEST_PANIC,
  GUEST_SLEEP,
  GUEST_PRINT,          /* "hi" to the first serial port */
  GUEST_PRINT_ON_PAPER, /* "hi" to the first parallel port */
  GUEST_HANG,           /* tells an ib700 watchdog once that all is well */
} Guest;

void machine_set_up (Machine *machine, gconstpointer data);
/* Ends whatever runs. */
void machine_tear_down (Machine *machine, gconstpointer data);
typedef void (*MachineTest) (Machine *machine, gconstpointer data);
/* Adds a test with a machine of its own. */
void machine_test (const char *path, MachineTest test, gconstpointer data);

/* (transfer full): completed. @devices: XML of devices; @rest: of other elements */
VbDomain *machine_domain (const char *rest, const char *devices);
/* The same on another board than pc; @previous: (nullable): what it replaces */
VbDomain *machine_domain_on (const char *board,
                             const char *rest,
                             const char *devices,
                             const VbDomain *previous);
/* (transfer full): one that boots @guest from its first disk */
VbDomain *machine_guest_domain (Machine *machine, Guest guest, const char *rest);
/* (transfer full): path of a disk image that boots @guest */
char *machine_image (Machine *machine, const char *name, Guest guest);
/* (transfer full): path in the machine's folder */
char *machine_path (Machine *machine, const char *name);
/* (transfer full): XML of a virtio disk */
char *machine_disk_xml (const char *path, const char *target, const char *bus, const char *more);

/* @domain: (transfer full) */
void machine_use (Machine *machine, VbDomain *domain);
/* Both wait. */
gboolean machine_launch (Machine *machine, GError **error);
gboolean machine_command (Machine *machine, VbQemuCommand command, GError **error);
/* Launches, which must succeed, and lets the guest go. */
void machine_run (Machine *machine, VbDomain *domain);
void machine_end (Machine *machine);
gboolean machine_refresh (Machine *machine, GError **error);
/* Forgets the instance, as a service that is killed does. */
void machine_forget (Machine *machine);

gboolean machine_heard (Machine *machine, const char *word);
void machine_wait_for (Machine *machine, const char *word);
void machine_wait_for_exit (Machine *machine);
/* Waits for a child that no instance watches. */
void machine_wait_for_process (int pid);
/* How many times @word was heard */
guint machine_count (Machine *machine, const char *word);

/* A client of the UNIX socket at @path. */
int machine_connect_to (const char *path);
/* Waits for it; other bytes are a failure. */
void machine_assert_reads (int fd, const char *expected);
/* (transfer none): the first of that kind in the live domain, which has one */
VbDevice *machine_find_device (Machine *machine, VbDeviceKind kind);
