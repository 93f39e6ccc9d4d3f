#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# An example of QMP through virtbus, without any library: asks the QEMU of a running domain how it is.
#
#   query.sh hello
#
# On the system bus, --system takes the place of --user, and polkit decides.

set -euo pipefail

# LookupDomain takes a name or a UUID; the answer is: o "/org/virtbus1/domain/_6d1c9a50_…"
domain=$(busctl --user call org.virtbus1 /org/virtbus1 org.virtbus1.Manager \
  LookupDomain 'sa{sv}' "${1:?name of a domain}" 0 | cut -d '"' -f 2)

# qmp COMMAND [ARGUMENTS [OPTIONS…]]: what QEMU returned, as JSON. Of no options, the number is 0.
qmp ()
{
  local options=("${@:3}")

  busctl --user call org.virtbus1 "$domain" org.virtbus1.Qmp \
    Execute 'ssa{sv}' "$1" "${2-}" "${options[@]:-0}" |
    sed 's/^s "\(.*\)"$/\1/; s/\\\(.\)/\1/g'
}

qmp query-status
qmp query-name
# Arguments are a JSON object. Waiting for an answer has a limit, in milliseconds.
qmp qom-get '{"path": "/machine", "property": "type"}' 1 timeout-ms u 5000
