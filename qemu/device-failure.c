/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU refuses an option by repeating it: `qemu-system-x86_64: -blockdev {…}: what is wrong`. The JSON
 * names the disk.
 */
#include "qemu/device-failure.h"

#include "qmp/qmp-value.h"

#include <string.h>

static const struct
{
  const char *part; /* of what QEMU says */
  const char *says; /* (nullable): %NULL: QEMU's own words, which say it */
  const char *remedy;
} causes[] = {
  { "\"write\" lock", "it is in use by another process",
    "end that, or give this guest an image of its own" },
  { "consistent read\" lock", "it is in use by another process",
    "end that, or give this guest an image of its own" },
  { "Failed to connect to", NULL, "start the server, or correct <host>" },
  { "address resolution failed", NULL, "correct <host>" },
  { "export '", NULL, "correct the name of <source>" },
  { "Requested export not available", NULL, "correct the name of <source>" },
  { "Invalid password", "the passphrase is not that of the image", "correct what is kept of it" },
  { "O_DIRECT", NULL, "use another cache than none, or another file system" },
  { "Image not in ", NULL, "correct <driver type>" },
};

/* The options that have a disk's name in them. */
static const char *const options[] = { "-blockdev ", "-device " };

/* (transfer full) (nullable): the option, and in @rest what QEMU says of it */
static QmpValue *
find_option (const char *words, const char **rest)
{
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      const char *begin = strstr (words, options[i]);
      const char *end = begin;
      while (end != NULL && (end = strstr (end + 1, "}: ")) != NULL)
        {
          const char *json = begin + strlen (options[i]);
          QmpValue *option = qmp_value_parse (json, end + 1 - json, NULL);
          *rest = end + strlen ("}: ");
          if (option != NULL)
            return option;
        }
    }
  return NULL;
}

/* (nullable): the disk that has @name, "file-vda" or "disk-vda-1", as the name of one of its nodes */
static const VbDisk *
find_disk (const VbDomain *domain, const char *name)
{
  const char *dash = name != NULL ? strchr (name, '-') : NULL;
  for (guint i = 0; dash != NULL && i < domain->devices->len; i++)
    {
      const VbDisk *disk = g_ptr_array_index (domain->devices, i);
      gsize length = strcspn (dash + 1, "-");
      if (disk->base.kind == VB_DEVICE_DISK && strlen (disk->target) == length &&
          strncmp (disk->target, dash + 1, length) == 0)
        return disk;
    }
  return NULL;
}

/* (nullable) */
static GError *
explain_disk (const VbDisk *disk, const char *line)
{
  g_autofree char *source = vb_disk_describe_source (disk);

  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    if (strstr (line, causes[i].part) != NULL)
      return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                          "disk '%s': cannot use '%s': %s; %s", disk->target, source,
                          causes[i].says != NULL ? causes[i].says : line, causes[i].remedy);
  return NULL;
}

GError *
vb_device_failure_explain (const VbDomain *domain, const char *words)
{
  const char *rest = NULL;
  g_autoptr (QmpValue) option = find_option (words, &rest);
  g_autofree char *line = option != NULL ? g_strndup (rest, strcspn (rest, "\n")) : NULL;
  const char *node = qmp_value_get_string (option, "node-name");
  const VbDisk *disk =
      find_disk (domain, node != NULL ? node : qmp_value_get_string (option, "drive"));
  const char *id = qmp_value_get_string (option, "id");
  const VbDevice *device = id != NULL ? vb_domain_find_device (domain, id) : NULL;
  GError *error = disk != NULL ? explain_disk (disk, line) : NULL;

  if (error != NULL || (disk == NULL && device == NULL))
    return error;
  if (disk != NULL)
    device = &disk->base;
  return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR, "%s '%s': QEMU cannot have it: %s",
                      vb_device_kind_to_string (device->kind), vb_device_get_name (device), line);
}
