#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs in a full guest as its first program: udev, then what the test outside asks for.

Two ports lead outside. On one come commands, a JSON object a line: {"run": [word…]} is answered by
{"status", "output"} when it has ended, {"spawn": [word…], "output": file} by {"pid"} at once;
{"carry": socket} has the other port carry, byte for byte, a connection to that socket.
"""

import json
import os
import select
import socket
import subprocess
import threading
import time
import traceback

PORTS = '/dev/virtio-ports/'
ENVIRONMENT = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/root', 'LANG': 'C.UTF-8'}


def run(words, **options):
    return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=ENVIRONMENT, check=False, **options)


def write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data):]


def start_udev():
    daemon = next(path for path in ('/usr/lib/systemd/systemd-udevd', '/lib/systemd/systemd-udevd')
                  if os.path.exists(path))
    run([daemon, '--daemon'])
    for kind in ('subsystems', 'devices'):
        run(['udevadm', 'trigger', '--action=add', f'--type={kind}'])
    run(['udevadm', 'settle', '--timeout=120'])
    run(['modprobe', 'virtio_console'])
    run(['udevadm', 'settle', '--timeout=120'])


def carry(path):
    """A port that nobody outside has opened is at its end, until somebody has."""
    outside = os.open(PORTS + 'bus', os.O_RDWR)
    while not (first := os.read(outside, 65536)):
        time.sleep(0.05)
    with socket.socket(socket.AF_UNIX) as inside:
        inside.connect(path)
        inside.sendall(first)
        while True:
            for ready in select.select([outside, inside], [], [])[0]:
                if ready is inside:
                    write_all(outside, inside.recv(65536))
                else:
                    inside.sendall(os.read(outside, 65536))


def obey(command):
    if 'carry' in command:
        threading.Thread(target=carry, args=[command['carry']], daemon=True).start()
        return {}
    if 'spawn' in command:
        with open(command['output'], 'ab') as output:
            child = subprocess.Popen(command['spawn'], stdin=subprocess.DEVNULL, stdout=output,
                                     stderr=output, env=ENVIRONMENT | command.get('environment', {}))
        return {'pid': child.pid}
    done = run(command['run'])
    return {'status': done.returncode, 'output': done.stdout.decode('utf-8', 'replace')}


def serve():
    port = os.open(PORTS + 'commands', os.O_RDWR)
    write_all(port, b'{"ready": true}\n')
    received = b''
    while True:
        received += os.read(port, 65536)
        while b'\n' in received:
            line, received = received.split(b'\n', 1)
            try:
                answer = obey(json.loads(line))
            except Exception:  # pylint: disable=broad-except
                answer = {'status': -1, 'output': traceback.format_exc()}
            write_all(port, json.dumps(answer).encode() + b'\n')


try:
    start_udev()
    serve()
except BaseException:  # pylint: disable=broad-except
    traceback.print_exc()
finally:
    with open('/proc/sysrq-trigger', 'w', encoding='ascii') as trigger:
        trigger.write('o')
    threading.Event().wait(60)
