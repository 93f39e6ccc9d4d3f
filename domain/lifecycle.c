/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The elements <on_poweroff>, <on_reboot> and <on_crash>.
 */
#include "domain/lifecycle.h"

#include "domain/domain-parts.h"

static const char *const lifecycle_words[] = {
  "destroy", "restart", "preserve", "rename-restart", "coredump-destroy", "coredump-restart", NULL
};
/* What a guest may end with but a crash. */
static const char *const quiet_lifecycle_words[] = { "destroy", "restart", "preserve",
                                                     "rename-restart", NULL };

const VbEnumTable vb_lifecycle_action_table = { lifecycle_words, "lifecycle action" };
static const VbEnumTable quiet_lifecycle_table = { quiet_lifecycle_words, "lifecycle action here" };

static VbLifecycleAction
parse_lifecycle (VbXmlReader *reader,
                 const char *name,
                 const VbEnumTable *table,
                 VbLifecycleAction absent)
{
  int action = vb_xml_reader_enum_text (reader, vb_xml_reader_child (reader, reader->root, name),
                                        table, (int) absent);

  return action >= 0 ? (VbLifecycleAction) action : absent;
}

void
vb_lifecycle_parse (VbXmlReader *reader, VbDomain *domain)
{
  domain->on_poweroff =
      parse_lifecycle (reader, "on_poweroff", &quiet_lifecycle_table, VB_LIFECYCLE_DESTROY);
  domain->on_reboot =
      parse_lifecycle (reader, "on_reboot", &quiet_lifecycle_table, VB_LIFECYCLE_RESTART);
  domain->on_crash =
      parse_lifecycle (reader, "on_crash", &vb_lifecycle_action_table, VB_LIFECYCLE_DESTROY);
}

void
vb_lifecycle_format (const VbDomain *domain, VbXmlWriter *writer)
{
  vb_xml_writer_element (writer, "on_poweroff", lifecycle_words[domain->on_poweroff]);
  vb_xml_writer_element (writer, "on_reboot", lifecycle_words[domain->on_reboot]);
  vb_xml_writer_element (writer, "on_crash", lifecycle_words[domain->on_crash]);
}
