/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host's end of a character device to and from XML. Private to the room.
 */
#pragma once

#include <stddef.h>

#include "domain/chardev-source.h"
#include "domain/xml-reader.h"
#include "domain/xml-writer.h"

typedef enum
{
  VB_CHARDEV_USE_PLAIN = 0,
  VB_CHARDEV_USE_TYPED = 1 << 0,     /* the attribute `type` must be there; else "pty" is meant */
  VB_CHARDEV_USE_SPICE = 1 << 1,     /* the type spicevmc fits */
  VB_CHARDEV_USE_OPEN_PATH = 1 << 2, /* a listening socket's path may be left to the service */
  VB_CHARDEV_USE_TTY = 1 << 3,       /* a terminal's path is in the attribute `tty` as well */
} VbChardevUse;

/* For the list of strings of the class of @Type, which has a VbChardevSource named `source`. */
#define VB_CHARDEV_SOURCE_STRINGS(Type)                                                            \
  offsetof (Type, source.path), offsetof (Type, source.host), offsetof (Type, source.service),     \
      offsetof (Type, source.bind_host), offsetof (Type, source.bind_service)

void vb_chardev_source_parse (VbXmlReader *reader,
                              xmlNode *element,
                              VbChardevUse use,
                              VbChardevSource *source);
/* As attributes and children of the open element. */
void
vb_chardev_source_format (const VbChardevSource *source, VbXmlWriter *writer, VbChardevUse use);
/* Makes the defaults explicit. */
void vb_chardev_source_complete (VbChardevSource *source);
void vb_chardev_source_copy (VbChardevSource *copy, const VbChardevSource *source);
