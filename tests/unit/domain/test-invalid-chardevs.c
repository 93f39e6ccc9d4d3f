/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Character devices and smartcards against the format: each is refused with exactly one message, as
 * in test-invalid.c.
 */
#include "refusal.h"

#define DEVICE "/domain/devices/"
#define SPICEVMC                                                                                   \
  "\"spicevmc\" is for smartcards and for channels whose target is of type \"virtio\" alone"
#define CERTIFICATES                                                                               \
  "<certificate>a</certificate><certificate>b</certificate><certificate>c</certificate>"

static const RefusalCase cases[] = {
  { "serial-type", "<serial type='spiceport'/>",
    "line 5: " DEVICE
    "serial/@type: \"spiceport\" is not a character device type; known: null, vc, "
    "pty, dev, file, pipe, stdio, udp, tcp, unix, spicevmc" },
  { "serial-spicevmc", "<serial type='spicevmc'/>", "line 5: " DEVICE "serial/@type: " SPICEVMC },
  { "parallel-spicevmc", "<parallel type='spicevmc'/>",
    "line 5: " DEVICE "parallel/@type: " SPICEVMC },
  { "console-spicevmc", "<console type='spicevmc'/>",
    "line 5: " DEVICE "console/@type: " SPICEVMC },
  { "guestfwd-spicevmc",
    "<channel type='spicevmc'><target type='guestfwd' address='10.0.2.1' port='1'/></channel>",
    "line 5: " DEVICE "channel/@type: " SPICEVMC },
  { "serial-port", "<serial type='null'><target port='x'/></serial>",
    "line 5: " DEVICE "serial/target/@port: \"x\" is not a number from 0 to 65535" },
  { "serial-file", "<serial type='file'/>",
    "line 5: " DEVICE "serial: a serial of type \"file\" needs <source path='/…'/>" },
  { "serial-unix", "<serial type='unix'><source mode='bind' path=''/></serial>",
    "line 5: " DEVICE "serial/source: a serial of type \"unix\" needs <source path='/…'/>" },
  { "serial-dev", "<serial type='dev'/>",
    "line 5: " DEVICE "serial: a serial of type \"dev\" needs <source path='/…'/>" },
  { "parallel-pipe", "<parallel type='pipe'><source/></parallel>",
    "line 5: " DEVICE "parallel/source: a parallel of type \"pipe\" needs <source path='/…'/>" },
  { "serial-tcp", "<serial type='tcp'/>",
    "line 5: " DEVICE "serial: a serial of type \"tcp\" needs <source mode='connect' host='…' "
    "service='…'/>" },
  { "serial-tcp-host", "<serial type='tcp'><source host='' service='1'/></serial>",
    "line 5: " DEVICE "serial/source: a serial of type \"tcp\" needs <source mode='connect' "
    "host='…' service='…'/>" },
  { "serial-tcp-service", "<serial type='tcp'><source host='a'/></serial>",
    "line 5: " DEVICE "serial/source: a serial of type \"tcp\" needs <source mode='connect' "
    "host='…' service='…'/>" },
  { "channel-tcp-bind-service",
    "<channel type='tcp'><source mode='bind' host='a'/><target type='virtio'/></channel>",
    "line 5: " DEVICE "channel/source: a channel of type \"tcp\" needs <source mode='bind' "
    "service='…'/>" },
  { "serial-tcp-twice",
    "<serial type='tcp'><source mode='bind' service='1'/>\n<source host='a' service='1'/></serial>",
    "line 6: " DEVICE "serial/source[2]: a serial of type \"tcp\" has one <source>" },
  { "serial-tcp-mode", "<serial type='tcp'><source mode='x' host='a' service='1'/></serial>",
    "line 5: " DEVICE "serial/source/@mode: \"x\" is not a socket mode; known: bind, connect" },
  { "serial-tcp-port", "<serial type='tcp'><source host='a' service='65536'/></serial>",
    "line 5: " DEVICE "serial/source/@service: \"65536\" is not a port from 1 to 65535" },
  { "serial-tcp-port-zero", "<serial type='tcp'><source mode='bind' service='0'/></serial>",
    "line 5: " DEVICE "serial/source/@service: \"0\" is not a port from 1 to 65535" },
  { "serial-tcp-service-name", "<serial type='tcp'><source host='a' service='a,b'/></serial>",
    "line 5: " DEVICE "serial/source/@service: \"a,b\" must be 1 to 64 letters, digits or any of "
    "\"_.+-\"" },
  { "serial-protocol",
    "<serial type='tcp'><source host='a' service='1'/><protocol type='ssh'/></serial>",
    "line 5: " DEVICE "serial/protocol/@type: \"ssh\" is not a protocol; known: raw, telnet, "
    "telnets, tls" },
  { "serial-udp", "<serial type='udp'><source mode='bind' service='1'/></serial>",
    "line 5: " DEVICE "serial: a serial of type \"udp\" needs <source mode='connect' "
    "service='…'/>" },
  { "serial-udp-service", "<serial type='udp'><source host='a'/></serial>",
    "line 5: " DEVICE "serial/source: a serial of type \"udp\" needs <source mode='connect' "
    "service='…'/>" },
  { "serial-udp-twice", "<serial type='udp'><source service='1'/>\n<source service='2'/></serial>",
    "line 6: " DEVICE "serial/source[2]: a serial of type \"udp\" has one <source> of mode "
    "\"connect\"" },
  { "serial-udp-mode", "<serial type='udp'><source mode='x' service='1'/></serial>",
    "line 5: " DEVICE "serial/source/@mode: \"x\" is not a socket mode; known: bind, connect" },
  { "serial-udp-port",
    "<serial type='udp'><source mode='bind' service='70000'/><source service='1'/></serial>",
    "line 5: " DEVICE "serial/source[1]/@service: \"70000\" is not a port from 0 to 65535" },
  { "parallel-port", "<parallel><target port='-1'/></parallel>",
    "line 5: " DEVICE "parallel/target/@port: \"-1\" is not a number from 0 to 65535" },
  { "parallel-address", "<parallel><address type='pci' bus='0' slot='3' function='0'/></parallel>",
    "line 5: " DEVICE "parallel/address/@type: a parallel port has no address of type \"pci\"" },
  { "console-port", "<console><target port='a'/></console>",
    "line 5: " DEVICE "console/target/@port: \"a\" is not a number from 0 to 65535" },
  { "console-address", "<console><address type='virtio-serial'/></console>",
    "line 5: " DEVICE "console/address/@type: a console has no address of type \"virtio-serial\"" },
  { "console-virtio-address",
    "<console><target type='virtio'/><address type='ccid' controller='0'/></console>",
    "line 5: " DEVICE "console/address/@type: a console has no address of type \"ccid\"; known "
    "there: virtio-serial" },
  { "channel-target-missing", "<channel type='pty'/>",
    "line 5: " DEVICE "channel: the element <target> is missing" },
  { "channel-target-type-missing", "<channel type='pty'><target name='a'/></channel>",
    "line 5: " DEVICE "channel/target: the attribute \"type\" is missing" },
  { "channel-target", "<channel type='pty'><target type='serial'/></channel>",
    "line 5: " DEVICE "channel/target/@type: \"serial\" is not a channel target type; known: "
    "virtio, guestfwd" },
  { "channel-unix-connect",
    "<channel type='unix'><source mode='connect'/><target type='virtio'/></channel>",
    "line 5: " DEVICE "channel/source: a channel of type \"unix\" needs <source path='/…'/>" },
  { "channel-address",
    "<channel><target type='virtio'/><address type='ccid' controller='0'/></channel>",
    "line 5: " DEVICE "channel/address/@type: a virtio channel has no address of type \"ccid\"; "
    "known there: virtio-serial" },
  { "channel-name-twice",
    "<channel type='spicevmc'><target type='virtio'/></channel>\n"
    "<channel type='pty'><target type='virtio' name='com.redhat.spice.0'/></channel>",
    "line 6: " DEVICE
    "channel[2]/target/@name: the channel \"com.redhat.spice.0\" is already taken "
    "by the channel in line 5" },
  { "guestfwd-address-missing", "<channel type='null'><target type='guestfwd' port='1'/></channel>",
    "line 5: " DEVICE "channel/target: the attribute \"address\" is missing" },
  { "guestfwd-port-missing",
    "<channel type='null'><target type='guestfwd' address='10.0.2.1'/></channel>",
    "line 5: " DEVICE "channel/target: the attribute \"port\" is missing" },
  { "guestfwd-ipv6",
    "<channel type='null'><target type='guestfwd' address='fe80::1' port='1'/></channel>",
    "line 5: " DEVICE "channel/target/@address: \"fe80::1\" is not an IPv4 address such as "
    "10.0.2.1" },
  { "guestfwd-port",
    "<channel type='null'><target type='guestfwd' address='10.0.2.1' port='0'/></channel>",
    "line 5: " DEVICE "channel/target/@port: \"0\" is not a number from 1 to 65535" },
  { "guestfwd-unix",
    "<channel type='unix'><target type='guestfwd' address='10.0.2.1' port='1'/></channel>",
    "line 5: " DEVICE "channel: a channel of type \"unix\" needs <source path='/…'/>" },
  { "guestfwd-guest-address",
    "<channel type='null'><target type='guestfwd' address='10.0.2.1' port='1'/>"
    "<address type='virtio-serial'/></channel>",
    "line 5: " DEVICE "channel/address/@type: a guestfwd channel has no address of type "
    "\"virtio-serial\"" },

  { "smartcard-mode-missing", "<smartcard/>",
    "line 5: " DEVICE "smartcard: the attribute \"mode\" is missing" },
  { "smartcard-mode", "<smartcard mode='emulated'/>",
    "line 5: " DEVICE "smartcard/@mode: \"emulated\" is not a smartcard mode; known: host, "
    "host-certificates, passthrough" },
  { "smartcard-certificates",
    "<smartcard mode='host-certificates'><certificate>a</certificate>"
    "<certificate>b</certificate></smartcard>",
    "line 5: " DEVICE
    "smartcard: mode=\"host-certificates\" needs exactly three <certificate>, not "
    "2" },
  { "smartcard-certificates-none", "<smartcard mode='host-certificates'/>",
    "line 5: " DEVICE
    "smartcard: mode=\"host-certificates\" needs exactly three <certificate>, not "
    "0" },
  { "smartcard-certificates-four",
    "<smartcard mode='host-certificates'>" CERTIFICATES "<certificate>d</certificate></smartcard>",
    "line 5: " DEVICE
    "smartcard: mode=\"host-certificates\" needs exactly three <certificate>, not "
    "4" },
  { "smartcard-certificate-empty",
    "<smartcard mode='host-certificates'><certificate>a</certificate><certificate/>"
    "<certificate>c</certificate></smartcard>",
    "line 5: " DEVICE "smartcard/certificate[2]: the name of a certificate cannot be empty" },
  { "smartcard-database",
    "<smartcard mode='host-certificates'>" CERTIFICATES "<database>pki</database></smartcard>",
    "line 5: " DEVICE "smartcard/database: \"pki\" is not an absolute path" },
  { "smartcard-type-missing", "<smartcard mode='passthrough'/>",
    "line 5: " DEVICE "smartcard: the attribute \"type\" is missing" },
  { "smartcard-type", "<smartcard mode='passthrough' type='nmdm'/>",
    "line 5: " DEVICE "smartcard/@type: \"nmdm\" is not a character device type; known: null, vc, "
    "pty, dev, file, pipe, stdio, udp, tcp, unix, spicevmc" },
  { "smartcard-unix",
    "<smartcard mode='passthrough' type='unix'><source mode='connect'/></smartcard>",
    "line 5: " DEVICE "smartcard/source: a smartcard of type \"unix\" needs <source path='/…'/>" },
  { "smartcard-address",
    "<smartcard mode='host'><address type='pci' bus='0' slot='3' function='0'/></smartcard>",
    "line 5: " DEVICE "smartcard/address/@type: a smartcard has no address of type \"pci\"; known "
    "there: ccid" },
  { "smartcard-address-twice",
    "<smartcard mode='host'><address type='ccid' controller='0' slot='0'/></smartcard>\n"
    "<smartcard mode='host'><address type='ccid' bus='0'/></smartcard>",
    "line 6: " DEVICE
    "smartcard[2]/address: the address ccid:0:0 is already taken by the smartcard "
    "in line 5" },
  { "serial-relative", "<serial type='unix'><source path='a'/></serial>",
    "line 5: " DEVICE "serial/source/@path: \"a\" is not an absolute path" },
  { "serial-mode", "<serial type='unix'><source mode='listen' path='/a'/></serial>",
    "line 5: " DEVICE
    "serial/source/@mode: \"listen\" is not a socket mode; known: bind, connect" },
  { "serial-address",
    "<serial type='null'><address type='pci' bus='0' slot='3' function='0'/></serial>",
    "line 5: " DEVICE "serial/address/@type: a serial port has no address of type \"pci\"" },
  { "console-target", "<console><target type='foo'/></console>",
    "line 5: " DEVICE "console/target/@type: \"foo\" is not a console target type; known: serial, "
    "xen, uml, virtio" },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  refusal_add ("/domain/invalid-chardevs", REFUSAL_OF_DEVICES, cases, G_N_ELEMENTS (cases));
  return g_test_run ();
}
