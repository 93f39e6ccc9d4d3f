/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which device of the host is whose, and how that outlives a service.
 */
#include "engine/assigned.h"
#include "engine/claims.h"

static void
note_change (VbClaims *claims, const char *id, GString *log)
{
  const VbClaim *claim = vb_claims_find (claims, id);

  g_string_append_printf (log, "%s:%s ", id, claim != NULL ? claim->alias : "-");
}

static void
test_take (void)
{
  g_autoptr (VbClaims) claims = vb_claims_new ();
  g_autoptr (GString) log = g_string_new (NULL);

  g_signal_connect (claims, "changed", G_CALLBACK (note_change), log);
  g_assert_true (vb_claims_take (claims, "usb_001_004", "a", "hostdev0"));
  g_assert_true (vb_claims_take (claims, "usb_001_005", "a", "hostdev1"));
  g_assert_false (vb_claims_take (claims, "usb_001_004", "b", "hostdev0"));
  g_assert_cmpstr (vb_claims_find (claims, "usb_001_004")->uuid, ==, "a");
  g_assert_null (vb_claims_find (claims, "usb_001_006"));
  g_assert_cmpstr (vb_claims_find_device (claims, "a", "hostdev1"), ==, "usb_001_005");
  g_assert_null (vb_claims_find_device (claims, "b", "hostdev1"));
  g_assert_null (vb_claims_find_device (claims, "a", "hostdev2"));

  /* The name may be the claim's own. */
  vb_claims_release (claims, vb_claims_find_device (claims, "a", "hostdev0"));
  vb_claims_release (claims, "usb_001_004");
  g_assert_true (vb_claims_take (claims, "usb_001_004", "b", "hostdev7"));
  g_assert_cmpstr (log->str, ==,
                   "usb_001_004:hostdev0 usb_001_005:hostdev1 usb_001_004:- "
                   "usb_001_004:hostdev7 ");
}

static void
test_notes (void)
{
  g_autoptr (GPtrArray) list = vb_assigned_list_new ();
  g_autoptr (GPtrArray) loaded = vb_assigned_list_new ();
  g_autoptr (GKeyFile) notes = g_key_file_new ();
  const VbAssigned *assigned;

  vb_assigned_list_add (list, "hostdev0", "usb_001_004", NULL, NULL);
  vb_assigned_list_add (list, "hostdev1", "pci_0000_06_02_0", "/dev/vfio/12",
                        &(VbNodeOwner){ 3, 4294967295 });
  vb_assigned_list_save (list, notes);
  g_key_file_set_string (notes, "record", "device", "none of these");
  g_key_file_set_string (notes, "hostdev hostdev2", "node", "without a device");
  vb_assigned_list_load (loaded, notes);
  g_assert_cmpuint (loaded->len, ==, 2);
  assigned = g_ptr_array_index (loaded, 0);
  g_assert_cmpstr (assigned->alias, ==, "hostdev0");
  g_assert_cmpstr (assigned->id, ==, "usb_001_004");
  g_assert_null (assigned->node);
  assigned = g_ptr_array_index (loaded, 1);
  g_assert_cmpstr (assigned->alias, ==, "hostdev1");
  g_assert_cmpstr (assigned->id, ==, "pci_0000_06_02_0");
  g_assert_cmpstr (assigned->node, ==, "/dev/vfio/12");
  g_assert_cmpuint (assigned->owner.uid, ==, 3);
  g_assert_cmpuint (assigned->owner.gid, ==, 4294967295);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/claims/take", test_take);
  g_test_add_func ("/claims/notes", test_notes);
  return g_test_run ();
}
