/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The documents that tell what can be run: golden files in documents/, each of which is held against
 * its schema. With VB_GOLDEN_UPDATE set, they are written anew.
 */
#include "domain/capabilities-xml.h"
#include "domain/domain-capabilities-xml.h"

#include <string.h>

/* A path of the source folder */
static char *
find_file (const char *folder, const char *name)
{
  return g_build_filename (SOURCE_ROOT, folder, name, NULL);
}

static void
assert_valid (const char *path, const char *schema)
{
  g_autofree char *schema_path = find_file ("domain", schema);
  const char *argv[] = { "xmllint", "--nonet", "--noout", "--relaxng", schema_path, path, NULL };
  g_autofree char *messages = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &messages,
                &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s", messages);
}

static void
assert_document (const char *name, const char *text, const char *schema)
{
  g_autofree char *path = find_file ("tests/unit/domain/documents", name);
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;

  if (g_getenv ("VB_GOLDEN_UPDATE") != NULL)
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_file_get_contents (path, &expected, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
  assert_valid (path, schema);
}

static void
add_machines (GArray *machines, const VbCapabilitiesMachine *rows, guint n_rows)
{
  g_array_append_vals (machines, rows, n_rows);
}

static void
add_domain (VbCapabilitiesGuest *guest, VbDomainType type)
{
  VbCapabilitiesDomain domain = { .type = type };

  g_array_append_val (guest->domains, domain);
}

static VbCapabilitiesGuest *
make_pc (void)
{
  static const VbCapabilitiesMachine machines[] = {
    { "pc", "pc-i440fx-7.2", 255, FALSE },
    { "pc-i440fx-7.2", "pc-i440fx-7.2", 255, FALSE },
    { "pc-i440fx-1.4", "pc-i440fx-1.4", 255, TRUE },
    { "isapc", "isapc", 1, FALSE },
  };
  static const VbCapabilitiesMachine kvm_machines[] = { { "pc", "pc-0.12", 16, FALSE } };
  VbCapabilitiesGuest *guest = vb_capabilities_guest_new ();
  VbCapabilitiesDomain kvm = { .type = VB_DOMAIN_TYPE_KVM, .emulator = "/usr/bin/qemu-kvm" };
  VbCapabilitiesFeature always = { TRUE, TRUE, FALSE };
  VbCapabilitiesFeature as_wanted = { TRUE, TRUE, TRUE };

  guest->arch = "i686";
  guest->word_size = 32;
  guest->emulator = "/usr/bin/qemu-system-i386";
  guest->pae = guest->nonpae = TRUE;
  guest->acpi = as_wanted;
  guest->apic = always;
  add_machines (guest->machines, machines, G_N_ELEMENTS (machines));
  kvm.machines = g_array_new (FALSE, TRUE, sizeof (VbCapabilitiesMachine));
  add_machines (kvm.machines, kvm_machines, G_N_ELEMENTS (kvm_machines));
  g_array_append_val (guest->domains, kvm);
  add_domain (guest, VB_DOMAIN_TYPE_QEMU);
  return guest;
}

/* Paravirtualized, and whole with a firmware of its own: as in the first example of the mail. */
static VbCapabilitiesGuest *
make_xen (VbOsType os_type, const char *loader)
{
  VbCapabilitiesGuest *guest = vb_capabilities_guest_new ();

  guest->os_type = os_type;
  guest->arch = "x86_64";
  guest->word_size = 64;
  guest->loader = loader;
  guest->emulator = loader != NULL ? "/usr/lib/xen/bin/qemu-dm" : NULL;
  guest->pae = TRUE;
  guest->nonpae = loader != NULL;
  add_domain (guest, VB_DOMAIN_TYPE_XEN);
  return guest;
}

static void
test_capabilities (void)
{
  static const char *const features[] = { "aes", "lm", "pae", "vmx", NULL };
  VbCapabilitiesHost host = {
    .arch = "x86_64",
    .model = "Intel(R) Xeon(R) <CPU> & more",
    .vendor = "GenuineIntel",
    .sockets = 2,
    .cores = 4,
    .threads = 1,
    .features = features,
    .kvm_reason = "/dev/kvm cannot be opened: it isn't there",
    .iommu_enabled = TRUE,
  };
  g_autoptr (GPtrArray) guests =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vb_capabilities_guest_free);
  g_autofree char *text = NULL;

  g_ptr_array_add (guests, make_pc ());
  g_ptr_array_add (guests, make_xen (VB_OS_TYPE_XEN, NULL));
  g_ptr_array_add (guests, make_xen (VB_OS_TYPE_HVM, "/usr/lib/xen/boot/hvmloader"));
  text = vb_capabilities_format (&host, guests);
  assert_document ("capabilities.xml", text, "virtbus-capabilities.rng");
}

/* Nothing is known, and what is there is not what XML can carry. */
static void
test_foreign (void)
{
  static const char *const features[] = { "a\"b", "c'd<", NULL };
  VbCapabilitiesHost host = {
    .arch = "",
    .model = "\xff\x01 \xef\xbf\xbe]]>",
    .features = features,
    .kvm_usable = TRUE,
    .kvm_reason = "",
  };
  g_autoptr (GPtrArray) guests =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vb_capabilities_guest_free);
  VbCapabilitiesGuest *guest = make_xen (VB_OS_TYPE_LINUX, NULL);
  VbCapabilitiesMachine machine = { "\x1b<machine>", "m", 0, FALSE };
  g_autofree char *text = NULL;

  guest->pae = FALSE;
  g_array_append_val (guest->machines, machine);
  g_ptr_array_add (guests, guest);
  machine.canonical = machine.name;
  g_array_append_val (guest->machines, machine);
  text = vb_capabilities_format (&host, guests);
  assert_document ("capabilities-foreign.xml", text, "virtbus-capabilities.rng");
}

static void
add_words (VbDomainOffer *offer, VbDeviceKind kind, const char *name, const char *const *list)
{
  VbOfferedWords words = { kind, name, g_ptr_array_new () };

  for (guint i = 0; list[i] != NULL; i++)
    g_ptr_array_add (words.words, (gpointer) list[i]);
  g_array_append_val (offer->words, words);
  offer->has_device[kind] |= words.words->len > 0;
}

static void
test_offer (void)
{
  static const char *const buses[] = { "ide", "virtio", NULL };
  static const char *const none[] = { NULL };
  static const VbOfferedCpu cpus[] = { { "qemu64", TRUE }, { "Haswell<1>", FALSE } };
  g_autoptr (VbDomainOffer) offer = vb_domain_offer_new ();
  g_autofree char *text = NULL;

  offer->emulator = "/usr/bin/qemu-system-x86_64";
  offer->type = VB_DOMAIN_TYPE_QEMU;
  offer->machine = "pc-i440fx-7.2";
  offer->arch = "x86_64";
  offer->max_vcpus = 255;
  offer->has_firmware = TRUE;
  offer->loader = "/usr/share/seabios/bios.bin";
  g_array_append_vals (offer->cpus, cpus, G_N_ELEMENTS (cpus));
  add_words (offer, VB_DEVICE_DISK, "bus", buses);
  add_words (offer, VB_DEVICE_SOUND, "modelType", none);
  text = vb_domain_offer_format (offer);
  assert_document ("domain-capabilities.xml", text, "virtbus-domain-capabilities.rng");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/capabilities/document", test_capabilities);
  g_test_add_func ("/capabilities/foreign-text", test_foreign);
  g_test_add_func ("/capabilities/of-a-domain", test_offer);
  return g_test_run ();
}
