# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of what is neither disk, card, display nor port: controllers, input, video, sound, and such."""

from words import (device, elsewhere, has_mice, in_document, no_device, option, refused, starts)

MIB = 1 << 20
PCI = "<address type='pci' domain='0x0000' bus='0x00' slot='{}' function='0x0'/>"


def slot(number):
    return PCI.format(hex(number))


CONTROLLERS = [
    starts('scsi controllers', device('scsi0', type='lsi53c895a'), device('scsi1', type='mptsas1068'),
           device('scsi2', type='pvscsi'), device('scsi3', type='virtio-scsi-pci'),
           device('scsi4', type='lsi53c895a', addr=0x50), device('scsi5', type='mptsas1068'),
           devices="<controller type='scsi' index='0' model='lsilogic'/>"
                   "<controller type='scsi' index='1' model='lsisas1068'/>"
                   "<controller type='scsi' index='2' model='vmpvscsi'/>"
                   "<controller type='scsi' index='3' model='virtio-scsi'/>"
                   f"<controller type='scsi' index='4' model='auto'>{slot(10)}</controller>"
                   "<controller type='scsi' index='5' model='lsias1068'><alias name='scsi5'/>"
                   '</controller>'),
    refused('scsi buslogic', '/domain/devices/controller[1]/@model',
            "controller 'scsi0': model 'buslogic' is not supported; use lsilogic, *",
            devices="<controller type='scsi' index='0' model='buslogic'/>"),
    starts('other controllers', device('sata0', type='ich9-ahci'), device('ccid0', type='usb-ccid',
                                                                          port='1'),
           device('virtio-serial0', type='virtio-serial-pci', max_ports=16, vectors=4),
           no_device('ide0'), no_device('fdc0'),
           devices="<controller type='sata' index='0'/><controller type='ide' index='0'/>"
                   "<controller type='fdc' index='0'/><controller type='usb' index='0'/>"
                   "<controller type='ccid' index='0'><address type='usb' bus='0' port='1'/></controller>"
                   "<controller type='virtio-serial' index='0' ports='16' vectors='4'/>"),
    starts('controllers of the board', no_device('pci0'), in_document("type='pci'"),
           devices="<controller type='pci' index='0' model='pci-root'/>"
                   "<controller type='xenbus' index='0'/>"),
    refused('a second ide controller', '/domain/devices/controller[1]/@index',
            'controller * the machine has one ide controller, with index 0',
            devices="<controller type='ide' index='1'/>"),
]

INPUTS = [
    starts('input', device('input0', type='usb-tablet', port='2'), device('input1', type='usb-mouse'),
           no_device('mouse'), has_mice('QEMU HID Mouse', 'QEMU HID Tablet', 'QEMU PS/2 Mouse'),
           devices="<input type='tablet' bus='usb'><address type='usb' bus='0' port='2'/>"
                   "<alias name='input0'/></input><input type='mouse' bus='usb'><alias name='input1'/>"
                   "</input><input type='mouse' bus='ps2'><alias name='mouse'/></input>"
                   "<input type='keyboard' bus='ps2'/>"),
    refused('input xen', '/domain/devices/input[1]/@bus', "input *: bus 'xen' is not supported *",
            kind='xen', body="<os><type arch='x86_64'>xen</type></os>",
            devices="<input type='mouse' bus='xen'/>"),
]

VIDEO = [
    *(starts(f'video {model}', device('video0', type=kind, **memory),
             devices=f"<video><model type='{model}' vram='16384' heads='1'/></video>")
      for model, kind, memory in (('vga', 'VGA', {'vgamem_mb': 16}),
                                  ('cirrus', 'cirrus-vga', {'vgamem_mb': 16}),
                                  ('vmvga', 'vmware-svga', {'vgamem_mb': 16}),
                                  ('qxl', 'qxl-vga', {'vram_size': 16 * MIB, 'max_outputs': 1}))),
    starts('a second video', device('video1', type='qxl', max_outputs=2, addr=0x38),
           in_document('accel3d='),
           devices="<video><model type='vga'><acceleration accel3d='yes' accel2d='no'/></model></video>"
                   f"<video><model type='qxl' heads='2'><acceleration accel3d='no' accel2d='yes'/>"
                   f"</model><alias name='video1'/>{slot(7)}</video>"),
    *(refused(f'video {model}', '/domain/devices/video[1]/model/@type',
              f"video *: model '{model}' is not supported by QEMU; use vga, cirrus, vmvga or qxl",
              devices=f"<video><model type='{model}'/></video>") for model in ('xen', 'vbox')),
    refused('two video cards', '/domain/devices/video[2]/model/@type',
            'video *: a second video card must be of model qxl',
            devices="<video><model type='vga'/></video><video><model type='vga'/></video>"),
    refused('heads of vga', '/domain/devices/video[1]/model/@heads',
            "video *: model 'vga' has one head; use one, or model qxl",
            devices="<video><model type='vga' heads='2'/></video>"),
]

SOUND = [
    starts('sound', device('sound0', type='ES1370', addr=0x48), device('sound1', type='AC97'),
           device('sound2', type='intel-hda'), device('sound3', type='sb16'), no_device('sound4'),
           option('-machine', '*pcspk-audiodev=*'),
           devices=f"<sound model='es1370'><alias name='sound0'/>{slot(9)}</sound>"
                   "<sound model='ac97'/><sound model='ich6'/><sound model='sb16'/>"
                   "<sound model='pcspk'/>"),
    refused('sound twice', '/domain/devices/sound[2]/@model',
            "sound *: a machine has one 'sb16' at most; use es1370 or ac97",
            devices="<sound model='sb16'/><sound model='sb16'/>"),
]

# What QEMU does at each: it is told as one of its own words, but for the dump, which the service makes.
WATCHDOG_ACTIONS = {'reset': 'reset', 'shutdown': 'shutdown', 'poweroff': 'poweroff',
                    'pause': 'pause', 'none': 'none', 'dump': 'pause'}

WATCHDOG = [
    *(starts(f'watchdog {action}', device('dog', type='i6300esb', addr=0x48),
             option('-action', f'watchdog={word}'),
             devices=f"<watchdog model='i6300esb' action='{action}'><alias name='dog'/>{slot(9)}"
                     '</watchdog>')
      for action, word in WATCHDOG_ACTIONS.items()),
    starts('watchdog ib700', device('watchdog0', type='ib700'),
           devices="<watchdog model='ib700'/>"),
    elsewhere('watchdog that bites', 'integration/test_watchdog.py: def test_reset',
              devices="<watchdog model='i6300esb' action='reset'/>"),
]

MEMBALLOON = [
    starts('memballoon', device('air', type='virtio-balloon-pci', addr=0x58),
           devices=f"<memballoon model='virtio'><alias name='air'/>{slot(11)}</memballoon>"),
    starts('no memballoon', no_device('balloon0'), devices="<memballoon model='none'/>"),
    elsewhere('memory of a guest', 'unit/engine/test-lifecycle.c: test_balloon',
              body='<currentMemory>16384</currentMemory>', devices="<memballoon model='virtio'/>"),
    refused('memballoon xen', '/domain/devices/memballoon[1]/@model',
            "memballoon *: model 'xen' is not supported by QEMU; use virtio or none",
            devices="<memballoon model='xen'/>"),
]

ROWS = CONTROLLERS + INPUTS + VIDEO + SOUND + WATCHDOG + MEMBALLOON
