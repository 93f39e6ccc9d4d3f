/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU's command line: the machine, its monitor and descriptors, then each device by its element's
 * file.
 */
#include "qemu/argv.h"

#include "qemu/argv-parts.h"

#include <string.h>

#define BYTES_PER_KIB 1024
#define KIB_PER_MIB 1024
#define MEMORY_ID "ram"
#define SANDBOX "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"

typedef void (*AddDeviceFunc) (VbArgv *argv, const VbDevice *device);

/* Controllers come first: what sits on them names their buses. */
static const struct
{
  VbDeviceKind kind;
  AddDeviceFunc add;
} device_order[] = {
  { VB_DEVICE_CONTROLLER, vb_argv_add_controller },
  { VB_DEVICE_VIDEO, vb_argv_add_video },
  { VB_DEVICE_DISK, vb_argv_add_disk },
  { VB_DEVICE_INTERFACE, vb_argv_add_interface },
  { VB_DEVICE_SERIAL, vb_argv_add_chardev },
  { VB_DEVICE_PARALLEL, vb_argv_add_chardev },
  { VB_DEVICE_CONSOLE, vb_argv_add_chardev },
  { VB_DEVICE_CHANNEL, vb_argv_add_channel },
  { VB_DEVICE_SMARTCARD, vb_argv_add_smartcard },
  { VB_DEVICE_INPUT, vb_argv_add_input },
  { VB_DEVICE_GRAPHICS, vb_argv_add_graphics },
  { VB_DEVICE_SOUND, vb_argv_add_sound },
  { VB_DEVICE_HOSTDEV, vb_argv_add_hostdev },
  { VB_DEVICE_WATCHDOG, vb_argv_add_watchdog },
  { VB_DEVICE_MEMBALLOON, vb_argv_add_memballoon },
};

static void
argument_free (VbArgument *argument)
{
  g_free (argument->text);
  g_clear_pointer (&argument->json, qmp_value_unref);
  g_free (argument);
}

/* @text, @json: (transfer full) */
static void
append (const VbArgv *argv, GPtrArray *arguments, const char *option, char *text, QmpValue *json)
{
  VbArgument argument = { option, text, json, argv->device };
  g_ptr_array_add (arguments, g_memdup2 (&argument, sizeof argument));
}

void
vb_argv_add (VbArgv *argv, const char *option, const char *value)
{
  append (argv, argv->arguments, option, g_strdup (value), NULL);
}

void
vb_argv_add_format (VbArgv *argv, const char *option, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  append (argv, argv->arguments, option, g_strdup_vprintf (format, arguments), NULL);
  va_end (arguments);
}

void
vb_argv_add_json (VbArgv *argv, const char *option, QmpValue *value)
{
  append (argv, argv->arguments, option, NULL, value);
}

QmpValue *
vb_argv_new_device (const char *driver)
{
  QmpValue *device = qmp_value_new_object ();
  qmp_value_set_string (device, "driver", driver);
  return device;
}

static VbDeviceRank
rank_of (const VbDevice *device)
{
  if (device == NULL)
    return VB_RANK_OTHERS;
  if (device->address.type == VB_ADDRESS_PCI)
    return VB_RANK_PLACED;
  if (device->address.type == VB_ADDRESS_CCID)
    return VB_RANK_ON_CCID;
  if (vb_device_get_address_type (device) != VB_ADDRESS_USB)
    return VB_RANK_OTHERS;
  return device->address.usb_ports[0] != 0 ? VB_RANK_PORTED : VB_RANK_ON_USB;
}

static void
set_pci_place (const VbArgv *argv, QmpValue *json, const VbAddress *place)
{
  g_autofree char *address = g_strdup_printf ("0x%x.0x%x", place->slot, place->function);
  qmp_value_set_string (json, "bus", vb_board_get_pci_bus (argv->board));
  qmp_value_set_string (json, "addr", address);
}

static void
set_usb_place (const VbArgv *argv, QmpValue *json, const VbAddress *place)
{
  g_autofree char *bus = vb_argv_controller_bus (argv->domain, VB_CONTROLLER_USB, place->bus);
  g_autofree char *port = vb_address_get_usb_port (place);
  qmp_value_set_string (json, "bus", bus);
  qmp_value_set_string (json, "port", port);
}

void
vb_argv_add_device (VbArgv *argv, const VbDevice *device, QmpValue *json)
{
  VbDeviceRank rank = rank_of (device);
  if (device != NULL)
    qmp_value_set_string (json, "id", device->alias);
  if (rank == VB_RANK_PLACED)
    set_pci_place (argv, json, &device->address);
  else if (rank == VB_RANK_PORTED || rank == VB_RANK_ON_USB)
    set_usb_place (argv, json, &device->address);
  append (argv, argv->devices[rank], "-device", NULL, json);
}

void
vb_argv_add_hub (VbArgv *argv, const VbAddress *place, QmpValue *json)
{
  set_usb_place (argv, json, place);
  append (argv, argv->devices[VB_RANK_HUBS], "-device", NULL, json);
}

char *
vb_argv_escape (const char *value)
{
  g_autoptr (GString) text = g_string_new (value);
  g_string_replace (text, ",", ",,", 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The speaker is a part of the machine. */
static void
append_speaker (GString *machine, const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbSound *sound = g_ptr_array_index (domain->devices, i);
      if (sound->base.kind == VB_DEVICE_SOUND && sound->model == VB_SOUND_PCSPK)
        {
          g_autofree char *id = vb_argv_sound_id (sound);
          g_string_append_printf (machine, ",pcspk-audiodev=%s", id);
        }
    }
}

/* QEMU's unit is MiB, and memory in huge pages is made of whole ones. */
static void
add_memory (VbArgv *argv, guint64 huge_page_kib)
{
  guint64 unit_kib = MAX (huge_page_kib, KIB_PER_MIB);
  guint64 size_kib = (argv->domain->memory_kib + unit_kib - 1) / unit_kib * unit_kib;
  QmpValue *memory;

  vb_argv_add_format (argv, "-m", "size=%" G_GUINT64_FORMAT "M", size_kib / KIB_PER_MIB);
  if (huge_page_kib == 0)
    return;
  memory = qmp_value_new_object ();
  qmp_value_set_string (memory, "qom-type", "memory-backend-memfd");
  qmp_value_set_string (memory, "id", MEMORY_ID);
  qmp_value_set_uint (memory, "size", size_kib * BYTES_PER_KIB);
  qmp_value_set_boolean (memory, "hugetlb", TRUE);
  qmp_value_set_boolean (memory, "prealloc", TRUE);
  vb_argv_add_json (argv, "-object", memory);
}

static void
add_machine (VbArgv *argv, guint64 huge_page_kib)
{
  const VbDomain *domain = argv->domain;
  g_autofree char *name = vb_argv_escape (domain->name);
  g_autoptr (GString) machine = g_string_new (NULL);

  vb_argv_add_format (argv, "-name", "guest=%s,debug-threads=on", name);
  vb_argv_add (argv, "-uuid", domain->uuid);
  g_string_append_printf (machine, "%s%saccel=%s,usb=off,dump-guest-core=off",
                          domain->os.machine != NULL ? domain->os.machine : "",
                          domain->os.machine != NULL ? "," : "",
                          domain->type == VB_DOMAIN_TYPE_KVM ? "kvm" : "tcg");
  append_speaker (machine, domain);
  vb_argv_append_timers (machine, &domain->clock);
  if (huge_page_kib > 0)
    g_string_append (machine, ",memory-backend=" MEMORY_ID);
  vb_argv_add (argv, "-machine", machine->str);
  add_memory (argv, huge_page_kib);
  vb_argv_add_cpus (argv);
  if (argv->board != VB_BOARD_OTHER && (domain->features & VB_FEATURE_ACPI) == 0)
    vb_argv_add (argv, "-no-acpi", NULL);
}

/* Whether QEMU stays, paused, when the guest powers off, or resets where that is an end. */
static gboolean
holds_shutdown (const VbDomain *domain)
{
  return domain->on_poweroff == VB_LIFECYCLE_PRESERVE || domain->on_reboot == VB_LIFECYCLE_PRESERVE;
}

/* What is written of a guest that panicked is written while QEMU holds it. */
static gboolean
holds_panic (const VbDomain *domain)
{
  return domain->on_crash == VB_LIFECYCLE_PRESERVE ||
         domain->on_crash == VB_LIFECYCLE_COREDUMP_DESTROY ||
         domain->on_crash == VB_LIFECYCLE_COREDUMP_RESTART;
}

static void
add_actions (VbArgv *argv)
{
  vb_argv_add_format (argv, "-action", "reboot=%s,shutdown=%s,panic=%s",
                      vb_argv_ends_at_reset (argv->domain) ? "shutdown" : "reset",
                      holds_shutdown (argv->domain) ? "pause" : "poweroff",
                      holds_panic (argv->domain) ? "pause" : "shutdown");
  if (argv->board == VB_BOARD_PC || argv->board == VB_BOARD_Q35)
    vb_argv_add_device (argv, NULL, vb_argv_new_device ("pvpanic"));
}

/* @path: (nullable): as the user knows it */
static void
add_boot_file (VbArgv *argv, const char *option, const char *key, const char *path)
{
  const VbDescriptor *descriptor =
      argv->descriptors != NULL ? vb_descriptors_find (argv->descriptors, key) : NULL;
  g_autofree char *opened = descriptor != NULL ? vb_descriptor_get_qemu_path (descriptor) : NULL;

  if (path != NULL)
    vb_argv_add (argv, option, opened != NULL ? opened : path);
}

static void
add_boot (VbArgv *argv)
{
  static const char *const menus[] = {
    [VB_SWITCH_DEFAULT] = "",
    [VB_SWITCH_YES] = ",menu=on",
    [VB_SWITCH_NO] = ",menu=off",
  };
  const VbOs *os = &argv->domain->os;

  vb_argv_add_format (argv, "-boot", "strict=on%s", menus[os->boot_menu]);
  add_boot_file (argv, "-bios", VB_DESCRIPTOR_LOADER, os->loader);
  add_boot_file (argv, "-kernel", VB_DESCRIPTOR_KERNEL, os->kernel);
  add_boot_file (argv, "-initrd", VB_DESCRIPTOR_INITRD, os->initrd);
  if (os->command_line != NULL)
    vb_argv_add (argv, "-append", os->command_line);
}

/* `query-fdsets` tells the next service which files these are. */
static void
add_descriptor_sets (VbArgv *argv)
{
  for (guint i = 0; i < vb_descriptors_get_length (argv->descriptors); i++)
    {
      const VbDescriptor *descriptor = vb_descriptors_get (argv->descriptors, i);
      g_autofree char *path = vb_argv_escape (descriptor->path);
      if (descriptor->fdset != 0)
        vb_argv_add_format (argv, "-add-fd", "fd=%d,set=%u,opaque=%s", descriptor->child_fd,
                            descriptor->fdset, path);
    }
}

/* Others' monitors, each un-negotiated until somebody connects. What is said there is not recorded. */
static void
add_spare_monitors (VbArgv *argv)
{
  static const char *const keys[] = { VB_DESCRIPTOR_PASSTHROUGH, VB_DESCRIPTOR_SPARE };
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      vb_argv_add_format (argv, "-chardev", "socket,id=%s,fd=%d,server=on,wait=off", keys[i],
                          vb_descriptors_find (argv->descriptors, keys[i])->child_fd);
      vb_argv_add_format (argv, "-mon", "chardev=%s,mode=control", keys[i]);
    }
}

static void
add_monitor (VbArgv *argv)
{
  const VbDescriptor *monitor = vb_descriptors_find (argv->descriptors, VB_DESCRIPTOR_MONITOR);
  const VbDescriptor *log = vb_descriptors_find (argv->descriptors, VB_DESCRIPTOR_MONITOR_LOG);
  g_autofree char *log_path = vb_descriptor_get_qemu_path (log);
  vb_argv_add_format (argv, "-chardev",
                      "socket,id=monitor,fd=%d,server=on,wait=off,logfile=%s,logappend=on",
                      monitor->child_fd, log_path);
  vb_argv_add (argv, "-mon", "chardev=monitor,mode=control");
}

/* What the service asks of the QEMU that it watches. */
static void
add_supervision (VbArgv *argv, const VbArgvOptions *options)
{
  vb_argv_add (argv, "-S", NULL);
  vb_argv_add (argv, "-msg", "timestamp=on");
  if (options->sandbox)
    vb_argv_add (argv, "-sandbox", SANDBOX);
  if (options->reject_deprecated)
    vb_argv_add (argv, "-compat", "deprecated-input=reject,deprecated-output=hide");
}

static void
add_devices (VbArgv *argv)
{
  vb_argv_add_floppy_controller (argv);
  vb_argv_add_usb_hubs (argv);
  for (guint kind = 0; kind < G_N_ELEMENTS (device_order); kind++)
    for (guint i = 0; i < argv->domain->devices->len; i++)
      {
        const VbDevice *device = g_ptr_array_index (argv->domain->devices, i);
        argv->device = device;
        if (device->kind == device_order[kind].kind)
          device_order[kind].add (argv, device);
      }
  argv->device = NULL;
}

GPtrArray *
vb_argv_list (const VbDomain *domain,
              const VbDescriptors *descriptors,
              const VbArgvOptions *options)
{
  VbArgv argv = { .domain = domain,
                  .descriptors = descriptors,
                  .secrets_dir = options->secrets_dir,
                  .certificates_dir = options->certificates_dir,
                  .board = vb_board_of (domain) };

  argv.arguments = g_ptr_array_new_with_free_func ((GDestroyNotify) argument_free);
  for (guint rank = 0; rank < VB_N_DEVICE_RANKS; rank++)
    argv.devices[rank] = g_ptr_array_new_with_free_func ((GDestroyNotify) argument_free);
  vb_argv_add (&argv, "-no-user-config", NULL);
  vb_argv_add (&argv, "-nodefaults", NULL);
  if (descriptors != NULL)
    add_supervision (&argv, options);
  vb_argv_add_window (&argv);
  add_machine (&argv, options->huge_page_kib);
  vb_argv_add_clock (&argv, options->now_s);
  vb_argv_add_smbios (&argv, options->host_sysinfo);
  add_actions (&argv);
  add_boot (&argv);
  if (descriptors != NULL)
    {
      add_descriptor_sets (&argv);
      add_monitor (&argv);
      add_spare_monitors (&argv);
    }
  add_devices (&argv);
  for (guint rank = 0; rank < VB_N_DEVICE_RANKS; rank++)
    g_ptr_array_extend_and_steal (argv.arguments, argv.devices[rank]);
  return argv.arguments;
}

char **
vb_argument_to_words (const VbArgument *argument)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autofree char *json = argument->json != NULL ? qmp_value_to_string (argument->json) : NULL;
  const char *value = json != NULL ? json : argument->text;

  g_strv_builder_add (words, argument->option);
  if (value != NULL)
    g_strv_builder_add (words, value);
  return g_strv_builder_end (words);
}

char **
vb_argv_build (const VbDomain *domain,
               const VbDescriptors *descriptors,
               const VbArgvOptions *options)
{
  g_autoptr (GPtrArray) arguments = vb_argv_list (domain, descriptors, options);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  g_strv_builder_add (words, options->emulator);
  for (guint i = 0; i < arguments->len; i++)
    {
      g_auto (GStrv) argument = vb_argument_to_words (g_ptr_array_index (arguments, i));
      g_strv_builder_addv (words, (const char **) argument);
    }
  return g_strv_builder_end (words);
}

gboolean
vb_argv_has_device (const VbDomain *domain, const VbDevice *device)
{
  g_autoptr (QmpValue) json = NULL;
  switch (device->kind)
    {
    case VB_DEVICE_CONTROLLER:
      json = vb_argv_controller_device (vb_board_of (domain), (const VbController *) device);
      return json != NULL;
    case VB_DEVICE_SERIAL:
    case VB_DEVICE_PARALLEL:
    case VB_DEVICE_CONSOLE:
    case VB_DEVICE_CHANNEL:
      json = vb_argv_chardev_device (domain, (const VbChardev *) device);
      return json != NULL;
    case VB_DEVICE_INPUT:
      json = vb_argv_input_device ((const VbInput *) device);
      return json != NULL;
    case VB_DEVICE_MEMBALLOON:
      return ((const VbMemballoon *) device)->model == VB_MEMBALLOON_VIRTIO;
    case VB_DEVICE_SOUND:
      return ((const VbSound *) device)->model != VB_SOUND_PCSPK;
    case VB_DEVICE_DISK:
    case VB_DEVICE_INTERFACE:
    case VB_DEVICE_HOSTDEV:
    case VB_DEVICE_VIDEO:
    case VB_DEVICE_WATCHDOG:
    case VB_DEVICE_SMARTCARD:
      return TRUE;
    case VB_DEVICE_GRAPHICS:
    case VB_N_DEVICE_KINDS:
      break;
    }
  return FALSE;
}

gboolean
vb_argv_ends_at_reset (const VbDomain *domain)
{
  return domain->on_reboot != VB_LIFECYCLE_RESTART;
}
