/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is refused before a start, and in which words.
 */
#include "check-domain.h"
#include "qemu/instance.h"

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
#define SPICE_DISPLAY "<graphics type='spice' autoport='yes'/>"
#define FORWARD(address)                                                                           \
  "<channel type='null'><target type='guestfwd' address='" address "' port='4600'/></channel>"
#define CERTIFICATES(second, database)                                                             \
  "<smartcard mode='host-certificates'><certificate>a</certificate><certificate>" second           \
  "</certificate><certificate>c</certificate><database>" database "</database></smartcard>"
#define THIRTY_CARDS TEN_CARDS TEN_CARDS TEN_CARDS "<memballoon model='none'/>"

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

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
  { "serial-tls", "qemu", "",
    "<serial type='tcp'><source host='a' service='1'/><protocol type='tls'/></serial>",
    "/domain/devices/serial[1]/protocol/@type",
    "serial '*': protocol 'tls' is not supported: there is no place for its certificates; use raw "
    "or telnet, and encrypt by another program" },
  { "parallel-telnets", "qemu", "",
    "<parallel type='tcp'><source host='a' service='1'/><protocol type='telnets'/></parallel>",
    "/domain/devices/parallel[1]/protocol/@type",
    "parallel '*': protocol 'telnets' is not supported: *" },
  { "console-tls", "qemu", "",
    "<console type='tcp'><source host='a' service='1'/><protocol type='tls'/><target "
    "type='virtio'/></console>",
    "/domain/devices/console[1]/protocol/@type",
    "console '*': protocol 'tls' is not supported: *" },
  { "channel-telnets", "qemu", "",
    "<channel type='tcp'><source host='a' service='1'/><protocol type='telnets'/><target "
    "type='virtio'/></channel>",
    "/domain/devices/channel[1]/protocol/@type",
    "channel '*': protocol 'telnets' is not supported: *" },
  { "channel-no-spice", "qemu", "",
    "<graphics type='vnc'/><channel type='spicevmc'><target type='virtio'/></channel>",
    "/domain/devices/channel[1]/@type",
    "channel '*': type 'spicevmc' needs a SPICE display; add <graphics type='spice'/>, or use "
    "another type" },
  { "channel-spice-name", "qemu", "",
    "<channel type='spicevmc'><target type='virtio' name='a'/></channel>" SPICE_DISPLAY,
    "/domain/devices/channel[1]/target/@name",
    "channel '*': a channel of SPICE cannot be called 'a'; use 'com.redhat.spice.0' or leave the "
    "name out" },
  { "forward-network", "qemu", "", FORWARD ("10.0.3.1"),
    "/domain/devices/channel[1]/target/@address",
    "channel '*': address '10.0.3.1' cannot be had in the guest's network; use one that begins "
    "with 10.0.2., but neither 10.0.2.2 nor 10.0.2.3" },
  { "forward-host", "qemu", "", FORWARD ("10.0.2.2"), "/domain/devices/channel[1]/target/@address",
    "channel '*': address '10.0.2.2' cannot be had in the guest's network; *" },
  { "forward-name-server", "qemu", "", FORWARD ("10.0.2.3"),
    "/domain/devices/channel[1]/target/@address",
    "channel '*': address '10.0.2.3' cannot be had in the guest's network; *" },
  { "forward-taken", "qemu", "", FORWARD ("10.0.2.1") FORWARD ("10.0.2.1"),
    "/domain/devices/channel[2]/target",
    "channel '*': port 4600 of 10.0.2.1 is that of another channel; use another" },
  { "forward-tls", "qemu", "",
    "<channel type='tcp'><source host='a' service='1'/><protocol type='tls'/><target "
    "type='guestfwd' address='10.0.2.1' port='1'/></channel>",
    "/domain/devices/channel[1]/protocol/@type",
    "channel '*': protocol 'tls' is not supported: *" },
  { "smartcards", "qemu", "", "<smartcard mode='host'/><smartcard mode='passthrough' type='pty'/>",
    "/domain/devices/smartcard[2]",
    "smartcard '*': a machine has one smartcard at most; remove it" },
  { "smartcard-controller", "qemu", "",
    "<smartcard mode='host'><address type='ccid' controller='1' slot='0'/></smartcard>",
    "/domain/devices/smartcard[1]/address",
    "smartcard '*': a smartcard is in slot 0 of controller 0; leave the address out" },
  { "smartcard-slot", "qemu", "",
    "<smartcard mode='host'><address type='ccid' controller='0' slot='1'/></smartcard>",
    "/domain/devices/smartcard[1]/address",
    "smartcard '*': a smartcard is in slot 0 of controller 0; leave the address out" },
  { "smartcard-comma", "qemu", "", CERTIFICATES ("b, c", "/nss"),
    "/domain/devices/smartcard[1]/certificate[2]",
    "smartcard '*': certificate 'b, c' cannot be named: there is a comma or a parenthesis in it; "
    "give it another nickname" },
  { "smartcard-quote", "qemu", "", CERTIFICATES ("b", "/a\"b"),
    "/domain/devices/smartcard[1]/database",
    "smartcard '*': database '/a\"b' cannot be named: there is a quotation mark in it; rename the "
    "folder" },
  { "smartcard-no-spice", "qemu", "", "<smartcard mode='passthrough' type='spicevmc'/>",
    "/domain/devices/smartcard[1]/@type",
    "smartcard '*': type 'spicevmc' needs a SPICE display; *" },
  { "smartcard-tls", "qemu", "",
    "<smartcard mode='passthrough' type='tcp'><source host='a' service='1'/><protocol "
    "type='tls'/></smartcard>",
    "/domain/devices/smartcard[1]/protocol/@type",
    "smartcard '*': protocol 'tls' is not supported: *" },
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
    "graphics '*': more than one display of type 'vnc' is not supported; keep one" },
  { "second-spice", "qemu", "",
    "<graphics type='spice'/><graphics type='vnc'/><graphics type='spice'/>",
    "/domain/devices/graphics[3]",
    "graphics '*': more than one display of type 'spice' is not supported; keep one" },
  { "second-sdl", "qemu", "", "<graphics type='sdl'/><graphics type='sdl'/>",
    "/domain/devices/graphics[2]",
    "graphics '*': more than one display of type 'sdl' is not supported; keep one" },
  { "interface-network", "qemu", "",
    "<interface type='network'><source network='default'/></interface>",
    "/domain/devices/interface[1]/@type",
    "interface 'net0': type 'network' is not supported; use bridge, with the bridge of network "
    "'default'" },
  { "interface-internal", "qemu", "",
    "<interface type='internal'><source name='intnet'/></interface>",
    "/domain/devices/interface[1]/@type",
    "interface 'net0': type 'internal' is of VirtualBox; use mcast or bridge" },
  { "interface-virtualport", "qemu", "",
    "<interface type='direct'><source dev='eth0'/><virtualport type='802.1Qbg'><parameters "
    "managerid='1' typeid='2' typeidversion='3'/></virtualport></interface>",
    "/domain/devices/interface[1]/virtualport",
    "interface 'net0': 802.1Qbg is not supported: the switch is told by lldpad, which this service "
    "does not speak to; remove the element" },
  { "interface-bridge-script", "qemu", "",
    "<interface type='bridge'><source bridge='br0'/><script path='/etc/up'/></interface>",
    "/domain/devices/interface[1]/script",
    "interface 'net0': a script is not run with type 'bridge'; use ethernet" },
  { "interface-script-path", "qemu", "",
    "<interface type='ethernet'><script path='qemu-ifup'/></interface>",
    "/domain/devices/interface[1]/script/@path",
    "interface 'net0': script 'qemu-ifup' is not an absolute path; begin it with /" },
  { "interface-vhost-card", "qemu", "",
    "<interface type='ethernet'><driver name='vhost'/></interface>",
    "/domain/devices/interface[1]/driver/@name",
    "interface 'net0': driver 'vhost' is not supported by this card; use model virtio" },
  { "interface-vhost-cable", "qemu", "",
    "<interface type='server'><source port='1'/><model type='virtio'/><driver "
    "name='vhost'/></interface>",
    "/domain/devices/interface[1]/driver/@name",
    "interface 'net0': driver 'vhost' is not supported with type 'server'; use qemu" },
  { "interface-vhost", "qemu", "",
    "<interface><model type='virtio'/><driver name='vhost'/></interface>",
    "/domain/devices/interface[1]/driver/@name",
    "interface 'net0': driver 'vhost' is not supported with type 'user'; use qemu" },
  { "interface-txmode", "qemu", "", "<interface><driver name='qemu' txmode='timer'/></interface>",
    "/domain/devices/interface[1]/driver/@txmode",
    "interface 'net0': a txmode is not supported by this card; use model virtio" },
  { "graphics-rdp", "qemu", "", "<graphics type='rdp' port='5900'/>",
    "/domain/devices/graphics[1]/@type",
    "graphics 'rdp0': type 'rdp' is not supported by QEMU; use vnc, spice or sdl" },
  { "graphics-desktop", "qemu", "", "<graphics type='vnc'/><graphics type='desktop'/>",
    "/domain/devices/graphics[2]/@type",
    "graphics 'desktop1': type 'desktop' is not supported by QEMU; use vnc, spice or sdl" },
  { "graphics-keymap", "qemu", "",
    "<graphics type='vnc' keymap='de'/><graphics type='spice' keymap='fr'/>",
    "/domain/devices/graphics[2]/@keymap",
    "graphics 'spice1': a machine has one keymap for all displays, which is 'de'; use it, or "
    "remove "
    "one" },
  { "spice-password", "qemu", "", "<graphics type='spice' passwd='" SIXTY "1'/>",
    "/domain/devices/graphics[1]/@passwd",
    "graphics 'spice0': a SPICE password has 60 bytes at most; choose a shorter one" },
  { "spice-tls-port", "qemu", "", "<graphics type='spice' port='5900' tlsPort='5901'/>",
    "/domain/devices/graphics[1]/@tlsPort",
    "graphics 'spice0': encrypted connections need certificates: put ca-cert.pem, server-cert.pem "
    "and "
    "server-key.pem into the folder 'certificates', or remove tlsPort" },
  { "spice-channel", "qemu", "",
    "<graphics type='spice'><channel name='main' mode='any'/><channel name='inputs' mode='secure'/>"
    "</graphics>",
    "/domain/devices/graphics[1]/channel[2]/@mode",
    "graphics 'spice0': mode 'secure' of channel 'inputs' needs certificates: put ca-cert.pem, "
    "server-cert.pem and server-key.pem into the folder 'certificates', or use any or insecure" },
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
  { "hostdev-managed", "qemu", "",
    "<hostdev type='pci' managed='yes'><source><address bus='6' slot='2' function='0'/></source>"
    "</hostdev>",
    "/domain/devices/hostdev[1]/@managed",
    "hostdev '*': managed is not supported yet: bind the device to vfio-pci first and write "
    "managed='no'" },
  { "hostdev-capabilities", "qemu", "", "<hostdev mode='capabilities' type='net'/>",
    "/domain/devices/hostdev",
    "hostdev: mode 'capabilities' is for containers; remove the element" },
  { "memballoon-xen", "qemu", "", "<memballoon model='xen'/>",
    "/domain/devices/memballoon[1]/@model",
    "memballoon '*': model 'xen' is not supported by QEMU; use virtio or none" },
  { "disk-uml", "qemu", "", DISK ("", "<target dev='ubda'/>"),
    "/domain/devices/disk[1]/target/@bus",
    "disk 'ubda': bus 'uml' is not supported by QEMU; use virtio, scsi, sata, ide or usb" },
  { "disk-folder", "qemu", "", "<disk type='dir'><source dir='/srv'/><target dev='vda'/></disk>",
    "/domain/devices/disk[1]/@type",
    "disk 'vda': a folder as a disk can only be read; add <readonly/>" },
  { "disk-folder-format", "qemu", "",
    "<disk type='dir'><driver name='qemu' type='raw'/><source dir='/srv'/><target dev='vda'/>"
    "<readonly/></disk>",
    "/domain/devices/disk[1]/driver/@type",
    "disk 'vda': a folder cannot be a disk of format 'raw'; use fat" },
  { "disk-folder-cdrom", "qemu", "",
    "<disk type='dir' device='cdrom'><source dir='/srv'/><target dev='hdc'/></disk>",
    "/domain/devices/disk[1]/@device",
    "disk 'hdc': a folder cannot be in a CD-ROM drive; use device='disk'" },
  { "disk-nbd-format", "qemu", "",
    "<disk type='network'><driver name='qemu' type='qcow2'/><source protocol='nbd'>"
    "<host name='a' port='1'/></source><target dev='vda'/></disk>",
    "/domain/devices/disk[1]/driver/@type",
    "disk 'vda': format 'qcow2' on a server is not supported, for it may need files that cannot be "
    "seen from here; use raw, and let the server read the image" },
  { "disk-nbd-io", "qemu", "",
    "<disk type='network'><driver name='qemu' io='threads'/><source protocol='nbd'>"
    "<host name='a' port='1'/></source><target dev='vda'/></disk>",
    "/domain/devices/disk[1]/driver/@io",
    "disk 'vda': a disk on a server has no way of input and output; remove it" },
  { "disk-rbd", "qemu", "",
    "<disk type='network' device='cdrom'><source protocol='rbd' name='a'/><target dev='hdc'/>"
    "</disk>",
    "/domain/devices/disk[1]/source/@name",
    "disk 'hdc': 'a' names no image of rbd; write POOL/IMAGE" },
  { "disk-serial-floppy", "qemu", "",
    DISK (" device='floppy'", "<target dev='fda'/><serial>1</serial>"),
    "/domain/devices/disk[1]/serial",
    "disk 'fda': a floppy drive has no serial number; remove it" },
  { "disk-serial-virtio", "qemu", "",
    DISK ("", "<target dev='vda'/><serial>123456789012345678901</serial>"),
    "/domain/devices/disk[1]/serial",
    "disk 'vda': a serial number on bus 'virtio' has at most 20 characters; shorten it" },
  { "disk-error-policy-floppy", "qemu", "",
    DISK (" device='floppy'", "<driver name='qemu' error_policy='stop'/><target dev='fda'/>"),
    "/domain/devices/disk[1]/driver/@error_policy",
    "disk 'fda': a floppy drive has no error policy; remove it" },
  { "disk-encryption-raw", "qemu", "",
    DISK ("",
          "<target dev='vda'/><encryption format='luks'><secret type='passphrase' "
          "uuid='0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f'/></encryption>"),
    "/domain/devices/disk[1]/encryption",
    "disk 'vda': only an image of format qcow2, in a file or on a block device, can be encrypted; "
    "use such a one" },
  { "disk-sheepdog", "qemu", "",
    "<disk type='network'><source protocol='sheepdog' name='a'/><target dev='vda'/></disk>",
    "/domain/devices/disk[1]/source/@protocol",
    "disk 'vda': protocol 'sheepdog' is not supported by QEMU any more; use nbd or rbd" },
  { "disk-encryption", "qemu", "",
    DISK ("",
          "<target dev='vda'/><encryption format='qcow'><secret type='passphrase' "
          "uuid='0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f'/></encryption>"),
    "/domain/devices/disk[1]/encryption/@format",
    "disk 'vda': the encryption of format qcow is not supported by QEMU any more; convert the "
    "image, and use luks" },
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

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  const CheckDomain parts = { test->type, test->rest, test->devices };
  g_autoptr (VbDomain) domain = check_domain_new (&parts);
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

static void
test_good (void)
{
  static const CheckDomain good = { .type = "kvm", .rest = "", .devices = "" };
  g_autoptr (VbDomain) domain = check_domain_new (&good);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { .kvm_usable = TRUE };
  g_assert_true (vb_qemu_check (&settings, domain, NULL, NULL, &error));
  g_assert_no_error (error);
}

/* What asks for what happens anyway. */
static void
test_usual (void)
{
  static const CheckDomain usual = {
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
  g_autoptr (VbDomain) domain = check_domain_new (&usual);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { 0 };
  g_assert_true (vb_qemu_check (&settings, domain, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
test_every_finding (void)
{
  static const CheckDomain many = {
    .type = "qemu",
    .rest = "<vcpu placement='auto'>1</vcpu><clock offset='utc'><timer name='platform'/></clock>",
    .devices = DISK ("", "<target dev='xvda' bus='xen'/>")
  };
  g_autoptr (VbDomain) domain = check_domain_new (&many);
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  VbQemuSettings settings = { 0 };
  g_assert_false (vb_qemu_check (&settings, domain, NULL, diagnostics, NULL));
  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, 3);
}

/* What a start says, and does all the same. */
static const Case warnings[] = {
  { "long-password", "qemu", "", "<graphics type='vnc' passwd='open sesame'/>",
    "/domain/devices/graphics[1]/@passwd",
    "graphics '*': only the first 8 bytes of a VNC password count" },
  { "empty-password", "qemu", "", "<graphics type='spice' passwd=''/>",
    "/domain/devices/graphics[1]/@passwd",
    "graphics '*': the password is empty: nobody can connect" },
  { "no-password", "qemu", "", "<graphics type='vnc' passwdValidTo='2036-01-01T00:00:00'/>",
    "/domain/devices/graphics[1]/@passwdValidTo",
    "graphics '*': there is no password that it could end" },
  { "tls-port", "qemu", "", "<graphics type='vnc'/><graphics type='spice' port='-1' tlsPort='-1'/>",
    "/domain/devices/graphics[2]/@tlsPort",
    "graphics '*': without certificates no port for encrypted connections is chosen" },
  { "forward-without-card", "qemu", "", FORWARD ("10.0.2.1"), "/domain/devices/channel[1]",
    "channel '0': the guest does not reach it without an <interface type='user'/>" },
};

static void
test_warning (gconstpointer data)
{
  const Case *test = data;
  const CheckDomain parts = { test->type, test->rest, test->devices };
  g_autoptr (VbDomain) domain = check_domain_new (&parts);
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  VbQemuSettings settings = { 0 };
  const VbDiagnostic *finding;

  g_assert_true (vb_qemu_check (&settings, domain, NULL, diagnostics, NULL));
  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, 1);
  finding = vb_diagnostics_get (diagnostics, 0);
  g_assert_cmpint (finding->severity, ==, VB_SEVERITY_WARNING);
  g_assert_cmpstr (finding->path, ==, test->path);
  g_assert_true (g_pattern_match_simple (test->message, finding->message));
}

/* What a display with certificates lacks; %NULL: nothing */
static const struct
{
  const char *attributes;
  const char *mode;
  const char *message;
} encrypted[] = {
  { "port='5900' tlsPort='5901'", "secure", NULL },
  { "port='5900' tlsPort='5901'", "insecure", NULL },
  { "port='-1' tlsPort='-1'", "secure", NULL },
  { "autoport='yes'", "secure", NULL },
  { "tlsPort='5901'", "secure", NULL },
  { "port='5900'", "secure",
    "graphics 'spice0': mode 'secure' of channel 'cursor' needs a port for encrypted connections; "
    "add tlsPort" },
  { "tlsPort='5901'", "insecure",
    "graphics 'spice0': mode 'insecure' of channel 'cursor' needs a port for plain connections; "
    "add "
    "port" },
};

static void
test_encrypted (void)
{
  const VbQemuSettings settings = { .certificates_dir = g_get_tmp_dir () };

  for (guint i = 0; i < G_N_ELEMENTS (encrypted); i++)
    {
      g_autofree char *devices = g_strdup_printf (
          "<graphics type='spice' %s><channel name='cursor' mode='%s'/></graphics>",
          encrypted[i].attributes, encrypted[i].mode);
      const CheckDomain parts = { "qemu", "", devices };
      g_autoptr (VbDomain) domain = check_domain_new (&parts);
      g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
      g_autoptr (GError) error = NULL;
      gboolean is_good = vb_qemu_check (&settings, domain, NULL, diagnostics, &error);

      g_assert_cmpint (is_good, ==, encrypted[i].message == NULL);
      g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, is_good ? 0 : 1);
      g_assert_cmpstr (error != NULL ? error->message : NULL, ==, encrypted[i].message);
    }
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
  g_test_add_func ("/check/good", test_good);
  g_test_add_func ("/check/usual", test_usual);
  g_test_add_func ("/check/every-finding", test_every_finding);
  g_test_add_func ("/check/encrypted", test_encrypted);
  for (guint i = 0; i < G_N_ELEMENTS (warnings); i++)
    {
      g_autofree char *path = g_strconcat ("/check/warning/", warnings[i].name, NULL);
      g_test_add_data_func (path, &warnings[i], test_warning);
    }
  return g_test_run ();
}
