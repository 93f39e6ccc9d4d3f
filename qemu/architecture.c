/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One table, read in both directions.
 */
#include "qemu/architecture.h"

#include <string.h>

#define PROGRAM_PREFIX "qemu-system-"
#define WORD_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

typedef struct
{
  const char *arch; /* as a domain has it */
  const char *qemu; /* as QEMU has it: the first row of it has the name of the set */
  guint word_size;
  const char *package;
} Row;

static const Row rows[] = {
  { "aarch64", "aarch64", 64, "qemu-system-arm" },
  { "alpha", "alpha", 64, "qemu-system-misc" },
  { "armv7l", "arm", 32, "qemu-system-arm" },
  { "arm", "arm", 32, "qemu-system-arm" },
  { "armv6l", "arm", 32, "qemu-system-arm" },
  { "avr", "avr", 32, "qemu-system-misc" },
  { "cris", "cris", 32, "qemu-system-misc" },
  { "hppa", "hppa", 32, "qemu-system-misc" },
  { "i686", "i386", 32, "qemu-system-x86" },
  { "i386", "i386", 32, "qemu-system-x86" },
  { "ia64", "ia64", 64, "qemu-system" },
  { "loongarch64", "loongarch64", 64, "qemu-system-misc" },
  { "m68k", "m68k", 32, "qemu-system-misc" },
  { "microblaze", "microblaze", 32, "qemu-system-misc" },
  { "microblazeel", "microblazeel", 32, "qemu-system-misc" },
  { "mips", "mips", 32, "qemu-system-mips" },
  { "mipsel", "mipsel", 32, "qemu-system-mips" },
  { "mips64", "mips64", 64, "qemu-system-mips" },
  { "mips64el", "mips64el", 64, "qemu-system-mips" },
  { "nios2", "nios2", 32, "qemu-system-misc" },
  { "or1k", "or1k", 32, "qemu-system-misc" },
  { "ppc", "ppc", 32, "qemu-system-ppc" },
  { "ppc64", "ppc64", 64, "qemu-system-ppc" },
  { "ppc64le", "ppc64", 64, "qemu-system-ppc" },
  { "riscv32", "riscv32", 32, "qemu-system-misc" },
  { "riscv64", "riscv64", 64, "qemu-system-misc" },
  { "rx", "rx", 32, "qemu-system-misc" },
  { "s390x", "s390x", 64, "qemu-system-misc" },
  { "sh4", "sh4", 32, "qemu-system-misc" },
  { "sh4eb", "sh4eb", 32, "qemu-system-misc" },
  { "sparc", "sparc", 32, "qemu-system-sparc" },
  { "sparc64", "sparc64", 64, "qemu-system-sparc" },
  { "tricore", "tricore", 32, "qemu-system-misc" },
  { "x86_64", "x86_64", 64, "qemu-system-x86" },
  { "xtensa", "xtensa", 32, "qemu-system-misc" },
  { "xtensaeb", "xtensaeb", 32, "qemu-system-misc" },
};

/* QEMU's names, of emulators that have all of a smaller one. */
static const struct
{
  const char *qemu;
  const char *smaller;
} supersets[] = {
  { "x86_64", "i386" },
  { "aarch64", "arm" },
  { "ppc64", "ppc" },
};

/* (nullable) */
static const Row *
find_arch (const char *arch)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].arch, arch))
      return &rows[i];
  return NULL;
}

const char *
vb_architecture_to_qemu (const char *arch)
{
  const Row *row = find_arch (arch);

  return row != NULL ? row->qemu : arch;
}

const char *
vb_architecture_to_set (const char *arch)
{
  const char *qemu = vb_architecture_to_qemu (arch);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].qemu, qemu))
      return rows[i].arch;
  return arch;
}

guint
vb_architecture_get_word_size (const char *arch)
{
  const Row *row = find_arch (arch);

  if (row != NULL)
    return row->word_size;
  return strstr (arch, "64") != NULL ? 64 : 32;
}

const char *
vb_architecture_get_package (const char *arch)
{
  const Row *row = find_arch (arch);

  return row != NULL ? row->package : "qemu-system";
}

gboolean
vb_architecture_is_x86 (const char *arch)
{
  const char *qemu = vb_architecture_to_qemu (arch);

  return g_str_equal (qemu, "x86_64") || g_str_equal (qemu, "i386");
}

gboolean
vb_architecture_is_native (const char *guest, const char *host)
{
  const char *qemu = vb_architecture_to_qemu (guest);
  const char *host_qemu = vb_architecture_to_qemu (host);

  return g_str_equal (qemu, host_qemu) ||
         (g_str_equal (qemu, "i386") && g_str_equal (host_qemu, "x86_64"));
}

gboolean
vb_architecture_is_emulated_by (const char *arch, const char *target)
{
  const char *qemu = vb_architecture_to_qemu (arch);

  for (guint i = 0; i < G_N_ELEMENTS (supersets); i++)
    if (g_str_equal (supersets[i].qemu, target) && g_str_equal (supersets[i].smaller, qemu))
      return TRUE;
  return g_str_equal (qemu, target);
}

const char *
vb_architecture_from_program (const char *name)
{
  const char *arch;

  if (!g_str_has_prefix (name, PROGRAM_PREFIX))
    return NULL;
  arch = name + strlen (PROGRAM_PREFIX);
  return *arch != '\0' && arch[strspn (arch, WORD_CHARACTERS)] == '\0' ? arch : NULL;
}
