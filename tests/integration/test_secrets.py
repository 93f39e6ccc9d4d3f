#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No secret of a definition is where another program, or who reads a log, could see it."""

import pathlib

import virtbus_testing as vt
from virtbus_testing import domain_xml

SECRET = 'geheimes'
# Each device that can have a secret.
DEVICES = f'''
<graphics type='vnc' passwd='{SECRET}'/>
<graphics type='spice' passwd='{SECRET}' passwdValidTo='2036-01-01T00:00:00'/>
'''


class SecretsTest(vt.BusTestCase):
    def test_secrets(self):
        self.service.start(self.client)
        domain = self.client.define(domain_xml('secretive', devices=DEVICES))
        domain.call('Start')
        [pid] = vt.emulators()
        for name in ('cmdline', 'environ'):
            self.assertNotIn(SECRET.encode(), pathlib.Path(f'/proc/{pid}/{name}').read_bytes())
        self.assertNotIn(SECRET, domain.xml())
        domain.call('Destroy')
        self.assertEqual([str(path) for path in self.folder.rglob('*')
                          if path.is_file() and path.parent.name != 'domains'
                          and SECRET.encode() in path.read_bytes()], [])


if __name__ == '__main__':
    vt.run()
