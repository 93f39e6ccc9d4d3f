# SPDX-License-Identifier: LGPL-2.1-or-later
"""What things of the schema are called in C, and how C is laid out in 100 columns."""

import re

WIDTH = 100
# Of C, C++ and the preprocessor: a member so called gets a '_' at its end.
RESERVED = set('''
    alignas alignof and asm auto bool break case catch char class const constexpr continue decltype
    default delete do double else enum explicit export extern false final float for friend goto if
    import inline int linux long module mutable namespace new noexcept not nullptr operator or
    override private protected public register requires restrict return short signed sizeof static
    struct switch template this throw true try typedef typeid typename typeof union unix unsigned
    using virtual void volatile while xor'''.split())

SCALARS = {
    'bool': 'gboolean',
    'int': 'gint64',
    'uint64': 'guint64',
    'number': 'double',
}
POINTERS = {
    'str': 'char *',
    'any': 'QmpValue *',
}
ELEMENTS = {'str': 'utf8', 'any': 'QmpValue', 'bool': 'gboolean', 'int': 'gint64',
            'uint64': 'guint64', 'number': 'gdouble'}


def split_camel(name):
    return re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', name)


def lower(name):
    """status_info of StatusInfo, query_status of query-status"""
    return re.sub(r'[-.]', '_', split_camel(name)).lower()


def upper(name):
    return lower(name).upper()


def camel(name):
    """QueryStatus of query-status, DeviceDeleted of DEVICE_DELETED"""
    return ''.join(part.capitalize() for part in re.split(r'[-_]', name))


def member(name):
    identifier = re.sub(r'[-.]', '_', name).lower()
    return identifier + '_' if identifier in RESERVED else identifier


def constant(enum, word):
    return f'QMP_{upper(enum.name)}_{re.sub("[-.]", "_", word).upper()}'


def is_scalar(type_):
    """Whether zero does not tell that it is absent."""
    return not type_.is_array and (type_.name in SCALARS or type_.kind == 'enum')


def holds_numbers(type_):
    """Whether an array of it is a GArray."""
    return type_.name in SCALARS or type_.kind == 'enum'


def c_type(type_):
    """With the space or star before a name."""
    if type_.is_array:
        return 'GArray *' if holds_numbers(type_) else 'GPtrArray *'
    if type_.entity:
        return f'Qmp{type_.name} ' if type_.kind == 'enum' else f'Qmp{type_.name} *'
    return SCALARS[type_.name] + ' ' if type_.name in SCALARS else POINTERS[type_.name]


def element_type(type_):
    return f'Qmp{type_.name}' if type_.entity else ELEMENTS[type_.name]


# Layout

def comment(text, indent=' '):
    """Lines of a comment that is open already, each beginning with ' * '."""
    return wrap(text, f'{indent}* ', f'{indent}* ')


def comment_item(text):
    """The same, with what follows the first line set in."""
    return wrap(text, ' * ', ' *   ')


def wrap(text, first, rest):
    lines, line = [], first
    for word in text.split():
        if len(line) + len(word) > WIDTH and line not in (first, rest):
            lines.append(line.rstrip())
            line = rest
        line += word + ' '
    return lines + [line.rstrip()]


def call(head, arguments, tail, indent=''):
    """A call or declaration: on one line if it fits, else broken as clang-format breaks it."""
    line = f'{indent}{head} ({", ".join(arguments)}){tail}'
    if len(line) <= WIDTH:
        return [line]
    start = f'{indent}{head} ('
    lines, line = [], start
    for argument in arguments:
        last = argument is arguments[-1]
        piece = argument + (f'){tail}' if last else ',')
        if line.strip() and line != start and len(line) + 1 + len(piece) > WIDTH:
            lines.append(line)
            line = ' ' * len(start) + piece
        else:
            line += piece if line == start else ' ' + piece
    return lines + [line]


def declare(result, name, parameters):
    """A declaration, with a line for each parameter if they do not fit on one."""
    line = f'{result}{name} ({", ".join(parameters)});'
    if len(line) <= WIDTH:
        return [line]
    if result and len(declare('', name, parameters)) == 1:
        return [result.rstrip(), *declare('', name, parameters)]
    start = f'{result}{name} ('
    lines = [' ' * len(start) + parameter + ',' for parameter in parameters]
    lines[0] = start + lines[0].lstrip()
    lines[-1] = lines[-1][:-1] + ');'
    if max(map(len, lines)) <= WIDTH:
        return lines
    if result:
        return [result.rstrip(), *declare('', name, parameters)]
    together = f'    {", ".join(parameters)});'
    if len(together) <= WIDTH:
        return [start, together]
    return [start, *(f'    {parameter},' for parameter in parameters[:-1]), f'    {parameters[-1]});']


def define_macro(name, value):
    line = f'#define {name} {value}'
    if len(line) <= WIDTH:
        return [line]
    return [f'#define {name}'.ljust(WIDTH - 1) + '\\', f'  {value}']


def declare_struct(name):
    line = f'typedef struct _{name} {name};'
    return [line] if len(line) <= WIDTH else [f'typedef struct _{name}', f'    {name};']


def define(result, name, parameters):
    """The head of a definition."""
    line = f'{name} ({", ".join(parameters)})'
    if len(line) > WIDTH:
        return [result.rstrip(), *declare('', name, parameters)[:-1],
                declare('', name, parameters)[-1].rstrip(';')]
    return [result.rstrip(), line]
