#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An example of libqmp: asks a running QEMU how it is, and waits until something happens to it.

  query.py /run/guest/monitor                 the socket of `-qmp unix:/run/guest/monitor,server=on`
  query.py /org/virtbus1/domain/_6d1c9a50_…   a domain of virtbus, on the session bus
"""

import json
import sys

import gi

gi.require_version('Qmp', '1.0')
from gi.repository import Gio, GLib, Qmp  # noqa: E402


def find(place):
    """Where it comes from makes no difference to what can be done with a session."""
    if place.startswith('/org/virtbus1/domain/'):
        bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        return Qmp.Session.new_for_domain_sync(bus, place, Qmp.DomainFlags.NONE, 0, None)
    return Qmp.Session.connect_sync(place, 0, None)


def call(session, command, **arguments):
    """JSON is the short way from Python to a Qmp.Value and back."""
    value = Qmp.Value.parse(json.dumps(arguments), -1)
    return json.loads(session.call_sync(command, value, 0, None).to_string())


def on_event(_session, name, data, _timestamp_us, loop):
    print('event', name, data.to_string() if data else '{}', flush=True)
    loop.quit()


def on_closed(_session, error, loop):
    print('closed:', error.message, flush=True)
    loop.quit()


def main(place):
    loop = GLib.MainLoop()
    session = find(place)
    # Events are masked unless asked for, before the session is open so that none is missed.
    session.subscribe('*')
    session.connect('event', on_event, loop)
    session.connect('closed', on_closed, loop)
    session.open_sync(0, None)

    version = session.get_greeting().get('version').get('qemu')
    print(f'QEMU {version.get_int("major", 0)}.{version.get_int("minor", 0)}')
    print('name', call(session, 'query-name').get('name', 'none'))
    print('status', call(session, 'query-status')['status'], flush=True)
    try:
        call(session, 'qom-get', path='/machine', property='no-such-property')
    except GLib.Error as error:
        if not error.matches(Qmp.error_quark(), Qmp.Error.GENERIC):
            raise
        print('refused:', error.message, flush=True)
    loop.run()


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(f'usage: {sys.argv[0]} SOCKET|DOMAIN')
    try:
        main(sys.argv[1])
    except GLib.Error as failure:
        sys.exit(failure.message)
