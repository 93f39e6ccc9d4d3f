/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a start here would refuse is left out, and the command line made of the rest. What remains to
 * be told is what the service does beside its command line.
 */
#include "qemu/native.h"

#include "qemu/architecture.h"
#include "qemu/argv.h"
#include "qemu/certificates.h"
#include "qemu/host-end.h"
#include "qemu/native-config.h"
#include "qemu/shell-words.h"

#include <string.h>

/* Of a host that is not known. */
#define USUAL_HUGE_PAGE_KIB 2048

static const char *const format_words[] = { "qemu-argv", "qemu-config", NULL };

const VbEnumTable vb_native_format_table = { format_words, "native format" };

/* Of what may be refused only here, or stands in the command line all the same. */
static const char *const kept_paths[] = { "/domain/@type", "/domain/devices/emulator", NULL };

static void G_GNUC_PRINTF (3, 4)
    warn (VbDiagnostics *findings, const char *path, const char *format, ...)
{
  va_list arguments;
  g_autofree char *message = NULL;
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  vb_diagnostics_add (findings, VB_SEVERITY_WARNING, path, 0, "%s", message);
}

static gboolean
check_is_qemu (const VbDomain *domain, GError **error)
{
  if (domain->type != VB_DOMAIN_TYPE_KVM && domain->type != VB_DOMAIN_TYPE_QEMU)
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED,
                 "a domain of type '%s' cannot be said in QEMU's words; use type kvm or qemu",
                 vb_enum_to_string (&vb_domain_type_table, (int) domain->type));
  else if (domain->os.type != VB_OS_TYPE_HVM)
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED,
                 "a guest of OS type '%s' cannot be said in QEMU's words; use hvm",
                 vb_enum_to_string (&vb_os_type_table, (int) domain->os.type));
  else
    return TRUE;
  return FALSE;
}

/* The path of the device that a finding is about (transfer full); of another path the path itself. */
static char *
get_subject (const char *path)
{
  const char *end = path;

  for (guint i = 0; i < 4 && end != NULL; i++)
    end = strchr (end + (i > 0), '/');
  return end != NULL ? g_strndup (path, (gsize) (end - path)) : g_strdup (path);
}

/* Tells what a start would refuse. (transfer full) (element-type utf8): the paths of devices that are
 * among it */
static GHashTable *
list_refused (const VbQemuSettings *settings, const VbDomain *domain, VbDiagnostics *findings)
{
  GHashTable *subjects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (VbDiagnostics) refusals = vb_diagnostics_new ();

  vb_qemu_check (settings, domain, NULL, refusals, NULL);
  for (guint i = 0; i < vb_diagnostics_get_length (refusals); i++)
    {
      const VbDiagnostic *finding = vb_diagnostics_get (refusals, i);
      gboolean is_error = finding->severity == VB_SEVERITY_ERROR;

      if (is_error)
        g_hash_table_add (subjects, get_subject (finding->path));
      warn (findings, finding->path, "%s%s",
            !is_error                                     ? ""
            : g_strv_contains (kept_paths, finding->path) ? "a start here would be refused: "
                                                          : "left out: ",
            finding->message);
    }
  return subjects;
}

/* Whether a device went. @domain is the caller's alone; @findings: (nullable) */
static gboolean
remove_refused (const VbQemuSettings *settings, VbDomain *domain, VbDiagnostics *findings)
{
  g_autoptr (GHashTable) refused = list_refused (settings, domain, findings);
  guint counts[VB_N_DEVICE_KINDS] = { 0 };
  gsize n_devices;
  g_autofree gpointer *devices = g_ptr_array_steal (domain->devices, &n_devices);

  for (gsize i = 0; i < n_devices; i++)
    {
      VbDevice *device = devices[i];
      g_autofree char *path =
          g_strdup_printf ("/domain/devices/%s[%u]", vb_device_kind_to_string (device->kind),
                           ++counts[device->kind]);

      if (g_hash_table_contains (refused, path))
        vb_device_free (device);
      else
        g_ptr_array_add (domain->devices, device);
    }
  return domain->devices->len < n_devices;
}

/* Leaves the devices out that QEMU cannot have. What a domain always has, such as a controller for
 * its disks, is then there in another model. */
static void
reduce (const VbQemuSettings *settings, VbDomain *domain, VbDiagnostics *findings)
{
  if (!remove_refused (settings, domain, findings))
    return;
  vb_domain_complete (domain, NULL, NULL);
  /* What has been made up and cannot be had either is nothing to tell of. */
  remove_refused (settings, domain, NULL);
}

/* (nullable): what QEMU alone does not do of @action when the guest ends */
static const char *
get_lost_part (VbLifecycleAction action)
{
  switch (action)
    {
    case VB_LIFECYCLE_RESTART:
      return "does not start it again";
    case VB_LIFECYCLE_RENAME_RESTART:
      return "does not start it again under another name";
    case VB_LIFECYCLE_COREDUMP_DESTROY:
      return "writes no core dump";
    case VB_LIFECYCLE_COREDUMP_RESTART:
      return "writes no core dump and does not start it again";
    case VB_LIFECYCLE_DESTROY:
    case VB_LIFECYCLE_PRESERVE:
      break;
    }
  return NULL;
}

static void
warn_of_lifecycle (const VbDomain *domain, VbDiagnostics *findings)
{
  const struct
  {
    const char *path;
    const char *lost;
    const char *end;
  } rows[] = {
    { "/domain/on_poweroff", get_lost_part (domain->on_poweroff), "powers off" },
    { "/domain/on_reboot",
      domain->on_reboot != VB_LIFECYCLE_RESTART ? get_lost_part (domain->on_reboot) : NULL,
      "reboots" },
    { "/domain/on_crash", get_lost_part (domain->on_crash), "crashes" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].lost != NULL)
      warn (findings, rows[i].path, "QEMU ends when the guest %s, and %s", rows[i].end,
            rows[i].lost);
  if ((domain->on_poweroff == VB_LIFECYCLE_PRESERVE) !=
          (domain->on_reboot == VB_LIFECYCLE_PRESERVE) &&
      vb_argv_ends_at_reset (domain))
    warn (findings,
          domain->on_poweroff == VB_LIFECYCLE_PRESERVE ? "/domain/on_reboot"
                                                       : "/domain/on_poweroff",
          "QEMU stays, paused, after a power-off and after a reset: it has one setting for both");
}

static void
warn_of_graphics (const VbDevice *device, guint number, VbDiagnostics *findings)
{
  const VbGraphics *graphics = (const VbGraphics *) device;
  g_autofree char *path = g_strdup_printf ("/domain/devices/graphics[%u]", number);

  if (graphics->type == VB_GRAPHICS_SPICE && graphics->autoport)
    warn (findings, path, "QEMU takes the port that is written: it chooses none for SPICE");
  else if (graphics->autoport)
    warn (findings, path, "QEMU takes the first port that is free, from 5900");
  if (graphics->password != NULL)
    warn (findings, path,
          "the password is not written: nobody can connect until it has been set by the monitor "
          "(QMP: set_password; add -qmp or -monitor)");
  if (graphics->password_valid_to != NULL)
    warn (findings, path,
          "the end of the password's validity is not written; set it by the monitor (QMP: "
          "expire_password)");
}

static void
warn_of_tuning (const VbDomain *domain, VbDiagnostics *findings)
{
  const VbTuning *tuning = &domain->tuning;
  const struct
  {
    const char *path;
    gboolean is_given;
  } limits[] = {
    { "/domain/blkiotune/weight", tuning->blkio_weight > 0 },
    { "/domain/memtune/hard_limit", tuning->limits_kib[VB_MEMORY_HARD_LIMIT] > 0 },
    { "/domain/memtune/soft_limit", tuning->limits_kib[VB_MEMORY_SOFT_LIMIT] > 0 },
    { "/domain/memtune/swap_hard_limit", tuning->limits_kib[VB_MEMORY_SWAP_HARD_LIMIT] > 0 },
    { "/domain/cputune/shares", tuning->cpu_shares > 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    if (limits[i].is_given)
      warn (findings, limits[i].path, "QEMU does not limit itself; start it by systemd-run");
  if (domain->vcpu_cpus != NULL)
    warn (findings, "/domain/vcpu/@cpuset",
          "QEMU does not choose the host's CPUs that it runs on; start it by taskset");
  if (tuning->pins != NULL && tuning->pins->len > 0)
    warn (findings, "/domain/cputune/vcpupin",
          "the virtual CPUs are not pinned; do it by taskset with the threads that the monitor "
          "tells (QMP: query-cpus-fast)");
}

static void
warn_of_watchdog (const VbDevice *device, guint number, VbDiagnostics *findings)
{
  g_autofree char *path = g_strdup_printf ("/domain/devices/watchdog[%u]/@action", number);

  if (((const VbWatchdog *) device)->action == VB_WATCHDOG_ACTION_DUMP)
    warn (findings, path, "QEMU pauses the guest, and writes no core dump");
}

static void
warn_of_channel (const VbDevice *device, guint number, VbDiagnostics *findings)
{
  const VbChardevSource *source = vb_host_end_of (device);
  g_autofree char *path = g_strdup_printf ("/domain/devices/channel[%u]/source", number);

  if (source->type == VB_CHARDEV_TYPE_UNIX && source->path == NULL)
    warn (findings, path, "QEMU makes the socket '%s.sock' in the folder where it is started",
          device->alias);
}

static void
warn_of_interface (const VbDevice *device, guint number, VbDiagnostics *findings)
{
  const VbInterface *interface = (const VbInterface *) device;
  g_autofree char *path = g_strdup_printf ("/domain/devices/interface[%u]", number);

  if (interface->type == VB_INTERFACE_DIRECT)
    warn (
        findings, path,
        "the card is behind QEMU's own router: a macvtap can only be handed over as a descriptor");
  else if (interface->type == VB_INTERFACE_BRIDGE)
    warn (findings, path,
          "QEMU runs qemu-bridge-helper, which must be let use '%s' by /etc/qemu/bridge.conf",
          interface->source);
  else if (interface->type == VB_INTERFACE_USER && interface->backend == VB_INTERFACE_BACKEND_PASST)
    warn (findings, path, "start 'passt --one-off' first, whose socket is /tmp/passt_1.socket");
  if (interface->type == VB_INTERFACE_BRIDGE && interface->driver == VB_INTERFACE_DRIVER_VHOST)
    warn (findings, path, "QEMU, not the kernel, moves the packets: its helper takes no vhost");
}

static void
warn_of_texts (const VbDomain *domain, VbDiagnostics *findings)
{
  const struct
  {
    const char *path;
    gboolean is_given;
  } rows[] = {
    { "/domain/title", domain->title != NULL },
    { "/domain/description", domain->description != NULL },
    { "/domain/metadata", domain->metadata != NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].is_given)
      warn (findings, rows[i].path, "left out: QEMU has no place for it");
}

static void
warn_of_disk (const VbDevice *device, guint number, VbDiagnostics *findings)
{
  g_autofree char *path = g_strdup_printf ("/domain/devices/disk[%u]/encryption", number);

  if (((const VbDisk *) device)->secret_uuid != NULL)
    warn (findings, path,
          "QEMU reads the passphrase from the file that is written, and takes a newline at its end "
          "for a part of it");
}

/* What the service does for a domain beside QEMU's command line. */
static void
warn_of_service (const VbDomain *domain, VbDiagnostics *findings)
{
  guint n_graphics = 0, n_interfaces = 0, n_watchdogs = 0, n_channels = 0, n_disks = 0;

  warn_of_texts (domain, findings);
  warn_of_tuning (domain, findings);
  if (domain->current_memory_kib < domain->memory_kib)
    warn (findings, "/domain/currentMemory",
          "the guest starts with all of its memory; set the balloon by the monitor (QMP: balloon)");
  if (domain->clock.offset == VB_CLOCK_VARIABLE)
    warn (findings, "/domain/clock/@adjustment",
          "the guest's clock begins at the time that is written, which was right at the time of "
          "this conversion");
  warn_of_lifecycle (domain, findings);
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      if (device->kind == VB_DEVICE_GRAPHICS)
        warn_of_graphics (device, ++n_graphics, findings);
      else if (device->kind == VB_DEVICE_INTERFACE)
        warn_of_interface (device, ++n_interfaces, findings);
      else if (device->kind == VB_DEVICE_WATCHDOG)
        warn_of_watchdog (device, ++n_watchdogs, findings);
      else if (device->kind == VB_DEVICE_CHANNEL)
        warn_of_channel (device, ++n_channels, findings);
      else if (device->kind == VB_DEVICE_DISK)
        warn_of_disk (device, ++n_disks, findings);
    }
}

/* (transfer full) (array zero-terminated=1): settings of the environment, and the emulator */
static char **
make_command (const VbDomain *domain)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autofree char *emulator = vb_qemu_find_emulator (domain, NULL);
  g_auto (GStrv) environment = vb_argv_set_environment (NULL, domain, FALSE);

  if (environment != NULL)
    g_strv_builder_addv (words, (const char **) environment);
  if (emulator == NULL && domain->emulator == NULL)
    emulator = g_strdup_printf ("qemu-system-%s", vb_architecture_to_qemu (domain->os.arch));
  g_strv_builder_add (words, emulator != NULL ? emulator : domain->emulator);
  return g_strv_builder_end (words);
}

/* (transfer full) */
static char *
join (char **command, const GPtrArray *arguments, gboolean pretty)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;

  g_strv_builder_addv (builder, (const char **) command);
  for (guint i = 0; i < arguments->len; i++)
    {
      g_auto (GStrv) argument = vb_argument_to_words (g_ptr_array_index (arguments, i));
      g_strv_builder_addv (builder, (const char **) argument);
    }
  words = g_strv_builder_end (builder);
  return pretty ? vb_shell_words_join_pretty ((const char *const *) words)
                : vb_shell_words_join ((const char *const *) words);
}

char *
vb_native_format (const VbQemuSettings *settings,
                  const VbDomain *domain,
                  const VbNativeOptions *options,
                  VbDiagnostics *findings,
                  GError **error)
{
  VbArgvOptions argv_options = {
    .now_s = options->now_s,
    .huge_page_kib = domain->huge_pages ? USUAL_HUGE_PAGE_KIB : 0,
    .host_sysinfo = settings->host != NULL ? &settings->host->sysinfo : NULL,
    .secrets_dir = settings->secrets_dir != NULL ? settings->secrets_dir : "secrets",
    .certificates_dir =
        settings->certificates_dir != NULL ? settings->certificates_dir : "certificates",
  };
  g_autoptr (VbDomain) sayable = NULL;
  g_autoptr (GPtrArray) arguments = NULL;
  g_auto (GStrv) command = NULL;

  if (!check_is_qemu (domain, error))
    return NULL;
  sayable = vb_domain_copy (domain);
  reduce (settings, sayable, findings);
  vb_certificates_settle_port (sayable, settings->certificates_dir);
  warn_of_service (sayable, findings);
  command = make_command (sayable);
  arguments = vb_argv_list (sayable, NULL, &argv_options);
  if (options->format == VB_NATIVE_QEMU_CONFIG)
    return vb_native_config_format ((const char *const *) command, arguments);
  return join (command, arguments, options->pretty);
}
