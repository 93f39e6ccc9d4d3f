/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From an open layer of a disk image to the one below it.
 */
#pragma once

#include "qemu/descriptors.h"

/* How many layers a disk may have. */
#define VB_IMAGE_CHAIN_MAX_LAYERS 64

typedef struct
{
  char *path;   /* (owned) (nullable): there is none */
  char *format; /* (owned) (nullable) */
} VbImageLayer;

/* @is_encrypted: whether QEMU needs a passphrase for @layer. Errors: %VB_QEMU_ERROR_HOST_RESOURCE. */
gboolean vb_image_chain_next (const VbDescriptor *layer,
                              VbImageLayer *next,
                              gboolean *is_encrypted,
                              GError **error);
void vb_image_layer_clear (VbImageLayer *layer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VbImageLayer, vb_image_layer_clear)

/* Whether both are one file. */
gboolean vb_image_chain_is_same (const VbDescriptor *a, const VbDescriptor *b);
