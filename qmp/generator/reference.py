# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the reference of commands, events and types as Markdown."""

from generator import c_names as c

INTRODUCTION = '''# Reference of libqmp's schema

The commands and events of QEMU's machine protocol for which libqmp has typed functions and
structures. Every other command can be called by `qmp_session_call_async()`, with its arguments as a
`QmpValue`. A command is three functions of a session: `NAME_async`, `NAME_finish` and `NAME_sync`.
Members in italics are optional. Members that QEMU sends and that are not listed are kept in `json`
of each structure; a word that is not listed gives the value `UNKNOWN`.'''


def type_text(type_):
    name = f'[{type_.name}](#{type_.name.lower()})' if type_.entity else f'`{type_.name}`'
    return f'array of {name}' if type_.is_array else name


def member_lines(entity):
    for member in entity.members:
        style = '*' if member.optional else ''
        yield (f'* {style}`{member.name}`{style} ({type_text(member.type)}): '
               f'{entity.doc.members[member.name]}')


def entity_lines(entity):
    yield from ['', f'### {entity.name}', '']
    yield '\n\n'.join(entity.doc.paragraphs)
    notes = []
    if entity.kind == 'enum':
        yield ''
        for word in entity.words:
            text = entity.doc.members.get(word)
            condition = entity.word_conditions.get(word)
            yield (f'* `{word}`' + (f': {text}' if text else '') +
                   (f' (only where {condition})' if condition else ''))
    elif entity.members:
        yield ''
        yield from member_lines(entity)
    if entity.kind == 'command':
        notes += command_notes(entity)
    if entity.condition:
        notes.append(f'Only where {entity.condition}.')
    if entity.doc.since:
        notes.append(f'In QEMU since {entity.doc.since}.')
    for note in notes:
        yield from ['', note]


def command_notes(command):
    if command.arguments:
        yield f'Arguments: the members of {type_text_of(command.arguments)}.'
    if command.takes_fd:
        yield 'A descriptor travels with it.'
    if command.returns:
        yield f'Returns {type_text(command.returns)}: {command.doc.returns}.'
    if not command.is_internal:
        yield f'C: `qmp_session_{c.lower(command.name)}_async()`.'


def type_text_of(entity):
    return f'[{entity.name}](#{entity.name.lower()})'


def write(schema):
    lines = [INTRODUCTION]
    for path, about, entities in schema.files:
        title = path.rsplit('/', 1)[-1].removesuffix('.json').capitalize()
        lines += ['', f'## {title}', '', about]
        for entity in entities:
            lines += entity_lines(entity)
    return '\n'.join(lines) + '\n'
