#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What libqmp is as a library, whatever this build's options are: its sources are compiled anew, as
a release would be. Small, without state of its own, showing nothing but qmp_*; each public header
stands alone, in C and in C++.
"""

import argparse
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

OPTIONS = None

MAX_STRIPPED_BYTES = 150 * 1000

# As in qmp/meson.build where it is optimised.
RELEASE_ARGS = ['-O2', '-Os', '-fno-asynchronous-unwind-tables']

# What GObject keeps of a class: its type, its parent, where its private data begins, its signals;
# and the types of the structures. The rest is of the compiler's start files.
WRITABLE = re.compile(
    r'(?:static_g_define_type_id|\w+_parent_class|\w+_private_offset|signals)(?:\.\d+)?'
    r'|qmp_struct_types|completed\.\d+|__dso_handle|__TMC_END__')
WRITABLE_SECTIONS = re.compile(r'\.(?:data|bss|tdata|tbss)(?!\.rel\.ro)\b')
PACKAGES = ('gio-2.0', 'gio-unix-2.0')


def run(*command):
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode != 0:
        raise AssertionError(f'{shlex.join(map(str, command))} failed:\n{result.stdout}')
    return result.stdout


def pkg_config(option, *packages):
    return shlex.split(run('pkg-config', option, *packages))


def writable_statics(table):
    """The objects in writable sections of what `nm --format=sysv` prints, those left out that are
    allowed. Data that only the loader writes, to relocate it, is not writable."""
    found = []
    for line in table.splitlines():
        fields = [field.strip() for field in line.split('|')]
        if len(fields) == 7 and fields[3] in ('OBJECT', 'TLS'):
            name, section = fields[0], fields[6]
            if WRITABLE_SECTIONS.fullmatch(section) and not WRITABLE.fullmatch(name):
                found.append(name)
    return found


class Library(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix='virtbus-libqmp.'))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.library = cls.link('libqmp.so', cls.compile(OPTIONS.sources))

    @classmethod
    def compile(cls, sources):
        """The objects of the C sources."""
        objects = []
        for source in sources:
            objects.append(cls.folder / (pathlib.Path(source).stem + '.o'))
            run(*shlex.split(OPTIONS.cc), '-std=gnu17', *RELEASE_ARGS, '-fPIC',
                '-fvisibility=hidden', '-D_GNU_SOURCE', '-DG_LOG_USE_STRUCTURED=1', '-c', source,
                '-o', objects[-1],
                *(f'-I{folder}' for folder in OPTIONS.include),
                *pkg_config('--cflags', *PACKAGES, 'json-c'))
        return objects

    @classmethod
    def link(cls, name, objects):
        target = cls.folder / name
        run(*shlex.split(OPTIONS.cc), '-shared', '-o', target, *objects, '-Wl,--no-undefined',
            '-Wl,--as-needed', *OPTIONS.link_args.split(),
            *pkg_config('--libs', *PACKAGES, 'json-c'))
        return target

    def test_size(self):
        stripped = self.folder / 'stripped.so'
        run('strip', '-o', stripped, self.library)
        size = stripped.stat().st_size
        print(f'libqmp is {size} bytes, of at most {MAX_STRIPPED_BYTES}')
        self.assertLessEqual(size, MAX_STRIPPED_BYTES)

    def test_exports(self):
        names = [line.split()[0] for line
                 in run('nm', '-D', '--defined-only', '--format=posix', self.library).splitlines()]
        self.assertIn('qmp_session_new_for_fd', names)
        self.assertEqual([name for name in names if not name.startswith('qmp_')], [])
        # Each is declared in a public header.
        declared = ''.join(pathlib.Path(header).read_text('utf-8') for header in OPTIONS.headers)
        types = set(re.findall(r'G_DECLARE_\w+ \(\w+, (\w+),', declared))
        hidden = [name for name in names if not re.search(rf'\b{name} \(', declared)
                  and name.removesuffix('_get_type') not in types]
        self.assertEqual(hidden, [])

    def test_no_state(self):
        table = run('nm', '--format=sysv', self.library)
        self.assertIn('qmp_session_parent_class', table)
        self.assertEqual(writable_statics(table), [])

    def test_state_is_seen(self):
        source = self.folder / 'state.c'
        source.write_text('static int counter; static _Thread_local int mine = 1;\n'
                          'static const char *const names[] = { "a", "b" };\n'
                          'int qmp_count (int n);\n'
                          'int qmp_count (int n) { return ++counter + ++mine + *names[n]; }\n')
        table = run('nm', '--format=sysv', self.link('state.so', self.compile([source])))
        self.assertEqual(sorted(writable_statics(table)), ['counter', 'mine'])


class Headers(unittest.TestCase):

    def setUp(self):
        self.names = sorted(pathlib.Path(header).name for header in OPTIONS.headers)

    def test_closure(self):
        """The public headers are those that qmp.h leads to."""
        paths = {pathlib.Path(header).name: header for header in OPTIONS.headers}
        todo, seen = ['qmp.h'], set()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                text = pathlib.Path(paths[name]).read_text('utf-8')
                todo += re.findall(r'^\s*#\s*include\s*"qmp/([^"]+)"', text, re.MULTILINE)
        self.assertEqual(sorted(seen), self.names)

    def test_each_stands_alone(self):
        compilers = {'c': shlex.split(OPTIONS.cc), 'c++': ['c++']}
        flags = ['-Wall', '-Wextra', '-Werror', '-fsyntax-only',
                 *(f'-I{folder}' for folder in OPTIONS.include),
                 *pkg_config('--cflags', *PACKAGES)]
        with tempfile.TemporaryDirectory(prefix='virtbus-libqmp.') as folder:
            for name in self.names:
                for language, compiler in compilers.items():
                    with self.subTest(header=name, language=language):
                        source = pathlib.Path(folder, 'alone.c')
                        source.write_text(f'#include <qmp/{name}>\n', 'utf-8')
                        run(*compiler, '-x', language, source, *flags)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--cc', required=True)
    parser.add_argument('--include', action='append', required=True)
    parser.add_argument('--headers', nargs='+', required=True)
    parser.add_argument('--sources', nargs='+', required=True)
    parser.add_argument('--link-args', required=True)
    OPTIONS = parser.parse_args()
    os.environ['LC_ALL'] = 'C.UTF-8'
    unittest.main(argv=sys.argv[:1], verbosity=2)
