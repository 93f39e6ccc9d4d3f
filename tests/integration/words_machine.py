# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of all that is no device: identity, firmware, processors, clock, ends, limits."""

from words import (affinity, boot_file, boot_menu, boots, cpu, device, elsewhere, environment,
                   firmware, has_cpus, in_document, machine, no_option, option, refused, shown,
                   smbios, starts, told)

OS = "<os><type arch='x86_64' machine='pc'>hvm</type>{}</os>"
MIB = 1 << 20

# Nothing that a definition says: what the document of a guest that runs has, of the service's own.
WITHOUT_ROW = {'/domain/@id'}

FOREIGN_TYPES = ('kqemu', 'qvm86', 'xen', 'lxc', 'uml', 'openvz', 'vserver', 'ldom', 'test', 'vmware',
                 'hyperv', 'vbox', 'one', 'phyp')


def clock(*timers, offset='utc'):
    return f"<clock offset='{offset}'>{''.join(timers)}</clock>"


IDENTITY = [
    starts('type qemu', told('query-kvm', False, 'enabled'), shown('Type', 'qemu')),
    elsewhere('type kvm', "unit/qemu/cases/kvm-machine.args: accel=kvm", kind='kvm'),
    *(refused(f'type {kind}', '/domain/@type',
              f"domain type '{kind}' cannot be started here; use kvm or qemu", kind=kind)
      for kind in FOREIGN_TYPES),
    starts('name and uuid', told('query-name', 'words', 'name'),
           told('query-uuid', '7f3b5a40-1f1f-4a0e-9d3f-5a1d00000002', 'UUID')),
    starts('words for people', shown('Title', 'A title'), shown('Description', 'A description'),
           in_document('urn:notes'),
           body='<title>A title</title><description>A description</description>'
                "<metadata><app:notes xmlns:app='urn:notes'>one</app:notes></metadata>"),
    starts('emulator', shown('Emulator', '/usr/bin/qemu-system-x86_64'),
           devices='<emulator>/usr/bin/qemu-system-x86_64</emulator>'),
    refused('no emulator', '/domain/devices/emulator', "emulator '/nowhere/qemu': *",
            devices='<emulator>/nowhere/qemu</emulator>'),
]

FIRMWARE = [
    starts('machine', machine(type='pc-i440fx-7.2-machine'), shown('Machine', 'pc-i440fx-7.2'),
           body="<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>"),
    refused('machine that is gone', '/domain/os/type/@machine', "machine 'pc-0.13' is not known *",
            body="<os><type arch='x86_64' machine='pc-0.13'>hvm</type></os>"),
    refused('architecture', '/domain/os/type/@arch', "* cannot run 'sparc64'; *",
            body="<os><type arch='sparc64'>hvm</type></os>",
            devices='<emulator>/usr/bin/qemu-system-x86_64</emulator>'),
    *(refused(f'os type {kind}', '/domain/os/type',
              f"OS type '{kind}' cannot be started here; use hvm",
              body=f"<os><type arch='x86_64'>{kind}</type></os>") for kind in ('linux', 'xen')),
    refused('boot loader of the host', '/domain/bootloader', 'a boot loader in the host is not *',
            body='<bootloader>/usr/bin/pygrub</bootloader>'
                 '<bootloader_args>--append single</bootloader_args>'
                 "<os><type arch='x86_64'>hvm</type></os>"),
    starts('loader', boot_file('-bios', '/usr/share/seabios/bios-256k.bin'),
           body=OS.format('<loader>/usr/share/seabios/bios-256k.bin</loader>')),
    starts('boot devices in turn',
           boots('*/ethernet@*', '*/ide@1,1/drive@1/disk@0', '*/ide@1,1/drive@0/disk@0',
                 '*/floppy@0'),
           body=OS.format("<boot dev='network'/><boot dev='cdrom'/><boot dev='hd'/><boot dev='fd'/>"),
           devices="<disk><source file='{folder}/a.img'/><target dev='hda' bus='ide'/></disk>"
                   "<disk device='cdrom'><target dev='hdc' bus='ide'/></disk>"
                   "<disk device='floppy'><source file='{folder}/b.img'/><target dev='fda'/></disk>"
                   "<interface type='user'/>"),
    starts('boot menu', boot_menu(True),
           body=OS.format("<bootmenu enable='yes'/>")),
    starts('no boot menu', boot_menu(False),
           body=OS.format("<bootmenu enable='no'/>")),
    starts('kernel', firmware(has_kernel=True, has_initrd=True, cmdline='console=ttyS0 a="b c"'),
           body=OS.format('<kernel>{folder}/kernel</kernel><initrd>{folder}/initrd</initrd>'
                          '<cmdline>console=ttyS0 a="b c"</cmdline>')),
    starts('smbios of QEMU', no_option('-smbios'), body=OS.format("<smbios mode='emulate'/>")),
    starts('smbios of sysinfo',
           smbios('0', 'LENOVO', '6ET82WW (3.12 )', '08/31/2009'),
           smbios('1', 'Fedora', 'Virt-Manager', '0.8.2', '32dfcb37', 'sku-1', 'Linux'),
           option('-smbios', '*release=6.62*'),
           body="""<sysinfo type='smbios'>
             <bios><entry name='vendor'>LENOVO</entry><entry name='version'>6ET82WW (3.12 )</entry>
               <entry name='date'>08/31/2009</entry><entry name='release'>6.62</entry></bios>
             <system><entry name='manufacturer'>Fedora</entry>
               <entry name='product'>Virt-Manager</entry><entry name='version'>0.8.2</entry>
               <entry name='serial'>32dfcb37</entry>
               <entry name='uuid'>7f3b5a40-1f1f-4a0e-9d3f-5a1d00000002</entry>
               <entry name='sku'>sku-1</entry><entry name='family'>Linux</entry></system>
             </sysinfo>""" + OS.format("<smbios mode='sysinfo'/>")),
    refused('smbios without sysinfo', '/domain/os/smbios/@mode',
            "SMBIOS mode 'sysinfo' needs a <sysinfo>", body=OS.format("<smbios mode='sysinfo'/>")),
    elsewhere('smbios of the host', 'unit/qemu/cases/smbios-host.args: vendor=A,, B & Co',
              body=OS.format("<smbios mode='host'/>")),
    starts('features', machine(acpi='auto'), in_document('<pae/>'), in_document('<hap/>'),
           in_document('<apic/>'), body='<features><acpi/><apic/><pae/><hap/></features>'),
    starts('no acpi', machine(acpi='off')),
]

PROCESSORS = [
    starts('vcpus', has_cpus(3), shown('MaxVcpus', 3),
           shown('CurrentVcpus', 1), option('-smp', 'cpus=1,maxcpus=3,*'),
           body="<vcpu placement='static' current='1'>3</vcpu>"),
    refused('automatic placement', '/domain/vcpu/@placement', 'automatic placement * remove it',
            body="<vcpu placement='auto'>1</vcpu>"),
    refused('too many vcpus', '/domain/vcpu', "300 virtual CPUs are more than machine 'pc*255",
            body='<vcpu>300</vcpu>'),
    starts('cpuset', affinity('0'), body="<vcpu cpuset='0'>1</vcpu>"),
    elsewhere('vcpupin', 'unit/qemu/test-affinity.c: vcpupin',
              body="<vcpu>1</vcpu><cputune><vcpupin vcpu='0' cpuset='0'/></cputune>"),
    starts('topology', option('-smp', 'cpus=8,maxcpus=8,sockets=2,cores=2,threads=2'),
           body="<vcpu>8</vcpu><cpu><topology sockets='2' cores='2' threads='2'/></cpu>"),
    starts('model and features', cpu(type='core2duo-x86_64-cpu', vendor='AuthenticAMD', aes=True,
                                     lahf__lm=False, ssse3=False, pae=True, monitor=True),
           body="""<cpu match='exact'><model>core2duo</model><vendor>AMD</vendor>
             <feature name='pae'/><feature policy='require' name='sse2'/>
             <feature policy='force' name='aes'/><feature policy='disable' name='lahf_lm'/>
             <feature policy='optional' name='monitor'/><feature policy='forbid' name='ssse3'/>
             </cpu>"""),
    starts('vendor Intel', cpu(vendor='GenuineIntel'),
           body='<cpu><model>qemu64</model><vendor>Intel</vendor></cpu>'),
    starts('vendor Hygon', cpu(vendor='HygonGenuine'),
           body='<cpu><model>qemu64</model><vendor>Hygon</vendor></cpu>'),
    *(refused(f'vendor {vendor}', '/domain/cpu/vendor',
              f"vendor '{vendor}' cannot be had on architecture 'x86_64'; remove it",
              body=f'<cpu><model>qemu64</model><vendor>{vendor}</vendor></cpu>')
      for vendor in ('IBM', 'Freescale')),
    refused('unknown model', '/domain/cpu/model', "*'core2du'*core2duo*",
            body='<cpu><model>core2du</model></cpu>'),
    starts('match minimum', cpu(type='max-x86_64-cpu'),
           body="<cpu match='minimum'><model>core2duo</model></cpu>"),
    starts('match strict', cpu(type='core2duo-x86_64-cpu'),
           body="<cpu match='strict'><model>core2duo</model></cpu>"),
]

TIMERS = {
    'track': ("<timer name='rtc' track='boot'/>", "timer 'rtc': what track asks for *"),
    'merged ticks': ("<timer name='pit' tickpolicy='merge'/>", "timer 'pit': what tickpolicy *"),
    'catchup': ("<timer name='pit' tickpolicy='catchup'>"
                "<catchup threshold='123' slew='120' limit='10000'/></timer>",
                "timer 'pit': what catchup asks for *"),
    'platform': ("<timer name='platform'/>", "timer 'platform' is not supported by QEMU; *"),
    **{f'tsc {mode}': (f"<timer name='tsc' mode='{mode}'/>", "timer 'tsc': what mode asks for *")
       for mode in ('auto', 'native', 'emulate', 'paravirt', 'smpsafe')},
}
TIMER_PATHS = {'track': '/@track', 'merged ticks': '/@tickpolicy', 'catchup': '/catchup',
               'platform': '/@name'}

CLOCK = [
    starts('clock utc', option('-rtc', 'base=utc*'), body=clock()),
    starts('clock localtime', option('-rtc', 'base=localtime*'), body=clock(offset='localtime')),
    starts('clock of a timezone', environment('TZ', 'Asia/Kolkata'),
           option('-rtc', 'base=localtime*'),
           body="<clock offset='timezone' timezone='Asia/Kolkata'/>"),
    starts('clock variable', option('-rtc', 'base=20*T*'),
           body="<clock offset='variable' adjustment='-3600'/>"),
    starts('clock reset', option('-rtc', 'base=utc*'),
           body="<clock offset='utc' adjustment='reset'/>"),
    starts('timers', option('-rtc', '*clock=vm*driftfix=slew*'), machine(hpet=False, pit='off'),
           body=clock("<timer name='rtc' track='guest' tickpolicy='catchup'/>",
                      "<timer name='pit' present='no'/>", "<timer name='hpet' present='no'/>",
                      "<timer name='tsc' frequency='2000000000' present='yes'/>")),
    starts('other timers', option('-rtc', '*clock=host*'), machine(hpet=True),
           body=clock("<timer name='rtc' track='wall' tickpolicy='delay'/>",
                      "<timer name='hpet' tickpolicy='delay'/>")),
    elsewhere('discarded ticks', 'unit/qemu/cases/timers.args: kvm-pit.lost_tick_policy=discard',
              body=clock("<timer name='pit' tickpolicy='discard'/>")),
    *(refused(f'timer {name}', '/domain/clock/timer[1]' + TIMER_PATHS.get(name, '/@mode'), message,
              body=clock(timer)) for name, (timer, message) in TIMERS.items()),
]


def ends(poweroff='destroy', reboot='restart', crash='destroy'):
    return (f'<on_poweroff>{poweroff}</on_poweroff><on_reboot>{reboot}</on_reboot>'
            f'<on_crash>{crash}</on_crash>')


# What QEMU is told of each; what then follows is the engine's, in test-ends.c.
LIFECYCLE = [
    starts('ends: usual', option('-action', 'reboot=reset,shutdown=poweroff,panic=shutdown'),
           device('/machine/peripheral-anon/device[0]', type='pvpanic'), body=ends()),
    starts('ends: restart', option('-action', 'reboot=reset,shutdown=poweroff,panic=shutdown'),
           body=ends('restart', 'restart', 'restart')),
    starts('ends: preserve', option('-action', 'reboot=shutdown,shutdown=pause,panic=pause'),
           body=ends('preserve', 'preserve', 'preserve')),
    starts('ends: rename', option('-action', 'reboot=shutdown,shutdown=poweroff,panic=shutdown'),
           body=ends('rename-restart', 'rename-restart', 'rename-restart')),
    starts('ends: coredump', option('-action', 'reboot=shutdown,shutdown=poweroff,panic=pause'),
           body=ends('destroy', 'destroy', 'coredump-destroy')),
    starts('ends: coredump and again', option('-action', '*panic=pause'),
           body=ends('destroy', 'destroy', 'coredump-restart')),
]

RESOURCES = [
    starts('memory', told('query-memory-size-summary', 64 * MIB, 'base-memory'),
           shown('MaxMemory', 65536), body="<memory unit='KiB'>65536</memory>"),
    starts('memory for a start', shown('CurrentMemory', 16384),
           body="<memory unit='MiB'>32</memory><currentMemory unit='KiB'>16384</currentMemory>"),
    refused('guaranteed memory', '/domain/memtune/min_guarantee', 'guaranteed memory * remove it',
            body="<memtune><min_guarantee unit='KiB'>65536</min_guarantee></memtune>"),
    refused('swap without memory', '/domain/memtune/swap_hard_limit', '*; add <hard_limit>',
            body="<memtune><swap_hard_limit unit='KiB'>1</swap_hard_limit></memtune>"),
    elsewhere('limits', 'integration/test_resources_guest.py: def test_each_limit_alone',
              body="<memtune><hard_limit unit='KiB'>65536</hard_limit>"
                   "<soft_limit unit='KiB'>32768</soft_limit></memtune>"
                   '<blkiotune><weight>500</weight></blkiotune><cputune><shares>2048</shares></cputune>'),
    elsewhere('huge pages', 'unit/qemu/test-huge-pages.c: /huge-pages/',
              body='<memoryBacking><hugepages/></memoryBacking>'),
]

ROWS = IDENTITY + FIRMWARE + PROCESSORS + CLOCK + LIFECYCLE + RESOURCES
