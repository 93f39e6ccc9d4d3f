/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The names of guest architectures: a domain calls some otherwise than QEMU's programs are called.
 * Knows which programs are called how, and nothing of what they can do. Pure.
 */
#pragma once

#include <glib.h>

/* QEMU's name of @arch, which a domain has: "i386" for "i686". One that is not known stays as it
 * is: QEMU learns new ones. */
const char *vb_architecture_to_qemu (const char *arch);
/* The one name that a capability set has for @arch, which may be any of a domain's or QEMU's: "i686"
 * for "i386". */
const char *vb_architecture_to_set (const char *arch);
/* In bits: 32 or 64 */
guint vb_architecture_get_word_size (const char *arch);
/* Debian's package of its emulator */
const char *vb_architecture_get_package (const char *arch);
gboolean vb_architecture_is_x86 (const char *arch);
/* Whether a processor of @host runs the instructions of @guest by itself, so that KVM can */
gboolean vb_architecture_is_native (const char *guest, const char *host);
/* Whether QEMU's emulator of @target has all that a guest of @arch needs */
gboolean vb_architecture_is_emulated_by (const char *arch, const char *target);

/* (nullable): the architecture in a program's name: "x86_64" of "qemu-system-x86_64". A variant of an
 * emulator, such as Debian's qemu-system-x86_64-microvm, has none of its own. */
const char *vb_architecture_from_program (const char *name);
