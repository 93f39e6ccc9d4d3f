/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Documents against the format: each is refused with exactly one message, which names line, path,
 * what was found and what would be right. Here, what stands beside the devices, and whole documents.
 */
#include "refusal.h"

#include <string.h>

static const RefusalCase cases[] = {
  { "on-crash", "<on_crash>die</on_crash>",
    "line 3: /domain/on_crash: \"die\" is not a lifecycle action; known: destroy, restart, "
    "preserve, rename-restart, coredump-destroy, coredump-restart" },
  { "on-poweroff-coredump", "<on_poweroff>coredump-destroy</on_poweroff>",
    "line 3: /domain/on_poweroff: \"coredump-destroy\" is not a lifecycle action here; known: "
    "destroy, restart, preserve, rename-restart" },
  { "uuid", "<uuid>c7a5fdbd-edaf-9455-926a-d65c16db180</uuid>",
    "line 3: /domain/uuid: \"c7a5fdbd-edaf-9455-926a-d65c16db180\" is not a UUID: 32 hexadecimal "
    "digits, with dashes or without" },
  { "title", "<title>a\nb</title>",
    "line 3: /domain/title: a title is one line without control characters" },
  { "current-memory", "<currentMemory>1,5</currentMemory>",
    "line 3: /domain/currentMemory: \"1,5\" is not a size, or beyond 8 EiB" },
  { "current-memory-unit", "<currentMemory unit='KBit'>1</currentMemory>",
    "line 3: /domain/currentMemory/@unit: \"KBit\" is not a unit; known: b, bytes, KB, k, KiB, MB, "
    "M, MiB, GB, G, GiB, TB, T, TiB, PB, P, PiB, EB, E, EiB" },
  { "current-memory-overflow", "<currentMemory unit='EiB'>18446744073709551615</currentMemory>",
    "line 3: /domain/currentMemory: \"18446744073709551615\" is not a size, or beyond 8 EiB" },
  { "vcpu-zero", "<vcpu>0</vcpu>",
    "line 3: /domain/vcpu: \"0\" is not a number of CPUs from 1 to 65535" },
  { "vcpu-word", "<vcpu>two</vcpu>",
    "line 3: /domain/vcpu: \"two\" is not a number of CPUs from 1 to 65535" },
  { "vcpu-current", "<vcpu current='3'>2</vcpu>",
    "line 3: /domain/vcpu/@current: \"3\" is not a number from 1 to 2" },
  { "vcpu-current-zero", "<vcpu current='0'>2</vcpu>",
    "line 3: /domain/vcpu/@current: \"0\" is not a number from 1 to 2" },
  { "vcpu-sign", "<vcpu current='+1'>2</vcpu>",
    "line 3: /domain/vcpu/@current: \"+1\" is not a number from 1 to 2" },
  { "clock-offset", "<clock offset='gmt'/>",
    "line 3: /domain/clock/@offset: \"gmt\" is not a clock offset; known: utc, localtime, "
    "timezone, "
    "variable" },
  { "clock-timezone-missing", "<clock offset='timezone'/>",
    "line 3: /domain/clock: offset='timezone' needs the attribute \"timezone\"" },
  { "clock-timezone-extra", "<clock timezone='Europe/Paris'/>",
    "line 3: /domain/clock/@timezone: a time zone needs offset='timezone'" },
  { "clock-adjustment", "<clock offset='variable' adjustment='1h'/>",
    "line 3: /domain/clock/@adjustment: \"1h\" is not a number of seconds" },
  { "clock-adjustment-kept", "<clock offset='localtime' adjustment='1h'/>",
    "line 3: /domain/clock/@adjustment: \"1h\" is not a number of seconds" },
  { "uuid-word", "<uuid>foo</uuid>",
    "line 3: /domain/uuid: \"foo\" is not a UUID: 32 hexadecimal digits, with dashes or without" },
  { "weight-low", "<blkiotune><weight>99</weight></blkiotune>",
    "line 3: /domain/blkiotune/weight: \"99\" is not a number from 100 to 1000" },
  { "weight-high", "<blkiotune><weight>1001</weight></blkiotune>",
    "line 3: /domain/blkiotune/weight: \"1001\" is not a number from 100 to 1000" },
  { "weight-word", "<blkiotune><weight>much</weight></blkiotune>",
    "line 3: /domain/blkiotune/weight: \"much\" is not a number from 100 to 1000" },
  { "memtune-hard-limit", "<memtune><hard_limit>-1</hard_limit></memtune>",
    "line 3: /domain/memtune/hard_limit: \"-1\" is not a size, or beyond 8 EiB" },
  { "memtune-soft-limit", "<memtune><soft_limit>-1</soft_limit></memtune>",
    "line 3: /domain/memtune/soft_limit: \"-1\" is not a size, or beyond 8 EiB" },
  { "memtune-swap-hard-limit", "<memtune><swap_hard_limit>-1</swap_hard_limit></memtune>",
    "line 3: /domain/memtune/swap_hard_limit: \"-1\" is not a size, or beyond 8 EiB" },
  { "memtune-min-guarantee", "<memtune><min_guarantee>-1</min_guarantee></memtune>",
    "line 3: /domain/memtune/min_guarantee: \"-1\" is not a size, or beyond 8 EiB" },
  { "memtune-unit", "<memtune><hard_limit unit='X'>1</hard_limit></memtune>",
    "line 3: /domain/memtune/hard_limit/@unit: \"X\" is not a unit; known: b, bytes, KB, k, KiB, "
    "MB, M, MiB, GB, G, GiB, TB, T, TiB, PB, P, PiB, EB, E, EiB" },
  { "memtune-swap",
    "<memtune><hard_limit "
    "unit='MiB'>2</hard_limit><swap_hard_limit>2047</swap_hard_limit></memtune>",
    "line 3: /domain/memtune/swap_hard_limit: 2047 KiB of memory and swap are less than "
    "<hard_limit>, 2048 KiB of memory" },
  { "vcpu-placement", "<vcpu placement='numa'>1</vcpu>",
    "line 3: /domain/vcpu/@placement: \"numa\" is not a placement of CPUs; known: static, auto" },
  { "cpuset-word", "<vcpu cpuset='a'>1</vcpu>",
    "line 3: /domain/vcpu/@cpuset: \"a\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-empty", "<vcpu cpuset=''>1</vcpu>",
    "line 3: /domain/vcpu/@cpuset: \"\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-open", "<vcpu cpuset='1-'>1</vcpu>",
    "line 3: /domain/vcpu/@cpuset: \"1-\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-reversed", "<vcpu cpuset='3-2'>1</vcpu>",
    "line 3: /domain/vcpu/@cpuset: \"3-2\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-comma", "<vcpu cpuset='1,'>1</vcpu>",
    "line 3: /domain/vcpu/@cpuset: \"1,\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-excluded-range", "<vcpu cpuset='1-9,^2-3'>1</vcpu>",
    "line 3: /domain/vcpu/@cpuset: \"1-9,^2-3\" is not a set of CPUs from 0 to 16383 such as "
    "0-3,^2,8" },
  { "cpuset-nothing", "<vcpu cpuset='1,^1'>1</vcpu>",
    "line 3: /domain/vcpu/@cpuset: \"1,^1\" is not a set of CPUs from 0 to 16383 such as "
    "0-3,^2,8" },
  { "cpuset-caret", "<vcpu cpuset='^'>1</vcpu>",
    "line 3: /domain/vcpu/@cpuset: \"^\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-beyond", "<vcpu cpuset='16384'>1</vcpu>",
    "line 3: /domain/vcpu/@cpuset: \"16384\" is not a set of CPUs from 0 to 16383 such as "
    "0-3,^2,8" },
  { "cpuset-overflow", "<vcpu cpuset='0-99999999999999999999'>1</vcpu>",
    "line 3: /domain/vcpu/@cpuset: \"0-99999999999999999999\" is not a set of CPUs from 0 to 16383 "
    "such as 0-3,^2,8" },
  { "cpuset-sign", "<vcpu cpuset='-1'>1</vcpu>",
    "line 3: /domain/vcpu/@cpuset: \"-1\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-gap", "<vcpu cpuset='1 2'>1</vcpu>",
    "line 3: /domain/vcpu/@cpuset: \"1 2\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "pin-vcpu-missing", "<cputune><vcpupin cpuset='1'/></cputune>",
    "line 3: /domain/cputune/vcpupin: the attribute \"vcpu\" is missing" },
  { "pin-cpuset-missing", "<cputune><vcpupin vcpu='0'/></cputune>",
    "line 3: /domain/cputune/vcpupin: the attribute \"cpuset\" is missing" },
  { "pin-vcpu", "<vcpu>2</vcpu><cputune><vcpupin vcpu='2' cpuset='1'/></cputune>",
    "line 3: /domain/cputune/vcpupin/@vcpu: \"2\" is not a number from 0 to 1" },
  { "pin-vcpu-word", "<cputune><vcpupin vcpu='a' cpuset='1'/></cputune>",
    "line 3: /domain/cputune/vcpupin/@vcpu: \"a\" is not a number from 0 to 0" },
  { "pin-cpuset", "<cputune><vcpupin vcpu='0' cpuset='x'/></cputune>",
    "line 3: /domain/cputune/vcpupin/@cpuset: \"x\" is not a set of CPUs from 0 to 16383 such as "
    "0-3,^2,8" },
  { "pin-twice",
    "<vcpu>2</vcpu><cputune><vcpupin vcpu='1' cpuset='1'/><vcpupin vcpu='1' cpuset='2'/></cputune>",
    "line 3: /domain/cputune/vcpupin[2]/@vcpu: the virtual CPU 1 is already pinned" },
  { "shares-word", "<cputune><shares>all</shares></cputune>",
    "line 3: /domain/cputune/shares: \"all\" is not a number from 0 to 262144" },
  { "shares-high", "<cputune><shares>262145</shares></cputune>",
    "line 3: /domain/cputune/shares: \"262145\" is not a number from 0 to 262144" },
  { "shares-low", "<cputune><shares>1</shares></cputune>",
    "line 3: /domain/cputune/shares: \"1\" must be 0, for the host's default, or 2 to 262144" },
  { "sysinfo-type", "<sysinfo type='fwcfg'/>",
    "line 3: /domain/sysinfo/@type: \"fwcfg\" is not a type of system information; known: smbios" },
  { "sysinfo-type-missing", "<sysinfo/>",
    "line 3: /domain/sysinfo: the attribute \"type\" is missing" },
  { "sysinfo-entry-name", "<sysinfo type='smbios'><bios><entry>a</entry></bios></sysinfo>",
    "line 3: /domain/sysinfo/bios/entry: the attribute \"name\" is missing" },
  { "sysinfo-date-1",
    "<sysinfo type='smbios'><bios><entry name='date'>2011-04-30</entry></bios></sysinfo>",
    "line 3: /domain/sysinfo/bios/entry: \"2011-04-30\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-2",
    "<sysinfo type='smbios'><bios><entry name='date'>13/01/11</entry></bios></sysinfo>",
    "line 3: /domain/sysinfo/bios/entry: \"13/01/11\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-3",
    "<sysinfo type='smbios'><bios><entry name='date'>00/01/11</entry></bios></sysinfo>",
    "line 3: /domain/sysinfo/bios/entry: \"00/01/11\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-4",
    "<sysinfo type='smbios'><bios><entry name='date'>04/31/111</entry></bios></sysinfo>",
    "line 3: /domain/sysinfo/bios/entry: \"04/31/111\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-5",
    "<sysinfo type='smbios'><bios><entry name='date'>4/3/2011</entry></bios></sysinfo>",
    "line 3: /domain/sysinfo/bios/entry: \"4/3/2011\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-6",
    "<sysinfo type='smbios'><bios><entry name='date'>04/32/2011</entry></bios></sysinfo>",
    "line 3: /domain/sysinfo/bios/entry: \"04/32/2011\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-7",
    "<sysinfo type='smbios'><bios><entry name='date'>04/00/11</entry></bios></sysinfo>",
    "line 3: /domain/sysinfo/bios/entry: \"04/00/11\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-8", "<sysinfo type='smbios'><bios><entry name='date'></entry></bios></sysinfo>",
    "line 3: /domain/sysinfo/bios/entry: \"\" is not a date such as 04/30/11 or 04/30/2011" },
  { "sysinfo-date-repeated",
    "<sysinfo type='smbios'><bios><entry name='date'>04/30/11</entry><entry name='date'>x</entry>"
    "</bios></sysinfo>",
    "line 3: /domain/sysinfo/bios/entry[2]: \"x\" is not a date such as 04/30/11 or 04/30/2011" },
  { "sysinfo-uuid",
    "<sysinfo type='smbios'><system><entry name='uuid'>x</entry></system></sysinfo>",
    "line 3: /domain/sysinfo/system/entry: \"x\" is not a UUID: 32 hexadecimal digits, with dashes "
    "or without" },
  { "sysinfo-uuid-differs",
    "<uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid><sysinfo type='smbios'><system><entry "
    "name='uuid'>c7a5fdbd-edaf-9455-926a-d65c16db1808</entry></system></sysinfo>",
    "line 3: /domain/sysinfo/system/entry: \"c7a5fdbd-edaf-9455-926a-d65c16db1808\" is not the "
    "domain's <uuid> \"c7a5fdbd-edaf-9455-926a-d65c16db1809\"" },
  { "sysinfo-lines",
    "<sysinfo type='smbios'><system><entry name='sku'>a\tb</entry></system></sysinfo>",
    "line 3: /domain/sysinfo/system/entry: \"a\tb\" is not one line" },
  { "bootloader", "<bootloader>pygrub</bootloader>",
    "line 3: /domain/bootloader: \"pygrub\" is not an absolute path" },
  { "on-reboot", "<on_reboot>coredump-restart</on_reboot>",
    "line 3: /domain/on_reboot: \"coredump-restart\" is not a lifecycle action here; known: "
    "destroy, restart, preserve, rename-restart" },
  { "cpu-match", "<cpu match='any'><model>a</model></cpu>",
    "line 3: /domain/cpu/@match: \"any\" is not a way to match a CPU; known: minimum, exact, "
    "strict" },
  { "cpu-match-alone", "<cpu match='exact'/>",
    "line 3: /domain/cpu/@match: how to match needs a <model>" },
  { "cpu-model", "<cpu><model>a,b</model></cpu>",
    "line 3: /domain/cpu/model: \"a,b\" must be 1 to 64 letters, digits or any of \"_.+-\"" },
  { "cpu-vendor", "<cpu><model>a</model><vendor>Acme</vendor></cpu>",
    "line 3: /domain/cpu/vendor: \"Acme\" is not a CPU vendor; known: Intel, AMD, Hygon, IBM, "
    "Freescale" },
  { "cpu-vendor-empty", "<cpu><model>a</model><vendor/></cpu>",
    "line 3: /domain/cpu/vendor: \"\" is not a CPU vendor; known: Intel, AMD, Hygon, IBM, "
    "Freescale" },
  { "cpu-vendor-alone", "<cpu><vendor>Intel</vendor></cpu>",
    "line 3: /domain/cpu/vendor: a vendor needs a <model>" },
  { "cpu-feature-alone", "<cpu><feature name='a'/></cpu>",
    "line 3: /domain/cpu/feature: a feature needs a <model>" },
  { "cpu-feature-name-missing", "<cpu><model>a</model><feature/></cpu>",
    "line 3: /domain/cpu/feature: the attribute \"name\" is missing" },
  { "cpu-feature-name", "<cpu><model>a</model><feature name='a=on'/></cpu>",
    "line 3: /domain/cpu/feature/@name: \"a=on\" must be 1 to 64 letters, digits or any of "
    "\"_.+-\"" },
  { "cpu-feature-policy", "<cpu><model>a</model><feature name='a' policy='on'/></cpu>",
    "line 3: /domain/cpu/feature/@policy: \"on\" is not a feature policy; known: force, require, "
    "optional, disable, forbid" },
  { "cpu-feature-twice",
    "<cpu><model>a</model><feature name='a'/><feature name='a' policy='force'/></cpu>",
    "line 3: /domain/cpu/feature[2]/@name: the feature \"a\" is already given" },
  { "cpu-topology-sockets-missing", "<cpu><topology cores='1' threads='1'/></cpu>",
    "line 3: /domain/cpu/topology: the attribute \"sockets\" is missing" },
  { "cpu-topology-sockets-zero", "<cpu><topology cores='1' threads='1' sockets='0'/></cpu>",
    "line 3: /domain/cpu/topology/@sockets: \"0\" is not a number from 1 to 65535" },
  { "cpu-topology-cores-missing", "<cpu><topology sockets='1' threads='1'/></cpu>",
    "line 3: /domain/cpu/topology: the attribute \"cores\" is missing" },
  { "cpu-topology-cores-zero", "<cpu><topology sockets='1' threads='1' cores='0'/></cpu>",
    "line 3: /domain/cpu/topology/@cores: \"0\" is not a number from 1 to 65535" },
  { "cpu-topology-threads-missing", "<cpu><topology sockets='1' cores='1'/></cpu>",
    "line 3: /domain/cpu/topology: the attribute \"threads\" is missing" },
  { "cpu-topology-threads-zero", "<cpu><topology sockets='1' cores='1' threads='0'/></cpu>",
    "line 3: /domain/cpu/topology/@threads: \"0\" is not a number from 1 to 65535" },
  { "cpu-topology-product",
    "<vcpu>4</vcpu><cpu><topology sockets='1' cores='3' threads='1'/></cpu>",
    "line 3: /domain/cpu/topology: 1 sockets of 3 cores of 1 threads are not the 4 virtual CPUs of "
    "<vcpu>" },
  { "timer-name-missing", "<clock><timer/></clock>",
    "line 3: /domain/clock/timer: the attribute \"name\" is missing" },
  { "timer-name", "<clock><timer name='kvmclock'></timer></clock>",
    "line 3: /domain/clock/timer/@name: \"kvmclock\" is not a timer; known: platform, pit, rtc, "
    "hpet, tsc" },
  { "timer-twice", "<clock><timer name='pit'/><timer name='pit'/></clock>",
    "line 3: /domain/clock/timer[2]/@name: the timer pit is already given" },
  { "timer-track", "<clock><timer name='rtc' track='host'></timer></clock>",
    "line 3: /domain/clock/timer/@track: \"host\" is not a timer track; known: boot, guest, wall" },
  { "timer-track-pit", "<clock><timer name='pit' track='guest'></timer></clock>",
    "line 3: /domain/clock/timer/@track: only the timers rtc and platform have a track" },
  { "timer-track-hpet", "<clock><timer name='hpet' track='guest'></timer></clock>",
    "line 3: /domain/clock/timer/@track: only the timers rtc and platform have a track" },
  { "timer-track-tsc", "<clock><timer name='tsc' track='guest'></timer></clock>",
    "line 3: /domain/clock/timer/@track: only the timers rtc and platform have a track" },
  { "timer-tickpolicy", "<clock><timer name='pit' tickpolicy='none'></timer></clock>",
    "line 3: /domain/clock/timer/@tickpolicy: \"none\" is not a tick policy; known: delay, "
    "catchup, merge, discard" },
  { "timer-frequency", "<clock><timer name='tsc' frequency='1GHz'></timer></clock>",
    "line 3: /domain/clock/timer/@frequency: \"1GHz\" is not a number from 1 to "
    "9223372036854775807" },
  { "timer-frequency-rtc", "<clock><timer name='rtc' frequency='1024'></timer></clock>",
    "line 3: /domain/clock/timer/@frequency: only the timer tsc has a frequency" },
  { "timer-mode", "<clock><timer name='tsc' mode='fast'></timer></clock>",
    "line 3: /domain/clock/timer/@mode: \"fast\" is not a timer mode; known: auto, native, "
    "emulate, paravirt, smpsafe" },
  { "timer-mode-pit", "<clock><timer name='pit' mode='auto'></timer></clock>",
    "line 3: /domain/clock/timer/@mode: only the timer tsc has a mode" },
  { "timer-present", "<clock><timer name='pit' present='on'></timer></clock>",
    "line 3: /domain/clock/timer/@present: \"on\" is not a flag; known: no, yes" },
  { "catchup-policy", "<clock><timer name='pit' tickpolicy='merge'><catchup/></timer></clock>",
    "line 3: /domain/clock/timer/catchup: how to catch up needs tickpolicy='catchup'" },
  { "catchup-no-policy", "<clock><timer name='pit'><catchup/></timer></clock>",
    "line 3: /domain/clock/timer/catchup: how to catch up needs tickpolicy='catchup'" },
  { "catchup-threshold",
    "<clock><timer name='pit' tickpolicy='catchup'><catchup threshold='0'/></timer></clock>",
    "line 3: /domain/clock/timer/catchup/@threshold: \"0\" is not a number from 1 to 2147483647" },
  { "catchup-slew",
    "<clock><timer name='pit' tickpolicy='catchup'><catchup slew='0'/></timer></clock>",
    "line 3: /domain/clock/timer/catchup/@slew: \"0\" is not a number from 1 to 2147483647" },
  { "catchup-limit",
    "<clock><timer name='pit' tickpolicy='catchup'><catchup limit='0'/></timer></clock>",
    "line 3: /domain/clock/timer/catchup/@limit: \"0\" is not a number from 1 to 2147483647" },
  { "catchup-word",
    "<clock><timer name='pit' tickpolicy='catchup'><catchup slew='fast'/></timer></clock>",
    "line 3: /domain/clock/timer/catchup/@slew: \"fast\" is not a number from 1 to 2147483647" },
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
  { "os-bootmenu",
    "<domain type='kvm'><name>a</name><memory>1</memory>"
    "<os><type>hvm</type><bootmenu enable='on'/></os></domain>",
    VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain/os/bootmenu/@enable: \"on\" is not a flag; known: no, yes" },
  { "os-smbios",
    "<domain type='kvm'><name>a</name><memory>1</memory>"
    "<os><type>hvm</type><smbios mode='copy'/></os></domain>",
    VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain/os/smbios/@mode: \"copy\" is not a mode of SMBIOS; known: emulate, host, "
    "sysinfo" },
  { "os-smbios-mode-missing",
    "<domain "
    "type='kvm'><name>a</name><memory>1</memory><os><type>hvm</type><smbios/></os></domain>",
    VB_DOMAIN_ERROR_INVALID, "line 1: /domain/os/smbios: the attribute \"mode\" is missing" },
  { "os-loader",
    "<domain type='kvm'><name>a</name><memory>1</memory>"
    "<os><type>hvm</type><loader>bios</loader></os></domain>",
    VB_DOMAIN_ERROR_INVALID, "line 1: /domain/os/loader: \"bios\" is not an absolute path" },
  { "os-arch",
    "<domain type='kvm'><name>a</name><memory>1</memory>"
    "<os><type arch='x86 64'>hvm</type></os></domain>",
    VB_DOMAIN_ERROR_INVALID,
    "line 1: /domain/os/type/@arch: \"x86 64\" must be 1 to 64 letters, digits or any of "
    "\"_-.\"" },
  { "memory-word",
    "<domain type='kvm'><name>a</name><memory>lots</memory><os><type>hvm</type></os></domain>",
    VB_DOMAIN_ERROR_INVALID, "line 1: /domain/memory: \"lots\" is not a size, or beyond 8 EiB" },
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

static void
test_document (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  refusal_assert (documents[i].xml, documents[i].code, documents[i].message, FALSE);
}

static void
test_several (void)
{
  const char *xml = "<domain type='kvm'>\n<name>a/b</name>\n<memory>0</memory>\n"
                    "<os><type>hvm</type></os>\n<devices>\n<disk>\n<target dev='x'/></disk>\n"
                    "<graphics type='foo'/>\n<other/>\n</devices></domain>";
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
    { VB_SEVERITY_WARNING, 9, "/domain/devices/other" },
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
  refusal_add ("/domain/invalid", REFUSAL_OF_TOP, cases, G_N_ELEMENTS (cases));
  for (gsize i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      g_autofree char *path = g_strconcat ("/domain/invalid/document/", documents[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_document);
    }
  g_test_add_func ("/domain/invalid/several", test_several);
  return g_test_run ();
}
