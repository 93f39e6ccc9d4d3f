/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <video> element.
 */
#include "domain/video.h"

#include "domain/device-class.h"

#define MAX_VRAM_KIB (G_MAXUINT / 1024)

static const char *const model_words[] = { "vga", "cirrus", "vmvga", "xen", "vbox", "qxl", NULL };

const VbEnumTable vb_video_model_table = { model_words, "video model" };

static void
parse_acceleration (VbXmlReader *reader, xmlNode *model, VbVideo *video)
{
  xmlNode *child = vb_xml_reader_child (reader, model, "acceleration");

  video->has_acceleration = child != NULL;
  video->accel_3d = vb_xml_reader_flag (reader, child, "accel3d", FALSE);
  video->accel_2d = vb_xml_reader_flag (reader, child, "accel2d", FALSE);
}

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbVideo *video = (VbVideo *) device;
  xmlNode *child = vb_xml_reader_required_child (reader, element, "model");
  guint64 heads = 0;
  int model = -1;

  if (child != NULL)
    model = vb_xml_reader_enum (reader, child, "type", &vb_video_model_table, 0, VB_XML_REQUIRED);
  video->model = model >= 0 ? (VbVideoModel) model : VB_VIDEO_VGA;
  vb_xml_reader_number (reader, child, "vram", 0, MAX_VRAM_KIB, &video->vram_kib);
  vb_xml_reader_number (reader, child, "heads", 0, G_MAXUINT16, &heads);
  video->heads = (guint) heads;
  parse_acceleration (reader, child, video);
  vb_address_parse (reader, element, VB_ADDRESS_PCI, "a video device", &device->address);
  return TRUE;
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbVideo *video = (const VbVideo *) device;

  vb_xml_writer_begin (writer, "model");
  vb_xml_writer_attribute (writer, "type", model_words[video->model]);
  if (video->vram_kib > 0)
    vb_xml_writer_number_attribute (writer, "vram", video->vram_kib);
  if (video->heads > 0)
    vb_xml_writer_number_attribute (writer, "heads", video->heads);
  if (video->has_acceleration)
    {
      vb_xml_writer_begin (writer, "acceleration");
      vb_xml_writer_attribute (writer, "accel3d", video->accel_3d ? "yes" : "no");
      vb_xml_writer_attribute (writer, "accel2d", video->accel_2d ? "yes" : "no");
      vb_xml_writer_end (writer);
    }
  vb_xml_writer_end (writer);
}

const VbDeviceClass vb_video_class = {
  .element = "video",
  .size = sizeof (VbVideo),
  .parse = parse,
  .format = format,
  .get_address_type = vb_device_is_on_pci,
};
