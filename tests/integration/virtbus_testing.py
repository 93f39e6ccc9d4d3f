# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the integration tests share: a private bus, the service, a client, and a clean end.

run() gives each test script a process of its own below one that adopts whatever the script's
services leave behind (a subreaper), so that a guest whose service was killed has a parent that
reaps it, as it has on any host, and nothing outlives the tests. A leftover is a failure.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
import xml.etree.ElementTree

from gi.repository import Gio, GLib

SOURCE_ROOT = pathlib.Path(os.environ['VB_SOURCE_ROOT'])
BUILD_ROOT = pathlib.Path(os.environ['VB_BUILD_ROOT'])
SERVICE = str(BUILD_ROOT / 'service' / 'virtbusd')
GUEST_IMAGE = BUILD_ROOT / 'examples' / 'example-guest.img'
FAKE_QEMU = SOURCE_ROOT / 'tests' / 'fixtures' / 'fake-qemu.py'

BUS_NAME = 'org.virtbus1'
ROOT_PATH = '/org/virtbus1'
MANAGER = 'org.virtbus1.Manager'
DOMAIN = 'org.virtbus1.Domain'
QMP = 'org.virtbus1.Qmp'
PROPERTIES = 'org.freedesktop.DBus.Properties'
ERROR = 'org.virtbus1.Error.'

# Not a limit on how long anything may take, but on how long a broken test hangs.
PATIENCE_S = float(os.environ.get('VB_PATIENCE_S', '120'))

PR_SET_CHILD_SUBREAPER = 36
SECCOMP_MODE_FILTER = '2'
# After which machines have been started
STARTING_METHODS = ('Start', 'CreateDomain')
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class BusError(Exception):
    """An error reply: its D-Bus name, and its message without the prefix that GDBus adds."""

    def __init__(self, error):
        self.name = Gio.DBusError.get_remote_error(error) or f'local.{error.domain}.{error.code}'
        self.message = re.sub(r'^GDBus\.Error:[^ ]+: ', '', error.message)
        super().__init__(f'{self.name}: {self.message}')


def iterate_until(condition, what, seen=None):
    """Runs the main loop until condition() is true; what says what was waited for, and seen()
    what there was instead."""
    deadline = time.monotonic() + PATIENCE_S
    context = GLib.MainContext.default()
    tick = GLib.timeout_add(20, lambda: GLib.SOURCE_CONTINUE)
    try:
        while True:
            result = condition()
            if result:
                return result
            if time.monotonic() > deadline:
                instead = f'; there is {seen()}' if seen else ''
                raise AssertionError(f'waited in vain for {what}{instead}')
            context.iteration(True)
    finally:
        GLib.source_remove(tick)


def let_pass(duration_s):
    """For tests of what happens at some instant: nothing is waited for."""
    over = []
    GLib.timeout_add(int(duration_s * 1000), lambda: over.append(True) or GLib.SOURCE_REMOVE)
    while not over:
        GLib.MainContext.default().iteration(True)


def drain_main_context():
    context = GLib.MainContext.default()
    while context.iteration(False):
        pass


# Processes

def parents():
    """The parent of every process there is: {pid: (parent's pid, state)}."""
    found = {}
    for entry in os.listdir('/proc'):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                stat = pathlib.Path('/proc', entry, 'stat').read_text('utf-8', 'replace')
                fields = stat[stat.rindex(')') + 2:].split()
                found[int(entry)] = (int(fields[1]), fields[0])
    return found


def descendants(ancestor):
    """Living processes below a process, zombies left out."""
    found = parents()
    below, border = [], [ancestor]
    while border:
        border = [pid for pid, (parent, _) in found.items() if parent in border]
        below += border
    return [pid for pid in below if found[pid][1] not in 'ZX']


def command_line(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path(f'/proc/{pid}/cmdline').read_bytes().replace(b'\0', b' ').decode()
    return ''


def command_words(pid):
    return pathlib.Path(f'/proc/{pid}/cmdline').read_bytes().decode().split('\0')[:-1]


def path_behind(pid, path):
    """What of the host a process has at this path of one of its own descriptors."""
    return os.readlink(path.replace('/self/', f'/{pid}/'))


def is_alive(pid):
    """Whether it runs, or could: a zombie does not."""
    with contextlib.suppress(OSError):
        stat = pathlib.Path(f'/proc/{pid}/stat').read_text('utf-8', 'replace')
        return stat[stat.rindex(')') + 2] not in 'ZX'
    return False


def status_field(pid, field):
    """A line of /proc/PID/status, as words."""
    for line in pathlib.Path(f'/proc/{pid}/status').read_text('utf-8').splitlines():
        if line.startswith(field + ':'):
            return line.split()[1:]
    raise KeyError(field)


def emulators():
    """Every QEMU, real or fake, that the services of this script have started for a guest."""
    lines = {pid: command_line(pid) for pid in descendants(int(os.environ['VB_TEST_REAPER']))}
    return [pid for pid, line in lines.items() if ' -S ' in line and ' -M none ' not in line]


# The bus

BUS_CONFIGURATION = '''<!DOCTYPE busconfig
  PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{folder}/services</servicedir>
  <policy context="default">
    <allow user="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="reply_timeout">600000</limit>
</busconfig>
'''


class Bus:
    """A session bus of one's own."""

    def __init__(self, folder):
        self.folder = folder
        (folder / 'services').mkdir()
        (folder / 'bus.conf').write_text(BUS_CONFIGURATION.format(folder=folder), 'utf-8')
        self.address = f'unix:path={folder}/bus'
        self.process = None

    def start(self, environment):
        self.process = subprocess.Popen(
            ['dbus-daemon', f'--config-file={self.folder}/bus.conf', '--nofork', '--print-address'],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        assert self.process.stdout.readline(), 'dbus-daemon has not come up'

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process.stdout.close()
            self.process = None


# The client

class Client:
    """A connection to a bus that calls and keeps every signal of the service in order."""

    def __init__(self, address):
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
                 | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self.connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        self.signals = []
        self.connection.signal_subscribe(None, None, None, None, None, Gio.DBusSignalFlags.NONE,
                                         self.on_signal)

    def on_signal(self, _connection, _sender, path, interface, member, parameters):
        if path.startswith(ROOT_PATH) or member == 'NameOwnerChanged':
            self.signals.append((path, interface, member, parameters.unpack()))

    def close(self):
        if not self.connection.is_closed():
            self.connection.close_sync(None)

    def call(self, path, interface, method, signature='()', *arguments, destination=BUS_NAME,
             interactive=False):
        flags = (Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION if interactive
                 else Gio.DBusCallFlags.NONE)
        try:
            reply = self.connection.call_sync(destination, path, interface, method,
                                              GLib.Variant(signature, arguments), None, flags,
                                              int(PATIENCE_S * 1000), None)
        except GLib.Error as error:
            raise BusError(error) from None
        if method in STARTING_METHODS:
            self.assert_sandboxed()
        values = reply.unpack()
        return values[0] if len(values) == 1 else (values or None)

    def assert_sandboxed(self):
        """Each QEMU of the service's has a filter of system calls; a service in another machine has
        none to be seen from here."""
        for pid in set(emulators()).intersection(descendants(self.owner_pid())):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if pathlib.Path(f'/proc/{pid}/exe').readlink().name.startswith('qemu-system'):
                    found = status_field(pid, 'Seccomp')
                    assert found == [SECCOMP_MODE_FILTER] or not is_alive(pid), command_line(pid)

    def start_call(self, path, interface, method, signature='()', *arguments):
        """Calls without waiting; the answer's result() is its value, or raises."""
        return PendingCall(self, path, interface, method, GLib.Variant(signature, arguments))

    def manager(self, method, signature='()', *arguments):
        return self.call(ROOT_PATH, MANAGER, method, signature, *arguments)

    def define(self, xml, **options):
        return Domain(self, self.manager('DefineDomain', '(sa{sv})', xml, options))

    def create(self, xml, **options):
        return Domain(self, self.manager('CreateDomain', '(sa{sv})', xml, options))

    def lookup(self, key):
        return Domain(self, self.manager('LookupDomain', '(sa{sv})', key, {}))

    def list_domains(self):
        """{name: (path, state)} of all domains."""
        return {name: (path, state) for path, name, _uuid, state
                in self.manager('ListDomains', '(a{sv})', {})}

    def bus_call(self, method, signature='()', *arguments):
        return self.call('/org/freedesktop/DBus', 'org.freedesktop.DBus', method, signature,
                         *arguments, destination='org.freedesktop.DBus')

    def has_owner(self, name=BUS_NAME):
        return self.bus_call('NameHasOwner', '(s)', name)

    def owner_pid(self, name=BUS_NAME):
        """None where nobody owns it."""
        with contextlib.suppress(BusError):
            return self.bus_call('GetConnectionUnixProcessID', '(s)', name)
        return None

    def changes(self, path, interface=DOMAIN):
        """The properties changed at an object, one dictionary per signal, in order."""
        return [parameters[1] for at, _interface, member, parameters in self.signals
                if at == path and member == 'PropertiesChanged' and parameters[0] == interface]


class PendingCall:
    def __init__(self, client, path, interface, method, parameters):
        self.answer = None
        self.method = method
        client.connection.call(BUS_NAME, path, interface, method, parameters, None,
                               Gio.DBusCallFlags.NONE, int(PATIENCE_S * 1000), None, self.on_answer)

    def on_answer(self, connection, result):
        try:
            self.answer = connection.call_finish(result).unpack()
        except GLib.Error as error:
            self.answer = BusError(error)

    @property
    def answered(self):
        return self.answer is not None

    def result(self):
        iterate_until(lambda: self.answered, f'the answer to {self.method}')
        if isinstance(self.answer, BusError):
            raise self.answer
        return self.answer[0] if len(self.answer) == 1 else self.answer


class Domain:
    """A domain on the bus."""

    def __init__(self, client, path):
        self.client = client
        self.path = path

    def on(self, client):
        """The same domain, as another client sees it."""
        return Domain(client, self.path)

    def call(self, method, signature='(a{sv})', *arguments, **options):
        return self.client.call(self.path, DOMAIN, method, signature, *arguments, options)

    def start_call(self, method, **options):
        return self.client.start_call(self.path, DOMAIN, method, '(a{sv})', options)

    def get(self, name, interface=DOMAIN):
        return self.client.call(self.path, PROPERTIES, 'Get', '(ss)', interface, name)

    def state(self):
        return self.get('State'), self.get('StateReason')

    def exists(self):
        try:
            self.get('Name')
        except BusError as error:
            assert error.name == 'org.freedesktop.DBus.Error.UnknownMethod', error
            return False
        return True

    def wait(self, **expected):
        """Waits, by signals alone after one look, until the properties have these values."""
        drain_main_context()
        first = len(self.client.signals)
        everything = self.client.call(self.path, PROPERTIES, 'GetAll', '(s)', DOMAIN)
        seen = {name: everything[name] for name in expected}

        def arrived():
            for path, _interface, member, parameters in self.client.signals[first:]:
                if path == self.path and member == 'PropertiesChanged':
                    seen.update((name, value) for name, value in parameters[1].items()
                                if name in expected)
                    if seen == expected:
                        return True
            return False

        if seen != expected:
            iterate_until(arrived, f'{expected} of {self.path}, which has {seen}')

    def wait_state(self, state, reason=None):
        self.wait(State=state, **({'StateReason': reason} if reason else {}))

    def wait_gone(self):
        iterate_until(lambda: not self.exists(), f'{self.path} to go')

    def events(self):
        return [parameters[0] for path, interface, member, parameters in self.client.signals
                if path == self.path and interface == DOMAIN and member == 'Event']

    def wait_event(self, kind):
        iterate_until(lambda: kind in self.events(), f"the event '{kind}' of {self.path}")

    def xml(self, **options):
        return self.call('GetXml', **{name: GLib.Variant('b', value)
                                      for name, value in options.items()})


def boolean(value):
    return GLib.Variant('b', value)


def string(value):
    return GLib.Variant('s', value)


# Domains

def domain_xml(name, *, identity=None, emulator=None, guest=False, memory_mib=16, disk=None,
               on_poweroff='destroy', on_reboot='restart', on_crash='destroy', machine='pc',
               devices=''):
    """A definition. guest: with the example guest's disk and a serial port; otherwise the
    machine has nothing to boot, which suits whoever only needs one that runs."""
    devices = (f'<emulator>{emulator}</emulator>' if emulator else '') + devices
    if guest:
        disk = GUEST_IMAGE
        devices += "<serial type='pty'><target port='0'/></serial>"
    if disk:
        devices += (f"<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
                    f"<source file='{disk}'/><target dev='vda' bus='virtio'/><readonly/></disk>")
    return (f"<domain type='qemu'><name>{name}</name>"
            + (f'<uuid>{identity}</uuid>' if identity else '') +
            f"<memory unit='MiB'>{memory_mib}</memory><vcpu>1</vcpu>"
            f"<os><type arch='x86_64' machine='{machine}'>hvm</type><boot dev='hd'/></os>"
            f"<features><acpi/></features>"
            f'<on_poweroff>{on_poweroff}</on_poweroff><on_reboot>{on_reboot}</on_reboot>'
            f'<on_crash>{on_crash}</on_crash><devices>{devices}</devices></domain>')


def linux_image():
    """Enough of a Linux kernel for QEMU to take it: its header."""
    image = bytearray(4 * 4096)
    image[0x1f1] = 4
    image[0x1fe:0x200] = b'\x55\xaa'
    image[0x202:0x206] = b'HdrS'
    image[0x206:0x208] = b'\x06\x02'
    image[0x22c:0x230] = b'\xff\xff\xff\x37'     # where an initrd may end
    return image


def free_port(above=0):
    with socket.socket() as listener:
        for port in range(above, above + 1000) if above else (0,):
            try:
                listener.bind(('127.0.0.1', port))
            except OSError:
                continue
            return listener.getsockname()[1]
    raise AssertionError('no port is free')


def make_certificates(folder):
    """Of a server called localhost, signed by an authority of its own."""
    def openssl(*words):
        subprocess.run(['openssl', *words], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    folder.mkdir()
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=authority',
            '-keyout', 'authority.pem', '-out', 'ca-cert.pem')
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost',
            '-addext', 'subjectAltName=DNS:localhost', '-keyout', 'server-key.pem',
            '-out', 'request.pem')
    openssl('x509', '-req', '-in', 'request.pem', '-CA', 'ca-cert.pem', '-CAkey', 'authority.pem',
            '-CAcreateserial', '-copy_extensions', 'copy', '-out', 'server-cert.pem')


def make_encrypted_image(folder, secret, passphrase):
    """An image of a service whose settings are in that folder, and what it keeps of it; its path"""
    kept = folder / 'secrets' / secret
    kept.parent.mkdir(exist_ok=True)
    kept.touch(0o600)
    kept.write_text(passphrase + '\n', 'utf-8')
    image = folder / 'luks.qcow2'
    command = ['qemu-img', 'create', '-q', '-f', 'qcow2',
               '--object', f'secret,id=key,data={passphrase}',
               '-o', 'encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10', image, '4M']
    # It measures the processor, and gives up where its clock has not moved meanwhile.
    while 'accurate CPU usage' in (done := subprocess.run(command, stdout=subprocess.PIPE,
                                                          stderr=subprocess.STDOUT, text=True,
                                                          check=False)).stdout:
        pass
    assert done.returncode == 0, done.stdout
    return image


def path_of(identity):
    return f'{ROOT_PATH}/domain/_' + str(identity).replace('-', '_')


class Serial:
    """A guest's first serial port, as a person at a terminal sees it."""

    def __init__(self, domain):
        source = xml.etree.ElementTree.fromstring(domain.xml()).find('./devices/serial/source')
        self.descriptor = os.open(source.get('path'), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.text = ''

    def read(self):
        with contextlib.suppress(BlockingIOError, OSError):
            self.text += os.read(self.descriptor, 4096).decode('ascii', 'replace')
        return self.text

    def expect(self, words):
        iterate_until(lambda: words in self.read(), f'{words!r} from the guest; got {self.text!r}')
        self.text = self.text[self.text.index(words) + len(words):]

    def type(self, keys):
        os.write(self.descriptor, keys.encode())

    def close(self):
        os.close(self.descriptor)


# Another program that talks to QEMU

class SpareMonitor:
    """A session with the monitor of a domain that its service leaves free."""

    def __init__(self, service, identity):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(str(service.runtime_dir / identity / 'spare.sock'))
        self.replies = self.socket.makefile('r', encoding='utf-8')
        assert 'QMP' in self.message(), 'no greeting on the spare monitor'
        self.execute('qmp_capabilities')

    def message(self):
        return json.loads(self.replies.readline())

    def execute(self, command, **arguments):
        """The answer: {'return': ...} or {'error': ...}."""
        self.socket.sendall(json.dumps({'execute': command, 'arguments': arguments}).encode())
        while True:
            message = self.message()
            if 'event' not in message:
                return message

    def close(self):
        self.replies.close()
        self.socket.close()


# The service

# In every test, so that nothing that it says to QEMU or reads is deprecated there.
STRICT = '[qemu]\nreject-deprecated=true\n'


class Service:
    """One virtbusd with folders of its own."""

    def __init__(self, folder, environment, arguments=()):
        self.folder = folder
        self.environment = environment
        self.state_dir = folder / 'state'
        self.runtime_dir = folder / 'run'
        self.config = folder / 'virtbus.conf'
        self.log = folder / 'virtbusd.log'
        folder.mkdir(exist_ok=True)
        self.log.touch()
        if not self.config.exists():
            self.configure('')
        self.prefix = []
        self.mode = '--session'
        self.arguments = list(arguments)
        self.process = None
        self.dead_pid = None

    def configure(self, text):
        self.config.write_text(STRICT + text, 'utf-8')

    def command(self, *arguments):
        return [*self.prefix, SERVICE, self.mode, '--config', str(self.config),
                '--state-dir', str(self.state_dir), '--runtime-dir', str(self.runtime_dir),
                *self.arguments, *arguments]

    def spawn(self, *arguments):
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(self.command(*arguments), env=self.environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self.process

    def start(self, client, *arguments):
        # The bus may not have seen yet that a killed one is gone.
        iterate_until(lambda: self.dead_pid is None or client.owner_pid() != self.dead_pid,
                      'the bus to let the killed service go')
        self.spawn(*arguments)
        self.wait_owner(client)

    def wait_owner(self, client):
        def is_up():
            assert self.process.poll() is None, f'the service has ended:\n{self.messages()}'
            return client.owner_pid() == self.process.pid
        iterate_until(is_up, 'the service to own its name')

    def run(self, *arguments):
        """Runs it to its end: for a start that fails. (status, what it said)"""
        done = subprocess.run(self.command(*arguments), env=self.environment, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=PATIENCE_S)
        return done.returncode, done.stdout.decode('utf-8', 'replace')

    def messages(self):
        return self.log.read_text('utf-8', 'replace')

    def stop(self):
        """In order. (its status)"""
        process, self.process = self.process, None
        process.terminate()
        return process.wait(PATIENCE_S)

    def kill(self):
        process, self.process = self.process, None
        process.kill()
        process.wait()
        self.dead_pid = process.pid

    def stored(self):
        """The definitions on disk: UUIDs."""
        return {path.stem for path in (self.state_dir / 'domains').glob('*.xml')}

    def has_complaints(self):
        """What no run may say, whatever was done to it."""
        return re.search(r'CRITICAL|AddressSanitizer|LeakSanitizer|runtime error:|Assertion',
                         self.messages()) is not None


class BusTestCase(unittest.TestCase):
    """A test with its own folder, bus and client, and a service that is not started yet."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='vbt.'))
        self.addCleanup(self.remove_folder)
        self.environment = service_environment(self.folder)
        self.bus = Bus(self.folder)
        self.environment['DBUS_SESSION_BUS_ADDRESS'] = self.bus.address
        self.addCleanup(self.end_emulators)
        self.addCleanup(self.bus.stop)
        self.bus.start(self.environment)
        self.client = self.make_client()
        self.service = Service(self.folder, self.environment)
        self.addCleanup(self.end_service, self.service)

    def make_client(self):
        client = Client(self.bus.address)
        self.addCleanup(client.close)
        return client

    def end_service(self, service):
        status = service.stop() if service.process else 0
        self.assertFalse(service.has_complaints(), service.messages())
        self.assertEqual(status, 0, service.messages())

    def end_emulators(self):
        pids = emulators()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in pids:
            iterate_until(lambda pid=pid: not is_alive(pid), f'the end of process {pid}')

    def remove_folder(self):
        shutil.rmtree(self.folder)

    def fake_qemu(self, script):
        """An emulator that plays this script; tests/fixtures/fake-qemu.py says what it may hold."""
        path = self.folder / ('qemu-' + re.sub('[^a-z]+', '-', script))
        if not path.exists():
            path.symlink_to(FAKE_QEMU)
            path.with_name(path.name + '.script').write_text(script + '\n', 'utf-8')
        return path

    def wait_dead(self, pid):
        iterate_until(lambda: not is_alive(pid), f'the end of process {pid}')

    def assert_no_emulator(self):
        iterate_until(lambda: not emulators(),
                      'the end of ' + ', '.join(map(command_line, emulators())))

    @contextlib.contextmanager
    def assert_error(self, name, *words):
        """The call is refused with this very error, whose message has these words."""
        with self.assertRaises(BusError) as caught:
            yield caught
        self.assertEqual(caught.exception.name, name, caught.exception.message)
        for word in words:
            self.assertIn(word, caught.exception.message)


def service_environment(folder):
    """The tests' own environment without what would lead to the user's bus and folders."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(('DBUS_', 'XDG_'))}
    for name, subfolder in (('HOME', 'home'), ('XDG_RUNTIME_DIR', 'xdg-run')):
        (folder / subfolder).mkdir(mode=0o700, exist_ok=True)
        environment[name] = str(folder / subfolder)
    environment['G_SLICE'] = 'always-malloc'
    # A session service needs no system bus.
    environment['DBUS_SYSTEM_BUS_ADDRESS'] = 'unix:path=/nonexistent'
    return environment


def new_uuid():
    return str(uuid.uuid4())


# The run

def reap(child):
    """Reaps everything until the script has ended, then ends what it left. (exit status)"""
    while True:
        pid, status = os.wait()
        if pid == child:
            break
    left = descendants(os.getpid())
    for pid in left:
        print(f'left behind: {pid} {command_line(pid)}', file=sys.stderr)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    return 1 if left else os.waitstatus_to_exitcode(status) & 0xff


def run():
    """To be called by each script in the place of unittest.main()."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    os.environ['VB_TEST_REAPER'] = str(os.getpid())
    with tempfile.TemporaryDirectory(prefix='vbt.') as folder:
        os.chmod(folder, 0o755)                 # services run as other users, too
        child = os.fork()
        if child == 0:
            tempfile.tempdir = folder
            for number in ENDING_SIGNALS:
                signal.signal(number, lambda _number, _frame: os._exit(1))
            unittest.main(module='__main__', verbosity=2)
        for number in ENDING_SIGNALS:
            signal.signal(number, lambda number, _frame: os.kill(child, number))
        status = reap(child)
    sys.exit(status)
