#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the domain XML says, the guest gets: machines of foreign definitions, compared by meaning.

VB_CASES is a folder with definitions and, below qemu-facts, what another manager's machine for each
of them is. Both were brought to this host: paths and host devices are replaced by what is there.
"""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import unittest
import xml.etree.ElementTree as ET

import machine_facts
import virtbus_testing as vt

CASES = pathlib.Path(os.environ['VB_CASES'])
FACTS = CASES / 'qemu-facts'
IMAGE_SIZE = '10M'
PLAIN_FORMATS = ('raw', 'fat')

# Case, fact: why ours is right, or what of the host is missing.
EXCEPTIONS = {
    ('channel-virtio-unix', 'chardevs'): 'those facts were told without the sockets of channels',
    ('channel-virtio-unix', 'devices'): 'the slot of the controller that nobody wrote is our choice',
    ('cpu-minimum1', 'cpu_type'): 'at least a model: all that the accelerator has, on any host',
    ('graphics-spice-no-args', 'devices'): 'vram is 9216 KiB where none is given: cirrus has 16 MiB next',
    ('usb-hub-autoadd-deluxe', 'devices'): 'as many hubs as needed; which port is each one\'s choice',
    ('x86_64-default-cpu-kvm-q35-4.2', 'devices'): 'devices sit on pcie.0, without ports before them',
    ('x86_64-default-cpu-kvm-q35-4.2', 'boot_order'): 'the same',
}

# What a start refuses, and in which words.
REFUSED = {
    'pci-autoadd-addr': "memballoon 'balloon0': only PCI domain 0 and bus 0 are supported",
}


class Adapter:
    """Brings a definition of another host to this one, and to what its facts were made with."""

    def __init__(self, folder):
        self.folder = folder
        self.n_files = 0

    def path(self):
        self.n_files += 1
        return self.folder / f'file{self.n_files}'

    def make_image(self, kind):
        image = self.path()
        if kind in PLAIN_FORMATS:
            image.write_bytes(b'')
            os.truncate(image, 10 << 20)
        else:
            subprocess.run(['qemu-img', 'create', '-q', '-f', kind, image, IMAGE_SIZE], check=True)
        return str(image)

    def make_kernel(self):
        kernel = self.path()
        kernel.write_bytes(vt.linux_image())
        return str(kernel)

    def adapt_disk(self, disk):
        source, driver = disk.find('source'), disk.find('driver')
        kind = driver.get('type', 'raw') if driver is not None else 'raw'
        if source is None or not source.attrib:
            return
        if disk.get('type') == 'dir':
            folder = self.path()
            folder.mkdir()
            source.set('dir', str(folder))
            return
        source.clear()
        source.set('file', self.make_image(kind))
        disk.set('type', 'file')

    def adapt_chardev(self, device):
        kind = device.get('type')
        connects = any(source.get('mode') != 'bind' for source in device.findall('source'))
        if kind in ('dev', 'pipe') or (kind in ('tcp', 'unix') and connects):
            device.set('type', 'null')
            for child in device.findall('source') + device.findall('protocol'):
                device.remove(child)
        for source in device.findall('source'):
            if 'path' in source.attrib:
                source.set('path', str(self.path()))

    def adapt_graphics(self, devices, graphics):
        if graphics.get('type') == 'sdl':
            devices.remove(graphics)
            if devices.find('video') is None:
                ET.SubElement(ET.SubElement(devices, 'video'), 'model', type='cirrus')
        elif 'socket' not in graphics.attrib:
            graphics.attrib.pop('port', None)
            graphics.set('autoport', 'yes')

    def adapt(self, text):
        domain = ET.fromstring(text)
        domain.set('type', 'qemu')
        kind = domain.find('os/type')
        kind.set('arch', 'x86_64')
        kind.set('machine', 'q35' if 'q35' in kind.get('machine', '') else 'pc')
        for name in ('kernel', 'initrd'):
            for element in domain.findall(f'os/{name}'):
                element.text = self.make_kernel()
        for element in domain.findall('os/loader'):
            domain.find('os').remove(element)
        devices = domain.find('devices')
        for element in list(devices):
            if element.tag in ('emulator', 'hostdev'):
                devices.remove(element)
            elif element.tag == 'disk':
                self.adapt_disk(element)
            elif element.tag == 'interface':
                element.set('type', 'user')
                for child in element.findall('source'):
                    element.remove(child)
            elif element.tag in ('serial', 'parallel', 'console', 'channel', 'smartcard'):
                self.adapt_chardev(element)
            elif element.tag == 'graphics':
                self.adapt_graphics(devices, element)
        return domain


# What each manager adds by itself. pvpanic is how this one knows of a crash.
IMPLICIT = ('piix3-usb-uhci', 'virtio-balloon-pci', 'qemu-xhci', 'ich9-usb-ehci1', 'ich9-usb-uhci1',
            'ich9-usb-uhci2', 'ich9-usb-uhci3', 'pvpanic')


def in_order(value):
    return json.dumps(value, sort_keys=True)


def comparable(facts, domain):
    """What must be equal: what the definition says, and nothing that each manager may choose."""
    places_given = any(address.get('type') == 'pci' for address in domain.iter('address'))
    named_features = {feature.get('name') for feature in domain.iterfind('cpu/feature')}

    def plain_device(device):
        return device['type'], {name: value for name, value in sorted(device['props'].items())
                                if name != 'addr' or places_given}

    def plain_step(step):
        return step if places_given else re.sub(r'^(/pci@i0cf8/[^@]+)@[0-9a-f,]+', r'\1', step)

    result = {name: facts[name] for name in (
        'name', 'uuid', 'memory', 'cpus', 'cpu_type', 'machine', 'chardevs', 'mice', 'vnc', 'spice',
        'smbios', 'cmdline', 'has_kernel', 'has_initrd', 'has_boot_menu', 'hotpluggable_cpus')}
    # A test may fall on the edge of five seconds.
    result['clock_offset'] = round(facts['clock_offset_s'] / 60)
    result['features'] = sorted(named_features & {flag.replace('-', '_')
                                                  for flag in facts['cpu_flags']}
                                | named_features & set(facts['cpu_flags']))
    result['boot_order'] = [plain_step(step) for step in facts['boot_order']]
    result['block'] = sorted(facts['block'], key=in_order)
    result['devices'] = sorted((plain_device(device) for device in facts['devices']
                                if device['type'] not in IMPLICIT), key=in_order)
    return result


def translate(oracle):
    """The facts of the folder, in the form of machine_facts."""
    firmware = oracle['fwcfg']
    return {
        'name': oracle['name'].get('name'), 'uuid': oracle['uuid']['UUID'],
        'memory': oracle['memory']['base-memory'], 'cpus': oracle['cpus'],
        'cpu_type': oracle['cpu_type'], 'cpu_flags': oracle['cpu_flags'],
        'machine': {name: oracle['machine'][name] for name in ('type', 'acpi', 'hpet')},
        'chardevs': sorted(re.sub(r'[:,].*', '', name) for name in oracle['chardev']),
        'mice': oracle['mice'], 'hotpluggable_cpus': oracle['hotpluggable_cpus'],
        'vnc': {name: (oracle['vnc'] or {}).get(name) for name in ('enabled', 'auth')},
        'spice': {name: (oracle['spice'] or {}).get(name) for name in ('enabled', 'auth')},
        'smbios': firmware.get('smbios', {}), 'cmdline': firmware['cmdline'],
        'has_kernel': firmware['kernel_size'] > 0, 'has_initrd': firmware['initrd_size'] > 0,
        'has_boot_menu': 'etc/boot-menu-wait' in firmware,
        'boot_order': firmware.get('bootorder', '').split('\n'),
        'clock_offset_s': oracle.get('rtc_offset_s', 0),
        'block': [{name: value for name, value in drive.items() if name != 'parent'}
                  for drive in oracle['block']],
        'devices': oracle['devices'],
    }


class MachineFactsTest(vt.BusTestCase):
    def compare(self, case):
        oracle = json.loads((FACTS / case).with_suffix('.json').read_text('utf-8'))
        if 'failed' in oracle:
            return
        folder = self.folder / case.replace('/', '-')
        folder.mkdir()
        definition = Adapter(folder).adapt((CASES / case).read_text('utf-8'))
        xml = ET.tostring(definition, encoding='unicode')
        if pathlib.Path(case).stem in REFUSED:
            with self.assert_error(vt.ERROR + 'Unsupported') as caught:
                self.client.create(xml, paused=vt.boolean(True))
            self.assertEqual(caught.exception.message, REFUSED[pathlib.Path(case).stem])
            return
        domain = self.client.create(xml, paused=vt.boolean(True))
        try:
            monitor = vt.SpareMonitor(self.service, domain.get('Uuid'))
            with contextlib.closing(monitor):
                facts = comparable(machine_facts.read(monitor.execute), definition)
        finally:
            domain.call('Destroy')
        expected = comparable(translate(oracle), definition)
        differing = {name: (facts[name], expected[name]) for name in facts
                     if facts[name] != expected[name]
                     and (pathlib.Path(case).stem, name) not in EXCEPTIONS}
        self.assertEqual(differing, {})

    def test_cases(self):
        self.service.start(self.client)
        cases = sorted(str(path.relative_to(FACTS).with_suffix('.xml'))
                       for path in FACTS.glob('*/*.json'))
        self.assertTrue(cases)
        for case in cases:
            with self.subTest(case):
                self.compare(case)


if __name__ == '__main__':
    vt.run()
