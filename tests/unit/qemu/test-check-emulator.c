/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is refused before a start because of the emulator, the accelerator or the host's processor.
 */
#include "check-domain.h"
#include "emulator-answers.h"
#include "machine-fixture.h"
#include "qemu/emulator-facts-private.h"
#include "qemu/nearest-word.h"

typedef struct
{
  const char *name;
  const char *type;   /* of the domain */
  const char *os;     /* attributes of <type> */
  const char *target; /* of the emulator */
  guint n_vcpus;
  gboolean has_kvm;
  VbSeverity severity;
  const char *path; /* (nullable): nothing is found */
  const char *message;
} FactsCase;

/* make_answers() says which machines the emulator has. */
static const FactsCase facts_cases[] = {
  { "default-machine", "qemu", "arch='x86_64'", "x86_64", 255, FALSE },
  { "known-machine", "qemu", "arch='x86_64' machine='q35'", "x86_64", 288, FALSE },
  { "canonical-machine", "qemu", "arch='x86_64' machine='pc-i440fx-7.2'", "x86_64", 1, FALSE },
  { "32-bit-guest", "qemu", "arch='i686' machine='pc'", "x86_64", 1, FALSE },
  { "kvm", "kvm", "arch='x86_64'", "x86_64", 1, TRUE },
  { "kvm-not-in-emulator", "kvm", "arch='x86_64'", "x86_64", 1, FALSE, VB_SEVERITY_ERROR,
    "/domain/@type",
    "the emulator of architecture 'x86_64' cannot use KVM on this host; use type='qemu', which is "
    "slower, or name another <emulator>" },
  { "machine-nearest", "qemu", "arch='x86_64' machine='pc-i440fx-9.2'", "x86_64", 1, FALSE,
    VB_SEVERITY_ERROR, "/domain/os/type/@machine",
    "machine 'pc-i440fx-9.2' is not known to the emulator, QEMU 7.2.22 for x86_64; use "
    "'pc-i440fx-7.2'" },
  { "machine-default", "qemu", "arch='x86_64' machine='xenfv'", "x86_64", 1, FALSE,
    VB_SEVERITY_ERROR, "/domain/os/type/@machine",
    "machine 'xenfv' is not known to the emulator, QEMU 7.2.22 for x86_64; use 'pc'" },
  { "machine-deprecated", "qemu", "arch='x86_64' machine='pc-i440fx-1.7'", "x86_64", 1, FALSE,
    VB_SEVERITY_WARNING, "/domain/os/type/@machine",
    "machine 'pc-i440fx-1.7' is deprecated and will not be in a later QEMU; use 'pc-i440fx-7.2'" },
  { "vcpus", "qemu", "arch='x86_64' machine='q35'", "x86_64", 289, FALSE, VB_SEVERITY_ERROR,
    "/domain/vcpu", "289 virtual CPUs are more than machine 'q35' can have; use at most 288" },
  { "vcpus-of-default", "qemu", "arch='x86_64'", "x86_64", 256, FALSE, VB_SEVERITY_ERROR,
    "/domain/vcpu", "256 virtual CPUs are more than machine 'pc' can have; use at most 255" },
  { "architecture", "qemu", "arch='x86_64'", "i386", 1, FALSE, VB_SEVERITY_ERROR,
    "/domain/os/type/@arch",
    "the emulator is for architecture 'i686' and cannot run 'x86_64'; name another <emulator> or "
    "correct arch" },
};

static void
test_facts_case (gconstpointer data)
{
  const FactsCase *test = data;
  g_autofree char *rest =
      g_strdup_printf ("<os><type %s>hvm</type></os><vcpu>%u</vcpu>", test->os, test->n_vcpus);
  CheckDomain domain_case = { .type = test->type, .rest = rest, .devices = "" };
  g_autoptr (VbDomain) domain = check_domain_new (&domain_case);
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (VbEmulatorFacts) facts = make_answers (test->target, test->has_kvm);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { .kvm_usable = TRUE };
  gboolean is_right = test->path == NULL || test->severity != VB_SEVERITY_ERROR;
  const VbDiagnostic *finding;

  g_assert_cmpint (vb_qemu_check (&settings, domain, facts, diagnostics, &error), ==, is_right);
  if (!is_right)
    g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED);
  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, test->path != NULL);
  if (test->path == NULL)
    return;
  finding = vb_diagnostics_get (diagnostics, 0);
  g_assert_cmpint (finding->severity, ==, test->severity);
  g_assert_cmpstr (finding->path, ==, test->path);
  g_assert_true (g_pattern_match_simple (test->message, finding->message));
}

/* Without facts all of that is left to the emulator. */
static void
test_without_facts (void)
{
  static const CheckDomain unknown = {
    .type = "kvm",
    .rest = "<os><type arch='x86_64' machine='toaster'>hvm</type></os><vcpu>10000</vcpu>",
    .devices = "",
  };
  g_autoptr (VbDomain) domain = check_domain_new (&unknown);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { .kvm_usable = TRUE };

  g_assert_true (vb_qemu_check (&settings, domain, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
test_broken_emulator (void)
{
  static const CheckDomain good = { .type = "qemu", .rest = "", .devices = "" };
  g_autoptr (VbDomain) domain = check_domain_new (&good);
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (VbEmulatorFacts) facts = vb_emulator_facts_new_failed ("it fell silent; hit it");
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { 0 };
  const VbDiagnostic *finding;

  g_assert_false (vb_qemu_check (&settings, domain, facts, diagnostics, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_assert_cmpstr (error->message, ==, "it fell silent; hit it");
  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, 1);
  finding = vb_diagnostics_get_first_error (diagnostics);
  g_assert_cmpstr (finding->path, ==, "/domain/devices/emulator");
  g_assert_cmpstr (finding->message, ==, error->message);
}

static void
test_nearest_word (void)
{
  static const char *const words[] = { "pc", "q35", "microvm", "pc-q35-7.2", NULL };
  g_autofree char *endless = g_strnfill (1000, 'p');

  g_assert_cmpstr (vb_nearest_word ("microvn", words), ==, "microvm");
  g_assert_cmpstr (vb_nearest_word ("pc-q35-8.1", words), ==, "pc-q35-7.2");
  g_assert_cmpstr (vb_nearest_word ("mircovm", words), ==, "microvm");
  g_assert_cmpstr (vb_nearest_word ("toaster", words), ==, NULL);
  g_assert_cmpstr (vb_nearest_word ("", words), ==, NULL);
  g_assert_cmpstr (vb_nearest_word (endless, words), ==, NULL);
}

/* With KVM the guest's processor is the host's. */
static const struct
{
  const char *cpu;
  const char *path; /* (nullable): it can be had */
  const char *message;
} kvm_cpus[] = {
  { "<vendor>Intel</vendor>", NULL, NULL },
  { "<vendor>AMD</vendor>", "/domain/cpu/vendor",
    "the host's processor is by 'GenuineIntel', not by 'AMD'; use type='qemu', or another host" },
  { "<feature name='sse4.1' policy='require'/>", NULL, NULL },
  { "<feature name='avx' policy='require'/>", "/domain/cpu/feature[1]",
    "the host's processor does not have the feature 'avx', which is required; use policy optional, "
    "or force to let KVM try" },
  { "<feature name='avx' policy='optional'/>", NULL, NULL },
  { "<feature name='avx' policy='forbid'/>", NULL, NULL },
  { "<feature name='sse4_1' policy='forbid'/>", "/domain/cpu/feature[1]",
    "the host's processor has the feature 'sse4_1', which is forbidden; use policy disable to hide "
    "it" },
};

static void
test_kvm_cpus (void)
{
  static const char *const features[] = { "fpu", "sse4_1", NULL };
  g_autoptr (VbQemuHost) host = vb_qemu_host_new ("GenuineIntel", features);
  VbQemuSettings settings = { .kvm_usable = TRUE, .host = host };

  for (guint i = 0; i < G_N_ELEMENTS (kvm_cpus); i++)
    {
      g_autofree char *rest =
          g_strdup_printf ("<cpu><model>core2duo</model>%s</cpu>", kvm_cpus[i].cpu);
      CheckDomain test = { .type = "kvm", .rest = rest, .devices = "" };
      g_autoptr (VbDomain) domain = check_domain_new (&test);
      g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
      g_assert_cmpint (vb_qemu_check (&settings, domain, NULL, diagnostics, NULL), ==,
                       kvm_cpus[i].path == NULL);
      if (kvm_cpus[i].path == NULL)
        continue;
      g_assert_cmpstr (vb_diagnostics_get (diagnostics, 0)->path, ==, kvm_cpus[i].path);
      g_assert_cmpstr (vb_diagnostics_get (diagnostics, 0)->message, ==, kvm_cpus[i].message);
    }
}

static void
test_kvm_strict (void)
{
  static const CheckDomain strict = { .type = "kvm",
                                      .rest = "<cpu match='strict'><model>core2duo</model></cpu>",
                                      .devices = "" };
  g_autoptr (VbDomain) domain = check_domain_new (&strict);
  g_autoptr (GError) error = NULL;
  VbQemuSettings settings = { .kvm_usable = TRUE };

  g_assert_false (vb_qemu_check (&settings, domain, NULL, NULL, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error->message, ==,
                   "whether the host's processor is strictly a 'core2duo' is not known; use exact");
}

static void
test_find_emulator (void)
{
  g_autoptr (VbDomain) domain = machine_domain ("", "");
  g_autoptr (VbDomain) changed = vb_domain_copy (domain);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  path = vb_qemu_find_emulator (domain, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (path, "/qemu-system-x86_64"));
  g_clear_pointer (&path, g_free);

  g_free (changed->os.arch);
  changed->os.arch = g_strdup ("i686");
  path = vb_qemu_find_emulator (changed, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (path, "/qemu-system-i386"));
  g_clear_pointer (&path, g_free);

  g_free (changed->os.arch);
  changed->os.arch = g_strdup ("pdp11");
  g_assert_null (vb_qemu_find_emulator (changed, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  g_assert_true (g_pattern_match_simple (
      "there is no qemu-system-pdp11 to run architecture 'pdp11': install *", error->message));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (facts_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/check-emulator/facts/", facts_cases[i].name, NULL);
      g_test_add_data_func (path, &facts_cases[i], test_facts_case);
    }
  g_test_add_func ("/check-emulator/without-facts", test_without_facts);
  g_test_add_func ("/check-emulator/broken-emulator", test_broken_emulator);
  g_test_add_func ("/check-emulator/nearest-word", test_nearest_word);
  g_test_add_func ("/check-emulator/kvm-cpus", test_kvm_cpus);
  g_test_add_func ("/check-emulator/kvm-strict", test_kvm_strict);
  g_test_add_func ("/check-emulator/find-emulator", test_find_emulator);
  return g_test_run ();
}
