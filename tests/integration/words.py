# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of the table that test_every_word.py runs: a piece of a definition, and what becomes of it.

A check takes a Guest and tells what is wrong, or nothing.
"""

import dataclasses
import fnmatch
import subprocess

import machine_facts
import virtbus_testing as vt

DEFAULT_MEMORY = "<memory unit='MiB'>32</memory>"
DEFAULT_OS = "<os><type arch='x86_64' machine='{machine}'>hvm</type></os>"


@dataclasses.dataclass
class Row:
    name: str
    body: str = ''               # elements beside <devices>
    devices: str = ''
    checks: tuple = ()           # of a guest that was started, paused
    refusal: tuple = ()          # path and message of the finding that keeps it from starting
    failure: str = ''            # why it does not start though nothing is against it; a pattern
    elsewhere: str = ''          # the test that shows it, 'file: words in it'
    machine: str = 'pc'
    kind: str = 'qemu'

    def xml(self, identity):
        body = ''.join(default for element, default in
                       (('<memory', DEFAULT_MEMORY), ('<os>', DEFAULT_OS.format(machine=self.machine)))
                       if element not in self.body)
        return (f"<domain type='{self.kind}'><name>words</name><uuid>{identity}</uuid>{body}{self.body}"
                f'<devices>{self.devices}</devices></domain>')


def starts(name, *checks, **parts):
    return Row(name, checks=checks, **parts)


def refused(name, path, message, **parts):
    """message: a pattern"""
    return Row(name, refusal=(path, message), **parts)


def fails(name, message, **parts):
    return Row(name, failure=message, **parts)


def elsewhere(name, test, **parts):
    return Row(name, elsewhere=test, **parts)


class Guest:
    """A started one, as checks see it."""

    def __init__(self, domain, pid, monitor, fill):
        self.domain = domain
        self.pid = pid
        self.monitor = monitor
        self.reader = machine_facts.Reader(monitor.execute)
        self.words = vt.command_words(pid)
        self.fill = fill             # puts the host's words into a text
        self.firmware_facts = None

    @property
    def firmware(self):
        if self.firmware_facts is None:
            self.firmware_facts = machine_facts.read_firmware(self.reader)
        return self.firmware_facts

    def cpu(self, name):
        return self.reader.get(self.reader.ask('query-cpus-fast')[0]['qom-path'], name)


def differ(what, found, expected):
    return None if found == expected else f'{what} is {found!r}, not {expected!r}'


def all_of(differences):
    return '; '.join(difference for difference in differences if difference)


# Checks

def device(alias, **properties):
    """Of the device with that id; `type` is its model. A dash in a name is written as two lines."""
    path = alias if alias.startswith('/') else f'/machine/peripheral/{alias}'

    def check(guest):
        return all_of(differ(f'{alias}.{name}', guest.reader.get(path, name.replace('__', '-')), value)
                      for name, value in properties.items())
    return check


def machine(**properties):
    return device('/machine', **properties)


def cpu(**properties):
    def check(guest):
        return all_of(differ(f'cpu.{name}', guest.cpu(name.replace('__', '-')), value)
                      for name, value in properties.items())
    return check


def told(command, expected, *keys):
    """What is at keys of the answer to that command"""
    def check(guest):
        answer = guest.reader.ask(command)
        for key in keys:
            answer = answer[key]
        wanted = guest.fill(expected) if isinstance(expected, str) else expected
        return differ(f'{command} {keys}', type(wanted)(answer), wanted)
    return check


def has_cpus(number):
    """Places for processors, taken or not"""
    def check(guest):
        return differ('the number of CPUs', len(guest.reader.ask('query-hotpluggable-cpus')), number)
    return check


def has_mice(*names):
    def check(guest):
        return differ('the pointing devices',
                      sorted(row['name'] for row in guest.reader.ask('query-mice')), list(names))
    return check


def boot_menu(is_on):
    def check(guest):
        return differ('the boot menu', guest.reader.firmware(machine_facts.FW_CFG_BOOT_MENU, 2),
                      bytes([is_on, 0]))
    return check


def firmware(**facts):
    def check(guest):
        return all_of(differ(name, guest.firmware[name], value) for name, value in facts.items())
    return check


def smbios(kind, *texts):
    """These are among the strings of that table."""
    def check(guest):
        missing = set(texts) - set(guest.firmware['smbios'].get(kind, ()))
        return f'SMBIOS table {kind} lacks {missing}' if missing else None
    return check


def boots(*patterns):
    """The firmware's order of boot devices, as patterns of its device paths"""
    def check(guest):
        order = [path for path in guest.firmware['boot_order'] if path and path != 'HALT']
        fits = len(order) == len(patterns) and all(map(fnmatch.fnmatch, order, patterns))
        return None if fits else f'the boot order is {order}'
    return check


def option(*words):
    """QEMU was told this, one word after the other; patterns. For what QEMU does not tell again."""
    def check(guest):
        found = any(all(map(fnmatch.fnmatchcase, guest.words[at:], words))
                    for at in range(len(guest.words) - len(words) + 1))
        return None if found else f'{words} is not in the command line'
    return check


def boot_file(word, path):
    """QEMU was given this file, by one of its descriptors"""
    def check(guest):
        found = vt.path_behind(guest.pid, guest.words[guest.words.index(word) + 1])
        return differ(word, found, path)
    return check


def no_option(word):
    def check(guest):
        return f'{word} is in the command line' if word in guest.words else None
    return check


def back_end(alias, kind):
    """The character device's host end, by how QEMU's name of it begins"""
    def check(guest):
        found = {row['label']: row['filename'] for row in guest.reader.ask('query-chardev')}
        name = found.get(f'char{alias}', '')
        return None if name.startswith(kind) else f'{alias} is at {name!r}, not {kind!r}'
    return check


def drive(alias, **facts):
    """Of the medium: drv, ro, cache …; of the drive: removable, tray_open."""
    def check(guest):
        rows = {row['qdev']: row for row in guest.reader.ask('query-block')}
        row = next((row for qdev, row in rows.items()
                    if qdev == alias or f'/{alias}/' in qdev or qdev.endswith(f'/{alias}')), None)
        if row is None:
            return f'there is no drive {alias} among {list(rows)}'
        seen = {**row, **row.get('inserted', {})}
        return all_of(differ(f'{alias} {name}', seen.get(name), value)
                      for name, value in facts.items())
    return check


def no_device(alias):
    def check(guest):
        names = [row['name'] for row in guest.reader.ask('qom-list', path='/machine/peripheral')]
        return f'there is a device {alias}' if alias in names else None
    return check


def environment(name, value):
    def check(guest):
        with open(f'/proc/{guest.pid}/environ', encoding='utf-8') as file:
            found = dict(entry.split('=', 1) for entry in file.read().split('\0') if '=' in entry)
        return differ(name, found.get(name), value)
    return check


def shown(name, value):
    """A property of the domain on the bus"""
    def check(guest):
        return differ(name, guest.domain.get(name), value)
    return check


def in_document(text):
    """Of the guest that runs"""
    def check(guest):
        return None if text in guest.domain.xml() else f'{text} is not in its XML'
    return check


def affinity(cpus):
    """Which CPUs of the host QEMU's threads may use, as the kernel writes it"""
    def check(guest):
        output = subprocess.run(['taskset', '-pc', str(guest.pid)], check=True,
                                stdout=subprocess.PIPE).stdout.decode()
        return differ('the affinity', output.rsplit(': ', 1)[1].strip(), cpus)
    return check
