# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a machine is, as QEMU tells it while it waits: to compare machines by meaning, not by text.

Everything is read over a monitor. What only firmware sees (boot order, SMBIOS, kernel) is read from
QEMU's firmware configuration device, through its I/O ports.
"""

import calendar
import re
import time

FW_CFG_SELECTOR, FW_CFG_DATA = 0x510, 0x511
FW_CFG_KERNEL_SIZE, FW_CFG_INITRD_SIZE = 0x08, 0x0b
FW_CFG_BOOT_MENU = 0x0e
FW_CFG_CMDLINE_SIZE, FW_CFG_CMDLINE, FW_CFG_DIRECTORY = 0x14, 0x15, 0x19

DEVICE_PROPERTIES = (
    'mac', 'bootindex', 'serial', 'nr', 'name', 'index', 'unit', 'scsi-id', 'lun', 'max_ports',
    'vectors', 'tx', 'vgamem_mb', 'ram_size', 'vram_size', 'max_outputs', 'slot', 'port', 'addr',
    'iobase', 'irq', 'lost_tick_policy')
BLOCK_PROPERTIES = ('serial', 'unit', 'scsi-id', 'lun', 'bootindex', 'werror', 'rerror', 'share-rw')


class Reader:
    """execute(command, **arguments) gives {'return': …} or {'error': …}."""

    def __init__(self, execute):
        self.execute = execute

    def ask(self, command, **arguments):
        """(nullable): None where QEMU refuses"""
        return self.execute(command, **arguments).get('return')

    def get(self, path, name):
        return self.ask('qom-get', path=path, property=name)

    def monitor(self, line):
        return self.ask('human-monitor-command', **{'command-line': line}) or ''

    def firmware(self, key, size):
        self.monitor(f'o/h {FW_CFG_SELECTOR:#x} {key:#x}')
        return bytes(int(self.monitor(f'i/b {FW_CFG_DATA:#x}').split('=')[1], 16)
                     for _ in range(size))

    def firmware_number(self, key):
        return int.from_bytes(self.firmware(key, 4), 'little')

    def firmware_files(self):
        """{name: (key, size)}"""
        number = int.from_bytes(self.firmware(FW_CFG_DIRECTORY, 4), 'big')
        raw = self.firmware(FW_CFG_DIRECTORY, 4 + 64 * number)[4:]
        files = {}
        for entry in (raw[at:at + 64] for at in range(0, len(raw), 64)):
            name = entry[8:].split(b'\0')[0].decode()
            files[name] = (int.from_bytes(entry[4:6], 'big'), int.from_bytes(entry[:4], 'big'))
        return files


def parse_smbios(data):
    """{'0' or '1': the strings of that table, and of a system its UUID}"""
    tables, at = {}, 0
    while at + 4 <= len(data):
        kind, length = data[at], data[at + 1]
        end = data.index(b'\0\0', at + length)
        if kind in (0, 1):
            texts = [text.decode('latin1') for text in data[at + length:end].split(b'\0')]
            tables[str(kind)] = texts + ([data[at + 8:at + 24].hex()] if kind == 1 else [])
        if kind == 127:
            break
        at = end + 2
    return tables


def read_firmware(reader):
    files = reader.firmware_files()

    def text(name):
        return (reader.firmware(*files[name]).rstrip(b'\0').decode('latin1') if name in files
                else '')

    cmdline_size = reader.firmware_number(FW_CFG_CMDLINE_SIZE)
    smbios = files.get('etc/smbios/smbios-tables')
    return {
        'boot_order': text('bootorder').split('\n'),
        'has_boot_menu': 'etc/boot-menu-wait' in files,
        'smbios': parse_smbios(reader.firmware(*smbios)) if smbios else {},
        'has_kernel': reader.firmware_number(FW_CFG_KERNEL_SIZE) > 0,
        'has_initrd': reader.firmware_number(FW_CFG_INITRD_SIZE) > 0,
        'cmdline': reader.firmware(FW_CFG_CMDLINE, cmdline_size).rstrip(b'\0').decode('latin1'),
    }


def read_block(reader):
    drives = []
    for drive in reader.ask('query-block'):
        qdev, medium = drive.get('qdev'), drive.get('inserted') or {}
        path = qdev if not qdev or qdev.startswith('/') else '/machine/peripheral/' + qdev
        values = {name: reader.get(path, name) if path else None for name in BLOCK_PROPERTIES}
        drives.append({'dev': reader.get(path, 'type') if path else None,
                       'removable': drive.get('removable'), 'fmt': medium.get('drv'),
                       'ro': medium.get('ro'), 'cache': medium.get('cache'), **values})
    return drives


def read_devices(reader):
    devices = []
    for folder in ('/machine/peripheral', '/machine/peripheral-anon'):
        for child in reader.ask('qom-list', path=folder):
            if not child['type'].startswith('child<'):
                continue
            path = f'{folder}/{child["name"]}'
            there = {row['name'] for row in reader.ask('qom-list', path=path)}
            values = {name: reader.get(path, name) for name in DEVICE_PROPERTIES if name in there}
            # `serial` of a serial port is its inner part, not a number.
            devices.append({'type': child['type'][6:-1],
                            'props': {name: value for name, value in values.items()
                                      if value is not None
                                      and not str(value).startswith('/machine/')}})
    return devices


def read_clock_offset(reader):
    """Seconds between the guest's clock and the host's, to the nearest five."""
    now = reader.get('/machine', 'rtc-time')
    guest = calendar.timegm((now['tm_year'] + 1900, now['tm_mon'] + 1, now['tm_mday'],
                             now['tm_hour'], now['tm_min'], now['tm_sec']))
    return round((guest - time.time()) / 5) * 5


def read_cpu(reader):
    cpus = reader.ask('query-cpus-fast')
    path = cpus[0]['qom-path']
    flags = [row['name'] for row in reader.ask('qom-list', path=path)
             if row['type'] == 'bool' and reader.get(path, row['name']) is True]
    return {'cpus': [cpu.get('props') for cpu in cpus], 'cpu_type': reader.get(path, 'type'),
            'cpu_flags': sorted(flags), 'cpu_vendor': reader.get(path, 'vendor'),
            'hotpluggable_cpus': len(reader.ask('query-hotpluggable-cpus'))}


def read(execute):
    reader = Reader(execute)
    vnc, spice = reader.ask('query-vnc') or {}, reader.ask('query-spice') or {}
    return {
        'name': reader.ask('query-name').get('name'),
        'uuid': reader.ask('query-uuid')['UUID'],
        'machine': {name: reader.get('/machine', name) for name in ('type', 'acpi', 'hpet')},
        'memory': reader.ask('query-memory-size-summary')['base-memory'],
        **read_cpu(reader),
        'clock_offset_s': read_clock_offset(reader),
        'block': read_block(reader),
        'devices': read_devices(reader),
        'chardevs': sorted(re.sub(r'[:,].*', '', row['filename'])
                           for row in reader.ask('query-chardev')
                           if row['label'] not in OURS),
        'mice': [[row['name'], row['absolute']] for row in reader.ask('query-mice')],
        'vnc': {name: vnc.get(name) for name in ('enabled', 'auth')},
        'spice': {name: spice.get(name) for name in ('enabled', 'auth')},
        **read_firmware(reader),
    }


# Monitors of the service's own.
OURS = ('monitor', 'passthrough', 'spare', 'compat_monitor0')
