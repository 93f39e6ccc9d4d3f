#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rooms know only rooms below them, foreign libraries stay behind their walls, and product code
neither blocks nor jumps."""

import os
import re
import sys

sys.dont_write_bytecode = True
import source_tree  # noqa: E402

# Who may include and link whom, besides itself.
ARROWS = {
    'service': {'objects', 'engine', 'policy', 'host', 'qemu'},
    'objects': {'engine', 'policy', 'introspection', 'domain', 'qemu', 'host', 'xen'},
    'engine': {'qemu', 'domain', 'qmp', 'host'},
    'qemu': {'qmp', 'domain'},
    'xen': {'domain'},
    'tools': {'introspection', 'qmp'},
    'domain': set(),
    'host': set(),
    'introspection': set(),
    'policy': set(),
    'qmp': set(),
}
# These are no rooms: they may include what they test or show.
OUTSIDE = {'tests', 'examples', 'docs'}

# (system header, files that may include it, who that is in words)
WALLS = [
    (r'polkit/', r'policy/policy-polkit\.c', 'policy/policy-polkit.c'),
    (r'libudev\.h|gudev/', r'host/host-udev\.c', 'host/host-udev.c'),
    (r'netlink/', r'host/link\.c', 'host/link.c'),
    (r'libxml/', r'domain/.*', 'domain/'),
    (r'json-c/|json\.h', r'qmp/.*', 'qmp/'),
    (r'gio/|glib-object\.h|gobject/', r'(?!domain/|xen/).*', 'no pure room: neither domain/ nor xen/'),
]

# (pattern in code, files where it is right, what is wrong with it)
BANNED_CODE = [
    (r'\bgoto\b', r'$.', 'goto: let autopointers clean up'),
    (r'\b(?!qmp_)\w+_sync\s*\(', r'tools/.*', 'a blocking call: use the asynchronous one'),
    (r'\bqmp_\w+_sync\s*\(', r'(?:tools|qmp)/.*', 'a blocking call: use the asynchronous one'),
    (r'\b(?:g_usleep|usleep|nanosleep|clock_nanosleep|sleep)\s*\(', r'$.',
     'a sleep: wait for the event'),
    (r'\b(?:g_main_loop_run|g_main_context_iteration)\s*\(', r'service/service\.c|tools/.*|qmp/qmp-sync\.c',
     'a nested main loop: return to the one in service/service.c'),
    (r'\b(?:g_dbus_\w+|GDBus\w+)', r'(?:objects|service|policy|tools|introspection)/.*|qmp/qmp-domain\..|host/systemd-scope\.c',
     'the bus in a room that does not know it'),
]

BANNED_NAMES = {'util', 'utils', 'common', 'misc', 'helper', 'helpers'}
MAX_LINES = 800
MAX_MAIN_LINES = 80
SPDX = '/* SPDX-License-Identifier: LGPL-2.1-or-later\n'


def check(root):
    files = source_tree.list_files(root)
    problems = []
    for path in files:
        if path.endswith(('.c', '.h', '.py', '.sh')):
            problems += check_file_form(path, source_tree.read(root, path))
        room = path.split('/')[0]
        if path.endswith(('.c', '.h')) and room not in OUTSIDE:
            problems += check_room_file(path, room, source_tree.read(root, path))
        if path == f'{room}/meson.build' and room in ARROWS:
            problems += check_links(path, room, source_tree.read(root, path))
    return problems + list(check_public_headers(root, files))


def check_file_form(path, text):
    lines = text.count('\n')
    limit = MAX_MAIN_LINES if path == 'service/main.c' else MAX_LINES
    if lines > limit:
        yield f'{path}: {lines} lines, more than {limit}: split it by noun'
    words = re.split(r'[-_.]', os.path.basename(path))
    for word in sorted(BANNED_NAMES.intersection(words)):
        yield f'{path}: "{word}" names no noun: say what the file is about'
    if path.endswith(('.c', '.h')) and not text.startswith(SPDX):
        yield f'{path}:1: does not start with the SPDX line of the project'


def check_room_file(path, room, text):
    if room not in ARROWS:
        yield f'{path}: {room}/ is no room of the design'
        return
    code = source_tree.blank_comments(text)
    for line, match in source_tree.find_lines(r'^\s*#\s*include\s*"([^"]+)"', code):
        yield from check_arrow(f'{path}:{line}', room, match.group(1))
    for line, match in source_tree.find_lines(r'^\s*#\s*include\s*<([^>]+)>', code):
        for header, where, who in WALLS:
            if re.match(header, match.group(1)) and not re.fullmatch(where, path):
                yield f'{path}:{line}: <{match.group(1)}> may be included by {who} only'
    bare = source_tree.blank_comments(text, strings_too=True)
    for pattern, where, message in BANNED_CODE:
        if not re.fullmatch(where, path):
            for line, match in source_tree.find_lines(pattern, bare):
                yield f'{path}:{line}: {match.group().strip()}: {message}'


def check_arrow(place, room, header):
    target = header.split('/')[0]
    if '/' not in header:
        yield f'{place}: "{header}" is not written from the root, as "{room}/{header}"'
    elif target not in ARROWS:
        yield f'{place}: "{header}" is in no room'
    elif target != room and target not in ARROWS[room]:
        yield f'{place}: {room}/ must not know {target}/ ("{header}")'


def check_links(path, room, text):
    text = re.sub(r'#[^\n]*', '', text)
    for line, match in source_tree.find_lines(r'\b([a-z]+)_dep\b', text):
        target = match.group(1)
        if target in ARROWS and target != room and target not in ARROWS[room]:
            yield f'{path}:{line}: {room}/ must not link {target}/'


def check_public_headers(root, files):
    """libqmp's public headers, which are those that qmp/qmp.h leads to, do not show json-c."""
    todo, seen = ['qmp/qmp.h'], set()
    while todo:
        path = todo.pop()
        if path in seen or path not in files:
            continue
        seen.add(path)
        code = source_tree.blank_comments(source_tree.read(root, path))
        todo += re.findall(r'^\s*#\s*include\s*"([^"]+)"', code, re.MULTILINE)
        if re.search(r'<json-c/|<json\.h|\bjson_object\b', code):
            yield f'{path}: a public header of libqmp shows json-c'


def c_file(body):
    return SPDX + ' */\n' + body


RIGHT = {
    'service/service.c': c_file('#include "engine/engine.h"\nvoid f (void) { g_main_loop_run (l); }\n'),
    'service/meson.build': "# not domain_dep\ndependencies: [engine_dep, gio_dep]\n",
    'engine/engine.h': c_file('#pragma once\n#include "engine/job.h"\n#include "domain/domain.h"\n'),
    'engine/job.h': c_file('/* no goto, no g_usleep (1) */\nconst char *s = "goto x_sync (";\n'),
    'domain/domain.h': c_file('#include <libxml/tree.h>\n#include <glib.h>\n'),
    'policy/policy-polkit.c': c_file('#include <polkit/polkit.h>\n'),
    'host/host-udev.c': c_file('#include <gudev/gudev.h>\n'),
    'host/link.c': c_file('#include <netlink/netlink.h>\n'),
    'qmp/qmp.h': c_file('#include "qmp/qmp-value.h"\n'),
    'qmp/qmp-value.h': c_file('#include <gio/gio.h>\n'),
    'qmp/qmp-sync.c': c_file('void f (void) { qmp_x_sync (s); g_main_context_iteration (c, 1); }\n'),
    'qmp/qmp-domain.c': c_file('void f (GDBusConnection *c);\n'),
    'qmp/qmp-parse.h': c_file('#include <json-c/json.h>\n'),
    'tools/shell.c': c_file('#include "qmp/qmp.h"\nvoid f (void) { g_bus_get_sync (t, n, e); }\n'),
    'tests/unit/test-job.c': c_file('#include "engine/job.h"\nvoid f (void) { goto x; x: }\n'),
}

WRONG = [
    ({'domain/disk.c': c_file('#include "engine/job.h"\n')}, 'domain/ must not know engine/'),
    ({'service/list.c': c_file('#include "domain/domain.h"\n')}, 'service/ must not know domain/'),
    ({'tools/x.c': c_file('# include "objects/tree.h"\n')}, 'tools/ must not know objects/'),
    ({'qmp/x.c': c_file('#include "domain/domain.h"\n')}, 'qmp/ must not know domain/'),
    ({'objects/x.c': c_file('#include "qmp/qmp.h"\n')}, 'objects/ must not know qmp/'),
    ({'engine/x.c': c_file('#include "job.h"\n')}, 'not written from the root'),
    ({'engine/x.c': c_file('#include "tests/unit/x.h"\n')}, 'is in no room'),
    ({'shared/x.c': c_file('int x;\n')}, 'is no room of the design'),
    ({'domain/meson.build': 'dependencies: [engine_dep]\n'}, 'domain/ must not link engine/'),
    ({'engine/x.c': c_file('#include <polkit/polkit.h>\n')}, 'policy/policy-polkit.c only'),
    ({'policy/x.c': c_file('#include <polkit/polkit.h>\n')}, 'policy/policy-polkit.c only'),
    ({'host/x.c': c_file('#include <libudev.h>\n')}, 'host/host-udev.c only'),
    ({'host/x.c': c_file('#include <netlink/netlink.h>\n')}, 'host/link.c only'),
    ({'engine/x.c': c_file('#include <libxml/parser.h>\n')}, 'domain/ only'),
    ({'qemu/x.c': c_file('#include <json-c/json.h>\n')}, 'qmp/ only'),
    ({'qmp/qmp-value.h': c_file('#include <json-c/json.h>\n')}, 'public header of libqmp'),
    ({'domain/x.c': c_file('#include <gio/gio.h>\n')}, 'no pure room'),
    ({'engine/x.c': c_file('void f (void) { goto out; out:; }\n')}, 'goto'),
    ({'engine/x.c': c_file('void f (void) { g_file_load_sync (f); }\n')}, 'a blocking call'),
    ({'engine/x.c': c_file('void f (void) { qmp_session_call_sync (s); }\n')}, 'a blocking call'),
    ({'qmp/x.c': c_file('void f (void) { g_bus_get_sync (t, n, e); }\n')}, 'a blocking call'),
    ({'qmp/qmp-x.c': c_file('void f (GDBusConnection *c);\n')}, 'the bus in a room'),
    ({'engine/x.c': c_file('void f (void) { g_usleep (5); }\n')}, 'a sleep'),
    ({'tools/x.c': c_file('void f (void) { sleep (5); }\n')}, 'a sleep'),
    ({'qmp/x.c': c_file('void f (void) { g_main_loop_run (l); }\n')}, 'a nested main loop'),
    ({'engine/x.c': c_file('void f (GDBusConnection *c);\n')}, 'the bus in a room'),
    ({'engine/x.c': c_file('int x;\n' * MAX_LINES)}, 'more than 800'),
    ({'tests/x.py': 'x = 1\n' * (MAX_LINES + 1)}, 'more than 800'),
    ({'service/main.c': c_file('int x;\n' * MAX_MAIN_LINES)}, 'more than 80:'),
    ({'engine/x.c': 'int x;\n'}, 'SPDX'),
    ({'tests/unit/x.c': 'int x;\n'}, 'SPDX'),
    ({'engine/job-utils.c': c_file('int x;\n')}, '"utils" names no noun'),
    ({'tests/common.py': 'x = 1\n'}, '"common" names no noun'),
]

if __name__ == '__main__':
    source_tree.main(check, RIGHT, WRONG)
