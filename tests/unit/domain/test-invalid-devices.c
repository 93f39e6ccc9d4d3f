/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Devices against the format that are neither disks nor character devices: each is refused with
 * exactly one message, as in test-invalid.c.
 */
#include "refusal.h"

#define DEVICE "/domain/devices/"
#define DISK "<disk><source file='/a'/><target dev='vda'/><boot order='1'/></disk>"
#define DIRECT(rest) "<interface type='direct'><source dev='eth0'/>" rest "</interface>"
#define VIRTUAL_PORT(parameters)                                                                   \
  DIRECT ("<virtualport type='802.1Qbg'><parameters " parameters "/></virtualport>")
#define HOSTDEV(type, source) "<hostdev type='" type "'><source>" source "</source></hostdev>"
#define PCI_PLACE "<address bus='6' slot='2' function='0'/>"
#define PCI_ADDRESS "<address type='pci' bus='0' slot='3' function='0'/>"
#define CHANNEL(attributes) "<graphics type='spice'><channel " attributes "/></graphics>"

static const RefusalCase cases[] = {
  { "interface-source", "<interface type='network'/>",
    "line 5: " DEVICE "interface: the element <source> is missing" },
  { "interface-network", "<interface type='network'><source bridge='br0'/></interface>",
    "line 5: " DEVICE "interface/source: the attribute \"network\" is missing" },
  { "interface-bridge", "<interface type='bridge'><source bridge=''/></interface>",
    "line 5: " DEVICE "interface/source/@bridge: the attribute is empty" },
  { "interface-direct", "<interface type='direct'/>",
    "line 5: " DEVICE "interface: the element <source> is missing" },
  { "interface-direct-dev", "<interface type='direct'><source mode='vepa'/></interface>",
    "line 5: " DEVICE "interface/source: the attribute \"dev\" is missing" },
  { "interface-direct-mode",
    "<interface type='direct'><source dev='eth0' mode='passthrough'/></interface>",
    "line 5: " DEVICE "interface/source/@mode: \"passthrough\" is not a mode of a shared card; "
    "known: vepa, bridge, private" },
  { "interface-internal", "<interface type='internal'><source/></interface>",
    "line 5: " DEVICE "interface/source: the attribute \"name\" is missing" },
  { "interface-mcast-address", "<interface type='mcast'><source port='5558'/></interface>",
    "line 5: " DEVICE "interface/source: the attribute \"address\" is missing" },
  { "interface-mcast-range",
    "<interface type='mcast'><source address='240.0.0.1' port='5558'/></interface>",
    "line 5: " DEVICE "interface/source/@address: \"240.0.0.1\" is not a multicast address: "
    "224.0.0.0 to 239.255.255.255" },
  { "interface-mcast-name",
    "<interface type='mcast'><source address='230.0.0' port='5558'/></interface>",
    "line 5: " DEVICE "interface/source/@address: \"230.0.0\" is not a multicast address: "
    "224.0.0.0 to 239.255.255.255" },
  { "interface-mcast-port",
    "<interface type='mcast'><source address='230.0.0.1' port='x'/></interface>",
    "line 5: " DEVICE "interface/source/@port: \"x\" is not a number from 1 to 65535" },
  { "interface-server-port", "<interface type='server'><source/></interface>",
    "line 5: " DEVICE "interface/source: the attribute \"port\" is missing" },
  { "interface-server-port-range", "<interface type='server'><source port='0'/></interface>",
    "line 5: " DEVICE "interface/source/@port: \"0\" is not a number from 1 to 65535" },
  { "interface-client-address", "<interface type='client'><source port='1'/></interface>",
    "line 5: " DEVICE "interface/source: the attribute \"address\" is missing" },
  { "interface-client-empty", "<interface type='client'><source address='' port='1'/></interface>",
    "line 5: " DEVICE "interface/source/@address: the attribute is empty" },
  { "interface-script", "<interface type='ethernet'><script/></interface>",
    "line 5: " DEVICE "interface/script: the attribute \"path\" is missing" },
  { "interface-driver", "<interface><driver name='kernel'/></interface>",
    "line 5: " DEVICE
    "interface/driver/@name: \"kernel\" is not an interface driver; known: qemu, vhost" },
  { "interface-txmode", "<interface><driver txmode='bh'/></interface>",
    "line 5: " DEVICE
    "interface/driver/@txmode: \"bh\" is not a transmit mode; known: iothread, timer" },
  { "interface-isa-address",
    "<interface><model type='ne2k_isa'/><address type='pci' bus='0' slot='3' function='0'/>"
    "</interface>",
    "line 5: " DEVICE "interface/address/@type: an ISA card has no address of type \"pci\"" },
  { "interface-virtualport-type",
    DIRECT ("<virtualport type='802.1Qbh'><parameters managerid='1' typeid='1' typeidversion='1'/>"
            "</virtualport>"),
    "line 5: " DEVICE
    "interface/virtualport/@type: \"802.1Qbh\" is not a virtual port type; known: "
    "802.1Qbg" },
  { "interface-virtualport-untyped",
    DIRECT ("<virtualport><parameters managerid='1' typeid='1' typeidversion='1'/></virtualport>"),
    "line 5: " DEVICE "interface/virtualport: the attribute \"type\" is missing" },
  { "interface-virtualport-parameters", DIRECT ("<virtualport type='802.1Qbg'/>"),
    "line 5: " DEVICE "interface/virtualport: the element <parameters> is missing" },
  { "interface-managerid", VIRTUAL_PORT ("typeid='1' typeidversion='1'"),
    "line 5: " DEVICE "interface/virtualport/parameters: the attribute \"managerid\" is missing" },
  { "interface-managerid-range", VIRTUAL_PORT ("managerid='256' typeid='1' typeidversion='1'"),
    "line 5: " DEVICE
    "interface/virtualport/parameters/@managerid: \"256\" is not a number from 0 to 0xff" },
  { "interface-typeid", VIRTUAL_PORT ("managerid='1' typeidversion='1'"),
    "line 5: " DEVICE "interface/virtualport/parameters: the attribute \"typeid\" is missing" },
  { "interface-typeid-range", VIRTUAL_PORT ("managerid='1' typeid='0x1000000' typeidversion='1'"),
    "line 5: " DEVICE
    "interface/virtualport/parameters/@typeid: \"0x1000000\" is not a number from 0 to "
    "0xffffff" },
  { "interface-typeidversion", VIRTUAL_PORT ("managerid='1' typeid='1'"),
    "line 5: " DEVICE
    "interface/virtualport/parameters: the attribute \"typeidversion\" is missing" },
  { "interface-typeidversion-range", VIRTUAL_PORT ("managerid='1' typeid='1' typeidversion='-1'"),
    "line 5: " DEVICE
    "interface/virtualport/parameters/@typeidversion: \"-1\" is not a number from 0 to 0xff" },
  { "interface-instanceid",
    VIRTUAL_PORT ("managerid='1' typeid='1' typeidversion='1' instanceid='x'"),
    "line 5: " DEVICE "interface/virtualport/parameters/@instanceid: \"x\" is not a UUID: 32 "
    "hexadecimal digits, with dashes or without" },

  { "hostdev-mode", "<hostdev mode='other' type='pci'><source>" PCI_PLACE "</source></hostdev>",
    "line 5: " DEVICE
    "hostdev/@mode: \"other\" is not a host device mode; known: subsystem, capabilities" },
  { "hostdev-type", "<hostdev type='scsi'><source/></hostdev>",
    "line 5: " DEVICE "hostdev/@type: \"scsi\" is not a host device type; known: usb, pci" },
  { "hostdev-type-missing", "<hostdev mode='subsystem'><source/></hostdev>",
    "line 5: " DEVICE "hostdev: the attribute \"type\" is missing" },
  { "hostdev-managed", HOSTDEV ("pci' managed='1", PCI_PLACE),
    "line 5: " DEVICE "hostdev/@managed: \"1\" is not a flag; known: no, yes" },
  { "hostdev-source", "<hostdev type='usb'/>",
    "line 5: " DEVICE "hostdev: the element <source> is missing" },
  { "hostdev-usb-nothing", HOSTDEV ("usb", ""),
    "line 5: " DEVICE
    "hostdev/source: which USB device? <vendor id='…'/> and <product id='…'/>, or "
    "<address bus='…' device='…'/> is missing" },
  { "hostdev-usb-both",
    HOSTDEV ("usb", "<vendor id='1'/><product id='2'/><address bus='1' device='2'/>"),
    "line 5: " DEVICE "hostdev/source: a USB device is told by <vendor> and <product> or by "
    "<address>: remove either" },
  { "hostdev-usb-vendor", HOSTDEV ("usb", "<product id='2'/>"),
    "line 5: " DEVICE "hostdev/source: the element <vendor> is missing" },
  { "hostdev-usb-product", HOSTDEV ("usb", "<vendor id='1'/>"),
    "line 5: " DEVICE "hostdev/source: the element <product> is missing" },
  { "hostdev-usb-vendor-id", HOSTDEV ("usb", "<vendor/><product id='2'/>"),
    "line 5: " DEVICE "hostdev/source/vendor: the attribute \"id\" is missing" },
  { "hostdev-usb-product-id", HOSTDEV ("usb", "<vendor id='1'/><product/>"),
    "line 5: " DEVICE "hostdev/source/product: the attribute \"id\" is missing" },
  { "hostdev-usb-vendor-zero", HOSTDEV ("usb", "<vendor id='0x0000'/><product id='2'/>"),
    "line 5: " DEVICE "hostdev/source/vendor/@id: \"0x0000\" is not a number from 1 to 0xffff" },
  { "hostdev-usb-product-range", HOSTDEV ("usb", "<vendor id='1'/><product id='65536'/>"),
    "line 5: " DEVICE "hostdev/source/product/@id: \"65536\" is not a number from 0 to 0xffff" },
  { "hostdev-usb-bus", HOSTDEV ("usb", "<address device='2'/>"),
    "line 5: " DEVICE "hostdev/source/address: the attribute \"bus\" is missing" },
  { "hostdev-usb-device", HOSTDEV ("usb", "<address bus='2'/>"),
    "line 5: " DEVICE "hostdev/source/address: the attribute \"device\" is missing" },
  { "hostdev-usb-bus-word", HOSTDEV ("usb", "<address bus='09' device='1'/>"),
    "line 5: " DEVICE "hostdev/source/address/@bus: \"09\" is not a number from 0 to 0xffffffff" },
  { "hostdev-pci-nothing", HOSTDEV ("pci", ""),
    "line 5: " DEVICE "hostdev/source: the element <address> is missing" },
  { "hostdev-pci-slot", HOSTDEV ("pci", "<address bus='6' function='0'/>"),
    "line 5: " DEVICE "hostdev/source/address: the attribute \"slot\" is missing" },
  { "hostdev-pci-function", HOSTDEV ("pci", "<address bus='6' slot='2' function='8'/>"),
    "line 5: " DEVICE "hostdev/source/address/@function: \"8\" is not a number from 0 to 0x7" },
  { "hostdev-pci-domain",
    HOSTDEV ("pci", "<address domain='0x10000' bus='6' slot='2' function='0'/>"),
    "line 5: " DEVICE
    "hostdev/source/address/@domain: \"0x10000\" is not a number from 0 to 0xffff" },
  { "hostdev-pci-address",
    "<hostdev type='pci'><source>" PCI_PLACE "</source><address type='drive'/></hostdev>",
    "line 5: " DEVICE "hostdev/address/@type: a PCI device has no address of type \"drive\"; known "
    "there: pci" },
  { "hostdev-usb-address",
    "<hostdev type='usb'><source><address bus='1' device='2'/></source><address type='pci' bus='0' "
    "slot='3' function='0'/></hostdev>",
    "line 5: " DEVICE
    "hostdev/address/@type: a USB device has no address of type \"pci\"; known there: usb" },
  { "hostdev-pci-twice",
    HOSTDEV ("pci", PCI_PLACE) "\n" HOSTDEV (
        "pci", "<address domain='0' bus='0x06' slot='0x02' function='0x0'/>"),
    "line 6: " DEVICE "hostdev[2]: the host's PCI device 0000:06:02.0 is already taken by the "
    "hostdev in line 5" },
  { "hostdev-usb-twice",
    HOSTDEV ("usb", "<vendor id='0x1234'/><product id='0xbeef'/>") "\n" HOSTDEV (
        "usb", "<vendor id='4660'/><product id='0137357'/>"),
    "line 6: " DEVICE
    "hostdev[2]: the host's USB device 1234:beef is already taken by the hostdev in line 5" },
  { "hostdev-usb-place-twice",
    HOSTDEV ("usb",
             "<address bus='1' device='4'/>") "\n" HOSTDEV ("usb",
                                                            "<address bus='001' device='004'/>"),
    "line 6: " DEVICE
    "hostdev[2]: the host's USB device 001:004 is already taken by the hostdev in line 5" },
  { "hostdev-boot",
    DISK "\n<hostdev type='pci'><source>" PCI_PLACE "</source><boot order='1'/></hostdev>",
    "line 6: " DEVICE "hostdev/boot/@order: boot order 1 is already taken by the disk in line 5" },

  { "sound-model", "<sound model='usb'/>",
    "line 5: " DEVICE
    "sound/@model: \"usb\" is not a sound model; known: es1370, sb16, ac97, ich6, pcspk" },
  { "sound-model-missing", "<sound/>",
    "line 5: " DEVICE "sound: the attribute \"model\" is missing" },
  { "sound-sb16-address", "<sound model='sb16'>" PCI_ADDRESS "</sound>",
    "line 5: " DEVICE
    "sound/address/@type: a sound card of model \"sb16\" has no address of type \"pci\"" },
  { "sound-pcspk-address", "<sound model='pcspk'>" PCI_ADDRESS "</sound>",
    "line 5: " DEVICE
    "sound/address/@type: a sound card of model \"pcspk\" has no address of type \"pci\"" },
  { "sound-address", "<sound model='ich6'><address type='drive'/></sound>",
    "line 5: " DEVICE "sound/address/@type: a sound card of model \"ich6\" has no address of type "
    "\"drive\"; known there: pci" },

  { "watchdog-model", "<watchdog model='itco'/>",
    "line 5: " DEVICE "watchdog/@model: \"itco\" is not a watchdog model; known: i6300esb, ib700" },
  { "watchdog-model-missing", "<watchdog action='none'/>",
    "line 5: " DEVICE "watchdog: the attribute \"model\" is missing" },
  { "watchdog-action", "<watchdog model='ib700' action='inject-nmi'/>",
    "line 5: " DEVICE "watchdog/@action: \"inject-nmi\" is not a watchdog action; known: reset, "
    "shutdown, poweroff, pause, none, dump" },
  { "watchdog-ib700-address", "<watchdog model='ib700'>" PCI_ADDRESS "</watchdog>",
    "line 5: " DEVICE
    "watchdog/address/@type: a watchdog of model \"ib700\" has no address of type \"pci\"" },
  { "watchdog-address", "<watchdog model='i6300esb'><address type='drive'/></watchdog>",
    "line 5: " DEVICE "watchdog/address/@type: a watchdog of model \"i6300esb\" has no address of "
    "type \"drive\"; known there: pci" },
  { "watchdog-twice", "<watchdog model='ib700'/>\n<watchdog model='i6300esb'/>",
    "line 6: " DEVICE
    "watchdog[2]: the place of the watchdog is already taken by the watchdog in line 5" },

  { "graphics-spice-port", "<graphics type='spice' port='0'/>",
    "line 5: " DEVICE "graphics/@port: \"0\" is not a spice port: -1 for any, or 1 to 65535" },
  { "graphics-spice-tls-port", "<graphics type='spice' port='1' tlsPort='x'/>",
    "line 5: " DEVICE "graphics/@tlsPort: \"x\" is not a spice port: -1 for any, or 1 to 65535" },
  { "graphics-rdp-port", "<graphics type='rdp' port='65536'/>",
    "line 5: " DEVICE "graphics/@port: \"65536\" is not an rdp port: -1 for any, or 1 to 65535" },
  { "graphics-spice-time", "<graphics type='spice' passwd='a' passwdValidTo='tomorrow'/>",
    "line 5: " DEVICE
    "graphics/@passwdValidTo: \"tomorrow\" is not a time in UTC such as 2011-04-09T15:51:00" },
  { "graphics-channel-name", CHANNEL ("name='tunnel' mode='any'"),
    "line 5: " DEVICE "graphics/channel/@name: \"tunnel\" is not a SPICE channel; known: main, "
    "display, inputs, cursor, playback, record, smartcard" },
  { "graphics-channel-name-missing", CHANNEL ("mode='any'"),
    "line 5: " DEVICE "graphics/channel: the attribute \"name\" is missing" },
  { "graphics-channel-mode", CHANNEL ("name='main' mode='open'"),
    "line 5: " DEVICE
    "graphics/channel/@mode: \"open\" is not a channel mode; known: any, secure, insecure" },
  { "graphics-channel-mode-missing", CHANNEL ("name='main'"),
    "line 5: " DEVICE "graphics/channel: the attribute \"mode\" is missing" },
  { "graphics-channel-twice",
    "<graphics type='spice'>\n<channel name='main' mode='any'/>\n<channel name='main' "
    "mode='secure'/>"
    "</graphics>",
    "line 7: " DEVICE "graphics/channel[2]/@name: the channel \"main\" is already taken by the "
    "channel in line 6" },
  { "graphics-sdl-fullscreen", "<graphics type='sdl' fullscreen='true'/>",
    "line 5: " DEVICE "graphics/@fullscreen: \"true\" is not a flag; known: no, yes" },
  { "graphics-desktop-fullscreen", "<graphics type='desktop' fullscreen=''/>",
    "line 5: " DEVICE "graphics/@fullscreen: \"\" is not a flag; known: no, yes" },
  { "graphics-replace-user", "<graphics type='rdp' replaceUser='1'/>",
    "line 5: " DEVICE "graphics/@replaceUser: \"1\" is not a flag; known: no, yes" },
  { "graphics-multi-user", "<graphics type='rdp' multiUser='1'/>",
    "line 5: " DEVICE "graphics/@multiUser: \"1\" is not a flag; known: no, yes" },

  { "video-accel3d", "<video><model type='vbox'><acceleration accel3d='on'/></model></video>",
    "line 5: " DEVICE "video/model/acceleration/@accel3d: \"on\" is not a flag; known: no, yes" },
  { "video-accel2d", "<video><model type='vbox'><acceleration accel2d='1'/></model></video>",
    "line 5: " DEVICE "video/model/acceleration/@accel2d: \"1\" is not a flag; known: no, yes" },

  { "interface-type", "<interface type='foo'/>",
    "line 5: " DEVICE "interface/@type: \"foo\" is not an interface type; known: user, network, "
    "bridge, ethernet, direct, mcast, server, client, internal" },
  { "interface-mac", "<interface><mac address='52:54:00:00:00'/></interface>",
    "line 5: " DEVICE "interface/mac/@address: \"52:54:00:00:00\" is not a MAC address such as "
    "52:54:00:12:34:56" },
  { "interface-mac-multicast", "<interface><mac address='01:54:00:00:00:00'/></interface>",
    "line 5: " DEVICE "interface/mac/@address: \"01:54:00:00:00:00\" is a multicast address; the "
    "second digit must be even" },
  { "interface-model", "<interface><model type='e1000,id=x'/></interface>",
    "line 5: " DEVICE
    "interface/model/@type: \"e1000,id=x\" must be 1 to 64 letters, digits or any "
    "of \"_-\"" },
  { "interface-target", "<interface><target dev='sixteen-letters-'/></interface>",
    "line 5: " DEVICE "interface/target/@dev: \"sixteen-letters-\" must be 1 to 15 letters, digits "
    "or any of \"_-.@\"" },
  { "interface-address", "<interface><address type='drive'/></interface>",
    "line 5: " DEVICE
    "interface/address/@type: an interface has no address of type \"drive\"; known "
    "there: pci" },
  { "input-type", "<input type='pen'/>",
    "line 5: " DEVICE "input/@type: \"pen\" is not an input type; known: mouse, tablet, keyboard" },
  { "input-type-missing", "<input bus='usb'/>",
    "line 5: " DEVICE "input: the attribute \"type\" is missing" },
  { "input-bus", "<input type='mouse' bus='foo'/>",
    "line 5: " DEVICE "input/@bus: \"foo\" is not an input bus; known: ps2, usb, xen" },
  { "input-tablet-ps2", "<input type='tablet' bus='ps2'/>",
    "line 5: " DEVICE "input/@bus: a tablet cannot be on bus \"ps2\"; use \"usb\"" },
  { "input-xen", "<input type='mouse' bus='xen'/>",
    "line 5: " DEVICE "input/@bus: \"xen\" does not fit a machine of os type \"hvm\"" },
  { "input-address",
    "<input type='mouse'><address type='pci' bus='0' slot='3' function='0'/></input>",
    "line 5: " DEVICE "input/address/@type: an input device has no address of type \"pci\"" },
  { "graphics-type", "<graphics type='foo'/>",
    "line 5: " DEVICE
    "graphics/@type: \"foo\" is not a graphics type; known: vnc, sdl, spice, rdp, "
    "desktop" },
  { "graphics-type-missing", "<graphics/>",
    "line 5: " DEVICE "graphics: the attribute \"type\" is missing" },
  { "graphics-port", "<graphics type='vnc' port='5899'/>",
    "line 5: " DEVICE "graphics/@port: \"5899\" is not a vnc port: -1 for any, or 5900 to 65535" },
  { "graphics-port-word", "<graphics type='vnc' port='x'/>",
    "line 5: " DEVICE "graphics/@port: \"x\" is not a vnc port: -1 for any, or 5900 to 65535" },
  { "graphics-autoport", "<graphics type='vnc' port='5900' autoport='on'/>",
    "line 5: " DEVICE "graphics/@autoport: \"on\" is not a flag; known: no, yes" },
  { "graphics-socket", "<graphics type='vnc' port='5900' socket='/a'/>",
    "line 5: " DEVICE
    "graphics/@socket: a socket stands instead of port and listen: remove either" },
  { "graphics-socket-relative", "<graphics type='vnc' socket='a'/>",
    "line 5: " DEVICE "graphics/@socket: \"a\" is not an absolute path" },
  { "graphics-time", "<graphics type='vnc' passwd='x' passwdValidTo='2011-02-30T15:51:00'/>",
    "line 5: " DEVICE
    "graphics/@passwdValidTo: \"2011-02-30T15:51:00\" is not a time in UTC such as "
    "2011-04-09T15:51:00" },
  { "graphics-keymap", "<graphics type='vnc' keymap='../x'/>",
    "line 5: " DEVICE
    "graphics/@keymap: \"../x\" must be 1 to 64 letters, digits or any of \"_-\"" },
  { "video-model-missing", "<video/>", "line 5: " DEVICE "video: the element <model> is missing" },
  { "video-model", "<video><model type='foo'/></video>",
    "line 5: " DEVICE "video/model/@type: \"foo\" is not a video model; known: vga, cirrus, vmvga, "
    "xen, vbox, qxl" },
  { "video-vram", "<video><model type='vga' vram='9M'/></video>",
    "line 5: " DEVICE "video/model/@vram: \"9M\" is not a number from 0 to 4194303" },
  { "video-heads", "<video><model type='vga' heads='-1'/></video>",
    "line 5: " DEVICE "video/model/@heads: \"-1\" is not a number from 0 to 65535" },
  { "memballoon-model", "<memballoon/>",
    "line 5: " DEVICE "memballoon: the attribute \"model\" is missing" },
  { "memballoon-twice", "<memballoon model='none'/>\n<memballoon model='virtio'/>",
    "line 6: " DEVICE "memballoon[2]: the place of the memory balloon is already taken by the "
    "memballoon in line 5" },
  { "alias-form", "<video><model type='vga'/><alias name='a b'/></video>",
    "line 5: " DEVICE "video/alias/@name: \"a b\" must be 1 to 64 letters, digits or any of "
    "\"_.+-\"" },
  { "alias-twice",
    "<video><model type='vga'/><alias name='a'/></video>\n"
    "<input type='mouse'><alias name='a'/></input>",
    "line 6: " DEVICE "input/alias/@name: alias \"a\" is already taken by the video in line 5" },
  { "alias-name-twice",
    "<serial><alias name='serial0'/></serial>\n<serial><alias name='0'/></serial>",
    "line 6: " DEVICE "serial[2]/alias/@name: serial name \"0\" is already taken by the serial in "
    "line 5" },
  { "alias-of-disk", DISK "\n<serial><alias name='vda'/></serial>",
    "line 6: " DEVICE "serial/alias/@name: alias \"vda\" is already taken by the disk in line 5" },
  { "alias-of-implied-controller", "<input type='tablet'/>\n<serial><alias name='usb0'/></serial>",
    "line 6: " DEVICE "serial: alias \"usb0\" is needed for the implied controller" },
  { "emulator", "<emulator>qemu</emulator>",
    "line 5: " DEVICE "emulator: \"qemu\" is not an absolute path" },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  refusal_add ("/domain/invalid-devices", REFUSAL_OF_DEVICES, cases, G_N_ELEMENTS (cases));
  return g_test_run ();
}
