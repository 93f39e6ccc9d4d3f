/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Disks, controllers, boot orders and the places of devices against the format: each is refused
 * with exactly one message, as in test-invalid.c.
 */
#include "refusal.h"

#define DISK(attributes, target, rest)                                                             \
  "<disk " attributes "><source file='/a'/><target " target "/>" rest "</disk>"
#define NETWORK(source, hosts)                                                                     \
  "<disk type='network'><source " source ">" hosts "</source><target dev='vda'/></disk>"
#define UUID "0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f"
#define SECRET "<secret type='passphrase' uuid='" UUID "'/>"
#define PCI(slot, function) "<address type='pci' bus='0' slot='" slot "' function='" function "'/>"
#define CONSOLE(address) "<console type='null'><target type='virtio'/>" address "</console>"
#define DEVICE "/domain/devices/"

static const RefusalCase cases[] = {
  { "disk-type", DISK ("type='foo'", "dev='vda'", ""),
    "line 5: " DEVICE "disk/@type: \"foo\" is not a disk type; known: file, block, dir, network" },
  { "disk-device", DISK ("device='lun'", "dev='vda'", ""),
    "line 5: " DEVICE "disk/@device: \"lun\" is not a disk device; known: disk, cdrom, floppy" },
  { "disk-bus", DISK ("", "dev='vda'", "") "\n" DISK ("", "dev='vdb' bus='foo'", ""),
    "line 6: " DEVICE "disk[2]/target/@bus: \"foo\" is not a disk bus; known: ide, fdc, scsi, "
    "virtio, xen, usb, sata" },
  { "disk-target-missing", "<disk><source file='/a'/></disk>",
    "line 5: " DEVICE "disk: the element <target> is missing" },
  { "disk-target-dev-missing", DISK ("", "bus='ide'", ""),
    "line 5: " DEVICE "disk/target: the attribute \"dev\" is missing" },
  { "disk-target-name", DISK ("", "dev='foo'", ""),
    "line 5: " DEVICE "disk/target/@dev: \"foo\" is not a disk target; known: hda, sda, vda, xvda, "
    "fda and so on" },
  { "disk-target-partition", DISK ("", "dev='vda1'", ""),
    "line 5: " DEVICE "disk/target/@dev: \"vda1\" names a partition; write \"vda\"" },
  { "disk-target-twice", DISK ("", "dev='vda'", "") "\n" DISK ("", "dev='vda'", ""),
    "line 6: " DEVICE
    "disk[2]/target/@dev: target \"vda\" is already taken by the disk in line 5" },
  { "disk-target-twice-removable",
    "<disk device='cdrom'><target dev='ioemu:hda'/></disk>\n" DISK ("", "dev='hda'", ""),
    "line 6: " DEVICE
    "disk[2]/target/@dev: target \"hda\" is already taken by the disk in line 5" },
  { "disk-controllers", DISK ("", "dev='hdzzz'", ""),
    "line 5: " DEVICE
    "disk: target \"hdzzz\" would be on controller 4569; at most 4095 is allowed" },
  { "disk-floppy-name", DISK ("device='floppy'", "dev='vda'", ""),
    "line 5: " DEVICE "disk/target/@dev: a floppy's target must be \"fda\", \"fdb\" or so" },
  { "disk-named-floppy", DISK ("", "dev='fda' bus='ide'", ""),
    "line 5: " DEVICE "disk/target/@dev: \"fda\" is a floppy's target, not a disk's" },
  { "disk-floppy-bus", DISK ("device='floppy'", "dev='fda' bus='ide'", ""),
    "line 5: " DEVICE "disk/target/@bus: a floppy cannot be on bus \"ide\"" },
  { "disk-fdc-bus", DISK ("device='cdrom'", "dev='hda' bus='fdc'", ""),
    "line 5: " DEVICE "disk/target/@bus: a cdrom cannot be on bus \"fdc\"" },
  { "disk-no-source", "<disk><target dev='vda'/></disk>",
    "line 5: " DEVICE "disk: a disk needs a medium: <source file='/…'/> is missing" },
  { "disk-empty-source", "<disk type='block'><source dev=''/><target dev='vda'/></disk>",
    "line 5: " DEVICE "disk/source: a disk needs a medium: <source dev='/…'/> is missing" },
  { "disk-relative-source", "<disk><source file='a.img'/><target dev='vda'/></disk>",
    "line 5: " DEVICE "disk/source/@file: \"a.img\" is not an absolute path" },
  { "disk-cache", DISK ("", "dev='vda'", "<driver cache='unsafe'/>"),
    "line 5: " DEVICE "disk/driver/@cache: \"unsafe\" is not a cache mode; known: default, none, "
    "writethrough, writeback" },
  { "disk-error-policy", DISK ("", "dev='vda'", "<driver error_policy='retry'/>"),
    "line 5: " DEVICE
    "disk/driver/@error_policy: \"retry\" is not an error policy; known: default, "
    "stop, ignore, enospace" },
  { "disk-io", DISK ("", "dev='vda'", "<driver io='default'/>"),
    "line 5: " DEVICE "disk/driver/@io: \"default\" is not a way of input and output; known: "
    "threads, native" },
  { "disk-format", DISK ("", "dev='vda'", "<driver type='raw,a=b'/>"),
    "line 5: " DEVICE "disk/driver/@type: \"raw,a=b\" must be 1 to 64 letters, digits or any of "
    "\"_-\"" },
  { "disk-bus-of-uml", DISK ("", "dev='ubda' bus='foo'", ""),
    "line 5: " DEVICE "disk/target/@bus: \"foo\" is not a disk bus; known: ide, fdc, scsi, virtio, "
    "xen, usb, sata" },
  { "disk-no-folder", "<disk type='dir'><target dev='vda'/></disk>",
    "line 5: " DEVICE "disk: a disk needs a medium: <source dir='/…'/> is missing" },
  { "disk-relative-folder", "<disk type='dir'><source dir='a'/><target dev='vda'/></disk>",
    "line 5: " DEVICE "disk/source/@dir: \"a\" is not an absolute path" },
  { "disk-no-network", "<disk type='network'><target dev='vda'/></disk>",
    "line 5: " DEVICE "disk: a disk needs a medium: <source protocol='…'/> is missing" },
  { "disk-protocol-missing", NETWORK ("name='a'", ""),
    "line 5: " DEVICE "disk/source: the attribute \"protocol\" is missing" },
  { "disk-protocol", NETWORK ("protocol='http' name='a'", ""),
    "line 5: " DEVICE "disk/source/@protocol: \"http\" is not a network protocol; known: nbd, rbd, "
    "sheepdog" },
  { "disk-rbd-name", NETWORK ("protocol='rbd'", ""),
    "line 5: " DEVICE "disk/source: protocol \"rbd\" needs the image's name: name='…'" },
  { "disk-sheepdog-name", NETWORK ("protocol='sheepdog' name=''", ""),
    "line 5: " DEVICE "disk/source: protocol \"sheepdog\" needs the image's name: name='…'" },
  { "disk-nbd-host-missing", NETWORK ("protocol='nbd'", ""),
    "line 5: " DEVICE "disk/source: protocol \"nbd\" needs <host name='…' port='…'/>" },
  { "disk-nbd-hosts",
    NETWORK ("protocol='nbd'", "<host name='a' port='1'/><host name='b' port='1'/>"),
    "line 5: " DEVICE "disk/source: protocol \"nbd\" has one host, not 2" },
  { "disk-sheepdog-hosts",
    NETWORK ("protocol='sheepdog' name='i'", "<host name='a' port='1'/><host name='b' port='1'/>"),
    "line 5: " DEVICE "disk/source: protocol \"sheepdog\" has one host, not 2" },
  { "disk-host-name-missing", NETWORK ("protocol='nbd'", "<host port='1'/>"),
    "line 5: " DEVICE "disk/source/host: the attribute \"name\" is missing" },
  { "disk-host-name-empty", NETWORK ("protocol='nbd'", "<host name='' port='1'/>"),
    "line 5: " DEVICE "disk/source/host/@name: a host's name must not be empty" },
  { "disk-host-port-missing", NETWORK ("protocol='nbd'", "<host name='a'/>"),
    "line 5: " DEVICE "disk/source/host: the attribute \"port\" is missing" },
  { "disk-host-port",
    NETWORK ("protocol='rbd' name='i'", "<host name='a' port='1'/><host name='b' port='nbd'/>"),
    "line 5: " DEVICE "disk/source/host[2]/@port: \"nbd\" is not a number from 1 to 65535" },
  { "disk-encryption-format", DISK ("", "dev='vda'", "<encryption>" SECRET "</encryption>"),
    "line 5: " DEVICE "disk/encryption: the attribute \"format\" is missing" },
  { "disk-encryption", DISK ("", "dev='vda'", "<encryption format='aes'>" SECRET "</encryption>"),
    "line 5: " DEVICE "disk/encryption/@format: \"aes\" is not an encryption format; known: "
    "default, qcow, luks" },
  { "disk-encryption-type",
    DISK ("", "dev='vda'", "<encryption type='...'>" SECRET "</encryption>"),
    "line 5: " DEVICE "disk/encryption/@type: \"...\" is not an encryption format; known: "
    "default, qcow, luks" },
  { "disk-encryption-secret", DISK ("", "dev='vda'", "<encryption format='qcow'/>"),
    "line 5: " DEVICE "disk/encryption: the element <secret> is missing" },
  { "disk-secret-type-missing",
    DISK ("", "dev='vda'", "<encryption format='qcow'><secret uuid='" UUID "'/></encryption>"),
    "line 5: " DEVICE "disk/encryption/secret: the attribute \"type\" is missing" },
  { "disk-secret-type",
    DISK ("",
          "dev='vda'",
          "<encryption format='qcow'><secret type='key' uuid='" UUID "'/></encryption>"),
    "line 5: " DEVICE
    "disk/encryption/secret/@type: \"key\" is not a type of secret; known: passphrase" },
  { "disk-secret-uuid-missing",
    DISK ("", "dev='vda'", "<encryption format='qcow'><secret type='passphrase'/></encryption>"),
    "line 5: " DEVICE "disk/encryption/secret: the attribute \"uuid\" is missing" },
  { "disk-secret-uuid",
    DISK ("",
          "dev='vda'",
          "<encryption format='qcow'><secret type='passphrase' uuid='1'/></encryption>"),
    "line 5: " DEVICE "disk/encryption/secret/@uuid: \"1\" is not a UUID: 32 hexadecimal digits, "
    "with dashes or without" },
  { "disk-serial", DISK ("", "dev='vda'", "<serial>a,b</serial>"),
    "line 5: " DEVICE "disk/serial: \"a,b\" must be letters, digits, blanks or any of \"_.+-\"" },
  { "disk-address-type-missing", DISK ("", "dev='hda'", "<address bus='0'/>"),
    "line 5: " DEVICE "disk/address: the attribute \"type\" is missing" },
  { "disk-address-type", DISK ("", "dev='hda'", "<address type='isa'/>"),
    "line 5: " DEVICE "disk/address/@type: \"isa\" is not an address type; known: pci, drive, "
    "virtio-serial, ccid, usb" },
  { "disk-address-pci",
    DISK ("", "dev='hda'", "<address type='pci' bus='0' slot='3' function='0'/>"),
    "line 5: " DEVICE "disk/address/@type: a disk on bus \"ide\" has no address of type \"pci\"; "
    "known there: drive" },
  { "disk-address-usb", DISK ("", "dev='sda' bus='usb'", "<address type='drive'/>"),
    "line 5: " DEVICE
    "disk/address/@type: a disk on bus \"usb\" has no address of type \"drive\"; known there: "
    "usb" },
  { "disk-address-xen", DISK ("", "dev='xvda'", "<address type='drive'/>"),
    "line 5: " DEVICE
    "disk/address/@type: a disk on bus \"xen\" has no address of type \"drive\"" },
  { "disk-address-unit", DISK ("", "dev='hda'", "<address type='drive' unit='-1'/>"),
    "line 5: " DEVICE "disk/address/@unit: \"-1\" is not a number from 0 to 0xffff" },
  { "disk-address-taken",
    DISK ("", "dev='hda'", "") "\n" DISK ("", "dev='hdb'", "<address type='drive'/>"),
    "line 6: " DEVICE
    "disk[2]/address: the ide address drive:0:0:0 is already taken by the disk in "
    "line 5" },
  { "pci-slot", DISK ("", "dev='vda'", "<address type='pci' bus='0' slot='0x20' function='0'/>"),
    "line 5: " DEVICE "disk/address/@slot: \"0x20\" is not a number from 0 to 0x1f" },
  { "pci-slot-missing", DISK ("", "dev='vda'", "<address type='pci' bus='0' function='0'/>"),
    "line 5: " DEVICE "disk/address: the attribute \"slot\" is missing" },
  { "pci-taken",
    DISK ("",
          "dev='vda'",
          "<address type='pci' bus='0' slot='3' function='0'/>") "\n<interface><address type='pci' "
                                                                 "bus='0x0' slot='0x3' "
                                                                 "function='0'/></interface>",
    "line 6: " DEVICE
    "interface/address: the address pci:0000:00:03.0 is already taken by the disk "
    "in line 5" },
  { "disk-address-controller", DISK ("", "dev='hda'", "<address type='drive' controller='4096'/>"),
    "line 5: " DEVICE "disk/address/@controller: \"4096\" is not a number from 0 to 0xfff" },
  { "usb-port", DISK ("", "dev='sda' bus='usb'", "<address type='usb' bus='0' port='1.0'/>"),
    "line 5: " DEVICE "disk/address/@port: \"1.0\" is not a usb port: up to 4 numbers from 1 to "
    "255, as in \"1.2\"" },
  { "usb-port-deep", "<input type='tablet'><address type='usb' port='1.2.3.4.5'/></input>",
    "line 5: " DEVICE "input/address/@port: \"1.2.3.4.5\" is not a usb port: up to 4 numbers from "
    "1 to 255, as in \"1.2\"" },
  { "usb-bus", "<input type='tablet'><address type='usb' bus='256' port='1'/></input>",
    "line 5: " DEVICE "input/address/@bus: \"256\" is not a number from 0 to 0xff" },
  { "usb-taken",
    "<input type='tablet'><address type='usb' port='1'/></input>\n"
    "<input type='mouse' bus='usb'><address type='usb' bus='0' port='1'/></input>",
    "line 6: " DEVICE
    "input[2]/address: the address usb:0.1 is already taken by the input in line 5" },
  { "usb-hub",
    "<input type='tablet'><address type='usb' port='1.2'/></input>\n"
    "<input type='mouse' bus='usb'><address type='usb' bus='0' port='1'/></input>",
    "line 5: " DEVICE "input[1]/address/@port: the address usb:0.1 has the input in line 6, and "
    "would need a hub" },
  { "virtio-serial-port", CONSOLE ("<address type='virtio-serial' port='31'/>"),
    "line 5: " DEVICE "console/address/@port: \"31\" is not a number from 0 to 0x1e" },
  { "virtio-serial-bus", CONSOLE ("<address type='virtio-serial' bus='1'/>"),
    "line 5: " DEVICE "console/address/@bus: \"1\" is not a number from 0 to 0x0" },
  { "virtio-serial-controller", CONSOLE ("<address type='virtio-serial' controller='-1'/>"),
    "line 5: " DEVICE "console/address/@controller: \"-1\" is not a number from 0 to 0xfff" },
  { "virtio-serial-taken",
    CONSOLE ("<address type='virtio-serial' port='2'/>") "\n" CONSOLE (
        "<address type='virtio-serial' controller='0' bus='0' port='0x2'/>"),
    "line 6: " DEVICE "console[2]/address: the address virtio-serial:0:0:2 is already taken by the "
    "console in line 5" },
  { "virtio-console-address", CONSOLE (PCI ("3", "0")),
    "line 5: " DEVICE "console/address/@type: a console has no address of type \"pci\"; known "
    "there: virtio-serial" },
  { "isa-card-address", "<interface><model type='ne2k_isa'/>" PCI ("3", "0") "</interface>",
    "line 5: " DEVICE "interface/address/@type: an ISA card has no address of type \"pci\"" },
  { "pci-domain",
    "<interface><address type='pci' domain='0x10000' bus='0' slot='3' function='0'/></interface>",
    "line 5: " DEVICE "interface/address/@domain: \"0x10000\" is not a number from 0 to 0xffff" },
  { "pci-bus", "<interface><address type='pci' bus='0x100' slot='3' function='0'/></interface>",
    "line 5: " DEVICE "interface/address/@bus: \"0x100\" is not a number from 0 to 0xff" },
  { "pci-function", "<interface>" PCI ("3", "8") "</interface>",
    "line 5: " DEVICE "interface/address/@function: \"8\" is not a number from 0 to 0x7" },
  { "pci-function-missing", "<interface><address type='pci' bus='0' slot='3'/></interface>",
    "line 5: " DEVICE "interface/address: the attribute \"function\" is missing" },
  { "pci-bus-missing", "<interface><address type='pci' slot='3' function='0'/></interface>",
    "line 5: " DEVICE "interface/address: the attribute \"bus\" is missing" },
  { "pci-host-bridge", "<interface>" PCI ("0", "0") "</interface>",
    "line 5: " DEVICE "interface/address: slot 0x00 is the machine's own: it has the host bridge "
    "there" },
  { "pci-isa-bridge", "<interface>" PCI ("1", "4") "</interface>",
    "line 5: " DEVICE "interface/address: slot 0x01 is the machine's own: it has the ISA bridge "
    "there" },
  { "pci-ide", "<controller type='ide' index='0'>" PCI ("3", "0") "</controller>",
    "line 5: " DEVICE
    "controller/address: on this machine the first ide controller has the address "
    "pci:0000:00:01.1" },
  { "boot-order-zero", DISK ("", "dev='vda'", "<boot order='0'/>"),
    "line 5: " DEVICE "disk/boot/@order: \"0\" is not a number from 1 to 16384" },
  { "boot-order-missing", DISK ("", "dev='vda'", "<boot/>"),
    "line 5: " DEVICE "disk/boot: the attribute \"order\" is missing" },
  { "boot-order-gap", DISK ("", "dev='vda'", "<boot order='2'/>"),
    "line 5: " DEVICE "disk/boot/@order: boot orders count from 1 without gaps: 1 is missing" },
  { "boot-order-twice",
    DISK ("", "dev='vda'", "<boot order='1'/>") "\n<interface><boot order='1'/></interface>",
    "line 6: " DEVICE
    "interface/boot/@order: boot order 1 is already taken by the disk in line 5" },
  { "boot-order-twice-kept",
    DISK ("",
          "dev='vda'",
          "<boot order='1'/>") "\n<hostdev mode='capabilities'><boot order='1'/></hostdev>",
    "line 6: " DEVICE "hostdev/boot/@order: boot order 1 is already taken by the disk in line 5" },
  { "controller-type", "<controller type='foo'/>",
    "line 5: " DEVICE "controller/@type: \"foo\" is not a controller type; known: ide, fdc, scsi, "
    "sata, virtio-serial, ccid, usb, pci, xenbus" },
  { "controller-type-missing", "<controller index='0'/>",
    "line 5: " DEVICE "controller: the attribute \"type\" is missing" },
  { "controller-index", "<controller type='ide' index='a'/>",
    "line 5: " DEVICE "controller/@index: \"a\" is not a number from 0 to 65535" },
  { "controller-twice", "<controller type='ide'/><controller type='ide' index='0'/>",
    "line 5: " DEVICE "controller[2]/@index: index 0 of ide controllers is already taken by the "
    "controller in line 5" },
  { "controller-model", "<controller type='scsi' index='0' model='foo'/>",
    "line 5: " DEVICE "controller/@model: \"foo\" is not a scsi controller model; known: auto, "
    "buslogic, lsilogic, lsisas1068, vmpvscsi, virtio-scsi" },
  { "controller-address", "<controller type='ide' index='0'><address type='drive'/></controller>",
    "line 5: " DEVICE
    "controller/address/@type: a controller of type \"ide\" has no address of type "
    "\"drive\"; known there: pci" },
  { "controller-isa-address",
    "<controller type='fdc'><address type='pci' bus='0' slot='1' function='0'/></controller>",
    "line 5: " DEVICE
    "controller/address/@type: a controller of type \"fdc\" has no address of type "
    "\"pci\"" },
  { "controller-ports", "<controller type='virtio-serial' ports='many'/>",
    "line 5: " DEVICE "controller/@ports: \"many\" is not a number from 1 to 65535" },
  { "controller-no-ports", "<controller type='virtio-serial' ports='0'/>",
    "line 5: " DEVICE "controller/@ports: \"0\" is not a number from 1 to 65535" },
  { "controller-vectors", "<controller type='virtio-serial' vectors='-1'/>",
    "line 5: " DEVICE "controller/@vectors: \"-1\" is not a number from 0 to 65535" },
  { "controller-ccid-address", "<controller type='ccid'>" PCI ("3", "0") "</controller>",
    "line 5: " DEVICE "controller/address/@type: a controller of type \"ccid\" has no address of "
    "type \"pci\"; known there: usb" },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  refusal_add ("/domain/invalid-disks", REFUSAL_OF_DEVICES, cases, G_N_ELEMENTS (cases));
  return g_test_run ();
}
