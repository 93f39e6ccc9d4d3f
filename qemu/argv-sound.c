/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <sound>: a card, and its end at the host, which is a display or takes what it plays and says nothing.
 */
#include "qemu/argv-parts.h"

static const char *const drivers[] = {
  [VB_SOUND_ES1370] = "ES1370",  [VB_SOUND_SB16] = "sb16", [VB_SOUND_AC97] = "AC97",
  [VB_SOUND_ICH6] = "intel-hda", [VB_SOUND_PCSPK] = NULL, /* of the machine itself */
};

char *
vb_argv_sound_id (const VbSound *sound)
{
  return g_strdup_printf ("host%s", sound->base.alias);
}

/* What plays and records behind the controller of that name. */
static void
add_codec (VbArgv *argv, const VbSound *sound, const char *host_end)
{
  QmpValue *codec = vb_argv_new_device ("hda-duplex");
  g_autofree char *id = g_strdup_printf ("%s-codec0", sound->base.alias);
  g_autofree char *bus = g_strdup_printf ("%s.0", sound->base.alias);
  qmp_value_set_string (codec, "id", id);
  qmp_value_set_string (codec, "bus", bus);
  qmp_value_set_string (codec, "audiodev", host_end);
  vb_argv_add_device (argv, NULL, codec);
}

void
vb_argv_add_sound (VbArgv *argv, const VbDevice *device)
{
  const VbSound *sound = (const VbSound *) device;
  g_autofree char *id = vb_argv_sound_id (sound);
  QmpValue *host_end = qmp_value_new_object ();
  QmpValue *card;

  qmp_value_set_string (host_end, "driver", vb_argv_get_audio_driver (argv->domain));
  qmp_value_set_string (host_end, "id", id);
  vb_argv_add_json (argv, "-audiodev", host_end);
  if (sound->model == VB_SOUND_PCSPK)
    return;
  card = vb_argv_new_device (drivers[sound->model]);
  if (sound->model != VB_SOUND_ICH6)
    qmp_value_set_string (card, "audiodev", id);
  vb_argv_add_device (argv, device, card);
  if (sound->model == VB_SOUND_ICH6)
    add_codec (argv, sound, id);
}
