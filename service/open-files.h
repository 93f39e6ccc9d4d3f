/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How many files the process may have open: a service with thousands of running guests needs more
 * than the usual limit; the programs that it starts get the limit that it was given.
 */
#pragma once

/* To be called once, before there are other threads. */
void vb_open_files_raise_limit (void);
