#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What ConvertToNative writes starts, and is the machine that the service starts."""

import os
import signal
import socket
import subprocess

import qemu_facts
import virtbus_testing as vt
from virtbus_testing import boolean

SERVICE_MONITORS = ('monitor', 'passthrough', 'spare')
IDENTITY = '7f3b5a40-1f1f-4a0e-9d3f-5a1d00000001'

# By name: what the domain is, and ids of devices that must be there.
DOMAINS = {
    'minimal': ('<os><type arch="x86_64" machine="pc">hvm</type></os>', '', []),
    'disks and cards': (
        '<vcpu current="1">3</vcpu><os><type arch="x86_64" machine="pc">hvm</type>'
        '<boot dev="cdrom"/><boot dev="hd"/></os><features><acpi/></features>',
        '''<disk><source file='{folder}/it is, it&apos;s.img'/><target dev='vda' bus='virtio'/>
             <serial>A-1</serial></disk>
           <disk><driver name='qemu' type='qcow2' cache='none'/><source file='{folder}/b.qcow2'/>
             <target dev='sda' bus='scsi'/></disk>
           <disk device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>
           <interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>
           <interface type='user'><mac address='52:54:00:00:00:02'/><model type='e1000'/></interface>
           <sound model='ich6'/><sound model='pcspk'/>
           <watchdog model='i6300esb' action='poweroff'/>''',
        ['vda', 'sda', 'hdc', 'net0', 'net1', 'sound0', 'watchdog0']),
    'ports and usb': (
        '<os><type arch="x86_64" machine="q35">hvm</type></os>'
        '<clock offset="timezone" timezone="Asia/Kolkata"/>',
        '''<serial type='pty'><target port='0'/></serial>
           <serial type='file'><source path='{folder}/out, put.txt'/><target port='1'/></serial>
           <serial type='unix'><source mode='bind' path='{folder}/serial.sock'/>
             <target port='2'/></serial>
           <console type='pty'><target type='virtio' port='1'/></console>
           <parallel type='null'><target port='0'/></parallel>
           <input type='tablet' bus='usb'/>
           <disk><source file='{folder}/a.img'/><target dev='sda' bus='usb'/></disk>
           <disk device='floppy'><target dev='fda' bus='fdc'/></disk>
           <graphics type='vnc' socket='{folder}/vnc.sock' keymap='de'/>
           <video><model type='qxl'/></video>''',
        ['serial0', 'serial1', 'serial2', 'input0', 'sda', 'fda', 'video0']),
    'kernel': (
        '''<os><type arch="x86_64" machine="pc">hvm</type><kernel>{folder}/kernel</kernel>
           <initrd>{folder}/initrd</initrd><cmdline>a="b c" it&apos;s \\ $HOME</cmdline></os>
           <on_reboot>destroy</on_reboot><on_crash>preserve</on_crash>''',
        "<memballoon model='none'/>", []),
    'no bus for cards': (
        '<os><type arch="x86_64" machine="isapc">hvm</type></os>',
        '''<disk><source file='{folder}/a.img'/><target dev='hda' bus='ide'/></disk>
           <disk device='floppy'><target dev='fda' bus='fdc'/></disk>
           <interface type='user'><mac address='52:54:00:00:00:01'/><model type='ne2k_isa'/></interface>
           <sound model='sb16'/><watchdog model='ib700'/>
           <memballoon model='none'/>''',
        ['hda', 'fda', 'net0', 'sound0', 'watchdog0']),
    'another architecture': (
        '<os><type arch="armv7l" machine="virt">hvm</type></os>',
        '''<disk><source file='{folder}/a.img'/><target dev='vda' bus='virtio'/></disk>''',
        ['vda']),
}


class Native(vt.BusTestCase):
    def setUp(self):
        super().setUp()
        self.service.start(self.client)
        for name in ('a.img', "it is, it's.img"):
            with open(self.folder / name, 'wb') as image:
                image.truncate(1 << 20)
        subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', self.folder / 'b.qcow2', '4M'],
                       check=True)
        (self.folder / 'kernel').write_bytes(vt.linux_image())
        (self.folder / 'initrd').write_bytes(bytes(4096))

    def xml(self, machine, devices):
        return (f"<domain type='qemu'><name>it's, a name</name><uuid>{IDENTITY}</uuid>"
                "<memory unit='MiB'>64</memory>"
                + machine.format(folder=self.folder) + '<devices>'
                + devices.format(folder=self.folder) + '</devices></domain>')

    def convert(self, form, xml, **options):
        return self.client.manager('ConvertToNative', '(ssa{sv})', form, xml, options)

    def start(self, script, **environment):
        """A shell that becomes QEMU, in a group of processes of its own."""
        process = subprocess.Popen(['sh', '-c', script], env={**self.environment, **environment},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(vt.PATIENCE_S)

    def wait_connected(self, process, path):
        """Until something listens there."""
        def is_listening():
            self.assertIsNone(process.poll(), 'QEMU has ended')
            with socket.socket(socket.AF_UNIX) as client:
                return client.connect_ex(str(path)) == 0
        try:
            vt.iterate_until(is_listening, f'a socket at {path}')
        except AssertionError as error:
            self.end(process)
            raise AssertionError(f'{error}: {process.stdout.read().decode()}') from None

    def facts_of(self, script, **environment):
        path = self.folder / 'own.sock'
        process = self.start(f"{script} -S -chardev socket,id=own,path={path},server=on,wait=off "
                             '-mon chardev=own,mode=control', **environment)
        # The probing connection is the monitor's first client; the next waits for its end.
        self.wait_connected(process, path)
        monitor = qemu_facts.Monitor(path, vt.PATIENCE_S)
        facts = qemu_facts.Facts(monitor).read(('own',))
        monitor.execute('quit')
        monitor.close()
        self.assertEqual(process.wait(vt.PATIENCE_S), 0)
        return facts

    def facts_of_config(self, text):
        """By the command in its head, as the file says."""
        path = self.folder / 'guest.conf'
        path.write_text(text, 'utf-8')
        command = subprocess.run(['sed', '-n', r's/^#\$ //p', path], check=True,
                                 stdout=subprocess.PIPE).stdout.decode().rstrip('\n')
        return self.facts_of(command, FILE=str(path))

    def facts_of_service(self, xml):
        domain = self.client.define(xml)
        domain.call('Start', paused=boolean(True))
        monitor = vt.SpareMonitor(self.service, IDENTITY)
        facts = qemu_facts.Facts(monitor).read(SERVICE_MONITORS)
        monitor.close()
        for name in ('kernel', 'initrd'):
            if path := facts['machine'].get(name):
                facts['machine'][name] = vt.path_behind(domain.get('Pid'), path)
        domain.call('Destroy')
        domain.call('Undefine')
        return facts

    def test_each_form_is_the_machine_of_the_service(self):
        for name, (machine, devices, ids) in DOMAINS.items():
            with self.subTest(name):
                xml = self.xml(machine, devices)
                line, warnings = self.convert('qemu-argv', xml)
                pretty, _ = self.convert('qemu-argv', xml, pretty=boolean(True))
                config, _ = self.convert('qemu-config', xml)
                self.assertEqual(warnings, [])
                self.assertNotIn('\n', line)

                expected = self.facts_of_service(xml)
                self.assertLessEqual(set(ids), set(expected['devices']['named']))
                self.assertEqual(expected['state'], 'prelaunch')
                self.assertIn(expected['clock'], (5.5,) if 'Kolkata' in machine else (0, None))
                self.assertEqual(self.facts_of(line), expected)
                self.assertEqual(self.facts_of(pretty), expected)
                self.assertEqual(self.facts_of_config(config), expected)

    def test_files_without_the_service(self):
        """The command in the file's own words, and the guest runs at once."""
        machine, devices, _ = DOMAINS['ports and usb']
        config, _ = self.convert('qemu-config', self.xml(machine, devices))
        (self.folder / 'guest.conf').write_text(config, 'utf-8')
        [command] = [line.removeprefix('#   ') for line in config.splitlines()
                     if line.startswith('#   FILE=')]
        process = self.start(f'cd {self.folder}; {command}')
        self.wait_connected(process, self.folder / 'serial.sock')
        self.wait_connected(process, self.folder / 'vnc.sock')
        self.assertTrue((self.folder / 'out, put.txt').exists())

    def test_what_is_left_out_keeps_the_rest_startable(self):
        """Nothing that is refused stands in the way: the adapter of a disk is another one."""
        machine, devices, _ = DOMAINS['disks and cards']
        more = """<controller type='scsi' index='0' model='buslogic'/>
                  <interface type='network'><source network='default'/></interface>
                  <graphics type='vnc' passwd='sesame'/>"""
        xml = self.xml(machine, devices + more)
        line, warnings = self.convert('qemu-argv', xml)
        self.assertEqual([warning.split(': ')[0] for warning in warnings],
                         ['/domain/devices/controller[1]/@model',
                          '/domain/devices/interface[3]/@type',
                          '/domain/devices/graphics[1]', '/domain/devices/graphics[1]'])
        facts = self.facts_of(line)
        self.assertEqual(facts['devices']['named']['scsi0']['type'], 'lsi53c895a')
        self.assertEqual(facts['display'], {'enabled': True, 'auth': 'vnc'})
        self.assertNotIn('net2', facts['devices']['named'])
        self.assertNotIn('sesame', line)


if __name__ == '__main__':
    vt.run()
