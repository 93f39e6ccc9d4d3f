/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is refused before a start, and in which words.
 */
#include "emulator-answers.h"
#include "machine-fixture.h"
#include "qemu/emulator-facts-private.h"
#include "qemu/nearest-word.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *type; /* of the domain */
  const char *rest; /* elements beside <devices> */
  const char *devices;
  const char *path;    /* of the finding */
  const char *message; /* pattern */
} Case;

#define DISK(attributes, body)                                                                     \
  "<disk type='file'" attributes "><source file='/x.img'/>" body "</disk>"

#define FIVE_IDE_DISKS                                                                             \
  DISK ("", "<target dev='hda'/>")                                                                 \
  DISK ("", "<target dev='hdb'/>")                                                                 \
  DISK ("", "<target dev='hdc'/>")                                                                 \
  DISK ("", "<target dev='hdd'/>")                                                                 \
  DISK ("", "<target dev='hde'/>")
#define FLOPPY(target) DISK (" device='floppy'", "<target dev='" target "'/>")
#define TABLET(address) "<input type='tablet' bus='usb'>" address "</input>"
#define ON_USB TABLET ("<address type='usb' bus='0'/>")
#define TEN_TABLETS ON_USB ON_USB ON_USB ON_USB ON_USB ON_USB ON_USB ON_USB ON_USB ON_USB
#define CARD "<interface type='user'/>"
#define TEN_CARDS CARD CARD CARD CARD CARD CARD CARD CARD CARD CARD
#define THIRTY_CARDS TEN_CARDS TEN_CARDS TEN_CARDS "<memballoon model='none'/>"

static const Case cases[] = {
  { "xen", "xen", "", "", "/domain/@type",
    "domain type 'xen' cannot be started here; use kvm or qemu" },
  { "lxc", "lxc", "", "", "/domain/@type", "domain type 'lxc' *" },
  { "kvm", "kvm", "", "", "/domain/@type", "KVM cannot be used on this host: no luck; or use *" },
  { "os-type", "qemu", "<os><type arch='x86_64'>xen</type></os>", "", "/domain/os/type",
    "OS type *; use hvm" },
  { "bootloader", "qemu", "<bootloader/>", "", "/domain/bootloader",
    "a boot loader in the host is not supported by QEMU; use <os> with <boot> or <kernel>" },
  { "smbios-host", "qemu", "<os><type arch='x86_64'>hvm</type><smbios mode='host'/></os>", "",
    "/domain/os/smbios/@mode", "this host does not say what it is; use mode sysinfo or emulate" },
  { "smbios-no-sysinfo", "qemu", "<os><type arch='x86_64'>hvm</type><smbios mode='sysinfo'/></os>",
    "", "/domain/os/smbios/@mode", "SMBIOS mode 'sysinfo' needs a <sysinfo>" },
  { "cpu-vendor", "qemu", "<cpu><model>core2duo</model><vendor>IBM</vendor></cpu>", "",
    "/domain/cpu/vendor", "vendor 'IBM' cannot be had on architecture 'x86_64'; remove it" },
  { "placement", "qemu", "<vcpu placement='auto'>1</vcpu>", "", "/domain/vcpu/@placement",
    "automatic placement of virtual CPUs (vcpu/@placement) is not supported; remove it" },
  { "swap-limit", "qemu", "<memtune><swap_hard_limit>1</swap_hard_limit></memtune>", "",
    "/domain/memtune/swap_hard_limit",
    "a limit of memory and swap together cannot be had without one of memory; add <hard_limit>" },
  { "min-guarantee", "qemu", "<memtune><min_guarantee>1</min_guarantee></memtune>", "",
    "/domain/memtune/min_guarantee", "guaranteed memory is not supported by QEMU; remove it" },
  { "timer-platform", "qemu", "<clock><timer name='platform'/></clock>", "",
    "/domain/clock/timer[1]/@name", "timer 'platform' is not supported by QEMU; remove it" },
  { "timer-track", "qemu", "<clock><timer name='pit'/><timer name='rtc' track='boot'/></clock>", "",
    "/domain/clock/timer[2]/@track",
    "timer 'rtc': what track asks for is not supported; leave it out for QEMU's own way" },
  { "timer-policy", "qemu", "<clock><timer name='pit' tickpolicy='merge'/></clock>", "",
    "/domain/clock/timer[1]/@tickpolicy",
    "timer 'pit': what tickpolicy asks for is not supported; *" },
  { "timer-policy-rtc", "qemu", "<clock><timer name='rtc' tickpolicy='discard'/></clock>", "",
    "/domain/clock/timer[1]/@tickpolicy",
    "timer 'rtc': what tickpolicy asks for is not supported; *" },
  { "timer-policy-hpet", "qemu", "<clock><timer name='hpet' tickpolicy='catchup'/></clock>", "",
    "/domain/clock/timer[1]/@tickpolicy",
    "timer 'hpet': what tickpolicy asks for is not supported; *" },
  { "timer-mode", "qemu", "<clock><timer name='tsc' mode='auto'/></clock>", "",
    "/domain/clock/timer[1]/@mode", "timer 'tsc': what mode asks for is not supported; *" },
  { "timer-present", "qemu", "<clock><timer name='rtc' present='no'/></clock>", "",
    "/domain/clock/timer[1]/@present", "timer 'rtc': what present asks for is not supported; *" },
  { "timer-catchup", "qemu",
    "<clock><timer name='pit' tickpolicy='catchup'><catchup slew='9'/></timer></clock>", "",
    "/domain/clock/timer[1]/catchup", "timer 'pit': what catchup asks for is not supported; *" },
  { "disk-xen", "qemu", "", DISK ("", "<target dev='xvda' bus='xen'/>"),
    "/domain/devices/disk[1]/target/@bus",
    "disk 'xvda': bus 'xen' is not supported by QEMU; use *" },
  { "disk-cow", "qemu", "", DISK ("", "<driver name='qemu' type='cow'/><target dev='vda'/>"),
    "/domain/devices/disk[1]/driver/@type",
    "disk 'vda': format 'cow' is not supported; use raw, qcow2*" },
  { "disk-dmg", "qemu", "", DISK ("", "<driver name='qemu' type='dmg'/><target dev='vda'/>"),
    "/domain/devices/disk[1]/driver/@type",
    "disk 'vda': format 'dmg' can only be read; add <readonly/>" },
  { "disk-driver", "qemu", "", DISK ("", "<driver name='tap'/><target dev='vda'/>"),
    "/domain/devices/disk[1]/driver/@name", "disk 'vda': driver 'tap' is not supported; use qemu" },
  { "disk-native", "qemu", "", DISK ("", "<driver name='qemu' io='native'/><target dev='vda'/>"),
    "/domain/devices/disk[1]/driver/@io", "disk 'vda': io='native' needs cache='none'" },
  { "disk-shared-qcow2", "qemu", "",
    DISK ("", "<driver name='qemu' type='qcow2'/><target dev='vda'/><shareable/>"),
    "/domain/devices/disk[1]/shareable", "disk 'vda': only format raw can be shared*" },
  { "disk-read-only-ide", "qemu", "", DISK ("", "<target dev='hda'/><readonly/>"),
    "/domain/devices/disk[1]/readonly",
    "disk 'hda': a read-only disk cannot be on bus 'ide'; use *" },
  { "cdrom-virtio", "qemu", "", DISK (" device='cdrom'", "<target dev='vda' bus='virtio'/>"),
    "/domain/devices/disk[1]/target/@bus",
    "disk 'vda': a CD-ROM drive cannot be on bus 'virtio'; use *" },
  { "card", "qemu", "",
    "<interface type='user'/><interface type='user'><model type='netfront'/></interface>",
    "/domain/devices/interface[2]/model/@type",
    "interface 'net1': card 'netfront' is not supported; use one of virtio,*" },
  { "scsi-model", "qemu", "", "<controller type='scsi' index='0' model='buslogic'/>",
    "/domain/devices/controller[1]/@model",
    "controller '*': model 'buslogic' is not supported; *" },
  { "second-ide", "qemu", "",
    "<controller type='ide' index='0'/><controller type='ide' index='1'/>",
    "/domain/devices/controller[2]/@index",
    "controller '*': the machine has one ide controller, with index 0" },
  { "serial-port", "qemu", "", "<serial type='null'><target port='4'/></serial>",
    "/domain/devices/serial[1]/target/@port",
    "serial '*': port 4 is not supported; the machine has ports 0 to 3" },
  { "parallel-port", "qemu", "", "<parallel type='null'><target port='3'/></parallel>",
    "/domain/devices/parallel[1]/target/@port",
    "parallel '*': port 3 is not supported; the machine has ports 0 to 2" },
  { "serial-dev", "qemu", "",
    "<serial type='null'/><serial type='dev'><source path='/dev/ttyS0'/></serial>",
    "/domain/devices/serial[2]/@type",
    "serial '*': type 'dev' is not supported; use null, vc, pty, file, udp, tcp or unix" },
  { "serial-stdio", "qemu", "", "<serial type='stdio'/>", "/domain/devices/serial[1]/@type",
    "serial '*': type 'stdio' is not supported; use *" },
  { "parallel-pipe", "qemu", "", "<parallel type='pipe'><source path='/p'/></parallel>",
    "/domain/devices/parallel[1]/@type", "parallel '*': type 'pipe' is not supported; use *" },
  { "console-virtio-stdio", "qemu", "", "<console type='stdio'><target type='virtio'/></console>",
    "/domain/devices/console[1]/@type", "console '*': type 'stdio' is not supported; use *" },
  { "serial-tls", "qemu", "",
    "<serial type='tcp'><source host='a' service='1'/><protocol type='tls'/></serial>",
    "/domain/devices/serial[1]/protocol/@type",
    "serial '*': protocol 'tls' is not supported; use raw or telnet" },
  { "serial-telnets", "qemu", "",
    "<serial type='tcp'><source host='a' service='1'/><protocol type='telnets'/></serial>",
    "/domain/devices/serial[1]/protocol/@type",
    "serial '*': protocol 'telnets' is not supported; use raw or telnet" },
  { "channel", "qemu", "", "<channel type='null'><target type='virtio'/></channel>",
    "/domain/devices/channel[1]",
    "channel '*': channels are not supported; use a serial port or a console of target virtio" },
  { "smartcard", "qemu", "", "<smartcard mode='host'/>", "/domain/devices/smartcard[1]",
    "smartcard '*': smartcards are not supported; remove it" },
  { "console-uml", "qemu", "", "<console type='null'><target type='uml'/></console>",
    "/domain/devices/console[1]/target/@type",
    "console '*': target 'uml' is not supported by QEMU; use serial or virtio" },
  { "console-xen", "qemu", "", "<console type='null'><target type='xen'/></console>",
    "/domain/devices/console[1]/target/@type",
    "console '*': target 'xen' is not supported by QEMU; use serial or virtio" },
  { "video-vbox", "qemu", "", "<video><model type='vbox'/></video>",
    "/domain/devices/video[1]/model/@type",
    "video '*': model 'vbox' is not supported by QEMU; use *" },
  { "second-video", "qemu", "",
    "<video><model type='vga'/></video><video><model type='vga'/></video>",
    "/domain/devices/video[2]/model/@type", "video '*': a second video card must be of model qxl" },
  { "second-vnc", "qemu", "", "<graphics type='vnc'/><graphics type='vnc'/>",
    "/domain/devices/graphics[2]",
    "graphics '*': more than one display is not supported; keep one" },
  { "interface-type", "qemu", "", "<interface type='bridge'><source bridge='br0'/></interface>",
    "/domain/devices/interface[1]/@type",
    "interface 'net0': type 'bridge' is not supported; use user" },
  { "interface-vhost", "qemu", "",
    "<interface><model type='virtio'/><driver name='vhost'/></interface>",
    "/domain/devices/interface[1]/driver/@name",
    "interface 'net0': driver 'vhost' is not supported with type 'user'; use qemu" },
  { "interface-txmode", "qemu", "", "<interface><driver name='qemu' txmode='timer'/></interface>",
    "/domain/devices/interface[1]/driver/@txmode",
    "interface 'net0': a txmode is not supported by this card; use model virtio" },
  { "graphics-type", "qemu", "", "<graphics type='spice' port='5900'/>",
    "/domain/devices/graphics[1]/@type",
    "graphics 'spice0': type 'spice' is not supported; use vnc" },
  { "video-heads", "qemu", "", "<video><model type='vga' heads='2'/></video>",
    "/domain/devices/video[1]/model/@heads",
    "video '*': model 'vga' has one head; use one, or model qxl" },
  { "sound-twice", "qemu", "", "<sound model='sb16'/><sound model='es1370'/><sound model='sb16'/>",
    "/domain/devices/sound[3]/@model",
    "sound '*': a machine has one 'sb16' at most; use es1370 or ac97" },
  { "sound-isapc", "qemu", "<os><type arch='x86_64' machine='isapc'>hvm</type></os>",
    "<sound model='ac97'/><memballoon model='none'/>", "/domain/devices/sound[1]/address",
    "sound '*': machine 'isapc' has no PCI bus" },
  { "sound-arm", "qemu", "<os><type arch='aarch64' machine='virt'>hvm</type></os>",
    "<sound model='sb16'/>", "/domain/devices/sound[1]/@model",
    "sound '*': model 'sb16' is of a PC; use es1370, ac97 or ich6" },
  { "ide-arm", "qemu", "<os><type arch='aarch64' machine='virt'>hvm</type></os>",
    "<disk><source file='/x'/><target dev='hda' bus='ide'/></disk>",
    "/domain/devices/disk[1]/target/@bus",
    "disk 'hda': bus 'ide' is of a PC; use virtio, scsi, sata or usb" },
  { "ide-cdrom-arm", "qemu", "<os><type arch='aarch64' machine='virt'>hvm</type></os>",
    "<disk device='cdrom'><target dev='hdc' bus='ide'/></disk>",
    "/domain/devices/disk[1]/target/@bus", "disk 'hdc': bus 'ide' is of a PC; use scsi or sata" },
  { "floppy-arm", "qemu", "<os><type arch='aarch64' machine='virt'>hvm</type></os>",
    "<disk device='floppy'><target dev='fda'/></disk>", "/domain/devices/disk[1]/target/@bus",
    "disk 'fda': floppy drives are of a PC; use a disk on bus virtio, scsi or usb" },
  { "ide-controller-arm", "qemu", "<os><type arch='aarch64' machine='virt'>hvm</type></os>",
    "<controller type='ide' index='0'/>", "/domain/devices/controller[1]/@type",
    "controller '*': type 'ide' is of a PC; remove it" },
  { "fdc-controller-arm", "qemu", "<os><type arch='aarch64' machine='virt'>hvm</type></os>",
    "<controller type='fdc' index='0'/>", "/domain/devices/controller[1]/@type",
    "controller '*': type 'fdc' is of a PC; remove it" },
  { "ps2-arm", "qemu", "<os><type arch='aarch64' machine='virt'>hvm</type></os>",
    "<input type='mouse'/>", "/domain/devices/input[1]/@bus",
    "input '*': bus 'ps2' is of a PC; use bus='usb'" },
  { "serial-arm", "qemu", "<os><type arch='aarch64' machine='virt'>hvm</type></os>",
    "<serial type='null'/>", "/domain/devices/serial[1]",
    "serial '*': only the serial ports of a PC are supported; use a console of target virtio" },
  { "serial-console-arm", "qemu", "<os><type arch='aarch64' machine='virt'>hvm</type></os>",
    "<console type='null'/>", "/domain/devices/serial[1]",
    "serial '*': only the serial ports of a PC are supported; use a console of target virtio" },
  { "parallel-arm", "qemu", "<os><type arch='aarch64' machine='virt'>hvm</type></os>",
    "<parallel type='null'/>", "/domain/devices/parallel[1]",
    "parallel '*': parallel ports are of a PC; remove it" },
  { "watchdog-isapc", "qemu", "<os><type arch='x86_64' machine='isapc'>hvm</type></os>",
    "<watchdog model='i6300esb'/><memballoon model='none'/>", "/domain/devices/watchdog[1]/address",
    "watchdog '*': machine 'isapc' has no PCI bus" },
  { "watchdog-arm", "qemu", "<os><type arch='aarch64' machine='virt'>hvm</type></os>",
    "<watchdog model='ib700'/>", "/domain/devices/watchdog[1]/@model",
    "watchdog '*': model 'ib700' is of a PC; use i6300esb" },
  { "hostdev", "qemu", "",
    "<hostdev type='pci'><source><address bus='6' slot='2' function='0'/></source></hostdev>",
    "/domain/devices/hostdev[1]",
    "hostdev '*': a guest cannot have the host's PCI device 0000:06:02.0; remove the element, or "
    "*" },
  { "hostdev-capabilities", "qemu", "", "<hostdev mode='capabilities' type='net'/>",
    "/domain/devices/hostdev",
    "hostdev: mode 'capabilities' is for containers; remove the element" },
  { "memballoon-xen", "qemu", "", "<memballoon model='xen'/>",
    "/domain/devices/memballoon[1]/@model",
    "memballoon '*': model 'xen' is not supported by QEMU; use virtio or none" },
  { "disk-uml", "qemu", "", DISK ("", "<target dev='ubda'/>"),
    "/domain/devices/disk[1]/target/@bus",
    "disk 'ubda': bus 'uml' is not supported by QEMU; use virtio, scsi, sata, ide or usb" },
  { "disk-folder", "qemu", "",
    "<disk type='dir'><source dir='/srv'/><target dev='vda'/><readonly/></disk>",
    "/domain/devices/disk[1]/@type",
    "disk 'vda': a folder as a disk is not supported; use an image of it, as a file" },
  { "disk-nbd", "qemu", "",
    "<disk type='network'><source protocol='nbd'><host name='a' port='1'/></source>"
    "<target dev='vda'/></disk>",
    "/domain/devices/disk[1]/source/@protocol",
    "disk 'vda': protocol 'nbd' is not supported; use a file or a block device" },
  { "disk-rbd", "qemu", "",
    "<disk type='network' device='cdrom'><source protocol='rbd' name='a'/><target dev='hdc'/>"
    "</disk>",
    "/domain/devices/disk[1]/source/@protocol", "disk 'hdc': protocol 'rbd' is not supported; *" },
  { "disk-sheepdog", "qemu", "",
    "<disk type='network'><source protocol='sheepdog' name='a'/><target dev='vda'/></disk>",
    "/domain/devices/disk[1]/source/@protocol",
    "disk 'vda': protocol 'sheepdog' is not supported; *" },
  { "disk-encryption", "qemu", "",
    DISK ("",
          "<target dev='vda'/><encryption format='qcow'><secret type='passphrase' "
          "uuid='0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f'/></encryption>"),
    "/domain/devices/disk[1]/encryption",
    "disk 'vda': encrypted images are not supported; use one without encryption" },
  { "disk-scsi-unit", "qemu", "", DISK ("", "<target dev='sda'/><address type='drive' unit='7'/>"),
    "/domain/devices/disk[1]/address/@unit",
    "disk 'sda': unit 7 is not there; the last unit of its scsi controller is 6" },
  { "disk-scsi-bus", "qemu", "", DISK ("", "<target dev='sda'/><address type='drive' bus='1'/>"),
    "/domain/devices/disk[1]/address/@bus",
    "disk 'sda': bus 1 is not there; the last bus of its scsi controller is 0" },
  { "disk-ide-bus", "qemu", "", DISK ("", "<target dev='hda'/><address type='drive' bus='2'/>"),
    "/domain/devices/disk[1]/address/@bus",
    "disk 'hda': bus 2 is not there; the last bus of its ide controller is 1" },
  { "disk-ide-unit", "qemu", "", DISK ("", "<target dev='hda'/><address type='drive' unit='2'/>"),
    "/domain/devices/disk[1]/address/@unit",
    "disk 'hda': unit 2 is not there; the last unit of its ide controller is 1" },
  { "disk-sata-unit", "qemu", "",
    DISK ("", "<target dev='sda' bus='sata'/><address type='drive' unit='6'/>"),
    "/domain/devices/disk[1]/address/@unit",
    "disk 'sda': unit 6 is not there; the last unit of its sata controller is 5" },
  { "floppy-unit", "qemu", "",
    DISK (" device='floppy'", "<target dev='fda'/><address type='drive' unit='2'/>"),
    "/domain/devices/disk[1]/address/@unit",
    "disk 'fda': unit 2 is not there; the last unit of its fdc controller is 1" },
  { "controller-ports", "qemu", "", "<controller type='virtio-serial' index='0' ports='32'/>",
    "/domain/devices/controller[1]/@ports",
    "controller '*': 32 ports are not supported; use at most 31" },
  { "console-port", "qemu", "",
    "<controller type='virtio-serial' index='0' ports='4'/><console type='null'>"
    "<target type='virtio'/><address type='virtio-serial' port='4'/></console>",
    "/domain/devices/console[1]/address/@port",
    "console '*': port 4 is not there: the controller has ports 0 to 3" },
  { "pci-function", "qemu", "",
    "<interface type='user'><address type='pci' bus='0' slot='3' function='1'/></interface>",
    "/domain/devices/interface[1]/address/@function",
    "interface 'net0': only function 0 is supported; use another slot" },
  { "pci-slots", "qemu", "", THIRTY_CARDS, "/domain/devices/interface[30]",
    "interface 'net29': the machine's PCI bus has no slot left; remove a device" },
  { "ide-full", "qemu", "", FIVE_IDE_DISKS, "/domain/devices/disk[5]/target",
    "disk 'hde': the machine has one ide controller, for 4 drives; use bus scsi or sata" },
  { "floppies-full", "qemu", "", FLOPPY ("fda") FLOPPY ("fdb") FLOPPY ("fdc"),
    "/domain/devices/disk[3]/target",
    "disk 'fdc': the machine has one fdc controller, for 2 drives; remove it" },
  { "usb-full", "qemu", "", TEN_TABLETS TEN_TABLETS, "/domain/devices/input[17]/address/@bus",
    "input '16': usb controller 0 has no port left; leave the address out" },
  { "usb-port", "qemu", "", TABLET ("<address type='usb' bus='0' port='3'/>"),
    "/domain/devices/input[1]/address/@port",
    "input '0': port 3 is not there: a usb controller has ports 1 to 2" },
  { "usb-port-q35", "qemu", "<os><type arch='x86_64' machine='q35'>hvm</type></os>",
    TABLET ("<address type='usb' bus='0' port='5'/>"), "/domain/devices/input[1]/address/@port",
    "input '0': port 5 is not there: a usb controller has ports 1 to 4" },
  { "usb-hub-port", "qemu", "", TABLET ("<address type='usb' bus='0' port='1.9'/>"),
    "/domain/devices/input[1]/address/@port",
    "input '0': port 9 is not there: a usb hub has ports 1 to 8" },
  { "pci-isapc", "qemu", "<os><type arch='x86_64' machine='isapc'>hvm</type></os>",
    "<interface type='user'/><memballoon model='none'/>", "/domain/devices/interface[1]/address",
    "interface 'net0': machine 'isapc' has no PCI bus" },
  { "pci-bus", "qemu", "",
    "<interface type='user'><address type='pci' domain='0' bus='1' slot='3' function='0'/>"
    "</interface>",
    "/domain/devices/interface[1]/address",
    "interface 'net0': only PCI domain 0 and bus 0 are supported" },
};

static VbDomain *
build (const Case *test)
{
  g_autoptr (GError) error = NULL;
  gboolean has_os = strstr (test->rest, "<os>") != NULL;
  g_autofree char *xml =
      g_strdup_printf ("<domain type='%s'><name>a</name><memory>32768</memory>%s%s"
                       "<devices><emulator>/bin/true</emulator>%s</devices></domain>",
                       test->type,
                       has_os ? "" : "<os><type arch='x86_64' machine='pc'>hvm</type></os>",
                       test->rest, test->devices);
  VbDomain *domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error);
  g_assert_no_error (error);
  vb_domain_complete (domain, NULL, NULL);
  return domain;
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (VbDomain) domain = build (test);
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { .kvm_reason = "no luck" };
  const VbDiagnostic *finding;

  g_assert_false (vb_qemu_check (&settings, domain, NULL, diagnostics, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED);
  g_test_message ("%s", error->message);
  if (!g_pattern_match_simple (test->message, error->message))
    g_error ("\"%s\" does not match \"%s\"", error->message, test->message);
  finding = vb_diagnostics_get_first_error (diagnostics);
  g_assert_cmpstr (finding->message, ==, error->message);
  g_assert_cmpstr (finding->path, ==, test->path);
  g_assert_false (vb_qemu_check (&settings, domain, NULL, NULL, NULL));
}

typedef struct
{
  const char *name;
  const char *type;   /* of the domain */
  const char *os;     /* attributes of <type> */
  const char *target; /* of the emulator */
  guint n_vcpus;
  gboolean has_kvm;
  VbSeverity severity;
  const char *path; /* (nullable): nothing is found */
  const char *message;
} FactsCase;

/* make_answers() says which machines the emulator has. */
static const FactsCase facts_cases[] = {
  { "default-machine", "qemu", "arch='x86_64'", "x86_64", 255, FALSE },
  { "known-machine", "qemu", "arch='x86_64' machine='q35'", "x86_64", 288, FALSE },
  { "canonical-machine", "qemu", "arch='x86_64' machine='pc-i440fx-7.2'", "x86_64", 1, FALSE },
  { "32-bit-guest", "qemu", "arch='i686' machine='pc'", "x86_64", 1, FALSE },
  { "kvm", "kvm", "arch='x86_64'", "x86_64", 1, TRUE },
  { "kvm-not-in-emulator", "kvm", "arch='x86_64'", "x86_64", 1, FALSE, VB_SEVERITY_ERROR,
    "/domain/@type",
    "the emulator of architecture 'x86_64' cannot use KVM on this host; use type='qemu', which is "
    "slower, or name another <emulator>" },
  { "machine-nearest", "qemu", "arch='x86_64' machine='pc-i440fx-9.2'", "x86_64", 1, FALSE,
    VB_SEVERITY_ERROR, "/domain/os/type/@machine",
    "machine 'pc-i440fx-9.2' is not known to the emulator, QEMU 7.2.22 for x86_64; use "
    "'pc-i440fx-7.2'" },
  { "machine-default", "qemu", "arch='x86_64' machine='xenfv'", "x86_64", 1, FALSE,
    VB_SEVERITY_ERROR, "/domain/os/type/@machine",
    "machine 'xenfv' is not known to the emulator, QEMU 7.2.22 for x86_64; use 'pc'" },
  { "machine-deprecated", "qemu", "arch='x86_64' machine='pc-i440fx-1.7'", "x86_64", 1, FALSE,
    VB_SEVERITY_WARNING, "/domain/os/type/@machine",
    "machine 'pc-i440fx-1.7' is deprecated and will not be in a later QEMU; use 'pc-i440fx-7.2'" },
  { "vcpus", "qemu", "arch='x86_64' machine='q35'", "x86_64", 289, FALSE, VB_SEVERITY_ERROR,
    "/domain/vcpu", "289 virtual CPUs are more than machine 'q35' can have; use at most 288" },
  { "vcpus-of-default", "qemu", "arch='x86_64'", "x86_64", 256, FALSE, VB_SEVERITY_ERROR,
    "/domain/vcpu", "256 virtual CPUs are more than machine 'pc' can have; use at most 255" },
  { "architecture", "qemu", "arch='x86_64'", "i386", 1, FALSE, VB_SEVERITY_ERROR,
    "/domain/os/type/@arch",
    "the emulator is for architecture 'i686' and cannot run 'x86_64'; name another <emulator> or "
    "correct arch" },
};

static void
test_facts_case (gconstpointer data)
{
  const FactsCase *test = data;
  g_autofree char *rest =
      g_strdup_printf ("<os><type %s>hvm</type></os><vcpu>%u</vcpu>", test->os, test->n_vcpus);
  Case domain_case = { .type = test->type, .rest = rest, .devices = "" };
  g_autoptr (VbDomain) domain = build (&domain_case);
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (VbEmulatorFacts) facts = make_answers (test->target, test->has_kvm);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { .kvm_usable = TRUE };
  gboolean is_right = test->path == NULL || test->severity != VB_SEVERITY_ERROR;
  const VbDiagnostic *finding;

  g_assert_cmpint (vb_qemu_check (&settings, domain, facts, diagnostics, &error), ==, is_right);
  if (!is_right)
    g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED);
  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, test->path != NULL);
  if (test->path == NULL)
    return;
  finding = vb_diagnostics_get (diagnostics, 0);
  g_assert_cmpint (finding->severity, ==, test->severity);
  g_assert_cmpstr (finding->path, ==, test->path);
  g_assert_cmpstr (finding->message, ==, test->message);
}

/* Without facts all of that is left to the emulator. */
static void
test_without_facts (void)
{
  static const Case unknown = {
    .type = "kvm",
    .rest = "<os><type arch='x86_64' machine='toaster'>hvm</type></os><vcpu>10000</vcpu>",
    .devices = "",
  };
  g_autoptr (VbDomain) domain = build (&unknown);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { .kvm_usable = TRUE };

  g_assert_true (vb_qemu_check (&settings, domain, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
test_broken_emulator (void)
{
  static const Case good = { .type = "qemu", .rest = "", .devices = "" };
  g_autoptr (VbDomain) domain = build (&good);
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (VbEmulatorFacts) facts = vb_emulator_facts_new_failed ("it fell silent; hit it");
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { 0 };
  const VbDiagnostic *finding;

  g_assert_false (vb_qemu_check (&settings, domain, facts, diagnostics, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_assert_cmpstr (error->message, ==, "it fell silent; hit it");
  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, 1);
  finding = vb_diagnostics_get_first_error (diagnostics);
  g_assert_cmpstr (finding->path, ==, "/domain/devices/emulator");
  g_assert_cmpstr (finding->message, ==, error->message);
}

static void
test_nearest_word (void)
{
  static const char *const words[] = { "pc", "q35", "microvm", "pc-q35-7.2", NULL };
  g_autofree char *endless = g_strnfill (1000, 'p');

  g_assert_cmpstr (vb_nearest_word ("microvn", words), ==, "microvm");
  g_assert_cmpstr (vb_nearest_word ("pc-q35-8.1", words), ==, "pc-q35-7.2");
  g_assert_cmpstr (vb_nearest_word ("mircovm", words), ==, "microvm");
  g_assert_cmpstr (vb_nearest_word ("toaster", words), ==, NULL);
  g_assert_cmpstr (vb_nearest_word ("", words), ==, NULL);
  g_assert_cmpstr (vb_nearest_word (endless, words), ==, NULL);
}

static void
test_good (void)
{
  static const Case good = { .type = "kvm", .rest = "", .devices = "" };
  g_autoptr (VbDomain) domain = build (&good);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { .kvm_usable = TRUE };
  g_assert_true (vb_qemu_check (&settings, domain, NULL, NULL, &error));
  g_assert_no_error (error);
}

/* With KVM the guest's processor is the host's. */
static const struct
{
  const char *cpu;
  const char *path; /* (nullable): it can be had */
  const char *message;
} kvm_cpus[] = {
  { "<vendor>Intel</vendor>", NULL, NULL },
  { "<vendor>AMD</vendor>", "/domain/cpu/vendor",
    "the host's processor is by 'GenuineIntel', not by 'AMD'; use type='qemu', or another host" },
  { "<feature name='sse4.1' policy='require'/>", NULL, NULL },
  { "<feature name='avx' policy='require'/>", "/domain/cpu/feature[1]",
    "the host's processor does not have the feature 'avx', which is required; use policy optional, "
    "or force to let KVM try" },
  { "<feature name='avx' policy='optional'/>", NULL, NULL },
  { "<feature name='avx' policy='forbid'/>", NULL, NULL },
  { "<feature name='sse4_1' policy='forbid'/>", "/domain/cpu/feature[1]",
    "the host's processor has the feature 'sse4_1', which is forbidden; use policy disable to hide "
    "it" },
};

static void
test_kvm_cpus (void)
{
  static const char *const features[] = { "fpu", "sse4_1", NULL };
  g_autoptr (VbQemuHost) host = vb_qemu_host_new ("GenuineIntel", features);
  VbQemuSettings settings = { .kvm_usable = TRUE, .host = host };

  for (guint i = 0; i < G_N_ELEMENTS (kvm_cpus); i++)
    {
      g_autofree char *rest =
          g_strdup_printf ("<cpu><model>core2duo</model>%s</cpu>", kvm_cpus[i].cpu);
      Case test = { .type = "kvm", .rest = rest, .devices = "" };
      g_autoptr (VbDomain) domain = build (&test);
      g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
      g_assert_cmpint (vb_qemu_check (&settings, domain, NULL, diagnostics, NULL), ==,
                       kvm_cpus[i].path == NULL);
      if (kvm_cpus[i].path == NULL)
        continue;
      g_assert_cmpstr (vb_diagnostics_get (diagnostics, 0)->path, ==, kvm_cpus[i].path);
      g_assert_cmpstr (vb_diagnostics_get (diagnostics, 0)->message, ==, kvm_cpus[i].message);
    }
}

static void
test_kvm_strict (void)
{
  static const Case strict = { .type = "kvm",
                               .rest = "<cpu match='strict'><model>core2duo</model></cpu>",
                               .devices = "" };
  g_autoptr (VbDomain) domain = build (&strict);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { .kvm_usable = TRUE };

  g_assert_false (vb_qemu_check (&settings, domain, NULL, NULL, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error->message, ==,
                   "whether the host's processor is strictly a 'core2duo' is not known; use exact");
}

/* What asks for what happens anyway. */
static void
test_usual (void)
{
  static const Case usual = {
    .type = "qemu",
    .rest = "<os><type arch='x86_64'>hvm</type><bootmenu enable='no'/><smbios mode='emulate'/></os>"
            "<vcpu placement='static'>1</vcpu><cpu/><sysinfo type='smbios'/>"
            "<memtune><hard_limit>0</hard_limit></memtune><cputune><shares>0</shares></cputune>"
            "<features><apic/><pae/><hap/></features>"
            "<clock><timer name='pit' tickpolicy='catchup'/><timer name='tsc'/>"
            "<timer name='rtc' track='wall' tickpolicy='delay' present='yes'/>"
            "<timer name='hpet' tickpolicy='delay'/></clock>",
    .devices = "",
  };
  g_autoptr (VbDomain) domain = build (&usual);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { 0 };
  g_assert_true (vb_qemu_check (&settings, domain, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
test_every_finding (void)
{
  static const Case many = {
    .type = "qemu",
    .rest = "<vcpu placement='auto'>1</vcpu><clock offset='utc'><timer name='platform'/></clock>",
    .devices = DISK ("", "<target dev='xvda' bus='xen'/>")
  };
  g_autoptr (VbDomain) domain = build (&many);
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  VbQemuSettings settings = { 0 };
  g_assert_false (vb_qemu_check (&settings, domain, NULL, diagnostics, NULL));
  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, 3);
}

static void
test_password_length (void)
{
  static const Case long_password = { .type = "qemu",
                                      .rest = "",
                                      .devices = "<graphics type='vnc' passwd='open sesame'/>" };
  g_autoptr (VbDomain) domain = build (&long_password);
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  VbQemuSettings settings = { 0 };
  g_assert_true (vb_qemu_check (&settings, domain, NULL, diagnostics, NULL));
  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, 1);
  g_assert_cmpint (vb_diagnostics_get (diagnostics, 0)->severity, ==, VB_SEVERITY_WARNING);
}

static void
test_find_emulator (void)
{
  g_autoptr (VbDomain) domain = machine_domain ("", "");
  g_autoptr (VbDomain) changed = vb_domain_copy (domain);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  path = vb_qemu_find_emulator (domain, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (path, "/qemu-system-x86_64"));
  g_clear_pointer (&path, g_free);

  g_free (changed->os.arch);
  changed->os.arch = g_strdup ("i686");
  path = vb_qemu_find_emulator (changed, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (path, "/qemu-system-i386"));
  g_clear_pointer (&path, g_free);

  g_free (changed->os.arch);
  changed->os.arch = g_strdup ("pdp11");
  g_assert_null (vb_qemu_find_emulator (changed, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  g_assert_true (g_pattern_match_simple (
      "there is no qemu-system-pdp11 to run architecture 'pdp11': install *", error->message));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/check/", cases[i].name, NULL);
      g_test_add_data_func (path, &cases[i], test_case);
    }
  for (guint i = 0; i < G_N_ELEMENTS (facts_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/check/facts/", facts_cases[i].name, NULL);
      g_test_add_data_func (path, &facts_cases[i], test_facts_case);
    }
  g_test_add_func ("/check/without-facts", test_without_facts);
  g_test_add_func ("/check/broken-emulator", test_broken_emulator);
  g_test_add_func ("/check/nearest-word", test_nearest_word);
  g_test_add_func ("/check/good", test_good);
  g_test_add_func ("/check/kvm-cpus", test_kvm_cpus);
  g_test_add_func ("/check/kvm-strict", test_kvm_strict);
  g_test_add_func ("/check/usual", test_usual);
  g_test_add_func ("/check/every-finding", test_every_finding);
  g_test_add_func ("/check/password-length", test_password_length);
  g_test_add_func ("/check/find-emulator", test_find_emulator);
  return g_test_run ();
}
