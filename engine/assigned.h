/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the record of a run notes of the devices of the host that its guest has, so that a later
 * service knows whose they are and what is to be given back.
 */
#pragma once

#include "host/device-node.h"

typedef struct
{
  char *alias;       /* (owned) of the guest's device */
  char *id;          /* (owned) of the host device */
  char *node;        /* (owned) (nullable) the file that QEMU's user was made the owner of… */
  VbNodeOwner owner; /* …and whose it was */
} VbAssigned;

/* (transfer full) (element-type VbAssigned): empty */
GPtrArray *vb_assigned_list_new (void);
void vb_assigned_list_add (
    GPtrArray *list, const char *alias, const char *id, const char *node, const VbNodeOwner *owner);
void vb_assigned_list_save (const GPtrArray *list, GKeyFile *notes);
/* What is not whole is left out. */
void vb_assigned_list_load (GPtrArray *list, GKeyFile *notes);
