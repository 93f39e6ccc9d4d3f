#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No secret of a definition is where another program, or who reads a log, could see it."""

import pathlib

import virtbus_testing as vt
from virtbus_testing import domain_xml

SECRET = 'geheimes'
SECRET_ID = '0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f'
# Each device that can have a secret.
DEVICES = f'''
<graphics type='vnc' passwd='{SECRET}'/>
<graphics type='spice' passwd='{SECRET}' passwdValidTo='2036-01-01T00:00:00'/>
<disk><driver name='qemu' type='qcow2'/><source file='{{image}}'/><target dev='vda'/>
  <encryption format='luks'><secret type='passphrase' uuid='{SECRET_ID}'/></encryption></disk>
'''


class SecretsTest(vt.BusTestCase):
    def test_secrets(self):
        self.service.start(self.client)
        image = vt.make_encrypted_image(self.folder, SECRET_ID, SECRET)
        domain = self.client.define(domain_xml('secretive', devices=DEVICES.format(image=image)))
        domain.call('Start')
        [pid] = vt.emulators()
        for name in ('cmdline', 'environ'):
            self.assertNotIn(SECRET.encode(), pathlib.Path(f'/proc/{pid}/{name}').read_bytes())
        self.assertNotIn(SECRET, domain.xml())
        domain.call('Destroy')
        self.assertEqual([str(path) for path in self.folder.rglob('*')
                          if path.is_file() and path.parent.name not in ('domains', 'secrets')
                          and SECRET.encode() in path.read_bytes()], [])


if __name__ == '__main__':
    vt.run()
