/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <capabilities> document out of facts and sets. How it is spelled is tested where it is written.
 */
#include "engine/capabilities-document.h"

#include "tests/unit/qemu/emulator-answers.h"

static char *features[] = { (char *) "lm", (char *) "svm", NULL };

static const VbHostFacts host = {
  .architecture = (char *) "x86_64",
  .cpu_model = (char *) "A processor",
  .cpu_vendor = (char *) "AuthenticAMD",
  .cpu_features = features,
  .cpu_sockets = 1,
  .cpu_cores = 2,
  .cpu_threads = 2,
  .kvm_usable = TRUE,
  .kvm_reason = (char *) "",
};

#define HEAD                                                                                       \
  "<capabilities>\n"                                                                               \
  "  <host>\n"                                                                                     \
  "    <cpu>\n"                                                                                    \
  "      <arch>x86_64</arch>\n"                                                                    \
  "      <model>A processor</model>\n"                                                             \
  "      <vendor>AuthenticAMD</vendor>\n"                                                          \
  "      <topology sockets='1' cores='2' threads='2'/>\n"                                          \
  "      <features>\n"                                                                             \
  "        <svm/>\n"                                                                               \
  "      </features>\n"                                                                            \
  "      <feature name='lm'/>\n"                                                                   \
  "      <feature name='svm'/>\n"                                                                  \
  "    </cpu>\n"                                                                                   \
  "    <kvm support='yes'/>\n"                                                                     \
  "    <iommu support='no'/>\n"                                                                    \
  "  </host>\n"

/* The emulator of a set, another one for KVM, and one that has not been asked. */
static void
test_sets (void)
{
  g_autoptr (VbEmulatorFacts) plain = make_answers ("x86_64", FALSE);
  g_autoptr (VbEmulatorFacts) for_kvm = make_answers ("x86_64", TRUE);
  const VbCapabilitySource sources[] = {
    { "/usr/bin/qemu-system-x86_64", plain },
    { "/usr/bin/qemu-system-i386", NULL },
    { "/usr/bin/qemu-kvm", for_kvm },
  };
  g_autoptr (GPtrArray) sets =
      vb_capability_sets_build (sources, G_N_ELEMENTS (sources), TRUE, "x86_64", NULL);
  g_autofree char *text = vb_capabilities_document_format (&host, sets);

  g_assert_cmpstr (text, ==,
                   HEAD "  <guest>\n"
                        "    <os_type>hvm</os_type>\n"
                        "    <arch name='i686'>\n"
                        "      <wordsize>32</wordsize>\n"
                        "      <emulator>/usr/bin/qemu-system-i386</emulator>\n"
                        "      <domain type='qemu'/>\n"
                        "    </arch>\n"
                        "    <features>\n"
                        "      <pae/>\n"
                        "      <nonpae/>\n"
                        "      <acpi default='on' toggle='yes'/>\n"
                        "      <apic default='on' toggle='no'/>\n"
                        "    </features>\n"
                        "  </guest>\n"
                        "  <guest>\n"
                        "    <os_type>hvm</os_type>\n"
                        "    <arch name='x86_64'>\n"
                        "      <wordsize>64</wordsize>\n"
                        "      <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
                        "      <machine canonical='pc-i440fx-7.2' maxCpus='255'>pc</machine>\n"
                        "      <machine maxCpus='255'>pc-i440fx-7.2</machine>\n"
                        "      <machine maxCpus='255' deprecated='yes'>pc-i440fx-1.7</machine>\n"
                        "      <machine canonical='pc-q35-7.2' maxCpus='288'>q35</machine>\n"
                        "      <machine maxCpus='288'>pc-q35-7.2</machine>\n"
                        "      <domain type='kvm'>\n"
                        "        <emulator>/usr/bin/qemu-kvm</emulator>\n"
                        "        <machine canonical='pc-i440fx-7.2' maxCpus='255'>pc</machine>\n"
                        "        <machine maxCpus='255'>pc-i440fx-7.2</machine>\n"
                        "        <machine maxCpus='255' deprecated='yes'>pc-i440fx-1.7</machine>\n"
                        "        <machine canonical='pc-q35-7.2' maxCpus='288'>q35</machine>\n"
                        "        <machine maxCpus='288'>pc-q35-7.2</machine>\n"
                        "      </domain>\n"
                        "      <domain type='qemu'/>\n"
                        "    </arch>\n"
                        "    <features>\n"
                        "      <acpi default='on' toggle='yes'/>\n"
                        "      <apic default='on' toggle='no'/>\n"
                        "    </features>\n"
                        "  </guest>\n"
                        "</capabilities>\n");
}

static void
test_no_sets (void)
{
  g_autoptr (GPtrArray) sets = g_ptr_array_new ();
  g_autofree char *text = vb_capabilities_document_format (&host, sets);

  g_assert_cmpstr (text, ==, HEAD "</capabilities>\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/capabilities-document/sets", test_sets);
  g_test_add_func ("/engine/capabilities-document/no-sets", test_no_sets);
  return g_test_run ();
}
