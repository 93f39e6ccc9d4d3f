/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables that the object layer is made of. An interface is one VbInterfaceTable: a row for each
 * property says how it is read, and a row for each method says who may call it and what answers.
 * Signatures and documentation are in introspection/.
 */
#pragma once

#include <gio/gio.h>

#include "objects/view.h"

typedef struct _VbCall VbCall;

/* Returns a floating value. */
typedef GVariant *(*VbGetter) (const VbView *view);
/* Takes the call over and ends it, now or later, with vb_call_complete() or vb_call_fail(). @view is
 * valid until the handler returns. */
typedef void (*VbHandler) (VbCall *call, const VbView *view);
/* Whether the call can be answered now. Else it has begun what the call has to wait for, and calls
 * vb_call_resume() when that is over. */
typedef gboolean (*VbPreparer) (VbCall *call, const VbView *view);
/* Returns the action of a call whose options have been checked. */
typedef const char *(*VbChooser) (const VbCall *call);

typedef struct
{
  const char *name;
  VbFacets facets; /* the parts of a machine that it is read from; 0: it never changes */
  VbGetter get;
} VbPropertyRow;

typedef struct
{
  const char *name;
  const char *type;
  const char *action; /* (nullable) asked for besides the method's where the option is true */
} VbOptionRow;

typedef struct
{
  const char *name;
  const char *action; /* VB_ACTION_NONE: free */
  VbHandler handle;
  const VbOptionRow *options; /* (nullable) %NULL for a method without the argument `options` */
  const char *also;           /* (nullable) a second action that the caller needs */
  gboolean takes_document;    /* the first argument is domain XML, and what the action is about */
  VbChooser choose; /* (nullable) says which action this call needs, in the place of @action */
  const char
      *device_action; /* (nullable) a further one that the caller needs for each device of the
                                host of the domain that the call is about */
  gboolean
      names_command; /* the first argument is a command of QEMU's, and a detail of the action */
} VbMethodRow;

/* The rows end with one without a name. */
typedef struct
{
  const char *name;
  const GDBusInterfaceInfo *info;
  const char *read_action;         /* for reading its properties; VB_ACTION_NONE: free */
  const VbPropertyRow *properties; /* (nullable) */
  const VbMethodRow *methods;      /* (nullable) */
  VbPreparer prepare; /* (nullable) asked once before a call is answered, or a property read */
} VbInterfaceTable;

/* The options of a method that knows none. */
extern const VbOptionRow vb_no_options[];

/* All (nullable). A list of tables ends with %NULL. */
const VbInterfaceTable *vb_interface_table_find (const VbInterfaceTable *const *tables,
                                                 const char *name);
const VbPropertyRow *vb_property_row_find (const VbInterfaceTable *table, const char *name);
const VbMethodRow *vb_method_row_find (const VbInterfaceTable *table, const char *name);
const VbOptionRow *vb_option_row_find (const VbOptionRow *options, const char *name);

/* A floating `a{sv}` of all properties. */
GVariant *vb_interface_table_read (const VbInterfaceTable *table, const VbView *view);
/* (nullable): a floating `a{sv}` of those properties of @facets whose values differ */
GVariant *vb_interface_table_compare (const VbInterfaceTable *table,
                                      VbFacets facets,
                                      const VbView *before,
                                      const VbView *after);
/* A floating `a{sa{sv}}`: interfaces and properties of an object, as ObjectManager tells them. It is
 * packed, which takes much less memory than a tree of values. */
GVariant *vb_interface_tables_read (const VbInterfaceTable *const *tables, const VbView *view);

/* (transfer full): @value (floating), packed in one block: a tree of small values takes several times
 * the memory. */
GVariant *vb_value_pack (GVariant *value);

/* For the getter of the property `Pending`: a floating `a{sv}` of the stored values of an object's
 * properties (but of `Pending` itself) that differ from what is shown */
#define VB_PENDING_NAME "Pending"
GVariant *vb_interface_tables_get_pending (const VbInterfaceTable *const *tables,
                                           const VbView *view);

/* Floating values for getters: a @text (nullable) that is UTF-8 because it was XML, one that may be
 * anything because it comes from the host, several such (nullable), and nothing at all. */
GVariant *vb_value_from_text (const char *text);
GVariant *vb_value_from_foreign_text (const char *text);
GVariant *vb_value_from_foreign_texts (char **texts);
GVariant *vb_value_empty (const char *array_type);
