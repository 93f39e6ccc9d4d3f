/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Network cards that QEMU has on x86.
 */
#include "qemu/card-models.h"

#define DEFAULT_MODEL "rtl8139"

static const struct
{
  const char *model;
  const char *driver;
} cards[] = {
  { "virtio", "virtio-net-pci" }, { "rtl8139", "rtl8139" },   { "e1000", "e1000" },
  { "e1000e", "e1000e" },         { "ne2k_pci", "ne2k_pci" }, { "ne2k_isa", "ne2k_isa" },
  { "pcnet", "pcnet" },           { "vmxnet3", "vmxnet3" },   { "i82551", "i82551" },
  { "i82557b", "i82557b" },       { "i82559er", "i82559er" },
};

const char *
vb_card_model_to_driver (const char *model)
{
  for (guint i = 0; i < G_N_ELEMENTS (cards); i++)
    if (g_str_equal (cards[i].model, model != NULL ? model : DEFAULT_MODEL))
      return cards[i].driver;
  return NULL;
}

const char *
vb_card_model_from_driver (const char *driver)
{
  for (guint i = 0; i < G_N_ELEMENTS (cards); i++)
    if (g_str_equal (cards[i].driver, driver))
      return cards[i].model;
  return NULL;
}

char *
vb_card_model_list (void)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cards); i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", cards[i].model);
  return g_string_free (g_steal_pointer (&list), FALSE);
}
