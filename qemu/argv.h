/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU's command line for a domain: pure, the same input gives the same words. No secret is ever in
 * it. It is made for the service, which opens everything itself, or for whoever wants to start the
 * same machine without it.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/descriptors.h"
#include "qmp/qmp-value.h"

typedef struct
{
  const char *emulator; /* argv[0] */
  gboolean sandbox;
  gboolean reject_deprecated;    /* of the monitors: refuses what a later QEMU will not take */
  gint64 now_s;                  /* since the epoch: what <clock offset='variable'> counts from */
  guint64 huge_page_kib;         /* 0: the machine's memory is in none */
  const VbSysinfo *host_sysinfo; /* (nullable) for <smbios mode='host'> */
  const char *secrets_dir;       /* (nullable): passphrases are in descriptors… */
  const char *certificates_dir;  /* …and certificates, too */
} VbArgvOptions;

/* One option of the command line. */
typedef struct
{
  const char *option;     /* "-device" */
  char *text;             /* (owned) (nullable): what follows it… */
  QmpValue *json;         /* (owned) (nullable): …where it is not this */
  const VbDevice *device; /* (unowned) (nullable): for whom it is; %NULL: the machine as a whole */
} VbArgument;

/* (transfer full) (array zero-terminated=1): one word or two */
char **vb_argument_to_words (const VbArgument *argument);

/* (transfer full) (element-type VbArgument): all that follows the emulator. @domain is completed and
 * has passed vb_qemu_check(); @descriptors is its plan, opened or not. %NULL: QEMU opens files and
 * sockets itself, by their paths, has no monitor, and lets the guest run at once; what the options say
 * of the service's supervision does not count. */
GPtrArray *vb_argv_list (const VbDomain *domain,
                         const VbDescriptors *descriptors,
                         const VbArgvOptions *options);
/* (transfer full) (array zero-terminated=1): the same as words, with the emulator. */
char **vb_argv_build (const VbDomain *domain,
                      const VbDescriptors *descriptors,
                      const VbArgvOptions *options);

/* (transfer full) (array zero-terminated=1): @environment (transfer full) (nullable) with what of
 * @domain QEMU has no argument for. @is_confined: it may start no other program */
char **vb_argv_set_environment (char **environment, const VbDomain *domain, gboolean is_confined);

/* Whether QEMU has a device of its own, with its alias as id, for @device of @domain: not for what the
 * board has built in, and not for what is another device's other name. */
gboolean vb_argv_has_device (const VbDomain *domain, const VbDevice *device);
/* Whether a reset that the guest asks for ends QEMU. */
gboolean vb_argv_ends_at_reset (const VbDomain *domain);
