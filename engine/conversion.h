/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The use case of a domain for others: in the words of a hypervisor's own configuration.
 */
#pragma once

#include "engine/engine.h"

/* (transfer full) (nullable): the document @xml in @format, a word of vb_native_format_table. Of what
 * is added to @findings, the warnings tell what the text does not. @pretty: easier to read, where the
 * format has such a form. Nothing is stored, opened or run. Errors: VB_DOMAIN_ERROR,
 * %VB_ENGINE_ERROR_INVALID_ARGUMENT, %VB_QEMU_ERROR_UNSUPPORTED. */
char *vb_engine_convert_to_native (VbEngine *engine,
                                   const char *format,
                                   const char *xml,
                                   gboolean pretty,
                                   VbDiagnostics *findings,
                                   GError **error);
