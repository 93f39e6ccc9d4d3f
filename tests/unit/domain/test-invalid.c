/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Documents against the format: each is refused with exactly one message, which names line, path,
 * what was found and what would be right.
 */
#include "refusal.h"

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
#define NETWORK(source, hosts)                                                                     \
  "<disk type='network'><source " source ">" hosts "</source><target dev='vda'/></disk>"
#define UUID "0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f"
#define SECRET "<secret type='passphrase' uuid='" UUID "'/>"
#define PCI(slot, function) "<address type='pci' bus='0' slot='" slot "' function='" function "'/>"
#define CONSOLE(address) "<console type='null'><target type='virtio'/>" address "</console>"
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
  { "uuid-word", "<uuid>foo</uuid>", "",
    "line 3: /domain/uuid: \"foo\" is not a UUID: 32 hexadecimal digits, with dashes or without" },
  { "weight-low", "<blkiotune><weight>99</weight></blkiotune>", "",
    "line 3: /domain/blkiotune/weight: \"99\" is not a number from 100 to 1000" },
  { "weight-high", "<blkiotune><weight>1001</weight></blkiotune>", "",
    "line 3: /domain/blkiotune/weight: \"1001\" is not a number from 100 to 1000" },
  { "weight-word", "<blkiotune><weight>much</weight></blkiotune>", "",
    "line 3: /domain/blkiotune/weight: \"much\" is not a number from 100 to 1000" },
  { "memtune-hard-limit", "<memtune><hard_limit>-1</hard_limit></memtune>", "",
    "line 3: /domain/memtune/hard_limit: \"-1\" is not a size, or beyond 8 EiB" },
  { "memtune-soft-limit", "<memtune><soft_limit>-1</soft_limit></memtune>", "",
    "line 3: /domain/memtune/soft_limit: \"-1\" is not a size, or beyond 8 EiB" },
  { "memtune-swap-hard-limit", "<memtune><swap_hard_limit>-1</swap_hard_limit></memtune>", "",
    "line 3: /domain/memtune/swap_hard_limit: \"-1\" is not a size, or beyond 8 EiB" },
  { "memtune-min-guarantee", "<memtune><min_guarantee>-1</min_guarantee></memtune>", "",
    "line 3: /domain/memtune/min_guarantee: \"-1\" is not a size, or beyond 8 EiB" },
  { "memtune-unit", "<memtune><hard_limit unit='X'>1</hard_limit></memtune>", "",
    "line 3: /domain/memtune/hard_limit/@unit: \"X\" is not a unit; known: b, bytes, KB, k, KiB, "
    "MB, M, MiB, GB, G, GiB, TB, T, TiB, PB, P, PiB, EB, E, EiB" },
  { "memtune-swap",
    "<memtune><hard_limit "
    "unit='MiB'>2</hard_limit><swap_hard_limit>2047</swap_hard_limit></memtune>",
    "",
    "line 3: /domain/memtune/swap_hard_limit: 2047 KiB of memory and swap are less than "
    "<hard_limit>, 2048 KiB of memory" },
  { "vcpu-placement", "<vcpu placement='numa'>1</vcpu>", "",
    "line 3: /domain/vcpu/@placement: \"numa\" is not a placement of CPUs; known: static, auto" },
  { "cpuset-word", "<vcpu cpuset='a'>1</vcpu>", "",
    "line 3: /domain/vcpu/@cpuset: \"a\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-empty", "<vcpu cpuset=''>1</vcpu>", "",
    "line 3: /domain/vcpu/@cpuset: \"\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-open", "<vcpu cpuset='1-'>1</vcpu>", "",
    "line 3: /domain/vcpu/@cpuset: \"1-\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-reversed", "<vcpu cpuset='3-2'>1</vcpu>", "",
    "line 3: /domain/vcpu/@cpuset: \"3-2\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-comma", "<vcpu cpuset='1,'>1</vcpu>", "",
    "line 3: /domain/vcpu/@cpuset: \"1,\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-excluded-range", "<vcpu cpuset='1-9,^2-3'>1</vcpu>", "",
    "line 3: /domain/vcpu/@cpuset: \"1-9,^2-3\" is not a set of CPUs from 0 to 16383 such as "
    "0-3,^2,8" },
  { "cpuset-nothing", "<vcpu cpuset='1,^1'>1</vcpu>", "",
    "line 3: /domain/vcpu/@cpuset: \"1,^1\" is not a set of CPUs from 0 to 16383 such as "
    "0-3,^2,8" },
  { "cpuset-caret", "<vcpu cpuset='^'>1</vcpu>", "",
    "line 3: /domain/vcpu/@cpuset: \"^\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-beyond", "<vcpu cpuset='16384'>1</vcpu>", "",
    "line 3: /domain/vcpu/@cpuset: \"16384\" is not a set of CPUs from 0 to 16383 such as "
    "0-3,^2,8" },
  { "cpuset-overflow", "<vcpu cpuset='0-99999999999999999999'>1</vcpu>", "",
    "line 3: /domain/vcpu/@cpuset: \"0-99999999999999999999\" is not a set of CPUs from 0 to 16383 "
    "such as 0-3,^2,8" },
  { "cpuset-sign", "<vcpu cpuset='-1'>1</vcpu>", "",
    "line 3: /domain/vcpu/@cpuset: \"-1\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "cpuset-gap", "<vcpu cpuset='1 2'>1</vcpu>", "",
    "line 3: /domain/vcpu/@cpuset: \"1 2\" is not a set of CPUs from 0 to 16383 such as 0-3,^2,8" },
  { "pin-vcpu-missing", "<cputune><vcpupin cpuset='1'/></cputune>", "",
    "line 3: /domain/cputune/vcpupin: the attribute \"vcpu\" is missing" },
  { "pin-cpuset-missing", "<cputune><vcpupin vcpu='0'/></cputune>", "",
    "line 3: /domain/cputune/vcpupin: the attribute \"cpuset\" is missing" },
  { "pin-vcpu", "<vcpu>2</vcpu><cputune><vcpupin vcpu='2' cpuset='1'/></cputune>", "",
    "line 3: /domain/cputune/vcpupin/@vcpu: \"2\" is not a number from 0 to 1" },
  { "pin-vcpu-word", "<cputune><vcpupin vcpu='a' cpuset='1'/></cputune>", "",
    "line 3: /domain/cputune/vcpupin/@vcpu: \"a\" is not a number from 0 to 0" },
  { "pin-cpuset", "<cputune><vcpupin vcpu='0' cpuset='x'/></cputune>", "",
    "line 3: /domain/cputune/vcpupin/@cpuset: \"x\" is not a set of CPUs from 0 to 16383 such as "
    "0-3,^2,8" },
  { "pin-twice",
    "<vcpu>2</vcpu><cputune><vcpupin vcpu='1' cpuset='1'/><vcpupin vcpu='1' cpuset='2'/></cputune>",
    "", "line 3: /domain/cputune/vcpupin[2]/@vcpu: the virtual CPU 1 is already pinned" },
  { "shares-word", "<cputune><shares>all</shares></cputune>", "",
    "line 3: /domain/cputune/shares: \"all\" is not a number from 0 to 262144" },
  { "shares-high", "<cputune><shares>262145</shares></cputune>", "",
    "line 3: /domain/cputune/shares: \"262145\" is not a number from 0 to 262144" },
  { "shares-low", "<cputune><shares>1</shares></cputune>", "",
    "line 3: /domain/cputune/shares: \"1\" must be 0, for the host's default, or 2 to 262144" },
  { "sysinfo-type", "<sysinfo type='fwcfg'/>", "",
    "line 3: /domain/sysinfo/@type: \"fwcfg\" is not a type of system information; known: smbios" },
  { "sysinfo-type-missing", "<sysinfo/>", "",
    "line 3: /domain/sysinfo: the attribute \"type\" is missing" },
  { "sysinfo-entry-name", "<sysinfo type='smbios'><bios><entry>a</entry></bios></sysinfo>", "",
    "line 3: /domain/sysinfo/bios/entry: the attribute \"name\" is missing" },
  { "sysinfo-date-1",
    "<sysinfo type='smbios'><bios><entry name='date'>2011-04-30</entry></bios></sysinfo>", "",
    "line 3: /domain/sysinfo/bios/entry: \"2011-04-30\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-2",
    "<sysinfo type='smbios'><bios><entry name='date'>13/01/11</entry></bios></sysinfo>", "",
    "line 3: /domain/sysinfo/bios/entry: \"13/01/11\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-3",
    "<sysinfo type='smbios'><bios><entry name='date'>00/01/11</entry></bios></sysinfo>", "",
    "line 3: /domain/sysinfo/bios/entry: \"00/01/11\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-4",
    "<sysinfo type='smbios'><bios><entry name='date'>04/31/111</entry></bios></sysinfo>", "",
    "line 3: /domain/sysinfo/bios/entry: \"04/31/111\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-5",
    "<sysinfo type='smbios'><bios><entry name='date'>4/3/2011</entry></bios></sysinfo>", "",
    "line 3: /domain/sysinfo/bios/entry: \"4/3/2011\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-6",
    "<sysinfo type='smbios'><bios><entry name='date'>04/32/2011</entry></bios></sysinfo>", "",
    "line 3: /domain/sysinfo/bios/entry: \"04/32/2011\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-7",
    "<sysinfo type='smbios'><bios><entry name='date'>04/00/11</entry></bios></sysinfo>", "",
    "line 3: /domain/sysinfo/bios/entry: \"04/00/11\" is not a date such as 04/30/11 or "
    "04/30/2011" },
  { "sysinfo-date-8", "<sysinfo type='smbios'><bios><entry name='date'></entry></bios></sysinfo>",
    "", "line 3: /domain/sysinfo/bios/entry: \"\" is not a date such as 04/30/11 or 04/30/2011" },
  { "sysinfo-uuid",
    "<sysinfo type='smbios'><system><entry name='uuid'>x</entry></system></sysinfo>", "",
    "line 3: /domain/sysinfo/system/entry: \"x\" is not a UUID: 32 hexadecimal digits, with dashes "
    "or without" },
  { "sysinfo-uuid-differs",
    "<uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid><sysinfo type='smbios'><system><entry "
    "name='uuid'>c7a5fdbd-edaf-9455-926a-d65c16db1808</entry></system></sysinfo>",
    "",
    "line 3: /domain/sysinfo/system/entry: \"c7a5fdbd-edaf-9455-926a-d65c16db1808\" is not the "
    "domain's <uuid> \"c7a5fdbd-edaf-9455-926a-d65c16db1809\"" },
  { "sysinfo-lines",
    "<sysinfo type='smbios'><system><entry name='sku'>a\tb</entry></system></sysinfo>", "",
    "line 3: /domain/sysinfo/system/entry: \"a\tb\" is not one line" },
  { "bootloader", "<bootloader>pygrub</bootloader>", "",
    "line 3: /domain/bootloader: \"pygrub\" is not an absolute path" },
  { "on-reboot", "<on_reboot>coredump-restart</on_reboot>", "",
    "line 3: /domain/on_reboot: \"coredump-restart\" is not a lifecycle action here; known: "
    "destroy, restart, preserve, rename-restart" },
  { "cpu-match", "<cpu match='any'><model>a</model></cpu>", "",
    "line 3: /domain/cpu/@match: \"any\" is not a way to match a CPU; known: minimum, exact, "
    "strict" },
  { "cpu-match-alone", "<cpu match='exact'/>", "",
    "line 3: /domain/cpu/@match: how to match needs a <model>" },
  { "cpu-model", "<cpu><model>a,b</model></cpu>", "",
    "line 3: /domain/cpu/model: \"a,b\" must be 1 to 64 letters, digits or any of \"_.+-\"" },
  { "cpu-vendor", "<cpu><model>a</model><vendor>Acme</vendor></cpu>", "",
    "line 3: /domain/cpu/vendor: \"Acme\" is not a CPU vendor; known: Intel, AMD, Hygon, IBM, "
    "Freescale" },
  { "cpu-vendor-empty", "<cpu><model>a</model><vendor/></cpu>", "",
    "line 3: /domain/cpu/vendor: \"\" is not a CPU vendor; known: Intel, AMD, Hygon, IBM, "
    "Freescale" },
  { "cpu-vendor-alone", "<cpu><vendor>Intel</vendor></cpu>", "",
    "line 3: /domain/cpu/vendor: a vendor needs a <model>" },
  { "cpu-feature-alone", "<cpu><feature name='a'/></cpu>", "",
    "line 3: /domain/cpu/feature: a feature needs a <model>" },
  { "cpu-feature-name-missing", "<cpu><model>a</model><feature/></cpu>", "",
    "line 3: /domain/cpu/feature: the attribute \"name\" is missing" },
  { "cpu-feature-name", "<cpu><model>a</model><feature name='a=on'/></cpu>", "",
    "line 3: /domain/cpu/feature/@name: \"a=on\" must be 1 to 64 letters, digits or any of "
    "\"_.+-\"" },
  { "cpu-feature-policy", "<cpu><model>a</model><feature name='a' policy='on'/></cpu>", "",
    "line 3: /domain/cpu/feature/@policy: \"on\" is not a feature policy; known: force, require, "
    "optional, disable, forbid" },
  { "cpu-feature-twice",
    "<cpu><model>a</model><feature name='a'/><feature name='a' policy='force'/></cpu>", "",
    "line 3: /domain/cpu/feature[2]/@name: the feature \"a\" is already given" },
  { "cpu-topology-sockets-missing", "<cpu><topology cores='1' threads='1'/></cpu>", "",
    "line 3: /domain/cpu/topology: the attribute \"sockets\" is missing" },
  { "cpu-topology-sockets-zero", "<cpu><topology cores='1' threads='1' sockets='0'/></cpu>", "",
    "line 3: /domain/cpu/topology/@sockets: \"0\" is not a number from 1 to 65535" },
  { "cpu-topology-cores-missing", "<cpu><topology sockets='1' threads='1'/></cpu>", "",
    "line 3: /domain/cpu/topology: the attribute \"cores\" is missing" },
  { "cpu-topology-cores-zero", "<cpu><topology sockets='1' threads='1' cores='0'/></cpu>", "",
    "line 3: /domain/cpu/topology/@cores: \"0\" is not a number from 1 to 65535" },
  { "cpu-topology-threads-missing", "<cpu><topology sockets='1' cores='1'/></cpu>", "",
    "line 3: /domain/cpu/topology: the attribute \"threads\" is missing" },
  { "cpu-topology-threads-zero", "<cpu><topology sockets='1' cores='1' threads='0'/></cpu>", "",
    "line 3: /domain/cpu/topology/@threads: \"0\" is not a number from 1 to 65535" },
  { "cpu-topology-product",
    "<vcpu>4</vcpu><cpu><topology sockets='1' cores='3' threads='1'/></cpu>", "",
    "line 3: /domain/cpu/topology: 1 sockets of 3 cores of 1 threads are not the 4 virtual CPUs of "
    "<vcpu>" },
  { "timer-name-missing", "<clock><timer/></clock>", "",
    "line 3: /domain/clock/timer: the attribute \"name\" is missing" },
  { "timer-name", "<clock><timer name='kvmclock'></timer></clock>", "",
    "line 3: /domain/clock/timer/@name: \"kvmclock\" is not a timer; known: platform, pit, rtc, "
    "hpet, tsc" },
  { "timer-twice", "<clock><timer name='pit'/><timer name='pit'/></clock>", "",
    "line 3: /domain/clock/timer[2]/@name: the timer pit is already given" },
  { "timer-track", "<clock><timer name='rtc' track='host'></timer></clock>", "",
    "line 3: /domain/clock/timer/@track: \"host\" is not a timer track; known: boot, guest, wall" },
  { "timer-track-pit", "<clock><timer name='pit' track='guest'></timer></clock>", "",
    "line 3: /domain/clock/timer/@track: only the timers rtc and platform have a track" },
  { "timer-track-hpet", "<clock><timer name='hpet' track='guest'></timer></clock>", "",
    "line 3: /domain/clock/timer/@track: only the timers rtc and platform have a track" },
  { "timer-track-tsc", "<clock><timer name='tsc' track='guest'></timer></clock>", "",
    "line 3: /domain/clock/timer/@track: only the timers rtc and platform have a track" },
  { "timer-tickpolicy", "<clock><timer name='pit' tickpolicy='none'></timer></clock>", "",
    "line 3: /domain/clock/timer/@tickpolicy: \"none\" is not a tick policy; known: delay, "
    "catchup, merge, discard" },
  { "timer-frequency", "<clock><timer name='tsc' frequency='1GHz'></timer></clock>", "",
    "line 3: /domain/clock/timer/@frequency: \"1GHz\" is not a number from 1 to "
    "9223372036854775807" },
  { "timer-frequency-rtc", "<clock><timer name='rtc' frequency='1024'></timer></clock>", "",
    "line 3: /domain/clock/timer/@frequency: only the timer tsc has a frequency" },
  { "timer-mode", "<clock><timer name='tsc' mode='fast'></timer></clock>", "",
    "line 3: /domain/clock/timer/@mode: \"fast\" is not a timer mode; known: auto, native, "
    "emulate, paravirt, smpsafe" },
  { "timer-mode-pit", "<clock><timer name='pit' mode='auto'></timer></clock>", "",
    "line 3: /domain/clock/timer/@mode: only the timer tsc has a mode" },
  { "timer-present", "<clock><timer name='pit' present='on'></timer></clock>", "",
    "line 3: /domain/clock/timer/@present: \"on\" is not a flag; known: no, yes" },
  { "catchup-policy", "<clock><timer name='pit' tickpolicy='merge'><catchup/></timer></clock>", "",
    "line 3: /domain/clock/timer/catchup: how to catch up needs tickpolicy='catchup'" },
  { "catchup-no-policy", "<clock><timer name='pit'><catchup/></timer></clock>", "",
    "line 3: /domain/clock/timer/catchup: how to catch up needs tickpolicy='catchup'" },
  { "catchup-threshold",
    "<clock><timer name='pit' tickpolicy='catchup'><catchup threshold='0'/></timer></clock>", "",
    "line 3: /domain/clock/timer/catchup/@threshold: \"0\" is not a number from 1 to 2147483647" },
  { "catchup-slew",
    "<clock><timer name='pit' tickpolicy='catchup'><catchup slew='0'/></timer></clock>", "",
    "line 3: /domain/clock/timer/catchup/@slew: \"0\" is not a number from 1 to 2147483647" },
  { "catchup-limit",
    "<clock><timer name='pit' tickpolicy='catchup'><catchup limit='0'/></timer></clock>", "",
    "line 3: /domain/clock/timer/catchup/@limit: \"0\" is not a number from 1 to 2147483647" },
  { "catchup-word",
    "<clock><timer name='pit' tickpolicy='catchup'><catchup slew='fast'/></timer></clock>", "",
    "line 3: /domain/clock/timer/catchup/@slew: \"fast\" is not a number from 1 to 2147483647" },

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
  { "disk-target-twice-removable", "",
    "<disk device='cdrom'><target dev='ioemu:hda'/></disk>\n" DISK ("", "dev='hda'", ""),
    "line 6: " DEVICE
    "disk[2]/target/@dev: target \"hda\" is already taken by the disk in line 5" },
  { "disk-controllers", "", DISK ("", "dev='hdzzz'", ""),
    "line 5: " DEVICE
    "disk: target \"hdzzz\" would be on controller 4569; at most 4095 is allowed" },
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
  { "disk-bus-of-uml", "", DISK ("", "dev='ubda' bus='foo'", ""),
    "line 5: " DEVICE "disk/target/@bus: \"foo\" is not a disk bus; known: ide, fdc, scsi, virtio, "
    "xen, usb, sata" },
  { "disk-no-folder", "", "<disk type='dir'><target dev='vda'/></disk>",
    "line 5: " DEVICE "disk: a disk needs a medium: <source dir='/…'/> is missing" },
  { "disk-relative-folder", "", "<disk type='dir'><source dir='a'/><target dev='vda'/></disk>",
    "line 5: " DEVICE "disk/source/@dir: \"a\" is not an absolute path" },
  { "disk-no-network", "", "<disk type='network'><target dev='vda'/></disk>",
    "line 5: " DEVICE "disk: a disk needs a medium: <source protocol='…'/> is missing" },
  { "disk-protocol-missing", "", NETWORK ("name='a'", ""),
    "line 5: " DEVICE "disk/source: the attribute \"protocol\" is missing" },
  { "disk-protocol", "", NETWORK ("protocol='http' name='a'", ""),
    "line 5: " DEVICE "disk/source/@protocol: \"http\" is not a network protocol; known: nbd, rbd, "
    "sheepdog" },
  { "disk-rbd-name", "", NETWORK ("protocol='rbd'", ""),
    "line 5: " DEVICE "disk/source: protocol \"rbd\" needs the image's name: name='…'" },
  { "disk-sheepdog-name", "", NETWORK ("protocol='sheepdog' name=''", ""),
    "line 5: " DEVICE "disk/source: protocol \"sheepdog\" needs the image's name: name='…'" },
  { "disk-nbd-host-missing", "", NETWORK ("protocol='nbd'", ""),
    "line 5: " DEVICE "disk/source: protocol \"nbd\" needs <host name='…' port='…'/>" },
  { "disk-nbd-hosts", "",
    NETWORK ("protocol='nbd'", "<host name='a' port='1'/><host name='b' port='1'/>"),
    "line 5: " DEVICE "disk/source: protocol \"nbd\" has one host, not 2" },
  { "disk-sheepdog-hosts", "",
    NETWORK ("protocol='sheepdog' name='i'", "<host name='a' port='1'/><host name='b' port='1'/>"),
    "line 5: " DEVICE "disk/source: protocol \"sheepdog\" has one host, not 2" },
  { "disk-host-name-missing", "", NETWORK ("protocol='nbd'", "<host port='1'/>"),
    "line 5: " DEVICE "disk/source/host: the attribute \"name\" is missing" },
  { "disk-host-name-empty", "", NETWORK ("protocol='nbd'", "<host name='' port='1'/>"),
    "line 5: " DEVICE "disk/source/host/@name: a host's name must not be empty" },
  { "disk-host-port-missing", "", NETWORK ("protocol='nbd'", "<host name='a'/>"),
    "line 5: " DEVICE "disk/source/host: the attribute \"port\" is missing" },
  { "disk-host-port", "",
    NETWORK ("protocol='rbd' name='i'", "<host name='a' port='1'/><host name='b' port='nbd'/>"),
    "line 5: " DEVICE "disk/source/host[2]/@port: \"nbd\" is not a number from 1 to 65535" },
  { "disk-encryption-format", "", DISK ("", "dev='vda'", "<encryption>" SECRET "</encryption>"),
    "line 5: " DEVICE "disk/encryption: the attribute \"format\" is missing" },
  { "disk-encryption", "",
    DISK ("", "dev='vda'", "<encryption format='aes'>" SECRET "</encryption>"),
    "line 5: " DEVICE "disk/encryption/@format: \"aes\" is not an encryption format; known: "
    "default, qcow, luks" },
  { "disk-encryption-type", "",
    DISK ("", "dev='vda'", "<encryption type='...'>" SECRET "</encryption>"),
    "line 5: " DEVICE "disk/encryption/@type: \"...\" is not an encryption format; known: "
    "default, qcow, luks" },
  { "disk-encryption-secret", "", DISK ("", "dev='vda'", "<encryption format='qcow'/>"),
    "line 5: " DEVICE "disk/encryption: the element <secret> is missing" },
  { "disk-secret-type-missing", "",
    DISK ("", "dev='vda'", "<encryption format='qcow'><secret uuid='" UUID "'/></encryption>"),
    "line 5: " DEVICE "disk/encryption/secret: the attribute \"type\" is missing" },
  { "disk-secret-type", "",
    DISK ("",
          "dev='vda'",
          "<encryption format='qcow'><secret type='key' uuid='" UUID "'/></encryption>"),
    "line 5: " DEVICE
    "disk/encryption/secret/@type: \"key\" is not a type of secret; known: passphrase" },
  { "disk-secret-uuid-missing", "",
    DISK ("", "dev='vda'", "<encryption format='qcow'><secret type='passphrase'/></encryption>"),
    "line 5: " DEVICE "disk/encryption/secret: the attribute \"uuid\" is missing" },
  { "disk-secret-uuid", "",
    DISK ("",
          "dev='vda'",
          "<encryption format='qcow'><secret type='passphrase' uuid='1'/></encryption>"),
    "line 5: " DEVICE "disk/encryption/secret/@uuid: \"1\" is not a UUID: 32 hexadecimal digits, "
    "with dashes or without" },
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
    "disk/address/@type: a disk on bus \"usb\" has no address of type \"drive\"; known there: "
    "usb" },
  { "disk-address-xen", "", DISK ("", "dev='xvda'", "<address type='drive'/>"),
    "line 5: " DEVICE
    "disk/address/@type: a disk on bus \"xen\" has no address of type \"drive\"" },
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

  { "disk-address-controller", "",
    DISK ("", "dev='hda'", "<address type='drive' controller='4096'/>"),
    "line 5: " DEVICE "disk/address/@controller: \"4096\" is not a number from 0 to 0xfff" },
  { "usb-port", "", DISK ("", "dev='sda' bus='usb'", "<address type='usb' bus='0' port='1.0'/>"),
    "line 5: " DEVICE "disk/address/@port: \"1.0\" is not a usb port: up to 4 numbers from 1 to "
    "255, as in \"1.2\"" },
  { "usb-port-deep", "", "<input type='tablet'><address type='usb' port='1.2.3.4.5'/></input>",
    "line 5: " DEVICE "input/address/@port: \"1.2.3.4.5\" is not a usb port: up to 4 numbers from "
    "1 to 255, as in \"1.2\"" },
  { "usb-bus", "", "<input type='tablet'><address type='usb' bus='256' port='1'/></input>",
    "line 5: " DEVICE "input/address/@bus: \"256\" is not a number from 0 to 0xff" },
  { "usb-taken", "",
    "<input type='tablet'><address type='usb' port='1'/></input>\n"
    "<input type='mouse' bus='usb'><address type='usb' bus='0' port='1'/></input>",
    "line 6: " DEVICE
    "input[2]/address: the address usb:0.1 is already taken by the input in line 5" },
  { "usb-hub", "",
    "<input type='tablet'><address type='usb' port='1.2'/></input>\n"
    "<input type='mouse' bus='usb'><address type='usb' bus='0' port='1'/></input>",
    "line 5: " DEVICE "input[1]/address/@port: the address usb:0.1 has the input in line 6, and "
    "would need a hub" },
  { "virtio-serial-port", "", CONSOLE ("<address type='virtio-serial' port='31'/>"),
    "line 5: " DEVICE "console/address/@port: \"31\" is not a number from 0 to 0x1e" },
  { "virtio-serial-bus", "", CONSOLE ("<address type='virtio-serial' bus='1'/>"),
    "line 5: " DEVICE "console/address/@bus: \"1\" is not a number from 0 to 0x0" },
  { "virtio-serial-controller", "", CONSOLE ("<address type='virtio-serial' controller='-1'/>"),
    "line 5: " DEVICE "console/address/@controller: \"-1\" is not a number from 0 to 0xfff" },
  { "virtio-serial-taken", "",
    CONSOLE ("<address type='virtio-serial' port='2'/>") "\n" CONSOLE (
        "<address type='virtio-serial' controller='0' bus='0' port='0x2'/>"),
    "line 6: " DEVICE "console[2]/address: the address virtio-serial:0:0:2 is already taken by the "
    "console in line 5" },
  { "virtio-console-address", "", CONSOLE (PCI ("3", "0")),
    "line 5: " DEVICE "console/address/@type: a console has no address of type \"pci\"; known "
    "there: virtio-serial" },
  { "isa-card-address", "", "<interface><model type='ne2k_isa'/>" PCI ("3", "0") "</interface>",
    "line 5: " DEVICE "interface/address/@type: an ISA card has no address of type \"pci\"" },
  { "pci-domain", "",
    "<interface><address type='pci' domain='0x10000' bus='0' slot='3' function='0'/></interface>",
    "line 5: " DEVICE "interface/address/@domain: \"0x10000\" is not a number from 0 to 0xffff" },
  { "pci-bus", "", "<interface><address type='pci' bus='0x100' slot='3' function='0'/></interface>",
    "line 5: " DEVICE "interface/address/@bus: \"0x100\" is not a number from 0 to 0xff" },
  { "pci-function", "", "<interface>" PCI ("3", "8") "</interface>",
    "line 5: " DEVICE "interface/address/@function: \"8\" is not a number from 0 to 0x7" },
  { "pci-function-missing", "", "<interface><address type='pci' bus='0' slot='3'/></interface>",
    "line 5: " DEVICE "interface/address: the attribute \"function\" is missing" },
  { "pci-bus-missing", "", "<interface><address type='pci' slot='3' function='0'/></interface>",
    "line 5: " DEVICE "interface/address: the attribute \"bus\" is missing" },
  { "pci-host-bridge", "", "<interface>" PCI ("0", "0") "</interface>",
    "line 5: " DEVICE "interface/address: slot 0x00 is the machine's own: it has the host bridge "
    "there" },
  { "pci-isa-bridge", "", "<interface>" PCI ("1", "4") "</interface>",
    "line 5: " DEVICE "interface/address: slot 0x01 is the machine's own: it has the ISA bridge "
    "there" },
  { "pci-ide", "", "<controller type='ide' index='0'>" PCI ("3", "0") "</controller>",
    "line 5: " DEVICE
    "controller/address: on this machine the first ide controller has the address "
    "pci:0000:00:01.1" },

  { "boot-order-zero", "", DISK ("", "dev='vda'", "<boot order='0'/>"),
    "line 5: " DEVICE "disk/boot/@order: \"0\" is not a number from 1 to 16384" },
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
          "<boot order='1'/>") "\n<hostdev mode='capabilities'><boot order='1'/></hostdev>",
    "line 6: " DEVICE "hostdev/boot/@order: boot order 1 is already taken by the disk in line 5" },

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

  { "controller-ports", "", "<controller type='virtio-serial' ports='many'/>",
    "line 5: " DEVICE "controller/@ports: \"many\" is not a number from 1 to 65535" },
  { "controller-no-ports", "", "<controller type='virtio-serial' ports='0'/>",
    "line 5: " DEVICE "controller/@ports: \"0\" is not a number from 1 to 65535" },
  { "controller-vectors", "", "<controller type='virtio-serial' vectors='-1'/>",
    "line 5: " DEVICE "controller/@vectors: \"-1\" is not a number from 0 to 65535" },
  { "controller-ccid-address", "", "<controller type='ccid'>" PCI ("3", "0") "</controller>",
    "line 5: " DEVICE "controller/address/@type: a controller of type \"ccid\" has no address of "
    "type \"pci\"; known there: usb" },

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
test_part (gconstpointer data)
{
  const Case *part = data;
  g_autofree char *xml = g_strdup_printf (
      "<domain type='kvm'>\n<name>t</name><memory>4096</memory><os><type>hvm</type></os>\n"
      "%s\n<devices>\n%s\n</devices>\n</domain>",
      part->top, part->devices);

  refusal_assert (xml, VB_DOMAIN_ERROR_INVALID, part->message, TRUE);
}

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
