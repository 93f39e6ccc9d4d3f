#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes libqmp's typed functions, structures, tables and reference from its schema, at build time.

usage: generate.py OUTPUT-FOLDER SCHEMA-FILE...

The language of the schema is described in generator/schema.py. What is wrong with a schema is told
as FILE:LINE: ENTITY: PROBLEM, and nothing is written."""

import os
import sys

sys.dont_write_bytecode = True
from generator import c_code, reference, schema  # noqa: E402


def main():
    if len(sys.argv) < 3:
        sys.exit(f'usage: {sys.argv[0]} OUTPUT-FOLDER SCHEMA-FILE...')
    try:
        whole = schema.read_files(sys.argv[2:])
        files = {**c_code.write_all(whole), 'qmp-reference.md': reference.write(whole)}
    except (schema.SchemaError, OSError, UnicodeDecodeError) as error:
        sys.exit(str(error))
    for name, text in files.items():
        with open(os.path.join(sys.argv[1], name), 'w', encoding='utf-8') as file:
            file.write(text)


if __name__ == '__main__':
    main()
