/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Back ends that QEMU has in modules where it was built with any. Its schema lists what was built; the
 * modules may be in packages that are not installed.
 */
#include "qemu/facts-builder-private.h"

static const struct
{
  VbEmulatorWord kind;
  const char *word;
  const char *file;
} modules[] = {
  { VB_EMULATOR_WORD_BLOCKDEV, "ftp", "block-curl.so" },
  { VB_EMULATOR_WORD_BLOCKDEV, "ftps", "block-curl.so" },
  { VB_EMULATOR_WORD_BLOCKDEV, "http", "block-curl.so" },
  { VB_EMULATOR_WORD_BLOCKDEV, "https", "block-curl.so" },
  { VB_EMULATOR_WORD_BLOCKDEV, "gluster", "block-gluster.so" },
  { VB_EMULATOR_WORD_BLOCKDEV, "iscsi", "block-iscsi.so" },
  { VB_EMULATOR_WORD_BLOCKDEV, "nfs", "block-nfs.so" },
  { VB_EMULATOR_WORD_BLOCKDEV, "rbd", "block-rbd.so" },
  { VB_EMULATOR_WORD_BLOCKDEV, "ssh", "block-ssh.so" },
  { VB_EMULATOR_WORD_DISPLAY, "curses", "ui-curses.so" },
  { VB_EMULATOR_WORD_DISPLAY, "dbus", "ui-dbus.so" },
  { VB_EMULATOR_WORD_DISPLAY, "egl-headless", "ui-egl-headless.so" },
  { VB_EMULATOR_WORD_DISPLAY, "gtk", "ui-gtk.so" },
  { VB_EMULATOR_WORD_DISPLAY, "sdl", "ui-sdl.so" },
  { VB_EMULATOR_WORD_DISPLAY, "spice-app", "ui-spice-app.so" },
};

void
vb_facts_builder_add_modules (VbFactsBuilder *builder, const char *const *files)
{
  for (guint i = 0; i < G_N_ELEMENTS (modules); i++)
    if (!g_strv_contains (files, modules[i].file))
      g_hash_table_remove (builder->words[modules[i].kind], modules[i].word);
}
