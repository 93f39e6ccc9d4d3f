/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Images of formats that QEMU reads, and qemu-img does not write.
 */
#pragma once

/* Writes what the raw image at @source says to @target, as @format: "bochs", "cloop" or "dmg". */
void old_image_convert (const char *source, const char *format, const char *target);
