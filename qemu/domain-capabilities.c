/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One row for each list of words: how a device is written that has one of them. Each word is tried in
 * a domain of its own.
 */
#include "qemu/domain-capabilities.h"

#include "domain/domain-capabilities-xml.h"
#include "qemu/card-models.h"
#include "qemu/instance.h"

#include <string.h>

/* In the XML of a row: what the word needs beside it, and the word */
#define PART "@PART@"
#define WORD "@WORD@"

#define NETWORK_SOURCE                                                                             \
  "<source network='x' bridge='x' dev='x' mode='vepa' name='x' address='230.0.0.1' port='5558'/>"
#define CHARDEV_SOURCE "<source mode='connect' path='/x' host='127.0.0.1' service='1'/>"

/* The last row, without a word, is that of all others. */
typedef struct
{
  const char *word;
  const char *part;
} Part;

static const Part disk_devices[] = {
  { "cdrom", "<target dev='sda' bus='scsi'/>" },
  { "floppy", "<target dev='fda' bus='fdc'/>" },
  { NULL, "<target dev='vda' bus='virtio'/>" },
};
static const Part disk_buses[] = {
  { "ide", "device='disk'><target dev='hda'" },    { "fdc", "device='floppy'><target dev='fda'" },
  { "virtio", "device='disk'><target dev='vda'" }, { "xen", "device='disk'><target dev='xvda'" },
  { "uml", "device='disk'><target dev='ubda'" },   { NULL, "device='disk'><target dev='sda'" },
};
static const Part disk_sources[] = {
  { "block", "<source dev='/x'/>" },
  { "dir", "<source dir='/x'/>" },
  { "network", "<source protocol='nbd' name='x'><host name='x' port='1'/></source>" },
  { NULL, "<source file='/x'/>" },
};
static const Part smartcard_ends[] = {
  { "passthrough", "type='tcp'>" CHARDEV_SOURCE },
  { "host-certificates",
    "><certificate>a</certificate><certificate>b</certificate><certificate>c</certificate>" },
  { NULL, ">" },
};
static const Part channel_targets[] = {
  { "guestfwd", "address='10.0.2.9' port='1'" },
  { NULL, "name='x'" },
};
static const Part host_devices[] = {
  { "pci", "<address domain='0' bus='0' slot='1' function='0'/>" },
  { NULL, "<vendor id='1'/><product id='1'/>" },
};

/* (transfer full) (array zero-terminated=1): the words of a list that no enumeration has */
typedef char **(*ListFunc) (const VbEmulatorFacts *facts);

static char **
list_image_formats (const VbEmulatorFacts *facts)
{
  g_autofree const char **words = vb_emulator_facts_list (facts, VB_EMULATOR_WORD_BLOCKDEV);

  return g_strdupv ((char **) words);
}

static char **
list_cards (const VbEmulatorFacts *facts)
{
  g_autofree char *words = vb_card_model_list ();

  return g_strsplit (words, ", ", -1);
}

typedef struct
{
  VbDeviceKind kind;
  const char *name;         /* of the list */
  const VbEnumTable *table; /* (nullable): the words… */
  guint first;              /* …but for those before this one, which are not written */
  ListFunc list;            /* where there is no table */
  gboolean is_of_some;      /* a device need not have one of the words */
  const char *xml;          /* of a device with a word */
  const char *other;        /* (nullable): another, for machines that cannot have that */
  const Part *parts;        /* (nullable) */
} Row;

static const Row rows[] = {
  { VB_DEVICE_DISK, "diskDevice", &vb_disk_device_table, .parts = disk_devices,
    .xml = "<disk device='" WORD "'><source file='/x'/>" PART "</disk>",
    .other = "<disk device='" WORD "'><source file='/x'/><target dev='hda' bus='ide'/></disk>" },
  { VB_DEVICE_DISK, "bus", &vb_disk_bus_table, .parts = disk_buses,
    .xml = "<disk " PART " bus='" WORD "'/><source file='/x'/></disk>" },
  { VB_DEVICE_DISK, "type", &vb_disk_type_table, .parts = disk_sources,
    .xml = "<disk type='" WORD "'>" PART "<target dev='vda' bus='virtio'/></disk>",
    .other = "<disk type='" WORD "'>" PART "<target dev='hda' bus='ide'/></disk>" },
  { VB_DEVICE_DISK, "format", .list = list_image_formats,
    .xml = "<disk><driver name='qemu' type='" WORD "'/><source file='/x'/>"
           "<target dev='vda' bus='virtio'/><readonly/></disk>",
    .other = "<disk device='cdrom'><driver name='qemu' type='" WORD "'/><source file='/x'/>"
             "<target dev='hda' bus='ide'/></disk>" },
  { VB_DEVICE_CONTROLLER, "type", &vb_controller_type_table,
    .xml = "<controller type='" WORD "' index='0'/>" },
  { VB_DEVICE_CONTROLLER, "scsiModel", &vb_scsi_model_table, 1, .is_of_some = TRUE,
    .xml = "<controller type='scsi' index='0' model='" WORD "'/>" },
  { VB_DEVICE_INTERFACE, "type", &vb_interface_type_table,
    .xml = "<interface type='" WORD "'>" NETWORK_SOURCE "<model type='virtio'/></interface>",
    .other = "<interface type='" WORD "'>" NETWORK_SOURCE "<model type='ne2k_isa'/></interface>" },
  { VB_DEVICE_INTERFACE, "modelType", .list = list_cards,
    .xml = "<interface type='user'><model type='" WORD "'/></interface>" },
  { VB_DEVICE_SMARTCARD, "mode", &vb_smartcard_mode_table, .parts = smartcard_ends,
    .xml = "<smartcard mode='" WORD "' " PART "</smartcard>" },
  { VB_DEVICE_SERIAL, "type", &vb_chardev_type_table,
    .xml = "<serial type='" WORD "'>" CHARDEV_SOURCE "</serial>" },
  { VB_DEVICE_PARALLEL, "type", &vb_chardev_type_table,
    .xml = "<parallel type='" WORD "'>" CHARDEV_SOURCE "</parallel>" },
  { VB_DEVICE_CONSOLE, "type", &vb_chardev_type_table,
    .xml = "<console type='" WORD "'>" CHARDEV_SOURCE "<target type='virtio'/></console>",
    .other = "<serial type='" WORD "'>" CHARDEV_SOURCE "</serial>"
             "<console type='" WORD "'>" CHARDEV_SOURCE "<target type='serial'/></console>" },
  { VB_DEVICE_CONSOLE, "targetType", &vb_chardev_target_table,
    .xml = "<console type='pty'><target type='" WORD "'/></console>" },
  { VB_DEVICE_CHANNEL, "type", &vb_chardev_type_table,
    .xml =
        "<channel type='" WORD "'>" CHARDEV_SOURCE "<target type='virtio' name='x'/></channel>" },
  { VB_DEVICE_CHANNEL, "targetType", &vb_chardev_target_table, .parts = channel_targets,
    .xml = "<channel type='pty'><target type='" WORD "' " PART "/></channel>" },
  { VB_DEVICE_INPUT, "type", &vb_input_type_table, .xml = "<input type='" WORD "' bus='usb'/>",
    .other = "<input type='" WORD "' bus='ps2'/>" },
  { VB_DEVICE_INPUT, "bus", &vb_input_bus_table, .xml = "<input type='mouse' bus='" WORD "'/>" },
  { VB_DEVICE_GRAPHICS, "type", &vb_graphics_type_table, .xml = "<graphics type='" WORD "'/>" },
  { VB_DEVICE_SOUND, "modelType", &vb_sound_model_table, .xml = "<sound model='" WORD "'/>" },
  { VB_DEVICE_VIDEO, "modelType", &vb_video_model_table,
    .xml = "<video><model type='" WORD "'/></video>" },
  { VB_DEVICE_HOSTDEV, "subsysType", &vb_hostdev_type_table, .parts = host_devices,
    .xml = "<hostdev mode='subsystem' type='" WORD "'><source>" PART "</source></hostdev>" },
  { VB_DEVICE_WATCHDOG, "modelType", &vb_watchdog_model_table,
    .xml = "<watchdog model='" WORD "'/>" },
  { VB_DEVICE_WATCHDOG, "action", &vb_watchdog_action_table,
    .xml = "<watchdog model='i6300esb' action='" WORD "'/>",
    .other = "<watchdog model='ib700' action='" WORD "'/>" },
  { VB_DEVICE_MEMBALLOON, "modelType", &vb_memballoon_model_table,
    .xml = "<memballoon model='" WORD "'/>" },
};

/* What domains are tried for. */
typedef struct
{
  const VbEmulatorFacts *facts;
  const char *emulator;
  VbDomainType type;
  const char *arch;
  const char *machine;
} Subject;

static const char *
find_part (const Part *parts, const char *word)
{
  while (parts->word != NULL && !g_str_equal (parts->word, word))
    parts++;
  return parts->part;
}

/* (transfer full) @parts: (nullable) */
static char *
write_device (const char *xml, const Part *parts, const char *word)
{
  g_autofree char *escaped = g_markup_escape_text (word, -1);
  g_autoptr (GString) text = g_string_new (xml);

  if (parts != NULL)
    g_string_replace (text, PART, find_part (parts, word), 0);
  g_string_replace (text, WORD, escaped, 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* (nullable): the domain of @subject that has @device, and no other device that it need not have.
 * @cpu: XML or "" */
static VbDomain *
make_domain (const Subject *subject, VbDeviceKind kind, const char *device, const char *cpu)
{
  g_autofree char *xml = g_markup_printf_escaped (
      "<domain type='%s'><name>x</name><memory unit='MiB'>1</memory>"
      "<os><type arch='%s' machine='%s'>hvm</type></os><devices><emulator>%s</emulator>",
      vb_enum_to_string (&vb_domain_type_table, (int) subject->type), subject->arch,
      subject->machine, subject->emulator);
  g_autofree char *document =
      g_strconcat (xml, device, kind != VB_DEVICE_MEMBALLOON ? "<memballoon model='none'/>" : "",
                   "</devices>", cpu, "</domain>", NULL);

  return vb_domain_parse (document, strlen (document), FALSE, NULL, NULL);
}

/* Whether a start would refuse something below @path of @domain, which becomes complete. */
static gboolean
is_refused (const Subject *subject, VbDomain *domain, const char *path)
{
  static const VbQemuSettings settings = { .kvm_usable = TRUE };
  g_autoptr (VbDiagnostics) findings = vb_diagnostics_new ();

  vb_domain_complete (domain, NULL, NULL);
  vb_qemu_check (&settings, domain, subject->facts, findings, NULL);
  for (guint i = 0; i < vb_diagnostics_get_length (findings); i++)
    {
      const VbDiagnostic *finding = vb_diagnostics_get (findings, i);

      if (finding->severity == VB_SEVERITY_ERROR && g_str_has_prefix (finding->path, path))
        return TRUE;
    }
  return FALSE;
}

/* A device of a type that is not handled is not in the domain. */
static gboolean
has_device (const VbDomain *domain, VbDeviceKind kind)
{
  for (guint i = 0; i < domain->devices->len; i++)
    if (((const VbDevice *) g_ptr_array_index (domain->devices, i))->kind == kind)
      return TRUE;
  return FALSE;
}

/* @xml: (nullable): of a row */
static gboolean
can_start (const Subject *subject, const Row *row, const char *xml, const char *word)
{
  g_autofree char *device = xml != NULL ? write_device (xml, row->parts, word) : NULL;
  g_autoptr (VbDomain) domain =
      device != NULL ? make_domain (subject, row->kind, device, "") : NULL;

  if (domain == NULL || !has_device (domain, row->kind))
    return FALSE;
  return !is_refused (subject, domain, "/domain/devices/");
}

static gboolean
is_offered (const Subject *subject, const Row *row, const char *word)
{
  return can_start (subject, row, row->xml, word) || can_start (subject, row, row->other, word);
}

/* How many there are. */
static guint
add_words (VbDomainOffer *offer, const Subject *subject, const Row *row)
{
  g_auto (GStrv) listed = row->list != NULL ? row->list (subject->facts) : NULL;
  const char *const *words =
      row->table != NULL ? row->table->words + row->first : (const char *const *) listed;
  VbOfferedWords offered = { row->kind, row->name, g_ptr_array_new_with_free_func (g_free) };

  for (guint i = 0; words[i] != NULL; i++)
    if (is_offered (subject, row, words[i]))
      g_ptr_array_add (offered.words, g_strdup (words[i]));
  g_array_append_val (offer->words, offered);
  return offered.words->len;
}

/* A device can be had where there is a word for each thing that it must say. */
static void
add_devices (VbDomainOffer *offer, const Subject *subject)
{
  for (guint kind = 0; kind < VB_N_DEVICE_KINDS; kind++)
    offer->has_device[kind] = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint n_words = add_words (offer, subject, &rows[i]);

      offer->has_device[rows[i].kind] &= n_words > 0 || rows[i].is_of_some;
    }
  for (guint i = offer->words->len; i > 0; i--)
    if (!offer->has_device[g_array_index (offer->words, VbOfferedWords, i - 1).kind])
      g_array_remove_index (offer->words, i - 1);
}

static gboolean
takes_cpu (const Subject *subject, const char *model)
{
  g_autofree char *cpu = g_markup_printf_escaped ("<cpu><model>%s</model></cpu>", model);
  g_autoptr (VbDomain) domain = make_domain (subject, VB_N_DEVICE_KINDS, "", cpu);

  return domain != NULL && !is_refused (subject, domain, "/domain/cpu");
}

static void
add_cpus (VbDomainOffer *offer, const Subject *subject)
{
  for (guint i = 0; i < vb_emulator_facts_get_n_cpus (subject->facts); i++)
    {
      VbEmulatorCpu cpu;
      VbOfferedCpu offered;

      vb_emulator_facts_get_cpu (subject->facts, i, &cpu);
      g_free (cpu.blockers);
      offered = (VbOfferedCpu){ cpu.name, cpu.is_usable };
      g_array_append_val (offer->cpus, offered);
      if (cpu.is_usable && !offer->takes_cpu)
        offer->takes_cpu = takes_cpu (subject, cpu.name);
    }
}

/* @name: (nullable): the one that a domain is given which names none, or else the likeliest */
static gboolean
find_machine (const VbEmulatorFacts *facts, const char *name, VbEmulatorMachine *machine)
{
  if (name != NULL)
    return vb_emulator_facts_find_machine (facts, name, machine);
  if (vb_emulator_facts_get_n_machines (facts) == 0)
    return FALSE;
  vb_emulator_facts_get_machine (facts, 0, machine);
  if (!machine->is_default && !vb_emulator_facts_find_machine (facts, "virt", machine))
    vb_emulator_facts_get_machine (facts, 0, machine);
  return TRUE;
}

static gboolean
has_type (const VbCapabilitySet *set, VbDomainType type)
{
  for (guint i = 0; i < set->domain_types->len; i++)
    if (g_array_index (set->domain_types, VbDomainType, i) == type)
      return TRUE;
  return FALSE;
}

/* @offer: of a type that the set has */
static gboolean
fill (VbDomainOffer *offer, const VbCapabilitySet *set, const char *machine_name, GError **error)
{
  const VbEmulatorFacts *facts = vb_capability_set_get_facts (set, offer->type);
  VbEmulatorMachine machine;
  Subject subject = { facts, offer->emulator, offer->type, set->arch, NULL };

  if (facts == NULL && machine_name == NULL)
    return TRUE;
  if (facts != NULL && vb_emulator_facts_get_error (facts) != NULL)
    g_set_error_literal (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                         vb_emulator_facts_get_error (facts));
  else if (facts == NULL || !find_machine (facts, machine_name, &machine))
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED,
                 "there is no machine '%s' for architecture '%s'; use one of the property Machines",
                 machine_name != NULL ? machine_name : "", set->arch);
  else
    {
      subject.machine = machine.name;
      offer->machine = machine.canonical;
      offer->max_vcpus = machine.max_cpus;
      offer->has_firmware = TRUE;
      add_cpus (offer, &subject);
      add_devices (offer, &subject);
      return TRUE;
    }
  return FALSE;
}

char *
vb_domain_capabilities_format (const VbCapabilitySet *set,
                               int domain_type,
                               const char *machine,
                               GError **error)
{
  g_autoptr (VbDomainOffer) offer = vb_domain_offer_new ();
  const VbCapabilityOverride *override;

  offer->type =
      domain_type < 0 ? g_array_index (set->domain_types, VbDomainType, 0) : (guint) domain_type;
  if (!has_type (set, offer->type))
    {
      g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED,
                   "domains of type '%s' cannot be run for architecture '%s' here; use one of the "
                   "property DomainTypes",
                   vb_enum_to_string (&vb_domain_type_table, (int) offer->type), set->arch);
      return NULL;
    }
  override = vb_capability_set_get_override (set, offer->type);
  offer->emulator = override != NULL ? override->emulator : set->emulator;
  offer->loader = override != NULL ? override->loader : set->loader;
  offer->arch = set->arch;
  if (!fill (offer, set, machine, error))
    return NULL;
  return vb_domain_offer_format (offer);
}
