# SPDX-License-Identifier: LGPL-2.1-or-later
"""A whole machine to test on: Debian's kernel in QEMU, under TCG, with this host's files.

The root file system is the host's, read-only over 9p, with a layer in memory above it, so that the
service and all tools are there as they are built and installed here; devices, /sys, udev, drivers
and the IOMMU are the guest's own. agent.py, in full-guest/, runs what the test asks for, and carries
one connection to a bus in the guest, so that vt.Client works with a service there.
"""

import contextlib
import json
import os
import pathlib
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import virtbus_testing as vt

KERNEL_PACKAGE = pathlib.Path(os.environ['VB_PACKAGES']) / 'linux-image-amd64'
INSIDE = vt.SOURCE_ROOT / 'tests' / 'integration' / 'full-guest'
BOOT_MODULES = ('virtio_pci', '9pnet_virtio', '9p', 'overlay')
# Booting a whole system without hardware help takes a minute where nothing else runs.
BOOT_PATIENCE_S = 5 * vt.PATIENCE_S
# Inside: where the service finds its settings, and writes.
CONFIGURATION = '/run/test/virtbus.conf'
SERVICE_LOG = '/run/test/service.log'
# A QEMU in a QEMU takes its time.
PATIENT = vt.STRICT + 'start-timeout-ms=600000\ncommand-timeout-ms=600000\n'


def list_modules(folder, names):
    """The files of these kernel modules and of what they need, in the order of loading."""
    needs = {}
    for line in (folder / 'modules.dep').read_text('utf-8').splitlines():
        path, _, others = line.partition(':')
        needs[re.sub(r'\.ko.*', '', pathlib.Path(path).name).replace('-', '_')] = (path, others.split())
    files = []
    for name in names:
        if name in needs:  # else it is part of the kernel
            path, others = needs[name]
            files += [file for file in [*reversed(others), path] if file not in files]
    return [folder / file for file in files]


def find_kernel():
    """(path of the kernel, folder of its modules)"""
    modules = KERNEL_PACKAGE / 'lib' / 'modules'
    version = os.listdir(modules)[0]
    if not (modules / version / 'modules.dep').exists():
        subprocess.run(['depmod', '-b', KERNEL_PACKAGE, version], check=True)
    return KERNEL_PACKAGE / 'boot' / f'vmlinuz-{version}', modules / version


def make_initrd(folder, modules_folder, modules=BOOT_MODULES, init=INSIDE / 'init.sh'):
    """A first file system: busybox, these modules, which boot-modules lists, and init."""
    root = folder / 'initrd'
    for name in ('bin', 'proc', 'sys', 'dev', 'lower', 'upper', 'root', 'modules.d'):
        (root / name).mkdir(parents=True)
    shutil.copy('/bin/busybox', root / 'bin' / 'busybox')
    shutil.copy(init, root / 'init')
    (root / 'init').chmod(0o755)
    lines = []
    for file in list_modules(modules_folder, modules):
        shutil.copy(file, root / 'modules.d')
        lines.append(f'/modules.d/{file.name}\n')
    (root / 'boot-modules').write_text(''.join(lines), 'utf-8')
    names = b'\n'.join(os.fsencode(path.relative_to(root)) for path in sorted(root.rglob('*')))
    with open(folder / 'initrd.img', 'wb') as image:
        subprocess.run(['cpio', '--quiet', '--create', '--format=newc'], cwd=root, input=names,
                       stdout=image, check=True)
    return folder / 'initrd.img'


class FullGuest:
    def __init__(self, folder, *, kernel_options='', arguments=()):
        self.folder = folder
        self.kernel_options = kernel_options
        self.arguments = arguments
        self.process = None
        self.commands = None
        self.monitor = None
        self.log = folder / 'console.log'

    def start(self):
        kernel, modules = find_kernel()
        initrd = make_initrd(self.folder, modules)
        share = 'local,security_model=none,readonly=on,multidevs=remap'
        words = [
            'qemu-system-x86_64', '-nodefaults', '-display', 'none', '-no-reboot',
            '-accel', 'tcg,thread=multi', '-machine', 'q35,kernel-irqchip=split', '-cpu', 'max',
            '-m', '2G', '-smp', '2',
            '-kernel', kernel, '-initrd', initrd,
            # On a busy host the kernel's test of the timer sees too few ticks.
            '-append', f'console=ttyS0 quiet panic=-1 no_timer_check {self.kernel_options} '
                       f'agent={INSIDE / "agent.py"}',
            '-serial', f'file:{self.log}',
            '-fsdev', f'{share},id=root,path=/',
            '-device', 'virtio-9p-pci,fsdev=root,mount_tag=root',
            '-fsdev', f'{share},id=modules,path={modules.parent}',
            '-device', 'virtio-9p-pci,fsdev=modules,mount_tag=modules',
            '-device', 'virtio-serial-pci',
            '-chardev', f'socket,id=commands,path={self.folder}/commands,server=on,wait=off',
            '-device', 'virtserialport,chardev=commands,name=commands',
            '-chardev', f'socket,id=bus,path={self.folder}/bus,server=on,wait=off',
            '-device', 'virtserialport,chardev=bus,name=bus',
            '-qmp', f'unix:{self.folder}/qmp,server=on,wait=off', *self.arguments]
        self.process = subprocess.Popen([str(word) for word in words])
        self.monitor = self.connect('qmp')
        self.read_line(self.monitor)
        self.qmp('qmp_capabilities')
        self.commands = self.connect('commands')
        assert self.read_line(self.commands) == {'ready': True}

    def connect(self, name):
        """A file on a socket of QEMU's, which is there soon after the process."""
        sock = socket.socket(socket.AF_UNIX)

        def connected():
            self.check_alive()
            with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                sock.connect(str(self.folder / name))
                return True
            return False

        vt.iterate_until(connected, f"the guest's socket {name}")
        with sock:
            return sock.makefile('rwb', buffering=0)

    def check_alive(self):
        if self.process.poll() is not None:
            raise AssertionError(f'the guest has ended; its console:\n{self.console()}')

    def console(self):
        return self.log.read_text('utf-8', 'replace')[-4000:] if self.log.exists() else ''

    def read_line(self, file):
        deadline = time.monotonic() + BOOT_PATIENCE_S
        line = b''
        while not line.endswith(b'\n'):
            part = file.readline() if select.select([file], [], [], 1)[0] else b''
            line += part
            if not part:
                self.check_alive()
            if time.monotonic() > deadline:
                raise AssertionError(f'the guest says nothing; its console:\n{self.console()}')
        return json.loads(line)

    def ask(self, request):
        self.commands.write(json.dumps(request).encode() + b'\n')
        return self.read_line(self.commands)

    def run(self, *words):
        """Runs a program in the guest and returns what it wrote; it must succeed."""
        answer = self.ask({'run': [str(word) for word in words]})
        if answer['status'] != 0:
            raise AssertionError(f'{words} in the guest: {answer}')
        return answer['output']

    def spawn(self, *words, output='/dev/null', **environment):
        return self.ask({'spawn': [str(word) for word in words], 'output': output,
                         'environment': environment})['pid']

    def start_bus(self):
        """A session bus in the guest. (its address there, its address here)"""
        configuration = vt.BUS_CONFIGURATION.format(folder='/run/test')
        self.run('mkdir', '-p', '/run/test/services')
        self.run('sh', '-c', f"cat > /run/test/bus.conf <<'END'\n{configuration}END")
        self.spawn('dbus-daemon', '--config-file=/run/test/bus.conf', '--nofork')
        self.run('sh', '-c', 'until [ -S /run/test/bus ]; do sleep 0.05; done')
        self.ask({'carry': '/run/test/bus'})
        return 'unix:path=/run/test/bus', f'unix:path={self.folder}/bus'

    def qmp(self, command, **arguments):
        self.monitor.write(json.dumps({'execute': command, 'arguments': arguments}).encode() + b'\n')
        while True:
            answer = self.read_line(self.monitor)
            if 'error' in answer:
                raise AssertionError(f'{command}: {answer["error"]}')
            if 'return' in answer:
                return answer['return']

    def stop(self):
        for file in (self.commands, self.monitor):
            if file:
                file.close()
        if self.process:
            self.process.kill()
            self.process.wait()


class ServiceTestCase(unittest.TestCase):
    """Tests of services on one whole machine."""

    maxDiff = None
    kernel_options = ''
    arguments = ()               # of the QEMU that is the machine
    modules = ()                 # of its kernel
    settings = PATIENT           # of the services

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix='vbt.'))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.guest = FullGuest(cls.folder, kernel_options=cls.kernel_options,
                              arguments=cls.arguments)
        cls.addClassCleanup(cls.guest.stop)
        cls.guest.start()
        if cls.modules:
            cls.guest.run('modprobe', '-a', *cls.modules)
        cls.bus, outside = cls.guest.start_bus()
        cls.shell(f"cat > {CONFIGURATION} <<'END'\n{cls.settings}END")
        cls.client = vt.Client(outside)
        cls.addClassCleanup(cls.client.close)

    @classmethod
    def shell(cls, line):
        return cls.guest.run('sh', '-c', line).strip()

    @classmethod
    def spawn_service(cls, *words, **environment):
        """words: a program that is the service, or becomes it"""
        cls.service = cls.guest.spawn(*words, output=SERVICE_LOG, **environment)
        vt.iterate_until(lambda: cls.client.owner_pid() == cls.service, 'the service in the guest',
                         lambda: cls.shell(f'cat {SERVICE_LOG}'))

    def kill_service(self):
        self.shell(f'kill -9 {self.service}')
        vt.iterate_until(lambda: not self.client.has_owner(), 'the service to be gone')

    def start(self, domain):
        domain.call('Start', paused=vt.boolean(True))
        return domain.get('Pid')
