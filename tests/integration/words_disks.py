# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of disks: what is in them, how it is read, and where they sit."""

from words import device, drive, elsewhere, fails, in_document, option, refused, starts
from words_host import SECRET


def disk(*parts, source="<source file='{folder}/a.img'/>", target="<target dev='vda'/>",
         attributes="type='file'"):
    return f"<disk {attributes}>{''.join(parts)}{source}{target}</disk>"


def driver(**attributes):
    return '<driver' + ''.join(f" {name}='{value}'" for name, value in attributes.items()) + '/>'


def encryption(format_, name='format'):
    return (f"<encryption {name}='{format_}'><secret type='passphrase' uuid='{SECRET}'/></encryption>")


# By bus: target, a hard disk's model, a CD-ROM drive's.
BUSES = {'ide': ('hda', 'ide-hd', 'ide-cd'), 'scsi': ('sda', 'scsi-hd', 'scsi-cd'),
         'virtio': ('vda', 'virtio-blk-pci', None), 'usb': ('sda', 'usb-storage', None),
         'sata': ('sda', 'ide-hd', 'ide-cd')}
WRITABLE = ('qcow2', 'qed', 'vmdk', 'vdi', 'vpc', 'vhdx', 'qcow')

PLACES = [
    *(starts(f'disk on {bus}', device(target, type=model), drive(target, drv='raw', ro=False),
             devices=disk(target=f"<target dev='{target}' bus='{bus}'/>",
                          attributes="type='file' device='disk'"))
      for bus, (target, model, _) in BUSES.items()),
    *(starts(f'cdrom on {bus}', device(target, type=model), drive(target, ro=True, removable=True),
             devices=disk(target=f"<target dev='{target}' bus='{bus}'/>", attributes="device='cdrom'"))
      for bus, (target, _, model) in BUSES.items() if model),
    starts('floppy', drive('fda', drv='raw', removable=True),
           devices=disk(target="<target dev='fda' bus='fdc'/>", attributes="device='floppy'")),
    *(refused(f'disk on {bus}', '/domain/devices/disk[1]/target/@bus',
              f"disk *: bus '{bus}' is not supported by QEMU; use virtio, scsi, sata, ide or usb",
              devices=disk(target=f"<target dev='{target}' bus='{bus}'/>"))
      for bus, target in (('xen', 'xvda'), ('uml', 'ubda'))),
    starts('addresses of disks', device('hdc', unit=1), device('vdb', addr=0x48),
           device('sdc', port='2'), in_document("<alias name='vdb'/>"),
           devices=disk("<address type='drive' controller='0' bus='1' unit='1'/>",
                        target="<target dev='hdc'/>")
           + disk("<address type='pci' domain='0' bus='0' slot='9' function='0'/><alias name='vdb'/>",
                  source="<source file='{folder}/b.img'/>", target="<target dev='vdb'/>")
           + disk("<address type='usb' bus='0' port='2'/>", source="<source file='{folder}/e.img'/>",
                  target="<target dev='sdc' bus='usb'/>")),
    starts('no medium', drive('hdc', inserted=None, removable=True),
           devices="<disk type='file' device='cdrom'><target dev='hdc'/></disk>"),
    starts('boot order of disks', device('vda', bootindex=2), device('vdb', bootindex=1),
           devices=disk("<boot order='2'/>")
           + disk("<boot order='1'/>", source="<source file='{folder}/b.img'/>",
                  target="<target dev='vdb'/>")),
]

SOURCES = [
    *(starts(f'format {kind}', drive('vda', drv=kind),
             devices=disk(driver(name='qemu', type=kind),
                          source=f"<source file='{{folder}}/image.{kind}'/>")) for kind in WRITABLE),
    refused('format cow', '/domain/devices/disk[1]/driver/@type',
            "disk *: format 'cow' is not supported; use raw, *", devices=disk(driver(type='cow'))),
    *(refused(f'format {kind}', '/domain/devices/disk[1]/driver/@type',
              f"disk *: format '{kind}' can only be read; add <readonly/>",
              devices=disk(driver(type=kind))) for kind in ('bochs', 'cloop', 'dmg')),
    elsewhere('formats that are only read', 'unit/qemu/test-disks.c: "bochs"',
              devices=disk(driver(type='bochs'), '<readonly/>')),
    refused('driver of another', '/domain/devices/disk[1]/driver/@name',
            "disk *: driver 'tap' is not supported; use qemu", devices=disk(driver(name='tap'))),
    elsewhere('block device', 'unit/qemu/cases/disks-pc.args: host_device',
              devices=disk(source="<source dev='/dev/vg/a'/>", attributes="type='block'")),
    fails('block device that is none', "disk 'vda': '{folder}/a.img' is no block device; *",
          devices=disk(source="<source dev='{folder}/a.img'/>", attributes="type='block'")),
    starts('folder', drive('vda', ro=True), option('-blockdev', '*"driver":"vvfat"*'),
           devices=disk('<readonly/>', source="<source dir='{folder}/files'/>",
                        attributes="type='dir'")),
    refused('folder to write to', '/domain/devices/disk[1]/@type',
            'disk *: a folder as a disk can only be read; add <readonly/>',
            devices=disk(source="<source dir='{folder}/files'/>", attributes="type='dir'")),
    starts('nbd', drive('vda', drv='raw'),
           devices=disk(source="<source protocol='nbd' name='a'>"
                               "<host name='127.0.0.1' port='{nbd_port}'/></source>",
                        attributes="type='network'")),
    fails('nbd without a server', '*refused*',
          devices=disk(source="<source protocol='nbd'><host name='127.0.0.1' port='1'/></source>",
                       attributes="type='network'")),
    elsewhere('rbd', 'unit/qemu/cases/disks-elsewhere.args: "rbd"',
              devices=disk(source="<source protocol='rbd' name='pool/image'>"
                                  "<host name='one.example' port='6321'/></source>",
                           attributes="type='network'")),
    refused('sheepdog', '/domain/devices/disk[1]/source/@protocol',
            "disk *: protocol 'sheepdog' is not supported*",
            devices=disk(source="<source protocol='sheepdog' name='image'/>",
                         attributes="type='network'")),
    *(starts(f'encryption {name} {format_}', drive('vda', drv='qcow2', encrypted=True),
             devices=disk(driver(type='qcow2'), encryption(format_, name),
                          source="<source file='{folder}/luks.qcow2'/>"))
      for name in ('format', 'type') for format_ in ('luks', 'default')),
    *(refused(f'encryption {name} qcow', '/domain/devices/disk[1]/encryption/@format',
              'disk *: the encryption of format qcow is not supported by QEMU any more; *use luks',
              devices=disk(driver(type='qcow2'), encryption('qcow', name)))
      for name in ('format', 'type')),
]

ACCESS = [
    starts('cache none', drive('vda', cache={'no-flush': False, 'direct': True, 'writeback': True}),
           option('-blockdev', '*"aio":"native"*'),
           devices=disk(driver(cache='none', io='native'))),
    starts('cache writeback',
           drive('vda', cache={'no-flush': False, 'direct': False, 'writeback': True}),
           option('-blockdev', '*"aio":"threads"*'),
           devices=disk(driver(cache='writeback', io='threads'))),
    starts('cache writethrough', device('vda', write__cache='off'),
           drive('vda', cache={'no-flush': False, 'direct': False, 'writeback': False}),
           devices=disk(driver(cache='writethrough'))),
    starts('cache default', drive('vda', cache={'no-flush': False, 'direct': False,
                                                'writeback': True}),
           devices=disk(driver(cache='default'))),
    refused('native without cache none', '/domain/devices/disk[1]/driver/@io',
            "disk *: io='native' needs cache='none'", devices=disk(driver(io='native'))),
    *(starts(f'error policy {policy}', device('vda', werror=on_write, rerror=on_read),
             devices=disk(driver(error_policy=policy)))
      for policy, on_write, on_read in (('stop', 'stop', 'stop'), ('ignore', 'ignore', 'ignore'),
                                        ('enospace', 'enospc', 'report'),
                                        ('default', 'auto', 'auto'))),
    starts('shareable', device('vda', share__rw=True),
           drive('vda', cache={'no-flush': False, 'direct': True, 'writeback': True}),
           devices=disk('<shareable/>')),
    refused('shareable qcow2', '/domain/devices/disk[1]/shareable',
            "disk *: only format raw can be shared between guests, not 'qcow2'",
            devices=disk(driver(type='qcow2'), '<shareable/>')),
    starts('readonly', drive('vda', ro=True), devices=disk('<readonly/>')),
    refused('readonly on ide', '/domain/devices/disk[1]/readonly',
            "disk *: a read-only disk cannot be on bus 'ide'; use virtio, scsi or usb",
            devices=disk('<readonly/>', target="<target dev='hda'/>")),
    starts('serial', device('vda', serial='WD-WMAP9A966149'),
           devices=disk('<serial>WD-WMAP9A966149</serial>')),
]

ROWS = PLACES + SOURCES + ACCESS
