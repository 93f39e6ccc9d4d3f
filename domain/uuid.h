/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * UUIDs as the domain XML writes them. Private to the room.
 */
#pragma once

/* (transfer full) (nullable): lower case with dashes, of 32 digits or of RFC 4122's form; %NULL for
 * anything else */
char *vb_uuid_normalize (const char *text);
