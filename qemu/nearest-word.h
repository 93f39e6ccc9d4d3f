/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What somebody may have meant who wrote a word that is not known. Pure.
 */
#pragma once

#include <glib.h>

/* (nullable): the one of @words, %NULL-terminated, that is most like @word, if any is like it */
const char *vb_nearest_word (const char *word, const char *const *words);
