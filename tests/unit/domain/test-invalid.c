/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Documents against the format: each is refused with exactly one message, which names line, path,
 * what was found and what would be right.
 */
#include "domain/domain.h"

#include <string.h>

/* Parts are put into a document that is good without them; lines count from its root. */
typedef struct
{
  const char *name;
  const char *top;     /* in line 3 */
  const char *devices; /* in line 5 */
  const char *message;
} Case;

#define DISK(attributes, target, rest)                                                             \
  "<disk " attributes "><source file='/a'/><target " target "/>" rest "</disk>"
#define DEVICE "/domain/devices/"

static const Case cases[] = {
  { "on-crash", "<on_crash>die</on_crash>", "",
    "line 3: /domain/on_crash: \"die\" is not a lifecycle action; known: destroy, restart, "
    "preserve, rename-restart, coredump-destroy, coredump-restart" },
  { "on-poweroff-coredump", "<on_poweroff>coredump-destroy</on_poweroff>", "",
    "line 3: /domain/on_poweroff: \"coredump-destroy\" is not a lifecycle action here; known: "
    "destroy, restart, preserve, rename-restart" },
  { "uuid", "<uuid>c7a5fdbd-edaf-9455-926a-d65c16db180</uuid>", "",
    "line 3: /domain/uuid: \"c7a5fdbd-edaf-9455-926a-d65c16db180\" is not a UUID: 32 hexadecimal "
    "digits, with dashes or without" },
  { "title", "<title>a\nb</title>", "",
    "line 3: /domain/title: a title is one line without control characters" },
  { "current-memory", "<currentMemory>1,5</currentMemory>", "",
    "line 3: /domain/currentMemory: \"1,5\" is not a size, or beyond 8 EiB" },
  { "current-memory-unit", "<currentMemory unit='KBit'>1</currentMemory>", "",
    "line 3: /domain/currentMemory/@unit: \"KBit\" is not a unit; known: b, bytes, KB, k, KiB, MB, "
    "M, MiB, GB, G, GiB, TB, T, TiB, PB, P, PiB, EB, E, EiB" },
  { "current-memory-overflow", "<currentMemory unit='EiB'>18446744073709551615</currentMemory>", "",
    "line 3: /domain/currentMemory: \"18446744073709551615\" is not a size, or beyond 8 EiB" },
  { "vcpu-zero", "<vcpu>0</vcpu>", "",
    "line 3: /domain/vcpu: \"0\" is not a number of CPUs from 1 to 65535" },
  { "vcpu-word", "<vcpu>two</vcpu>", "",
    "line 3: /domain/vcpu: \"two\" is not a number of CPUs from 1 to 65535" },
  { "vcpu-current", "<vcpu current='3'>2</vcpu>", "",
    "line 3: /domain/vcpu/@current: \"3\" is not a number from 1 to 2" },
  { "vcpu-current-zero", "<vcpu current='0'>2</vcpu>", "",
    "line 3: /domain/vcpu/@current: \"0\" is not a number from 1 to 2" },
  { "vcpu-sign", "<vcpu current='+1'>2</vcpu>", "",
    "line 3: /domain/vcpu/@current: \"+1\" is not a number from 1 to 2" },
  { "clock-offset", "<clock offset='gmt'/>", "",
    "line 3: /domain/clock/@offset: \"gmt\" is not a clock offset; known: utc, localtime, "
    "timezone, "
    "variable" },
  { "clock-timezone-missing", "<clock offset='timezone'/>", "",
    "line 3: /domain/clock: offset='timezone' needs the attribute \"timezone\"" },
  { "clock-timezone-extra", "<clock timezone='Europe/Paris'/>", "",
    "line 3: /domain/clock/@timezone: a time zone needs offset='timezone'" },
  { "clock-adjustment", "<clock offset='variable' adjustment='1h'/>", "",
    "line 3: /domain/clock/@adjustment: \"1h\" is not a number of seconds" },
  { "clock-adjustment-extra", "<clock offset='utc' adjustment='1'/>", "",
    "line 3: /domain/clock/@adjustment: an adjustment needs offset='variable'" },

  { "disk-type", "", DISK ("type='foo'", "dev='vda'", ""),
    "line 5: " DEVICE "disk/@type: \"foo\" is not a disk type; known: file, block, dir, network" },
  { "disk-device", "", DISK ("device='lun'", "dev='vda'", ""),
    "line 5: " DEVICE "disk/@device: \"lun\" is not a disk device; known: disk, cdrom, floppy" },
  { "disk-bus", "", DISK ("", "dev='vda'", "") "\n" DISK ("", "dev='vdb' bus='foo'", ""),
    "line 6: " DEVICE "disk[2]/target/@bus: \"foo\" is not a disk bus; known: ide, fdc, scsi, "
    "virtio, xen, usb, sata" },
  { "disk-target-missing", "", "<disk><source file='/a'/></disk>",
    "line 5: " DEVICE "disk: the element <target> is missing" },
  { "disk-target-dev-missing", "", DISK ("", "bus='ide'", ""),
    "line 5: " DEVICE "disk/target: the attribute \"dev\" is missing" },
  { "disk-target-name", "", DISK ("", "dev='foo'", ""),
    "line 5: " DEVICE "disk/target/@dev: \"foo\" is not a disk target; known: hda, sda, vda, xvda, "
    "fda and so on" },
  { "disk-target-partition", "", DISK ("", "dev='vda1'", ""),
    "line 5: " DEVICE "disk/target/@dev: \"vda1\" names a partition; write \"vda\"" },
  { "disk-target-twice", "", DISK ("", "dev='vda'", "") "\n" DISK ("", "dev='vda'", ""),
    "line 6: " DEVICE
    "disk[2]/target/@dev: target \"vda\" is already taken by the disk in line 5" },
  { "disk-target-twice-kept", "",
    "<disk type='dir'><target dev='vda'/></disk>\n" DISK ("", "dev='vda'", ""),
    "line 6: " DEVICE
    "disk[2]/target/@dev: target \"vda\" is already taken by the disk in line 5" },
  { "disk-controllers", "", DISK ("", "dev='sdzzz'", ""),
    "line 5: " DEVICE
    "disk: target \"sdzzz\" would be on controller 2611; at most 255 is allowed" },
  { "disk-floppy-name", "", DISK ("device='floppy'", "dev='vda'", ""),
    "line 5: " DEVICE "disk/target/@dev: a floppy's target must be \"fda\", \"fdb\" or so" },
  { "disk-named-floppy", "", DISK ("", "dev='fda' bus='ide'", ""),
    "line 5: " DEVICE "disk/target/@dev: \"fda\" is a floppy's target, not a disk's" },
  { "disk-floppy-bus", "", DISK ("device='floppy'", "dev='fda' bus='ide'", ""),
    "line 5: " DEVICE "disk/target/@bus: a floppy cannot be on bus \"ide\"" },
  { "disk-fdc-bus", "", DISK ("device='cdrom'", "dev='hda' bus='fdc'", ""),
    "line 5: " DEVICE "disk/target/@bus: a cdrom cannot be on bus \"fdc\"" },
  { "disk-no-source", "", "<disk><target dev='vda'/></disk>",
    "line 5: " DEVICE "disk: a disk needs a medium: <source file='/…'/> is missing" },
  { "disk-empty-source", "", "<disk type='block'><source dev=''/><target dev='vda'/></disk>",
    "line 5: " DEVICE "disk/source: a disk needs a medium: <source dev='/…'/> is missing" },
  { "disk-relative-source", "", "<disk><source file='a.img'/><target dev='vda'/></disk>",
    "line 5: " DEVICE "disk/source/@file: \"a.img\" is not an absolute path" },
  { "disk-cache", "", DISK ("", "dev='vda'", "<driver cache='unsafe'/>"),
    "line 5: " DEVICE "disk/driver/@cache: \"unsafe\" is not a cache mode; known: default, none, "
    "writethrough, writeback" },
  { "disk-error-policy", "", DISK ("", "dev='vda'", "<driver error_policy='retry'/>"),
    "line 5: " DEVICE
    "disk/driver/@error_policy: \"retry\" is not an error policy; known: default, "
    "stop, ignore, enospace" },
  { "disk-io", "", DISK ("", "dev='vda'", "<driver io='default'/>"),
    "line 5: " DEVICE "disk/driver/@io: \"default\" is not a way of input and output; known: "
    "threads, native" },
  { "disk-format", "", DISK ("", "dev='vda'", "<driver type='raw,a=b'/>"),
    "line 5: " DEVICE "disk/driver/@type: \"raw,a=b\" must be 1 to 64 letters, digits or any of "
    "\"_-\"" },
  { "disk-serial", "", DISK ("", "dev='vda'", "<serial>a,b</serial>"),
    "line 5: " DEVICE "disk/serial: \"a,b\" must be letters, digits, blanks or any of \"_.+-\"" },
  { "disk-address-type-missing", "", DISK ("", "dev='hda'", "<address bus='0'/>"),
    "line 5: " DEVICE "disk/address: the attribute \"type\" is missing" },
  { "disk-address-type", "", DISK ("", "dev='hda'", "<address type='isa'/>"),
    "line 5: " DEVICE "disk/address/@type: \"isa\" is not an address type; known: pci, drive, "
    "virtio-serial, ccid, usb" },
  { "disk-address-pci", "",
    DISK ("", "dev='hda'", "<address type='pci' bus='0' slot='3' function='0'/>"),
    "line 5: " DEVICE "disk/address/@type: a disk on bus \"ide\" has no address of type \"pci\"; "
    "known there: drive" },
  { "disk-address-usb", "", DISK ("", "dev='sda' bus='usb'", "<address type='drive'/>"),
    "line 5: " DEVICE
    "disk/address/@type: a disk on bus \"usb\" has no address of type \"drive\"" },
  { "disk-address-unit", "", DISK ("", "dev='hda'", "<address type='drive' unit='-1'/>"),
    "line 5: " DEVICE "disk/address/@unit: \"-1\" is not a number from 0 to 0xffff" },
  { "disk-address-taken", "",
    DISK ("", "dev='hda'", "") "\n" DISK ("", "dev='hdb'", "<address type='drive'/>"),
    "line 6: " DEVICE
    "disk[2]/address: the ide address drive:0:0:0 is already taken by the disk in "
    "line 5" },
  { "pci-slot", "",
    DISK ("", "dev='vda'", "<address type='pci' bus='0' slot='0x20' function='0'/>"),
    "line 5: " DEVICE "disk/address/@slot: \"0x20\" is not a number from 0 to 0x1f" },
  { "pci-slot-missing", "", DISK ("", "dev='vda'", "<address type='pci' bus='0' function='0'/>"),
    "line 5: " DEVICE "disk/address: the attribute \"slot\" is missing" },
  { "pci-taken", "",
    DISK ("",
          "dev='vda'",
          "<address type='pci' bus='0' slot='3' function='0'/>") "\n<interface><address type='pci' "
                                                                 "bus='0x0' slot='0x3' "
                                                                 "function='0'/></interface>",
    "line 6: " DEVICE
    "interface/address: the address pci:0000:00:03.0 is already taken by the disk "
    "in line 5" },

  { "boot-order-zero", "", DISK ("", "dev='vda'", "<boot order='0'/>"),
    "line 5: " DEVICE "disk/boot/@order: \"0\" is not a number from 1 to 1024" },
  { "boot-order-missing", "", DISK ("", "dev='vda'", "<boot/>"),
    "line 5: " DEVICE "disk/boot: the attribute \"order\" is missing" },
  { "boot-order-gap", "", DISK ("", "dev='vda'", "<boot order='2'/>"),
    "line 5: " DEVICE "disk/boot/@order: boot orders count from 1 without gaps: 1 is missing" },
  { "boot-order-twice", "",
    DISK ("", "dev='vda'", "<boot order='1'/>") "\n<interface><boot order='1'/></interface>",
    "line 6: " DEVICE
    "interface/boot/@order: boot order 1 is already taken by the disk in line 5" },
  { "boot-order-twice-kept", "",
    DISK ("",
          "dev='vda'",
          "<boot order='1'/>") "\n<interface type='bridge'><boot order='1'/></interface>",
    "line 6: " DEVICE
    "interface/boot/@order: boot order 1 is already taken by the disk in line 5" },

  { "controller-type", "", "<controller type='foo'/>",
    "line 5: " DEVICE "controller/@type: \"foo\" is not a controller type; known: ide, fdc, scsi, "
    "sata, virtio-serial, ccid, usb, pci, xenbus" },
  { "controller-type-missing", "", "<controller index='0'/>",
    "line 5: " DEVICE "controller: the attribute \"type\" is missing" },
  { "controller-index", "", "<controller type='ide' index='a'/>",
    "line 5: " DEVICE "controller/@index: \"a\" is not a number from 0 to 65535" },
  { "controller-twice", "", "<controller type='ide'/><controller type='ide' index='0'/>",
    "line 5: " DEVICE "controller[2]/@index: index 0 of ide controllers is already taken by the "
    "controller in line 5" },
  { "controller-model", "", "<controller type='scsi' index='0' model='foo'/>",
    "line 5: " DEVICE "controller/@model: \"foo\" is not a scsi controller model; known: auto, "
    "buslogic, lsilogic, lsisas1068, vmpvscsi, virtio-scsi" },
  { "controller-address", "",
    "<controller type='ide' index='0'><address type='drive'/></controller>",
    "line 5: " DEVICE
    "controller/address/@type: a controller of type \"ide\" has no address of type "
    "\"drive\"; known there: pci" },
  { "controller-isa-address", "",
    "<controller type='fdc'><address type='pci' bus='0' slot='1' function='0'/></controller>",
    "line 5: " DEVICE
    "controller/address/@type: a controller of type \"fdc\" has no address of type "
    "\"pci\"" },

  { "interface-type", "", "<interface type='foo'/>",
    "line 5: " DEVICE "interface/@type: \"foo\" is not an interface type; known: user, network, "
    "bridge, ethernet, direct, mcast, server, client, internal" },
  { "interface-mac", "", "<interface><mac address='52:54:00:00:00'/></interface>",
    "line 5: " DEVICE "interface/mac/@address: \"52:54:00:00:00\" is not a MAC address such as "
    "52:54:00:12:34:56" },
  { "interface-mac-multicast", "", "<interface><mac address='01:54:00:00:00:00'/></interface>",
    "line 5: " DEVICE "interface/mac/@address: \"01:54:00:00:00:00\" is a multicast address; the "
    "second digit must be even" },
  { "interface-model", "", "<interface><model type='e1000,id=x'/></interface>",
    "line 5: " DEVICE
    "interface/model/@type: \"e1000,id=x\" must be 1 to 64 letters, digits or any "
    "of \"_-\"" },
  { "interface-target", "", "<interface><target dev='sixteen-letters-'/></interface>",
    "line 5: " DEVICE "interface/target/@dev: \"sixteen-letters-\" must be 1 to 15 letters, digits "
    "or any of \"_-.@\"" },
  { "interface-address", "", "<interface><address type='drive'/></interface>",
    "line 5: " DEVICE
    "interface/address/@type: an interface has no address of type \"drive\"; known "
    "there: pci" },

  { "serial-type", "", "<serial type='spicevmc'/>",
    "line 5: " DEVICE
    "serial/@type: \"spicevmc\" is not a character device type; known: null, pty, "
    "file, unix, vc, dev, pipe, stdio, udp, tcp" },
  { "serial-port", "", "<serial type='null'><target port='x'/></serial>",
    "line 5: " DEVICE "serial/target/@port: \"x\" is not a number from 0 to 65535" },
  { "serial-file", "", "<serial type='file'/>",
    "line 5: " DEVICE "serial: a serial of type \"file\" needs <source path='/…'/>" },
  { "serial-unix", "", "<serial type='unix'><source mode='bind' path=''/></serial>",
    "line 5: " DEVICE "serial/source: a serial of type \"unix\" needs <source path='/…'/>" },
  { "serial-relative", "", "<serial type='unix'><source path='a'/></serial>",
    "line 5: " DEVICE "serial/source/@path: \"a\" is not an absolute path" },
  { "serial-mode", "", "<serial type='unix'><source mode='listen' path='/a'/></serial>",
    "line 5: " DEVICE
    "serial/source/@mode: \"listen\" is not a socket mode; known: bind, connect" },
  { "serial-address", "",
    "<serial type='null'><address type='pci' bus='0' slot='3' function='0'/></serial>",
    "line 5: " DEVICE "serial/address/@type: a serial port has no address of type \"pci\"" },
  { "console-target", "", "<console><target type='foo'/></console>",
    "line 5: " DEVICE "console/target/@type: \"foo\" is not a console target type; known: serial, "
    "xen, virtio, uml" },

  { "input-type", "", "<input type='pen'/>",
    "line 5: " DEVICE "input/@type: \"pen\" is not an input type; known: mouse, tablet, keyboard" },
  { "input-type-missing", "", "<input bus='usb'/>",
    "line 5: " DEVICE "input: the attribute \"type\" is missing" },
  { "input-bus", "", "<input type='mouse' bus='foo'/>",
    "line 5: " DEVICE "input/@bus: \"foo\" is not an input bus; known: ps2, usb, xen" },
  { "input-tablet-ps2", "", "<input type='tablet' bus='ps2'/>",
    "line 5: " DEVICE "input/@bus: a tablet cannot be on bus \"ps2\"; use \"usb\"" },
  { "input-xen", "", "<input type='mouse' bus='xen'/>",
    "line 5: " DEVICE "input/@bus: \"xen\" does not fit a machine of os type \"hvm\"" },
  { "input-address", "",
    "<input type='mouse'><address type='pci' bus='0' slot='3' function='0'/></input>",
    "line 5: " DEVICE "input/address/@type: an input device has no address of type \"pci\"" },

  { "graphics-type", "", "<graphics type='foo'/>",
    "line 5: " DEVICE
    "graphics/@type: \"foo\" is not a graphics type; known: vnc, sdl, spice, rdp, "
    "desktop" },
  { "graphics-type-missing", "", "<graphics/>",
    "line 5: " DEVICE "graphics: the attribute \"type\" is missing" },
  { "graphics-port", "", "<graphics type='vnc' port='5899'/>",
    "line 5: " DEVICE "graphics/@port: \"5899\" is not a vnc port: -1 for any, or 5900 to 65535" },
  { "graphics-port-word", "", "<graphics type='vnc' port='x'/>",
    "line 5: " DEVICE "graphics/@port: \"x\" is not a vnc port: -1 for any, or 5900 to 65535" },
  { "graphics-autoport", "", "<graphics type='vnc' port='5900' autoport='on'/>",
    "line 5: " DEVICE "graphics/@autoport: \"on\" is not a flag; known: no, yes" },
  { "graphics-socket", "", "<graphics type='vnc' port='5900' socket='/a'/>",
    "line 5: " DEVICE
    "graphics/@socket: a socket stands instead of port and listen: remove either" },
  { "graphics-socket-relative", "", "<graphics type='vnc' socket='a'/>",
    "line 5: " DEVICE "graphics/@socket: \"a\" is not an absolute path" },
  { "graphics-time", "", "<graphics type='vnc' passwd='x' passwdValidTo='2011-02-30T15:51:00'/>",
    "line 5: " DEVICE
    "graphics/@passwdValidTo: \"2011-02-30T15:51:00\" is not a time in UTC such as "
    "2011-04-09T15:51:00" },
  { "graphics-keymap", "", "<graphics type='vnc' keymap='../x'/>",
    "line 5: " DEVICE
    "graphics/@keymap: \"../x\" must be 1 to 64 letters, digits or any of \"_-\"" },

  { "video-model-missing", "", "<video/>",
    "line 5: " DEVICE "video: the element <model> is missing" },
  { "video-model", "", "<video><model type='foo'/></video>",
    "line 5: " DEVICE "video/model/@type: \"foo\" is not a video model; known: vga, cirrus, vmvga, "
    "xen, vbox, qxl" },
  { "video-vram", "", "<video><model type='vga' vram='9M'/></video>",
    "line 5: " DEVICE "video/model/@vram: \"9M\" is not a number from 0 to 4194303" },
  { "video-heads", "", "<video><model type='vga' heads='-1'/></video>",
    "line 5: " DEVICE "video/model/@heads: \"-1\" is not a number from 0 to 65535" },
  { "memballoon-model", "", "<memballoon/>",
    "line 5: " DEVICE "memballoon: the attribute \"model\" is missing" },
  { "memballoon-twice", "", "<memballoon model='none'/>\n<memballoon model='virtio'/>",
    "line 6: " DEVICE "memballoon[2]: the place of the memory balloon is already taken by the "
    "memballoon in line 5" },

  { "alias-form", "", "<video><model type='vga'/><alias name='a b'/></video>",
    "line 5: " DEVICE "video/alias/@name: \"a b\" must be 1 to 64 letters, digits or any of "
    "\"_.+-\"" },
  { "alias-twice", "",
    "<video><model type='vga'/><alias name='a'/></video>\n"
    "<input type='mouse'><alias name='a'/></input>",
    "line 6: " DEVICE "input/alias/@name: alias \"a\" is already taken by the video in line 5" },
  { "alias-name-twice", "",
    "<serial><alias name='serial0'/></serial>\n<serial><alias name='0'/></serial>",
    "line 6: " DEVICE "serial[2]/alias/@name: serial name \"0\" is already taken by the serial in "
    "line 5" },
  { "alias-of-disk", "", DISK ("", "dev='vda'", "") "\n<serial><alias name='vda'/></serial>",
    "line 6: " DEVICE "serial/alias/@name: alias \"vda\" is already taken by the disk in line 5" },
  { "alias-of-implied-controller", "",
    "<input type='tablet'/>\n<serial><alias name='usb0'/></serial>",
    "line 6: " DEVICE "serial: alias \"usb0\" is needed for the implied controller" },
  { "emulator", "", "<emulator>qemu</emulator>",
    "line 5: " DEVICE "emulator: \"qemu\" is not an absolute path" },
};

/* Whole documents. */
static const struct
{
  const char *name;
  const char *xml;
  int code;
  const char *message;
} documents[] = {
  { "empty", "", VB_DOMAIN_ERROR_MALFORMED, "line 1: /: not well-formed XML: Document is empty" },
  { "not-xml", "hello", VB_DOMAIN_ERROR_MALFORMED,
    "line 1: /: not well-formed XML: Start tag expected, '<' not found" },
  { "mismatch", "<domain>\n<name>\n</domain>", VB_DOMAIN_ERROR_MALFORMED,
    "line 3: /: not well-formed XML: Opening and ending tag mismatch: name line 2 and domain" },
  { "attribute-twice", "<domain type='kvm' type='kvm'/>", VB_DOMAIN_ERROR_MALFORMED,
    "line 1: /: not well-formed XML: Attribute type redefined" },
  { "not-utf8", "<domain>\n\xff</domain>", VB_DOMAIN_ERROR_MALFORMED,
    "line 2: /: the text is not UTF-8" },
  { "unknown-entity", "<domain>&foo;</domain>", VB_DOMAIN_ERROR_MALFORMED,
    "line 1: /: not well-formed XML: Entity 'foo' not defined" },
  { "root", "<network/>", VB_DOMAIN_ERROR_INVALID,
    "line 1: /network: <network> is not a domain: the document must be <domain type='…'>" },
  { "root-namespace", "<domain xmlns='urn:x'/>", VB_DOMAIN_ERROR_INVALID,
    "line 1: /*: <domain> is not a domain: the document must be <domain type='…'>" },
  { "type-missing", "<domain/>", VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain: the attribute \"type\" is missing" },
  { "type", "<domain type='foo'/>", VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain/@type: \"foo\" is not a domain type; known: kvm, qemu, kqemu, qvm86, xen, "
    "lxc, "
    "uml, openvz, vserver, ldom, test, vmware, hyperv, vbox, one, phyp" },
  { "name-missing", "<domain type='kvm'><os><type>hvm</type></os><memory>1</memory></domain>",
    VB_DOMAIN_ERROR_INVALID, "line 1: /domain: the element <name> is missing" },
  { "name-empty", "<domain type='kvm'><name/><os><type>hvm</type></os><memory>1</memory></domain>",
    VB_DOMAIN_ERROR_INVALID, "line 1: /domain/name: a domain's name must not be empty" },
  { "name-slash",
    "<domain type='kvm'><name>a/b</name><os><type>hvm</type></os><memory>1</memory></domain>",
    VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain/name: a domain's name has neither \"/\" nor line ends and control "
    "characters" },
  { "memory-missing", "<domain type='kvm'><name>a</name><os><type>hvm</type></os></domain>",
    VB_DOMAIN_ERROR_INVALID, "line 1: /domain: the element <memory> is missing" },
  { "memory-zero",
    "<domain type='kvm'><name>a</name><memory>0</memory><os><type>hvm</type></os></domain>",
    VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain/memory: a domain needs memory: the size must not be 0" },
  { "memory-huge",
    "<domain type='kvm'><name>a</name><memory>9007199254740992</memory>"
    "<os><type>hvm</type></os></domain>",
    VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain/memory: \"9007199254740992\" is not a size, or beyond 8 EiB" },
  { "os-missing", "<domain type='kvm'><name>a</name><memory>1</memory></domain>",
    VB_DOMAIN_ERROR_INVALID, "line 1: /domain: the element <os> is missing" },
  { "os-type-missing", "<domain type='kvm'><name>a</name><memory>1</memory><os/></domain>",
    VB_DOMAIN_ERROR_INVALID, "line 1: /domain/os: the element <type> is missing" },
  { "os-type",
    "<domain type='kvm'><name>a</name><memory>1</memory><os><type>exe</type></os></domain>",
    VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain/os/type: \"exe\" is not an os type; known: hvm, linux, xen" },
  { "os-machine",
    "<domain type='kvm'><name>a</name><memory>1</memory>"
    "<os><type machine='pc,x=y'>hvm</type></os></domain>",
    VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain/os/type/@machine: \"pc,x=y\" must be 1 to 64 letters, digits or any of "
    "\"_-.\"" },
  { "os-boot",
    "<domain type='kvm'><name>a</name><memory>1</memory>"
    "<os><type>hvm</type><boot dev='hd'/><boot dev='usb'/></os></domain>",
    VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain/os/boot[2]/@dev: \"usb\" is not a boot device; known: fd, hd, cdrom, "
    "network" },
  { "os-boot-dev-missing",
    "<domain type='kvm'><name>a</name><memory>1</memory><os><type>hvm</type><boot/></os></domain>",
    VB_DOMAIN_ERROR_INVALID, "line 1: /domain/os/boot: the attribute \"dev\" is missing" },
  { "os-boot-and-order",
    "<domain type='kvm'><name>a</name><memory>1</memory>"
    "<os><type>hvm</type><boot dev='hd'/></os>\n"
    "<devices><interface><boot order='1'/></interface></devices></domain>",
    VB_DOMAIN_ERROR_INVALID,
    "line 2: /domain/devices/interface/boot: a device's <boot order> and <os>'s <boot dev> exclude "
    "each other: remove either" },
  { "os-initrd",
    "<domain type='kvm'><name>a</name><memory>1</memory>"
    "<os><type>hvm</type><initrd>/a</initrd></os></domain>",
    VB_DOMAIN_ERROR_INVALID, "line 1: /domain/os/initrd: an initrd needs a <kernel>" },
  { "os-cmdline",
    "<domain type='kvm'><name>a</name><memory>1</memory>"
    "<os><type>hvm</type><cmdline>a</cmdline></os></domain>",
    VB_DOMAIN_ERROR_INVALID, "line 1: /domain/os/cmdline: a command line needs a <kernel>" },
  { "os-kernel",
    "<domain type='kvm'><name>a</name><memory>1</memory>"
    "<os><type>hvm</type><kernel>vmlinuz</kernel></os></domain>",
    VB_DOMAIN_ERROR_INVALID, "line 1: /domain/os/kernel: \"vmlinuz\" is not an absolute path" },
  { "input-ps2-paravirtual",
    "<domain type='xen'><name>a</name><memory>1</memory><os><type>linux</type></os>"
    "<devices><input type='mouse' bus='ps2'/></devices></domain>",
    VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain/devices/input/@bus: \"ps2\" does not fit a machine of os type \"linux\"" },
  { "input-xen-tablet",
    "<domain type='xen'><name>a</name><memory>1</memory><os><type>linux</type></os>"
    "<devices><input type='tablet'/></devices></domain>",
    VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain/devices/input/@bus: a tablet cannot be on bus \"xen\"; use \"usb\"" },
};

static guint
count_errors (const VbDiagnostics *diagnostics)
{
  guint n_errors = 0;

  for (guint i = 0; i < vb_diagnostics_get_length (diagnostics); i++)
    n_errors += vb_diagnostics_get (diagnostics, i)->severity == VB_SEVERITY_ERROR;
  return n_errors;
}

static void
assert_refused (const char *xml, int code, const char *message, gboolean is_only)
{
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) error_alone = NULL;

  g_assert_null (vb_domain_parse (xml, strlen (xml), FALSE, diagnostics, &error));
  g_assert_error (error, VB_DOMAIN_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
  if (is_only)
    g_assert_cmpuint (count_errors (diagnostics), ==, 1);
  g_assert_null (vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error_alone));
  g_assert_cmpstr (error_alone->message, ==, message);
}

/* For check-schema.py, which wants every document that is refused. */
static void
keep_document (const char *name, const char *xml)
{
  const char *folder = g_getenv ("VB_KEEP_DOCUMENTS");
  g_autofree char *file = g_strconcat (name, ".xml", NULL);
  g_autofree char *path = NULL;

  if (folder == NULL)
    return;
  path = g_build_filename (folder, file, NULL);
  g_assert_true (g_file_set_contents (path, xml, -1, NULL));
}

static void
test_part (gconstpointer data)
{
  const Case *part = data;
  g_autofree char *xml = g_strdup_printf (
      "<domain type='kvm'>\n<name>t</name><memory>4096</memory><os><type>hvm</type></os>\n"
      "%s\n<devices>\n%s\n</devices>\n</domain>",
      part->top, part->devices);

  keep_document (part->name, xml);
  assert_refused (xml, VB_DOMAIN_ERROR_INVALID, part->message, TRUE);
}

static void
test_document (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  keep_document (documents[i].name, documents[i].xml);
  assert_refused (documents[i].xml, documents[i].code, documents[i].message, FALSE);
}

static void
test_several (void)
{
  const char *xml = "<domain type='kvm'>\n<name>a/b</name>\n<memory>0</memory>\n"
                    "<os><type>hvm</type></os>\n<devices>\n<disk>\n<target dev='x'/></disk>\n"
                    "<graphics type='foo'/>\n<sound/>\n</devices></domain>";
  static const struct
  {
    VbSeverity severity;
    guint line;
    const char *path;
  } expected[] = {
    { VB_SEVERITY_ERROR, 2, "/domain/name" },
    { VB_SEVERITY_ERROR, 3, "/domain/memory" },
    { VB_SEVERITY_ERROR, 6, "/domain/devices/disk" },
    { VB_SEVERITY_ERROR, 7, "/domain/devices/disk/target/@dev" },
    { VB_SEVERITY_ERROR, 8, "/domain/devices/graphics/@type" },
    { VB_SEVERITY_WARNING, 9, "/domain/devices/sound" },
  };
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (vb_domain_parse (xml, strlen (xml), FALSE, diagnostics, &error));
  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const VbDiagnostic *finding = vb_diagnostics_get (diagnostics, i);

      g_assert_cmpint (finding->severity, ==, expected[i].severity);
      g_assert_cmpuint (finding->line, ==, expected[i].line);
      g_assert_cmpstr (finding->path, ==, expected[i].path);
    }
  g_assert_true (g_str_has_prefix (error->message, "line 2: /domain/name: "));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/domain/invalid/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_part);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      g_autofree char *path = g_strconcat ("/domain/invalid/document/", documents[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_document);
    }
  g_test_add_func ("/domain/invalid/several", test_several);
  return g_test_run ();
}
