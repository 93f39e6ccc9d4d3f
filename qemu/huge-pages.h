/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <hugepages>: whether this host has as many huge pages as a machine needs.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/qemu-error.h"

/* @meminfo: (nullable): a file as /proc/meminfo; %NULL: that one. @page_kib: (out): size of one page;
 * 0 where @domain wants none. Errors: %VB_QEMU_ERROR_HOST_RESOURCE. */
gboolean vb_huge_pages_check (const VbDomain *domain,
                              const char *meminfo,
                              guint64 *page_kib,
                              GError **error);
