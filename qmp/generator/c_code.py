# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the C of a schema: public headers with documentation, functions that are one call into the
hand-written codec, and the tables that the codec reads. The tables hold no pointers, so that they
need no relocation and stay read-only: names are offsets into one pool of words."""

from generator import c_names as c

BANNER = ['/* SPDX-License-Identifier: LGPL-2.1-or-later', ' *']
NONE = 0xffff
KINDS = {'bool': 'BOOLEAN', 'int': 'INT', 'uint64': 'UINT', 'number': 'NUMBER', 'str': 'STRING',
         'any': 'ANY', 'enum': 'ENUM', 'struct': 'STRUCT'}


class Structure:
    """A structure of the C API: a struct, a command's arguments or an event's data."""

    def __init__(self, entity, name):
        self.entity, self.members = entity, entity.members
        self.name = 'Qmp' + name
        self.prefix = 'qmp_' + c.lower(name)
        self.id = 'QMP_STRUCT_' + c.upper(name)
        self.is_sent = False       # whether a caller makes one


class Names:
    """What the schema becomes in C."""

    def __init__(self, schema):
        self.schema = schema
        self.enums = schema.list('enum')
        self.structures = [Structure(entity, entity.name) for entity in schema.list('struct')]
        self.commands = [entity for entity in schema.list('command') if not entity.is_internal]
        self.events = [entity for entity in schema.list('event') if entity.members]
        self.arguments, self.data = {}, {}
        by_entity = {structure.entity: structure for structure in self.structures}
        for command in self.commands:
            if command.arguments:
                self.arguments[command] = by_entity[command.arguments]
            elif command.members:
                self.arguments[command] = self.add(command, 'Arguments')
        for event in self.events:
            self.data[event] = self.add(event, 'Event')
        for structure in self.arguments.values():
            self.mark_sent(structure, by_entity)
        self.check()

    def mark_sent(self, structure, by_entity):
        if not structure.is_sent:
            structure.is_sent = True
            for member in structure.members:
                if member.type.kind == 'struct':
                    self.mark_sent(by_entity[member.type.entity], by_entity)

    def add(self, entity, suffix):
        structure = Structure(entity, c.camel(entity.name) + suffix)
        self.structures.append(structure)
        return structure

    def check(self):
        seen = {}
        for thing in self.enums + self.structures:
            name = thing.name if isinstance(thing, Structure) else 'Qmp' + thing.name
            entity = thing.entity if isinstance(thing, Structure) else thing
            if name in seen:
                entity.fail(f'it would be {name} in C, as {seen[name].kind} {seen[name].name} is')
            seen[name] = entity

    def of(self, kind):
        return [structure for structure in self.structures if structure.entity.kind == kind]


def write(lines):
    return '\n'.join(lines) + '\n'


def banner(*text):
    return [*BANNER, *c.comment(' '.join(text)), ' * Generated from the schema.', ' */']


def doc_text(entity, *more):
    lines = []
    for paragraph in [*entity.doc.paragraphs, *more]:
        lines += [' *', *c.comment(paragraph)]
    if entity.doc.since:
        lines += [' *', f' * In QEMU since {entity.doc.since}.']
    return lines


# Types

def annotation(member):
    notes = []
    if not c.is_scalar(member.type) and member.optional:
        notes.append('(nullable)')
    if member.type.is_array:
        notes.append(f'(element-type {c.element_type(member.type)})')
    return ' '.join(notes) + (': ' if notes else '')


def enum_header(enum):
    name, prefix = 'Qmp' + enum.name, 'qmp_' + c.lower(enum.name)
    lines = ['/**', f' * {name}:', *c.comment_item(
        f'@{c.constant(enum, "unknown")}: a word that this version of the library does not know')]
    constants = [c.constant(enum, 'unknown') + ' = 0']
    for word in enum.words:
        if word != 'unknown':
            text = enum.doc.members.get(word, f'`{word}`')
            lines += c.comment_item(f'@{c.constant(enum, word)}: {text}')
            constants.append(c.constant(enum, word))
    lines += [*doc_text(enum), ' */', 'typedef enum', '{']
    lines += [f'  {constant},' for constant in constants] + [f'}} {name};', '']
    lines += ['/* (nullable): %NULL for a value that has no word */',
              *inline('const char *', f'{prefix}_to_string', f'{name} value',
                      f'return qmp_enum_to_string ("{enum.name}", value);'),
              f'/* %{c.constant(enum, "unknown")} for a word that is not known */',
              *inline(f'{name} ', f'{prefix}_from_string', 'const char *word',
                      f'return ({name}) qmp_enum_from_string ("{enum.name}", word);')]
    return lines


def struct_doc(structure):
    entity = structure.entity
    json = ('further members to send, an object' if entity.kind == 'command' else
            'the object as received, with members that the structure lacks; further members to send')
    lines = ['/**', f' * {structure.name}:', *c.comment_item(f'@json: (nullable): {json}')]
    for member in structure.members:
        name = c.member(member.name)
        if member.optional and c.is_scalar(member.type):
            lines += c.comment_item(f'@has_{name.rstrip("_")}: whether @{name} is there')
        text = entity.doc.members[member.name]
        lines += c.comment_item(f'@{name}: {annotation(member)}{text}')
    if entity.kind == 'struct':
        return lines + [*doc_text(entity), ' */']
    what = 'Arguments' if entity.kind == 'command' else 'Data'
    return lines + [' *', f' * {what} of the {entity.kind} `{entity.name}`.', ' */']


def struct_header(structure):
    name, prefix = structure.name, structure.prefix
    lines = [*struct_doc(structure), f'struct _{name}', '{', '  QmpValue *json;',
             '  /*< private >*/', '  guint struct_id;', '  /*< public >*/']
    for member in structure.members:
        field = c.member(member.name)
        if member.optional and c.is_scalar(member.type):
            lines.append(f'  gboolean has_{field.rstrip("_")};')
        lines.append(f'  {c.c_type(member.type)}{field};')
    macro = f'QMP_TYPE_{prefix[4:].upper()}'
    lines += ['};', '', *c.define_macro(macro, f'({prefix}_get_type ())'),
              *c.declare('QMP_EXPORT GType ', f'{prefix}_get_type', ['void']), '']
    if structure.is_sent:
        lines += ['/**', f' * {prefix}_new:', ' *', ' * Returns: (transfer full): an empty structure',
                  ' */', *c.declare(f'QMP_EXPORT {name} *', f'{prefix}_new', ['void']), '']
    lines += inline(f'{name} *', f'{prefix}_copy', f'const {name} *structure',
                    f'return ({name} *) qmp_struct_copy (structure);')
    lines += inline('void ', f'{prefix}_free', f'{name} *structure', 'qmp_struct_free (structure);')
    lines += [*c.call('G_DEFINE_AUTOPTR_CLEANUP_FUNC', [name, f'{prefix}_free'], ''), '']
    return lines


def inline(result, name, parameter, body):
    return [*c.define(f'static inline {result}', name, [parameter]), '{', f'  {body}', '}', '']


def types_header(names):
    lines = banner('The words and structures of the machine protocol that libqmp knows. A structure '
                   'is made by the library and may grow at its end; a word may be added.')
    lines += ['#pragma once', '', '#include "qmp/qmp-struct.h"', '', 'G_BEGIN_DECLS', '']
    for enum in names.enums:
        lines += enum_header(enum)
    for structure in names.of('struct'):
        lines += c.declare_struct(structure.name)
    lines.append('')
    for structure in names.of('struct'):
        lines += struct_header(structure)
    return write(lines + ['G_END_DECLS'])


def struct_source(structure):
    lines = [*c.define('GType', f'{structure.prefix}_get_type', ['void']), '{',
             f'  return qmp_struct_get_type ({structure.id});', '}', '']
    if structure.is_sent:
        lines += [*c.define(f'{structure.name} *', f'{structure.prefix}_new', ['void']), '{',
                  f'  return qmp_struct_new ({structure.id});', '}', '']
    return lines


def types_source(names):
    lines = banner('One function of the codec for each public one.')
    lines += ['#include "qmp/qmp-types.h"', '', '#include "qmp/qmp-tables.h"', '']
    for structure in names.of('struct'):
        lines += struct_source(structure)
    return write(lines[:-1])


# Commands

def result_type(command):
    return c.c_type(command.returns) if command.returns else 'gboolean '


def returns_text(command):
    if not command.returns:
        return 'Returns: %TRUE once QEMU has answered; %FALSE with @error set'
    # The array frees its elements, so that it alone is given away.
    notes = '(transfer full)'
    if command.returns.is_array:
        notes = f'(transfer container) (element-type {c.element_type(command.returns)})'
    return f'Returns: {notes}: {command.doc.returns}; %NULL with @error set'


def parameters_of(names, command):
    """(parameter, its documentation) of what QEMU is told"""
    parameters = [('QmpSession *session', '@session: an open session')]
    if command.takes_any:
        parameters.append(('QmpValue *arguments', '@arguments: (transfer none): an object'))
    elif command in names.arguments:
        structure = names.arguments[command]
        optional = all(member.optional for member in structure.members)
        note = '(nullable)' if optional else '(not nullable)'
        parameters.append((f'const {structure.name} *arguments',
                           f'@arguments: {note}: what QEMU is told'))
    if command.takes_fd:
        parameters.append(('int fd', '@fd: the descriptor, which stays the caller\'s'))
    return parameters


TIMEOUT = ('guint timeout_ms', '@timeout_ms: deadline in milliseconds, as of '
           'qmp_session_call_async()')
CANCELLABLE = ('GCancellable *cancellable', '@cancellable: (nullable): ends the call early')
CALLBACK = [('GAsyncReadyCallback callback', '@callback: (scope async): called with the outcome'),
            ('gpointer user_data', '@user_data: (closure): for @callback')]
ERROR = ('GError **error', '@error: return location for an error')


def function_header(result, name, parameters, *text):
    lines = ['/**', f' * {name}:']
    for _, doc in parameters:
        lines += c.comment_item(doc) if doc else []
    return [*lines, *text, ' */',
            *c.declare(f'QMP_EXPORT {result}', name, [parameter for parameter, _ in parameters]), '']


def command_header(names, command):
    prefix = f'qmp_session_{c.lower(command.name)}'
    told = parameters_of(names, command)
    result = result_type(command)
    errors = ('Errors: those of qmp_session_call_async(); %QMP_ERROR_INVALID_ARGUMENT for an '
              'argument that is missing; %QMP_ERROR_PROTOCOL for a reply that lacks a member.')
    condition = [f'Only where {command.condition}.'] if command.condition else []
    lines = function_header(
        'void ', f'{prefix}_async', [*told, TIMEOUT, CANCELLABLE, *CALLBACK],
        *doc_text(command, *condition, errors))
    lines += function_header(
        result, f'{prefix}_finish',
        [told[0], ('GAsyncResult *result', '@result: what the callback was given'), ERROR],
        ' *', *c.comment(f'Ends {prefix}_async().'), ' *', *c.comment(returns_text(command)))
    lines += function_header(
        result, f'{prefix}_sync', [*told, TIMEOUT, CANCELLABLE, ERROR],
        ' *', *c.comment(f'As {prefix}_async(); waits for the outcome.'), ' *',
        *c.comment(returns_text(command)))
    return lines


def commands_header(names):
    lines = banner('Commands with typed arguments and replies, as methods of a session. For any '
                   'other command there is qmp_session_call_async().')
    lines += ['#pragma once', '', '#include "qmp/qmp-session.h"', '#include "qmp/qmp-types.h"', '',
              'G_BEGIN_DECLS', '']
    structures = names.of('command')
    for structure in structures:
        lines += c.declare_struct(structure.name)
    lines.append('')
    for structure in structures:
        lines += struct_header(structure)
    for command in names.commands:
        lines += command_header(names, command)
    return write(lines + ['G_END_DECLS'])


def command_id(command):
    return f'QMP_COMMAND_{c.upper(command.name)}'


def give_back(command, function, arguments):
    if command.returns:
        return c.call(f'return {function}', arguments, ';', '  ')
    lines = c.call(f'gpointer done = {function}', arguments, ';', '  ')
    if len(lines) > 1:
        shorter = c.call(function, arguments, ';', '      ')
        lines = ['  gpointer done =', *shorter] if len(shorter) < len(lines) else lines
    return [*lines, '', '  return done != NULL;']


def command_source(names, command):
    prefix = f'qmp_session_{c.lower(command.name)}'
    told = [parameter for parameter, _ in parameters_of(names, command)]
    has_arguments = command.takes_any or command in names.arguments
    given = ['session', 'arguments' if has_arguments else 'NULL', *(['fd'] if command.takes_fd else [])]
    middle = '_with_fd' if command.takes_fd else ''
    timeout, cancellable, error = 'guint timeout_ms', CANCELLABLE[0], ERROR[0]
    result = result_type(command)
    return [
        *c.define('void', f'{prefix}_async',
                  [*told, timeout, cancellable, *[parameter for parameter, _ in CALLBACK]]), '{',
        *c.call(f'qmp_typed_call{middle}_async', [*given, 'timeout_ms', 'cancellable', 'callback',
                                                  'user_data', command_id(command)], ';', '  '),
        '}', '',
        *c.define(result, f'{prefix}_finish', [told[0], 'GAsyncResult *result', error]), '{',
        *give_back(command, 'qmp_typed_call_finish',
                   ['session', 'result', 'error', command_id(command)]),
        '}', '',
        *c.define(result, f'{prefix}_sync', [*told, timeout, cancellable, error]), '{',
        *give_back(command, f'qmp_typed_call{middle}_sync',
                   [*given, 'timeout_ms', 'cancellable', 'error', command_id(command)]),
        '}', '']


def commands_source(names):
    lines = banner('One function of the typed calls for each public one.')
    lines += ['#include "qmp/qmp-commands.h"', '', '#include "qmp/qmp-tables.h"',
              '#include "qmp/qmp-typed-call.h"', '']
    for structure in names.of('command'):
        lines += struct_source(structure)
    for command in names.commands:
        lines += command_source(names, command)
    return write(lines[:-1])


# Events

def events_header(names):
    lines = banner('The data of events, to be read from what the signal QmpSession::event brings. '
                   'An event without data has no structure.')
    lines += ['#pragma once', '', '#include "qmp/qmp-types.h"', '', 'G_BEGIN_DECLS', '']
    structures = names.of('event')
    for structure in structures:
        lines += c.declare_struct(structure.name)
    lines.append('')
    for structure in structures:
        lines += struct_header(structure)
        lines += function_header(
            f'{structure.name} *', f'{structure.prefix}_new_from_value',
            [('QmpValue *data', '@data: (nullable): the event\'s data'), ERROR],
            *doc_text(structure.entity), ' *',
            *c.comment('Returns: (transfer full): what the event says; %NULL with @error set to '
                       '%QMP_ERROR_PROTOCOL if a member is missing'))
    return write(lines + ['G_END_DECLS'])


def events_source(names):
    lines = banner('One function of the codec for each public one.')
    lines += ['#include "qmp/qmp-events.h"', '', '#include "qmp/qmp-codec.h"',
              '#include "qmp/qmp-tables.h"', '']
    for structure in names.of('event'):
        event = structure.entity
        lines += struct_source(structure)
        lines += [*c.define(f'{structure.name} *', f'{structure.prefix}_new_from_value',
                            ['QmpValue *data', ERROR[0]]), '{',
                  *c.call('return qmp_codec_decode_event',
                          [f'QMP_EVENT_{event.name}', 'data', 'error'], ';', '  '), '}', '']
    return write(lines[:-1])


# Tables

class Words:
    """One pool of words that end with NUL; a word that ends another shares its bytes."""

    def __init__(self, words):
        self.offsets, self.words, size = {}, [], 0
        for word in sorted({'', *words}, key=lambda text: (-len(text), text)):
            if word in self.offsets:
                continue
            for start in range(len(word) + 1):
                self.offsets.setdefault(word[start:], size + start)
            self.words.append(word)
            size += len(word) + 1
        if size >= NONE:
            raise ValueError('the words of the schema do not fit into 64 KiB')

    def lines(self):
        return [f'  "{word}\\0"' for word in self.words]


def tables_header(names):
    lines = banner('Numbers for rows of the tables.')
    lines += ['#pragma once', '', '#include "qmp/qmp-codec.h"', '']
    for title, ids in (('QMP_N_ENUMS', [f'QMP_ENUM_{c.upper(enum.name)}' for enum in names.enums]),
                       ('QMP_N_STRUCTS', [structure.id for structure in names.structures]),
                       ('QMP_N_COMMANDS', [command_id(command) for command in names.commands]),
                       ('QMP_N_EVENTS', [f'QMP_EVENT_{event.name}' for event in names.events])):
        lines += ['enum', '{', *[f'  {identifier},' for identifier in ids], f'  {title},', '};', '']
    return write(lines[:-1])


def collect_words(names):
    words = [word for enum in names.enums for word in [enum.name, *enum.words]]
    words += [member.name for structure in names.structures for member in structure.members]
    words += [structure.name for structure in names.structures]
    return words + [entity.name for entity in names.commands + names.events]


def type_index(type_):
    if not type_.entity:
        return '0'
    kind = 'ENUM' if type_.kind == 'enum' else 'STRUCT'
    return f'QMP_{kind}_{c.upper(type_.name)}'


def member_row(words, structure, member):
    field = c.member(member.name)
    has = (f'offsetof ({structure.name}, has_{field.rstrip("_")})'
           if member.optional and c.is_scalar(member.type) else '0')
    flags = ' | '.join(flag for flag, is_set in (('QMP_OPTIONAL', member.optional),
                                                 ('QMP_ARRAY', member.type.is_array)) if is_set)
    return (f'  {{ {words.offsets[member.name]}, offsetof ({structure.name}, {field}), {has}, '
            f'{type_index(member.type)}, QMP_KIND_{KINDS[member.type.kind]}, {flags or 0} }},')


def command_row(names, words, command):
    arguments = (names.arguments[command].id if command in names.arguments else
                 'QMP_ARGUMENTS_ANY' if command.takes_any else 'QMP_ARGUMENTS_NONE')
    reply = command.returns
    kind = f'QMP_KIND_{KINDS[reply.kind]}' if reply else 'QMP_KIND_NOTHING'
    return (f'  {{ {words.offsets[command.name]}, {arguments}, {type_index(reply) if reply else 0}, '
            f'{kind}, {"QMP_ARRAY" if reply and reply.is_array else 0} }},')


def tables_source(names):
    words = Words(collect_words(names))
    lines = banner('What the codec knows of the schema. No pointers: nothing is relocated.')
    lines += ['#include "qmp/qmp-tables.h"', '', '#include "qmp/qmp-commands.h"',
              '#include "qmp/qmp-events.h"', '#include "qmp/qmp-types.h"', '', '#include <stddef.h>',
              '', '/* clang-format off */', 'const char qmp_words[] =', *words.lines()]
    lines[-1] += ';'
    first, lines_of_words, lines_of_enums = 0, [], []
    for enum in names.enums:
        known = ['unknown' if 'unknown' in enum.words else '',
                 *[word for word in enum.words if word != 'unknown']]
        lines_of_enums.append(f'  {{ {words.offsets[enum.name]}, {first}, {len(known)} }},')
        lines_of_words.append('  ' + ' '.join(f'{words.offsets[word]},' for word in known))
        first += len(known)
    lines += ['', 'const guint16 qmp_enum_words[] = {', *lines_of_words, '};', '',
              'const QmpEnumRow qmp_enum_rows[] = {', *lines_of_enums, '};', '',
              'const guint16 qmp_n_enums = QMP_N_ENUMS;', '',
              'const QmpMemberRow qmp_member_rows[] = {']
    first, lines_of_structs = 0, []
    for structure in names.structures:
        for member in structure.members:
            lines.append(member_row(words, structure, member))
        lines_of_structs.append(f'  {{ {words.offsets[structure.name]}, {first}, '
                                f'{len(structure.members)}, sizeof ({structure.name}) }},')
        first += len(structure.members)
    lines += ['};', '', 'const QmpStructRow qmp_struct_rows[] = {', *lines_of_structs, '};', '',
              'const QmpCommandRow qmp_command_rows[] = {',
              *[command_row(names, words, command) for command in names.commands], '};', '',
              'const QmpEventRow qmp_event_rows[] = {',
              *[f'  {{ {words.offsets[event.name]}, {names.data[event].id} }},'
                for event in names.events],
              '};', '/* clang-format on */', '',
              '/* The types of the structures, once they are asked for. */',
              'gsize qmp_struct_types[QMP_N_STRUCTS];']
    return write(lines)


def write_all(schema):
    """{name of a file: its text}"""
    names = Names(schema)
    return {
        'qmp-types.h': types_header(names), 'qmp-types.c': types_source(names),
        'qmp-commands.h': commands_header(names), 'qmp-commands.c': commands_source(names),
        'qmp-events.h': events_header(names), 'qmp-events.c': events_source(names),
        'qmp-tables.h': tables_header(names), 'qmp-tables.c': tables_source(names),
    }
