#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libqmp as a script sees it, through GObject introspection: values, a session, events, errors. The
peer is a thread at the other end of a socket that answers from a table."""

import gc
import json
import os
import pathlib
import socket
import tempfile
import threading
import unittest

import gi

gi.require_version('Qmp', '1.0')
from gi.repository import Gio, GLib, Qmp  # noqa: E402

GREETING = {'QMP': {'version': {'qemu': {'major': 7}}, 'capabilities': ['oob']}}
ANSWERS = {
    'qmp_capabilities': {'return': {}},
    'query-status': {'return': {'status': 'running', 'running': True}},
    'echo': None,
    'device_del': {'error': {'class': 'DeviceNotFound', 'desc': "Device 'x' not found"}},
    'query-fds': {'return': 0},
}


class Peer:
    """Answers each command on a connected socket, until its other end closes. A command whose
    answer is None is answered by its own arguments; `stop` sends an event before its answer."""

    def __init__(self, connection):
        self.connection = connection
        self.n_fds = 0
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def send(self, message):
        self.connection.sendall(json.dumps(message).encode() + b'\r\n')

    def serve(self):
        self.send(GREETING)
        pending = b''
        while True:
            received, fds, _flags, _address = socket.recv_fds(self.connection, 65536, 16)
            for fd in fds:
                self.n_fds += 1
                os.close(fd)
            if not received:
                break
            *lines, pending = (pending + received).split(b'\n')
            for line in lines:
                self.answer(json.loads(line))
        self.connection.close()

    def answer(self, command):
        name = command['execute']
        if name == 'stop':
            self.send({'event': 'STOP', 'timestamp': {'seconds': 5, 'microseconds': 7}})
            answer = {'return': {}}
        elif name == 'silence':
            return
        elif name == 'query-fds':
            answer = {'return': self.n_fds}
        else:
            answer = ANSWERS[name] or {'return': command['arguments']}
        self.send({**answer, 'id': command['id']})


def value(document):
    return Qmp.Value.parse(json.dumps(document), -1)


class Values(unittest.TestCase):

    def test_parse(self):
        parsed = Qmp.Value.parse('{"a": [1, "x", null, true, 18446744073709551615, 0.5]}', -1)
        self.assertEqual(parsed.get_value_type(), Qmp.ValueType.OBJECT)
        self.assertEqual(parsed.list_members(), ['a'])
        array = parsed.get('a')
        self.assertEqual(array.get_length(), 6)
        elements = [array.get_element(index) for index in range(6)]
        self.assertIsNone(array.get_element(6))
        self.assertEqual(elements[0].as_int(), (True, 1))
        self.assertEqual(elements[1].as_string(), 'x')
        self.assertEqual(elements[2].get_value_type(), Qmp.ValueType.NULL)
        self.assertEqual(elements[3].as_boolean(), (True, True))
        self.assertEqual(elements[4].as_uint(), (True, 2**64 - 1))
        self.assertEqual(elements[5].as_number(), (True, 0.5))
        self.assertEqual(json.loads(parsed.to_string())['a'][4], 2**64 - 1)

    def test_refusal(self):
        with self.assertRaises(GLib.Error) as caught:
            Qmp.Value.parse('{"a": }', -1)
        self.assertTrue(caught.exception.matches(Qmp.error_quark(), Qmp.Error.PROTOCOL))
        self.assertEqual(caught.exception.domain, 'qmp-error-quark')

    def test_build(self):
        built = Qmp.Value.new_object()
        built.set_string('driver', 'null-co')
        built.set_string('absent', None)
        built.set_uint('size', 2**64 - 1)
        built.set_int('offset', -5)
        built.set_boolean('read-only', True)
        # Values are given away; those of the script stay usable.
        array = Qmp.Value.new_array()
        element = Qmp.Value.new_string('x')
        array.append(element)
        built.set_value('list', array)
        gc.collect()
        self.assertEqual((element.as_string(), array.get_length()), ('x', 1))
        del element, array
        gc.collect()
        self.assertEqual(json.loads(built.to_string()), {
            'driver': 'null-co', 'size': 2**64 - 1, 'offset': -5, 'read-only': True, 'list': ['x']})
        self.assertEqual(built.get_string('driver'), 'null-co')
        self.assertEqual(built.get_int('offset', 0), -5)
        self.assertEqual(built.get_int('size', 3), 3)
        self.assertEqual(built.get_uint('size', 0), 2**64 - 1)
        self.assertTrue(built.get_boolean('read-only', False))
        self.assertFalse(built.has('absent'))


class Sessions(unittest.TestCase):

    def setUp(self):
        mine, theirs = socket.socketpair()
        self.peer = Peer(theirs)
        self.session = Qmp.Session.new_for_fd(mine.detach())

    def tearDown(self):
        self.session.close()
        self.peer.thread.join()

    def test_call(self):
        self.session.open_sync(0, None)
        self.assertTrue(self.session.is_open())
        self.assertEqual(
            self.session.get_greeting().get('version').get('qemu').get_int('major', 0), 7)
        status = self.session.call_sync('query-status', None, 0, None)
        self.assertEqual(status.get_string('status'), 'running')
        arguments = {'big': 2**64 - 1, 'list': [{}]}
        echo = self.session.call_sync('echo', value(arguments), 0, None)
        self.assertEqual(json.loads(echo.to_string()), arguments)

    def test_errors(self):
        with self.assertRaises(GLib.Error) as caught:
            self.session.call_sync('query-status', None, 0, None)
        self.assertTrue(caught.exception.matches(Qmp.error_quark(), Qmp.Error.INVALID_ARGUMENT))
        self.session.open_sync(0, None)
        with self.assertRaises(GLib.Error) as caught:
            self.session.call_sync('device_del', value({'id': 'x'}), 0, None)
        self.assertTrue(caught.exception.matches(Qmp.error_quark(), Qmp.Error.DEVICE_NOT_FOUND))
        self.assertEqual(caught.exception.message, "Device 'x' not found")
        self.assertTrue(Qmp.error_is_remote(caught.exception))
        with self.assertRaises(GLib.Error) as caught:
            self.session.call_sync('silence', None, 1, None)
        self.assertTrue(caught.exception.matches(Qmp.error_quark(), Qmp.Error.TIMEOUT))
        self.assertFalse(Qmp.error_is_remote(caught.exception))
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        with self.assertRaises(GLib.Error) as caught:
            self.session.call_sync('query-status', None, 0, cancellable)
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_asynchronous(self):
        loop = GLib.MainLoop()
        seen = []

        def on_opened(session, result):
            session.open_finish(result)
            session.subscribe('STOP')
            session.connect('event::STOP', on_event)
            session.call_async('stop', None, 0, None, on_stopped)

        def on_event(session, name, data, timestamp_us):
            seen.append((name, data, timestamp_us))

        def on_stopped(session, result):
            seen.append(session.call_finish(result).to_string())
            session.call_async('echo', value([1]), 0, None, on_refused)

        def on_refused(session, result):
            try:
                session.call_finish(result)
            except GLib.Error as error:
                seen.append(error.matches(Qmp.error_quark(), Qmp.Error.INVALID_ARGUMENT))
            session.call_async('echo', value({'n': 1}), 0, None, on_echoed)

        def on_echoed(session, result):
            seen.append(session.call_finish_text(result))
            session.connect('closed', on_closed)
            session.close()

        def on_closed(session, error):
            seen.append(error.matches(Qmp.error_quark(), Qmp.Error.DISCONNECTED))
            loop.quit()

        self.session.open_async(0, None, on_opened)
        loop.run()
        self.assertEqual(seen, [('STOP', None, 5000007), '{}', True, '{"n": 1}', True])

    def test_descriptors(self):
        self.session.open_sync(0, None)
        with open('/dev/null', 'rb') as first, open('/dev/null', 'rb') as second:
            self.session.call_full_sync('echo', value({}), Qmp.CallFlags.NONE,
                                        [first.fileno(), second.fileno()], 0, None)
            self.assertTrue(first.readable())
        count = self.session.call_sync('query-fds', None, 0, None)
        self.assertEqual(count.as_int(), (True, 2))


class Connection(unittest.TestCase):

    def test_path(self):
        with tempfile.TemporaryDirectory(prefix='virtbus-gi.') as folder:
            path = str(pathlib.Path(folder, 'monitor'))
            with self.assertRaises(GLib.Error) as caught:
                Qmp.Session.connect_sync(path, 0, None)
            self.assertTrue(caught.exception.matches(Qmp.error_quark(), Qmp.Error.DISCONNECTED))

            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(path)
                listener.listen()
                session = Qmp.Session.connect_sync(path, 0, None)
                peer = Peer(listener.accept()[0])
            session.open_sync(0, None)
            self.assertTrue(session.call_sync('query-status', None, 0, None).has('running'))
            session.close()
            peer.thread.join()


if __name__ == '__main__':
    unittest.main(verbosity=2)
