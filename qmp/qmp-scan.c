/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A byte at a time through JSON text: a table of what a byte is outside of strings, and two bits
 * of state inside of them.
 */
#include "qmp/qmp-scan.h"

#include "qmp/qmp-session.h"

/* 18 digits fit in 64 bits whatever they are. */
#define SAFE_DIGITS 18

typedef enum
{
  BYTE_BROKEN,
  BYTE_SPACE,
  BYTE_NEWLINE,
  BYTE_LETTER, /* of true, false, null and exponents */
  BYTE_DIGIT,
  BYTE_COLON,
  BYTE_COMMA,
  BYTE_QUOTE,
  BYTE_OPEN,
  BYTE_CLOSE,
} ByteClass;

static const guint8 byte_classes[256] = {
  [' '] = BYTE_SPACE,  ['\t'] = BYTE_SPACE, ['\r'] = BYTE_SPACE, ['\n'] = BYTE_NEWLINE,
  ['+'] = BYTE_LETTER, ['-'] = BYTE_LETTER, ['.'] = BYTE_LETTER, ['E'] = BYTE_LETTER,
  ['a'] = BYTE_LETTER, ['e'] = BYTE_LETTER, ['f'] = BYTE_LETTER, ['l'] = BYTE_LETTER,
  ['n'] = BYTE_LETTER, ['r'] = BYTE_LETTER, ['s'] = BYTE_LETTER, ['t'] = BYTE_LETTER,
  ['u'] = BYTE_LETTER, ['0'] = BYTE_DIGIT,  ['1'] = BYTE_DIGIT,  ['2'] = BYTE_DIGIT,
  ['3'] = BYTE_DIGIT,  ['4'] = BYTE_DIGIT,  ['5'] = BYTE_DIGIT,  ['6'] = BYTE_DIGIT,
  ['7'] = BYTE_DIGIT,  ['8'] = BYTE_DIGIT,  ['9'] = BYTE_DIGIT,  [':'] = BYTE_COLON,
  [','] = BYTE_COMMA,  ['"'] = BYTE_QUOTE,  ['{'] = BYTE_OPEN,   ['['] = BYTE_OPEN,
  ['}'] = BYTE_CLOSE,  [']'] = BYTE_CLOSE,
};

static inline QmpScanResult
scan_string_byte (QmpScan *scan, guchar byte)
{
  /* A control character would be escaped, and 0xff (QEMU's own mark to start afresh) is in no
   * UTF-8 text: the end of this string was lost. */
  if (byte < 0x20 || byte == 0xff)
    return QMP_SCAN_BROKEN;
  if (byte >= 0x80)
    scan->has_non_ascii = TRUE;

  if (scan->after_backslash)
    scan->after_backslash = FALSE;
  else if (byte == '\\')
    scan->after_backslash = TRUE;
  else if (byte == '"')
    scan->in_string = FALSE;
  return QMP_SCAN_MORE;
}

static QmpScanResult
scan_open (QmpScan *scan, guchar byte)
{
  if (scan->is_stream && scan->after_newline && byte == '{')
    return QMP_SCAN_RESTARTED;
  if (++scan->depth > QMP_MAX_DEPTH || ++scan->n_values > QMP_MAX_VALUES)
    return QMP_SCAN_TOO_LARGE;
  scan->max_depth = MAX (scan->max_depth, scan->depth);
  return QMP_SCAN_MORE;
}

static inline QmpScanResult
scan_digit (QmpScan *scan)
{
  if (++scan->n_digits > SAFE_DIGITS)
    scan->has_long_number = TRUE;
  return QMP_SCAN_MORE;
}

static inline QmpScanResult
scan_structure_byte (QmpScan *scan, guchar byte)
{
  switch (byte_classes[byte])
    {
    case BYTE_DIGIT:
      return scan_digit (scan);
    case BYTE_QUOTE:
      scan->in_string = TRUE;
      return QMP_SCAN_MORE;
    case BYTE_OPEN:
      return scan_open (scan, byte);
    case BYTE_CLOSE:
      if (scan->depth == 0)
        return QMP_SCAN_BROKEN;
      return --scan->depth == 0 ? QMP_SCAN_COMPLETE : QMP_SCAN_MORE;
    case BYTE_COMMA:
      return ++scan->n_values > QMP_MAX_VALUES ? QMP_SCAN_TOO_LARGE : QMP_SCAN_MORE;
    case BYTE_BROKEN:
      return QMP_SCAN_BROKEN;
    default:
      return QMP_SCAN_MORE;
    }
}

QmpScanResult
qmp_scan_bytes (QmpScan *scan, const char *bytes, gsize n_bytes, gsize *n_taken)
{
  for (gsize i = 0; i < n_bytes; i++)
    {
      guchar byte = (guchar) bytes[i];
      QmpScanResult result;

      if (scan->in_string)
        {
          result = scan_string_byte (scan, byte);
        }
      else
        {
          if (byte_classes[byte] != BYTE_DIGIT)
            scan->n_digits = 0;
          result = scan_structure_byte (scan, byte);
          scan->after_newline = byte == '\n';
        }
      if (result != QMP_SCAN_MORE)
        {
          *n_taken = i + 1;
          return result;
        }
    }
  *n_taken = n_bytes;
  return QMP_SCAN_MORE;
}
