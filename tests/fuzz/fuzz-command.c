/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a client of a session writes: whatever it is, what would be passed on to QEMU is a command
 * that reads back as itself, and the client's id is a piece of its own text.
 */
#include "engine/qmp-command.h"
#include "engine/qmp-rules.h"
#include "qmp/qmp-framer.h"
#include "qmp/qmp-value.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

/* Small, so that the fuzzer reaches it. */
#define MAX_TEXT_BYTES 4096

static void
require (gboolean holds, const char *what)
{
  if (!holds)
    g_error ("%s", what);
}

/* (transfer full): as the service would write it to QEMU */
static char *
write_again (const VbQmpCommand *command)
{
  return g_strdup_printf ("{\"%s\":\"%s\",\"arguments\":%s}",
                          command->out_of_band ? "exec-oob" : "execute", command->name,
                          command->arguments != NULL ? command->arguments : "{}");
}

static void
check_passed_on (const VbQmpCommand *command)
{
  g_autofree char *text = write_again (command);
  g_autoptr (VbQmpCommand) again = vb_qmp_command_parse (text, strlen (text));
  g_autofree char *text_again = NULL;

  require (vb_qmp_command_is_name (command->name), "a name that is none");
  require (again->failure == NULL, "what was accepted is refused when it is written again");
  text_again = write_again (again);
  require (g_str_equal (text, text_again), "a command changes from one reading to the next");
  require (g_strcmp0 (command->subject, again->subject) == 0, "another subject");
}

static void
check_frame (const QmpFrame *frame)
{
  g_autoptr (VbQmpCommand) command = vb_qmp_command_parse (frame->text, frame->n_bytes);

  if (command->id != NULL)
    require (memmem (frame->text, frame->n_bytes, command->id, strlen (command->id)) != NULL,
             "an id that was not written");
  if (command->failure == NULL)
    check_passed_on (command);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autoptr (QmpFramer) framer = qmp_framer_new (MAX_TEXT_BYTES, FALSE);
  QmpFrameResult result;
  QmpFrame frame;

  qmp_framer_feed (framer, (const char *) data, n_bytes);
  while ((result = qmp_framer_next (framer, &frame)) == QMP_FRAME_TEXT || result == QMP_FRAME_NOISE)
    if (result == QMP_FRAME_TEXT)
      check_frame (&frame);
  return 0;
}
