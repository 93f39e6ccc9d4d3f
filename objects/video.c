/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Video: a graphics card, as properties of a device.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static const VbVideo *
video_of (const VbView *view)
{
  return (const VbVideo *) view->device;
}

static GVariant *
get_model (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_video_model_table, video_of (view)->model));
}

static GVariant *
get_vram_kib (const VbView *view)
{
  return g_variant_new_uint64 (video_of (view)->vram_kib);
}

static GVariant *
get_heads (const VbView *view)
{
  return g_variant_new_uint32 (video_of (view)->heads);
}

static const VbPropertyRow properties[] = {
  { "Model", VB_FACET_DOMAIN, get_model },
  { "VramKiB", VB_FACET_DOMAIN, get_vram_kib },
  { "Heads", VB_FACET_DOMAIN, get_heads },
  { NULL },
};

const VbInterfaceTable vb_video_interface_table = {
  .name = "org.virtbus1.Video",
  .info = &vb_bus_video_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
