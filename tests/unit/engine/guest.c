/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ports: 0x600 PM1a status, 0x602 PM1a enable, 0x604 PM1a control (as SeaBIOS places them on
 * `pc`), 0x505 pvpanic, 0x443 ib700, 0x64 keyboard controller, 0x70/0x71 clock. Setting the clock
 * makes QEMU send RTC_CHANGE, which is how a guest tells that it is ready.
 */
#include "guest.h"

#include <string.h>

#define IMAGE_BYTES (1024 * 1024)
#define SECTOR_BYTES 512

static const guint8 powers_off[] = {
  0xfa,             /* cli */
  0xba, 0x04, 0x06, /* mov $0x604, %dx */
  0xb8, 0x00, 0x20, /* mov $0x2000, %ax */
  0xef,             /* out %ax, %dx */
  0xf4, 0xeb, 0xfd, /* hlt; jmp */
};

static const guint8 resets[] = {
  0xfa,             /* cli */
  0xb0, 0xfe,       /* mov $0xfe, %al */
  0xe6, 0x64,       /* out %al, $0x64 */
  0xf4, 0xeb, 0xfd, /* hlt; jmp */
};

static const guint8 obeys_button[] = {
  0xfa,                                     /* cli */
  0xba, 0x02, 0x06,                         /* mov $0x602, %dx */
  0xb8, 0x00, 0x01,                         /* mov $0x100, %ax: the power button */
  0xef,                                     /* out %ax, %dx */
  0xb0, 0x09, 0xe6, 0x70, 0xb0, 0x50, 0xe6, /* year = 50: in no second is that the host's time */
  0x71,                                     /* */
  0xba, 0x00, 0x06,                         /* mov $0x600, %dx */
  0xed,                                     /* in %dx, %ax */
  0xf6, 0xc4, 0x01,                         /* test $1, %ah */
  0x74, 0xf7,                               /* jz: to mov $0x600 */
  0xba, 0x04, 0x06,                         /* mov $0x604, %dx */
  0xb8, 0x00, 0x20,                         /* mov $0x2000, %ax */
  0xef,                                     /* out %ax, %dx */
  0xf4, 0xeb, 0xfd,                         /* hlt; jmp */
};

static const guint8 panics[] = {
  0xfa,             /* cli */
  0xba, 0x05, 0x05, /* mov $0x505, %dx: pvpanic */
  0xb0, 0x01,       /* mov $1, %al */
  0xee,             /* out %al, %dx */
  0xf4, 0xeb, 0xfd, /* hlt; jmp */
};

static const guint8 hangs[] = {
  0xfa,             /* cli */
  0xba, 0x43, 0x04, /* mov $0x443, %dx: the ib700 */
  0xb0, 0x0f,       /* mov $0xf, %al: no time at all */
  0xee,             /* out %al, %dx */
  0xf4, 0xeb, 0xfd, /* hlt; jmp */
};

static const guint8 sets_clock[] = {
  0xfa,                                     /* cli */
  0xb0, 0x09, 0xe6, 0x70, 0xb0, 0x50, 0xe6, /* year = 50 */
  0x71,                                     /* */
  0xba, 0x04, 0x06,                         /* mov $0x604, %dx */
  0xb8, 0x00, 0x20,                         /* mov $0x2000, %ax */
  0xef,                                     /* out %ax, %dx */
  0xf4, 0xeb, 0xfd,                         /* hlt; jmp */
};

static const struct
{
  const guint8 *code;
  gsize length;
  const char *name;
} programs[] = {
  [GUEST_POWERS_OFF] = { powers_off, sizeof powers_off, "powers-off.img" },
  [GUEST_RESETS] = { resets, sizeof resets, "resets.img" },
  [GUEST_PANICS] = { panics, sizeof panics, "panics.img" },
  [GUEST_HANGS] = { hangs, sizeof hangs, "hangs.img" },
  [GUEST_SETS_CLOCK] = { sets_clock, sizeof sets_clock, "clock.img" },
  [GUEST_OBEYS_BUTTON] = { obeys_button, sizeof obeys_button, "button.img" },
};

char *
guest_make_disk (Fixture *fixture, GuestProgram program)
{
  g_autofree char *path = fixture_path (fixture, programs[program].name);
  g_autofree char *image = g_malloc0 (IMAGE_BYTES);

  memcpy (image, programs[program].code, programs[program].length);
  image[SECTOR_BYTES - 2] = '\x55';
  image[SECTOR_BYTES - 1] = '\xaa';
  g_assert_true (g_file_set_contents (path, image, IMAGE_BYTES, NULL));
  return g_strdup_printf ("<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
                          "<source file='%s'/><target dev='hda' bus='ide'/></disk>",
                          path);
}

void
guest_wait_ready (VbMachine *machine)
{
  fixture_wait_event (machine, "rtc-change");
}
