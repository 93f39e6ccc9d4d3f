/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp: between JSON and the structures of the schema, by tables that are generated.
 * Unknown members and words never fail; a required member that is missing or of another type does.
 * An optional member of another type counts as absent: it is still in the structure's json.
 */
#pragma once

#include "qmp/qmp-struct.h"

G_BEGIN_DECLS

typedef enum
{
  QMP_KIND_NOTHING,
  QMP_KIND_BOOLEAN, /* gboolean */
  QMP_KIND_INT,     /* gint64 */
  QMP_KIND_UINT,    /* guint64 */
  QMP_KIND_NUMBER,  /* double */
  QMP_KIND_ENUM,    /* an enum, as wide as int */
  QMP_KIND_STRING,  /* char * */
  QMP_KIND_STRUCT,  /* a pointer to it */
  QMP_KIND_ANY,     /* QmpValue * */
} QmpKind;

enum
{
  QMP_OPTIONAL = 1 << 0,
  QMP_ARRAY = 1 << 1,
};

#define QMP_ARGUMENTS_NONE G_MAXUINT16
#define QMP_ARGUMENTS_ANY (G_MAXUINT16 - 1)

/* Names are offsets into qmp_words, types are rows of enums or of structures. */
typedef struct
{
  guint16 name;
  guint16 offset;     /* in the structure */
  guint16 has_offset; /* of its has_x; 0 if it has none */
  guint16 type;
  guint8 kind;
  guint8 flags;
} QmpMemberRow;

typedef struct
{
  guint16 name;
  guint16 first_member;
  guint16 n_members;
  guint16 size;
} QmpStructRow;

typedef struct
{
  guint16 name;
  guint16 first_word;
  guint16 n_words; /* the first is that of UNKNOWN: empty if it has none */
} QmpEnumRow;

typedef struct
{
  guint16 name;
  guint16 arguments; /* a structure, or one of QMP_ARGUMENTS_ */
  guint16 type;      /* of the reply */
  guint8 kind;
  guint8 flags;
} QmpCommandRow;

typedef struct
{
  guint16 name;
  guint16 data; /* a structure */
} QmpEventRow;

extern const char qmp_words[];
extern const guint16 qmp_enum_words[];
extern const QmpEnumRow qmp_enum_rows[];
extern const guint16 qmp_n_enums;
extern const QmpMemberRow qmp_member_rows[];
extern const QmpStructRow qmp_struct_rows[];
extern const QmpCommandRow qmp_command_rows[];
extern const QmpEventRow qmp_event_rows[];
extern gsize qmp_struct_types[];

/* What every structure begins with. */
typedef struct
{
  QmpValue *json; /* (owned) (nullable) */
  guint struct_id;
} QmpStruct;

GType qmp_struct_get_type (guint struct_id);
gpointer qmp_struct_new (guint struct_id);

/* (nullable) */
const char *qmp_codec_get_word (guint enum_id, int value);
int qmp_codec_find_word (guint enum_id, const char *word);

/* (transfer full) (nullable): a structure; @what: what an error begins with */
gpointer qmp_codec_read (guint struct_id, QmpValue *json, const char *what, GError **error);
/* (transfer full) (nullable): an object; @structure: (nullable): %NULL is an empty one */
QmpValue *
qmp_codec_write (guint struct_id, gconstpointer structure, const char *what, GError **error);

/* (transfer full) (nullable): a structure, a GPtrArray, a GArray, a string or a QmpValue, as the
 * command's row says; anything but %NULL if it returns nothing */
gpointer qmp_codec_decode_reply (guint command_id, QmpValue *reply, GError **error);
/* (transfer full): a structure; @data: (nullable) */
gpointer qmp_codec_decode_event (guint event_id, QmpValue *data, GError **error);
/* (transfer full); @arguments: (nullable): what the command's row says */
gboolean qmp_codec_encode_arguments (guint command_id,
                                     gconstpointer arguments,
                                     QmpValue **json,
                                     GError **error);

G_END_DECLS
