/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One call of a method, from when it came in at the door until its reply. Handlers read its
 * arguments and end it.
 */
#pragma once

#include "engine/engine.h"
#include "objects/bus-tree-private.h"
#include "qemu/given.h"

#define VB_CALL_MAX_ACTIONS 3

struct _VbCall
{
  VbBusTree *tree;                   /* (owned) */
  VbNode *node;                      /* (owned) */
  GDBusMethodInvocation *invocation; /* (owned) */
  const char *child;                 /* (nullable) last element of the path, below the node's own */
  const VbInterfaceTable *table;     /* (nullable) of the interface that is called or read */
  const VbMethodRow *row;
  GVariant *options; /* (owned) (nullable) checked: only keys and types that the row knows */
  const char *actions[VB_CALL_MAX_ACTIONS + 1]; /* what the caller must be allowed to do */
  guint n_granted;
  GPtrArray
      *questions; /* (owned) (nullable) (element-type VbHostDeviceQuestion): the devices of the
                           host that the row's device_action is asked for */
  guint n_devices_granted;    /* of these */
  gboolean has_device_action; /* for all of them */
  gboolean is_prepared;       /* the table's prepare() was asked */
  VbDomain *document; /* (owned) (nullable) what the call brings, where the authority was asked */
  VbMachine *subject; /* (owned) (nullable) what the authority was asked about */
};

/* @invocation: (transfer full) */
VbCall *vb_call_new (VbNode *node, GDBusMethodInvocation *invocation);

/* Sends the reply, after all signals about what the call has changed. @results: (nullable), floating,
 * a tuple. Both functions free the call. */
void vb_call_complete (VbCall *call, GVariant *results);
/* The same for a method whose only result is a descriptor; @fd: (transfer full) */
void vb_call_complete_with_fd (VbCall *call, int fd);
/* @error: (transfer full) */
void vb_call_fail (VbCall *call, GError *error);
void vb_call_refuse (VbCall *call, VbEngineError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* For a VbPreparer: what the call waited for is over. */
void vb_call_resume (VbCall *call);

/* The caller's unique bus name */
const char *vb_call_get_sender (const VbCall *call);
/* The first argument, where it is a string (transfer none), or a number or truth value of any type */
const char *vb_call_get_text (const VbCall *call);
guint64 vb_call_get_number (const VbCall *call);

/* An option's value, or @fallback */
gboolean vb_call_get_boolean_option (const VbCall *call, const char *name, gboolean fallback);
guint32 vb_call_get_uint32_option (const VbCall *call, const char *name, guint32 fallback);
guint64 vb_call_get_uint64_option (const VbCall *call, const char *name, guint64 fallback);
/* (transfer none) (nullable) */
const char *vb_call_get_text_option (const VbCall *call, const char *name);
/* (transfer container) (nullable) */
const char **vb_call_get_texts_option (const VbCall *call, const char *name);
/* @given: (out) (transfer full) (nullable): the descriptors of an option of the type `a{sh}`. FALSE:
 * they are no good, and the call is refused, and gone. */
gboolean vb_call_take_given_option (VbCall *call, const char *name, VbGiven **given);
/* (transfer none) (nullable): the caller, where the option `autodestroy` is true; it is watched then */
const char *vb_call_get_autodestroy_client (const VbCall *call);
