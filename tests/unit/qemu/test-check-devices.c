/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is refused before a start because this emulator cannot do it: each wrong device has its own
 * error, at its own place in the definition. The emulator is the installed one, or is said to differ
 * from it in one thing.
 */
#include "asked-emulator.h"

#include "qemu/argv.h"
#include "qemu/device-table.h"
#include "qemu/emulator-facts-private.h"
#include "qemu/instance.h"

#include <string.h>

/* Stands for that of the emulator. */
#define VERSION "$VERSION"

typedef struct
{
  const char *name;
  const char *from; /* (nullable) in the answers of the emulator… */
  const char *to;   /* …is this instead */
  const char *devices;
  const char *path; /* of the finding */
  const char *message;
} Case;

/* It calls something else by that name. */
#define GONE(name) "\"" name "\"", "\"" name "-gone\""

#define DISK(attributes, body)                                                                     \
  "<disk type='file'" attributes "><source file='/x.img'/>" body "</disk>"
#define CARD "<interface type='user'/>"
#define ON_USB "<address type='usb' bus='0'/>"
#define TABLET(address) "<input type='tablet' bus='usb'>" address "</input>"
#define TEN(text) text text text text text text text text text text

static const Case cases[] = {
  /* models, and those of modules that are not installed */
  { "sound", GONE ("ES1370"), "<sound model='es1370'/>", "/domain/devices/sound[1]/@model",
    "sound '0': this QEMU (" VERSION ") has no device 'ES1370'; use ac97, ich6 or sb16" },
  { "sound-codec", GONE ("hda-duplex"), "<sound model='ac97'/><sound model='ich6'/>",
    "/domain/devices/sound[2]/@model",
    "sound '1': this QEMU (" VERSION ") has no device 'hda-duplex'; use ac97, es1370 or sb16" },
  { "card", GONE ("e1000"),
    "<interface type='user'/><interface type='user'><model type='e1000'/></interface>",
    "/domain/devices/interface[2]/model/@type",
    "interface 'net1': this QEMU (" VERSION
    ") has no device 'e1000'; use e1000e, i82551, i82557b, i82559er, ne2k_isa, ne2k_pci, pcnet, "
    "rtl8139, virtio or vmxnet3" },
  { "default-card", GONE ("rtl8139"), "<interface type='user'/>",
    "/domain/devices/interface[1]/model/@type",
    "interface 'net0': this QEMU (" VERSION
    ") has no device 'rtl8139'; use e1000, e1000e, i82551, i82557b, i82559er, ne2k_isa, ne2k_pci, "
    "pcnet, virtio or vmxnet3" },
  { "video-module", GONE ("qxl-vga"), "<video><model type='qxl'/></video>",
    "/domain/devices/video[1]/model/@type",
    "video '0': this QEMU (" VERSION
    ") has no device 'qxl-vga'; install qemu-system-modules-spice, or use vga, cirrus or vmvga" },
  { "second-video-module", GONE ("qxl"),
    "<video><model type='vga'/></video><video><model type='qxl'/></video>",
    "/domain/devices/video[2]/model/@type",
    "video '1': this QEMU (" VERSION ") has no device 'qxl'; install qemu-system-modules-spice" },
  { "video", GONE ("VGA"), "<video><model type='vga'/></video>",
    "/domain/devices/video[1]/model/@type",
    "video '0': this QEMU (" VERSION ") has no device 'VGA'; use cirrus, qxl or vmvga" },
  { "disk", GONE ("virtio-blk-pci"),
    DISK ("", "<target dev='hda'/>") DISK ("", "<target dev='vda'/>"),
    "/domain/devices/disk[2]/target/@bus",
    "disk 'vda': this QEMU (" VERSION
    ") has no device 'virtio-blk-pci'; use ide, sata, scsi or usb" },
  { "disk-ide", GONE ("ide-hd"), DISK ("", "<target dev='hda'/>"),
    "/domain/devices/disk[1]/target/@bus",
    "disk 'hda': this QEMU (" VERSION ") has no device 'ide-hd'; use scsi, usb or virtio" },
  { "disk-sata", GONE ("ide-hd"), DISK ("", "<target dev='sda' bus='sata'/>"),
    "/domain/devices/disk[1]/target/@bus",
    "disk 'sda': this QEMU (" VERSION ") has no device 'ide-hd'; use scsi, usb or virtio" },
  { "cdrom", GONE ("ide-cd"), DISK (" device='cdrom'", "<target dev='hdc'/>"),
    "/domain/devices/disk[1]/target/@bus",
    "disk 'hdc': this QEMU (" VERSION ") has no device 'ide-cd'; use scsi" },
  { "disk-usb", GONE ("usb-storage"), DISK ("", "<target dev='sda' bus='usb'/>"),
    "/domain/devices/disk[1]/target/@bus",
    "disk 'sda': this QEMU (" VERSION
    ") has no device 'usb-storage'; use ide, sata, scsi or virtio" },
  { "floppy", GONE ("floppy"), DISK (" device='floppy'", "<target dev='fda'/>"),
    "/domain/devices/disk[1]/target/@bus",
    "disk 'fda': this QEMU (" VERSION
    ") has no device 'floppy'; remove it, or name an <emulator> that has it" },
  { "scsi-model", GONE ("mptsas1068"), "<controller type='scsi' index='0' model='lsisas1068'/>",
    "/domain/devices/controller[1]/@model",
    "controller 'scsi0': this QEMU (" VERSION
    ") has no device 'mptsas1068'; use lsilogic, vmpvscsi or virtio-scsi" },
  { "sata", GONE ("ich9-ahci"), "<controller type='sata' index='0'/>",
    "/domain/devices/controller[1]",
    "controller 'sata0': this QEMU (" VERSION
    ") has no device 'ich9-ahci'; remove it, or name an <emulator> that has it" },
  { "usb", GONE ("piix3-usb-uhci"), "<controller type='usb' index='0'/>",
    "/domain/devices/controller[1]",
    "controller 'usb0': this QEMU (" VERSION
    ") has no device 'piix3-usb-uhci'; remove it, or name an <emulator> that has it" },
  { "usb-hub", GONE ("usb-hub"),
    "<input type='tablet' bus='usb'><address type='usb' bus='0' port='1.2'/></input>",
    "/domain/devices/input[1]/address/@port",
    "input '0': this QEMU (" VERSION ") has no device 'usb-hub'; use a port of the controller" },
  { "tablet", GONE ("usb-tablet"),
    "<input type='mouse' bus='ps2'/><input type='tablet' bus='usb'/>",
    "/domain/devices/input[2]/@bus",
    "input '1': this QEMU (" VERSION ") has no device 'usb-tablet'; use a mouse of bus ps2" },
  { "serial", GONE ("isa-serial"), "<serial type='null'/>", "/domain/devices/serial[1]",
    "serial '0': this QEMU (" VERSION
    ") has no device 'isa-serial'; use a console of target virtio" },
  { "parallel", GONE ("isa-parallel"), "<parallel type='null'/>", "/domain/devices/parallel[1]",
    "parallel '0': this QEMU (" VERSION
    ") has no device 'isa-parallel'; remove it, or name an <emulator> that has it" },
  { "console", GONE ("virtconsole"), "<console type='null'><target type='virtio'/></console>",
    "/domain/devices/console[1]/target/@type",
    "console '0': this QEMU (" VERSION ") has no device 'virtconsole'; use target serial" },
  { "serial-controller", GONE ("virtio-serial-pci"), "<controller type='virtio-serial' index='0'/>",
    "/domain/devices/controller[1]",
    "controller 'virtio-serial0': this QEMU (" VERSION
    ") has no device 'virtio-serial-pci'; remove it, or name an <emulator> that has it" },
  { "watchdog", GONE ("ib700"), "<watchdog model='ib700'/>", "/domain/devices/watchdog[1]/@model",
    "watchdog '0': this QEMU (" VERSION ") has no device 'ib700'; use i6300esb" },
  { "balloon", GONE ("virtio-balloon-pci"), "<memballoon model='virtio'/>",
    "/domain/devices/memballoon[1]/@model",
    "memballoon 'balloon0': this QEMU (" VERSION ") has no device 'virtio-balloon-pci'; use none" },
  { "panic", GONE ("pvpanic"), "", "/domain/on_crash",
    "this QEMU (" VERSION ") has no device 'pvpanic'; name an <emulator> that has it" },
  { "no-user", "82801AA AC97 Audio\\\"", "82801AA AC97 Audio\\\", no-user", "<sound model='ac97'/>",
    "/domain/devices/sound[1]/@model",
    "sound '0': this QEMU (" VERSION
    ") cannot be given a device 'AC97'; use es1370, ich6 or sb16" },
  /* properties that this QEMU lacks */
  { "property", GONE ("tx"),
    "<interface type='user'><model type='virtio'/><driver name='qemu' txmode='timer'/></interface>",
    "/domain/devices/interface[1]/driver/@txmode",
    "interface 'net0': device 'virtio-net-pci' of this QEMU (" VERSION
    ") has no 'tx'; remove driver/@txmode, or name an <emulator> that has it" },
  { "property-since", GONE ("share-rw"),
    DISK ("", "<driver name='qemu' type='raw'/><target dev='vda'/><shareable/>"),
    "/domain/devices/disk[1]/shareable",
    "disk 'vda': device 'virtio-blk-pci' of this QEMU (" VERSION
    ") has no 'share-rw', which came with QEMU 2.9; remove shareable, or name an <emulator> that "
    "has it" },
  { "property-other", GONE ("drive"), DISK ("", "<target dev='vda'/>"),
    "/domain/devices/disk[1]/source",
    "disk 'vda': device 'virtio-blk-pci' of this QEMU (" VERSION
    ") has no 'drive'; remove source, or name an <emulator> that has it" },
  { "property-general", GONE ("audiodev"), "<sound model='ac97'/>", "/domain/devices/sound[1]",
    "sound '0': device 'AC97' of this QEMU (" VERSION
    ") has no 'audiodev', which came with QEMU 4.2; remove the device, or name an <emulator> that "
    "has it" },
  /* values out of range, or of another type */
  { "range", NULL, NULL, "<video><model type='cirrus' vram='65536'/></video>",
    "/domain/devices/video[1]/model/@vram",
    "video '0': 'vgamem_mb' of device 'cirrus-vga' must be 4 to 16 MiB, a power of two, not 64" },
  { "range-low", NULL, NULL, "<video><model type='cirrus' vram='1024'/></video>",
    "/domain/devices/video[1]/model/@vram",
    "video '0': 'vgamem_mb' of device 'cirrus-vga' must be 4 to 16 MiB, a power of two, not 1" },
  { "range-vga", NULL, NULL, "<video><model type='vga' vram='1048576'/></video>",
    "/domain/devices/video[1]/model/@vram",
    "video '0': 'vgamem_mb' of device 'VGA' must be 1 to 512 MiB, not 1024" },
  { "range-heads", NULL, NULL, "<video><model type='qxl' heads='17'/></video>",
    "/domain/devices/video[1]/model/@heads",
    "video '0': 'max_outputs' of device 'qxl-vga' must be 0 to 16, not 17" },
  { "range-type", "\"name\":\"vectors\",\"type\":\"uint32\"",
    "\"name\":\"vectors\",\"type\":\"uint8\"",
    "<controller type='virtio-serial' index='0' vectors='300'/>",
    "/domain/devices/controller[1]/@vectors",
    "controller 'virtio-serial0': 'vectors' of device 'virtio-serial-pci' must be 0 to 255, not "
    "300" },
  { "range-vectors", NULL, NULL, "<controller type='virtio-serial' index='0' vectors='5000'/>",
    "/domain/devices/controller[1]/@vectors",
    "controller 'virtio-serial0': 'vectors' of device 'virtio-serial-pci' must be 0 to 2048, not "
    "5000" },
  { "type",
    "\"name\":\"mac\",\"description\":\"Ethernet 6-byte MAC Address, example: "
    "52:54:00:12:34:56\",\"type\":\"str\"",
    "\"name\":\"mac\",\"type\":\"uint64\"",
    "<interface type='user'><mac address='52:54:00:00:00:01'/></interface>",
    "/domain/devices/interface[1]/mac/@address",
    "interface 'net0': 'mac' of device 'rtl8139' must be 0 to 18446744073709551615, not "
    "\"52:54:00:00:00:01\"" },
  { "type-bool", "\"name\":\"tx\",\"type\":\"str\"", "\"name\":\"tx\",\"type\":\"bool\"",
    "<interface type='user'><model type='virtio'/><driver name='qemu' txmode='timer'/></interface>",
    "/domain/devices/interface[1]/driver/@txmode",
    "interface 'net0': 'tx' of device 'virtio-net-pci' must be true or false, not \"timer\"" },
  { "type-number", "\"name\":\"bootindex\",\"type\":\"int32\"",
    "\"name\":\"bootindex\",\"type\":\"str\"",
    "<interface type='user'><boot order='1'/></interface>",
    "/domain/devices/interface[1]/boot/@order",
    "interface 'net0': 'bootindex' of device 'rtl8139' must be text, not 1" },
  /* back ends that are missing */
  { "chardev", GONE ("pty"), "<serial type='null'/><serial type='pty'/>",
    "/domain/devices/serial[2]/@type",
    "serial '1': this QEMU (" VERSION
    ") has no character back end 'pty'; remove it, or name an <emulator> that has it" },
  { "chardev-console", GONE ("socket"),
    "<console type='unix'><source mode='bind' path='/x'/><target type='virtio'/></console>",
    "/domain/devices/console[1]/@type",
    "console '0': this QEMU (" VERSION
    ") has no character back end 'socket'; remove it, or name an <emulator> that has it" },
  { "netdev", GONE ("user"), "<interface type='user'/>", "/domain/devices/interface[1]/@type",
    "interface 'net0': this QEMU (" VERSION
    ") has no network back end 'user'; remove it, or name an <emulator> that has it" },
  { "format", GONE ("qcow2"), DISK ("", "<driver name='qemu' type='qcow2'/><target dev='vda'/>"),
    "/domain/devices/disk[1]/driver/@type",
    "disk 'vda': this QEMU (" VERSION
    ") has no block driver 'qcow2'; remove it, or name an <emulator> that has it" },
  { "protocol", GONE ("host_device"),
    "<disk type='block'><source dev='/dev/x'/><target dev='vda'/></disk>",
    "/domain/devices/disk[1]/@type",
    "disk 'vda': this QEMU (" VERSION
    ") has no block driver 'host_device'; remove it, or name an <emulator> that has it" },
  { "vnc", GONE ("vnc"), "<graphics type='vnc'/>", "/domain/devices/graphics[1]/@type",
    "graphics 'vnc0': this QEMU (" VERSION
    ") has no option 'vnc'; remove it, or name an <emulator> that has it" },
  { "spice", GONE ("spice"), "<graphics type='vnc'/><graphics type='spice'/>",
    "/domain/devices/graphics[2]/@type",
    "graphics 'spice1': this QEMU (" VERSION
    ") has no option 'spice'; install qemu-system-modules-spice" },
  { "sdl", GONE ("sdl"), "<graphics type='sdl'/>", "/domain/devices/graphics[1]/@type",
    "graphics 'sdl0': this QEMU (" VERSION ") has no display 'sdl'; install qemu-system-gui" },
  /* buses that are full */
  { "pci-full", NULL, NULL, TEN (CARD) TEN (CARD) TEN (CARD), "/domain/devices/interface[30]",
    "interface 'net29': the machine's PCI bus has no slot left; remove a device" },
  { "ide-full", NULL, NULL,
    DISK ("", "<target dev='hda'/>") DISK ("", "<target dev='hdb'/>")
        DISK ("", "<target dev='hdc'/>") DISK ("", "<target dev='hdd'/>")
            DISK ("", "<target dev='hde'/>"),
    "/domain/devices/disk[5]/target",
    "disk 'hde': the machine has one ide controller, for 4 drives; use bus scsi or sata" },
  { "floppies-full", NULL, NULL,
    DISK (" device='floppy'", "<target dev='fda'/>")
        DISK (" device='floppy'", "<target dev='fdb'/>")
            DISK (" device='floppy'", "<target dev='fdc'/>"),
    "/domain/devices/disk[3]/target",
    "disk 'fdc': the machine has one fdc controller, for 2 drives; remove it" },
  { "scsi-full", NULL, NULL,
    DISK ("", "<target dev='sda'/><address type='drive' controller='0' bus='0' unit='7'/>"),
    "/domain/devices/disk[1]/address/@unit",
    "disk 'sda': unit 7 is not there; the last unit of its scsi controller is 6" },
  { "sata-full", NULL, NULL,
    DISK ("",
          "<target dev='sda' bus='sata'/><address type='drive' controller='0' bus='0' unit='6'/>"),
    "/domain/devices/disk[1]/address/@unit",
    "disk 'sda': unit 6 is not there; the last unit of its sata controller is 5" },
  { "serial-ports-full", NULL, NULL,
    "<serial type='null'/><serial type='null'/><serial type='null'/><serial type='null'/><serial "
    "type='null'/>",
    "/domain/devices/serial[5]/target/@port",
    "serial '4': port 4 is not supported; the machine has ports 0 to 3" },
  { "parallel-ports-full", NULL, NULL,
    "<parallel type='null'/><parallel type='null'/><parallel type='null'/><parallel type='null'/>",
    "/domain/devices/parallel[4]/target/@port",
    "parallel '3': port 3 is not supported; the machine has ports 0 to 2" },
  { "virtio-ports", NULL, NULL,
    "<controller type='virtio-serial' index='0' ports='2'/><console type='null'><target "
    "type='virtio'/><address type='virtio-serial' controller='0' port='2'/></console>",
    "/domain/devices/console[1]/address/@port",
    "console '0': port 2 is not there: the controller has ports 0 to 1" },
  { "virtio-ports-full", NULL, NULL,
    "<controller type='virtio-serial' index='0' ports='2'/><channel type='null'><target "
    "type='virtio' name='a'/><address type='virtio-serial' controller='0'/></channel><channel "
    "type='null'><target type='virtio' name='b'/><address type='virtio-serial' "
    "controller='0'/></channel>",
    "/domain/devices/channel[2]/address/@controller",
    "channel '1': virtio-serial controller 0 has no port left; leave the address out" },
  { "usb-full", NULL, NULL, TEN (TABLET (ON_USB)) TEN (TABLET (ON_USB)),
    "/domain/devices/input[17]/address/@bus",
    "input '16': usb controller 0 has no port left; leave the address out" },
  { "usb-port", NULL, NULL, TABLET ("<address type='usb' bus='0' port='3'/>"),
    "/domain/devices/input[1]/address/@port",
    "input '0': port 3 is not there: a usb controller has ports 1 to 2" },
  { "usb-hub-port", NULL, NULL, TABLET ("<address type='usb' bus='0' port='1.9'/>"),
    "/domain/devices/input[1]/address/@port",
    "input '0': port 9 is not there: a usb hub has ports 1 to 8" },
  { "card-reader-full", NULL, NULL, "<smartcard mode='host'/><smartcard mode='host'/>",
    "/domain/devices/smartcard[2]",
    "smartcard '1': a machine has one smartcard at most; remove it" },
  /* what another device has already */
  { "alias-taken", NULL, NULL,
    "<serial type='null'><alias name='a'/></serial><console type='null'><target "
    "type='virtio'/><alias name='a'/></console>",
    "/domain/devices/console/alias/@name", "alias \"a\" is already taken by the serial in line 3" },
  { "alias-implied", NULL, NULL,
    "<serial type='null'><alias name='scsi0'/></serial>" DISK ("", "<target dev='sda'/>"),
    "/domain/devices/serial", "alias \"scsi0\" is needed for the implied controller" },
  { "target-taken", NULL, NULL, DISK ("", "<target dev='vda'/>") DISK ("", "<target dev='vda'/>"),
    "/domain/devices/disk[2]/target/@dev",
    "target \"vda\" is already taken by the disk in line 3" },
  { "slot-taken", NULL, NULL,
    "<interface type='user'><address type='pci' domain='0' bus='0' slot='5' "
    "function='0'/></interface><interface type='user'><address type='pci' domain='0' bus='0' "
    "slot='5' function='0'/></interface>",
    "/domain/devices/interface[2]/address",
    "the address pci:0000:00:05.0 is already taken by the interface in line 3" },
  { "unit-taken", NULL, NULL,
    DISK ("", "<target dev='sda'/><address type='drive' unit='1'/>")
        DISK ("", "<target dev='sdb'/>"),
    "/domain/devices/disk[2]",
    "the scsi address drive:0:0:1 is already taken by the disk in line 3" },
};

static VbDomain *
parse (const char *devices, VbDiagnostics *diagnostics)
{
  g_autofree char *xml = g_strdup_printf (
      "<domain type='qemu'><name>a</name><memory>32768</memory>\n"
      "<os><type arch='x86_64' machine='pc'>hvm</type></os>\n<devices>%s</devices></domain>",
      devices);
  VbDomain *domain = vb_domain_parse (xml, strlen (xml), FALSE, diagnostics, NULL);

  if (domain)
    vb_domain_complete (domain, NULL, NULL);
  return domain;
}

static gboolean
has_finding (const VbDiagnostics *diagnostics, const char *path, const char *message)
{
  for (guint i = 0; i < vb_diagnostics_get_length (diagnostics); i++)
    {
      const VbDiagnostic *finding = vb_diagnostics_get (diagnostics, i);

      g_test_message ("%s: %s", finding->path, finding->message);
      if (finding->severity == VB_SEVERITY_ERROR && g_str_equal (finding->path, path) &&
          g_str_equal (finding->message, message))
        return TRUE;
    }
  return FALSE;
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (VbEmulatorFacts) facts = test->from
                                          ? asked_emulator_get_facts_with (test->from, test->to)
                                          : asked_emulator_get_facts ();
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (VbDomain) domain = parse (test->devices, diagnostics);
  g_autoptr (GString) message = g_string_new (test->message);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { 0 };

  g_string_replace (message, VERSION, vb_emulator_facts_get_version (facts), 0);
  if (domain)
    {
      g_assert_false (vb_qemu_check (&settings, domain, facts, diagnostics, &error));
      g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED);
    }
  g_assert_true (has_finding (diagnostics, test->path, message->str));
}

/* (transfer full): the first refusal of a domain with that <cpu> */
static char *
refuse_cpu (const VbEmulatorFacts *facts, const char *type, const char *cpu)
{
  g_autofree char *xml =
      g_strdup_printf ("<domain type='%s'><name>a</name><memory>65536</memory>"
                       "<os><type arch='x86_64' machine='pc'>hvm</type></os>%s</domain>",
                       type, cpu);
  VbQemuSettings settings = { .kvm_usable = TRUE };
  g_autoptr (VbDomain) domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, NULL);
  g_autoptr (GError) error = NULL;

  vb_domain_complete (domain, NULL, NULL);
  if (vb_qemu_check (&settings, domain, facts, NULL, &error))
    return g_strdup ("");
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED);
  return g_strdup (error->message);
}

#define MODEL(name) "<cpu><model>" name "</model></cpu>"

static void
test_cpu_models (void)
{
  g_autoptr (VbEmulatorFacts) facts = asked_emulator_get_facts ();
  g_autofree char *known = refuse_cpu (facts, "qemu", MODEL ("core2duo"));
  g_autofree char *unknown = refuse_cpu (facts, "qemu", MODEL ("core2dou"));
  g_autofree char *expected =
      g_strdup_printf ("CPU model 'core2dou' is not known to the emulator, QEMU %s for x86_64; use "
                       "'core2duo'",
                       vb_emulator_facts_get_version (facts));

  g_assert_cmpstr (known, ==, "");
  g_assert_cmpstr (unknown, ==, expected);
}

/* The models that TCG cannot be are those that KVM cannot be here. */
static void
test_cpu_blockers (void)
{
  g_autoptr (VbEmulatorFacts) facts =
      asked_emulator_get_facts_with ("\"enabled\":false", "\"enabled\":true");
  g_autofree char *blocked = refuse_cpu (facts, "kvm", MODEL ("Cascadelake-Server"));
  g_autofree char *emulated = refuse_cpu (facts, "qemu", MODEL ("Cascadelake-Server"));

  g_assert_true (vb_emulator_facts_has_kvm (facts));
  if (!g_pattern_match_simple ("the host's processor cannot be a 'Cascadelake-Server': it has no "
                               "*avx512f*; use another model, or type='qemu', which is slower",
                               blocked))
    g_error ("\"%s\" is not the refusal", blocked);
  g_assert_cmpstr (emulated, ==, "");
}

static void
test_every_finding (void)
{
  g_autoptr (VbEmulatorFacts) facts = asked_emulator_get_facts_with (GONE ("AC97"));
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (VbDomain) domain =
      parse ("<sound model='ac97'/><video><model type='qxl' heads='20'/></video>"
             "<sound model='es1370'/><sound model='ac97'/>",
             NULL);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { 0 };

  g_assert_false (vb_qemu_check (&settings, domain, facts, diagnostics, &error));
  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, 3);
  g_assert_cmpstr (vb_diagnostics_get_first_error (diagnostics)->message, ==, error->message);
}

/* Of an emulator that could not be asked there is nothing to check against but that. */
static void
test_failed (void)
{
  g_autoptr (VbEmulatorFacts) facts = vb_emulator_facts_new_failed ("it hangs; install it anew");
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (VbDomain) domain = parse ("<sound model='ac97'/>", NULL);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { 0 };

  g_assert_false (vb_qemu_check (&settings, domain, facts, diagnostics, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, 1);
  g_assert_true (
      has_finding (diagnostics, "/domain/devices/emulator", "it hangs; install it anew"));
}

/* The schema knows what @argument asks for, so that a finding has a place. */
static void
check_is_known (const VbArgument *argument)
{
  static const struct
  {
    const char *option;
    const char *member;
    VbSchemaKind kind;
  } options[] = {
    { "-device", "driver", VB_SCHEMA_DEVICE },
    { "-netdev", "type", VB_SCHEMA_NETDEV },
    { "-blockdev", "driver", VB_SCHEMA_BLOCKDEV },
    { "-chardev", NULL, VB_SCHEMA_CHARDEV },
  };

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    if (g_str_equal (options[i].option, argument->option))
      {
        g_autofree char *name =
            options[i].member ? g_strdup (qmp_value_get_string (argument->json, options[i].member))
                              : g_strndup (argument->text, strcspn (argument->text, ","));

        g_test_message ("%s %s", argument->option, name);
        g_assert_nonnull (vb_schema_find (options[i].kind, name));
      }
}

static void
check_good_domain (const VbDomain *domain)
{
  g_autoptr (VbEmulatorFacts) facts = asked_emulator_get_facts ();
  g_autoptr (VbDescriptors) descriptors = vb_descriptors_new (domain, "/run", "/run/log", NULL);
  const VbArgvOptions options = { 0 };
  g_autoptr (GPtrArray) arguments = vb_argv_list (domain, descriptors, &options);
  g_autoptr (GError) error = NULL;
  g_autoptr (VbQemuHost) host = vb_qemu_host_new ("", NULL);
  VbQemuSettings settings = { .host = host, .certificates_dir = g_get_tmp_dir () };

  vb_sysinfo_add (&host->sysinfo, VB_SYSINFO_SYSTEM, VB_SYSINFO_SYSTEM_PRODUCT, "Box");
  vb_qemu_check (&settings, domain, facts, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < arguments->len; i++)
    check_is_known (g_ptr_array_index (arguments, i));
}

/* Whatever has a command line is not refused. */
static void
test_good_domains (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "cases", NULL);
  g_autoptr (GDir) cases_dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n_cases = 0;

  while ((name = g_dir_read_name (cases_dir)))
    if (g_str_has_suffix (name, ".xml"))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);
        g_autofree char *xml = NULL;
        g_autoptr (VbDomain) domain = NULL;
        gsize length;

        g_test_message ("%s", name);
        g_assert_true (g_file_get_contents (path, &xml, &length, NULL));
        domain = vb_domain_parse (xml, length, FALSE, NULL, NULL);
        vb_domain_complete (domain, NULL, NULL);
        domain->type = VB_DOMAIN_TYPE_QEMU; /* whether there is KVM or not */
        check_good_domain (domain);
        n_cases++;
      }
  g_assert_cmpuint (n_cases, >, 10);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/check-devices/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/check-devices/cpu-models", test_cpu_models);
  g_test_add_func ("/check-devices/cpu-blockers", test_cpu_blockers);
  g_test_add_func ("/check-devices/every-finding", test_every_finding);
  g_test_add_func ("/check-devices/failed", test_failed);
  g_test_add_func ("/check-devices/good-domains", test_good_domains);
  return g_test_run ();
}
