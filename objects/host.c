/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Host: what this computer is, as properties of the root object.
 */
#include "objects/host.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static GVariant *
get_host_name (const VbView *view)
{
  return vb_value_from_foreign_text (view->host->host_name);
}

static GVariant *
get_architecture (const VbView *view)
{
  return vb_value_from_foreign_text (view->host->architecture);
}

static GVariant *
get_cpu_model (const VbView *view)
{
  return vb_value_from_foreign_text (view->host->cpu_model);
}

static GVariant *
get_cpu_vendor (const VbView *view)
{
  return vb_value_from_foreign_text (view->host->cpu_vendor);
}

static GVariant *
get_cpu_features (const VbView *view)
{
  return vb_value_from_foreign_texts (view->host->cpu_features);
}

static GVariant *
get_cpu_sockets (const VbView *view)
{
  return g_variant_new_uint32 (view->host->cpu_sockets);
}

/* The room below counts cores per socket and threads per core; the bus tells how many there are. */
static GVariant *
get_cpu_cores (const VbView *view)
{
  return g_variant_new_uint32 (view->host->cpu_sockets * view->host->cpu_cores);
}

static GVariant *
get_cpu_threads (const VbView *view)
{
  const VbHostFacts *host = view->host;

  return g_variant_new_uint32 (host->cpu_sockets * host->cpu_cores * host->cpu_threads);
}

static GVariant *
get_memory (const VbView *view)
{
  return g_variant_new_uint64 (view->host->memory_kib);
}

static GVariant *
get_kvm_usable (const VbView *view)
{
  return g_variant_new_boolean (view->host->kvm_usable);
}

static GVariant *
get_kvm_reason (const VbView *view)
{
  return vb_value_from_foreign_text (view->host->kvm_reason);
}

static GVariant *
get_iommu_enabled (const VbView *view)
{
  return g_variant_new_boolean (view->host->iommu_enabled);
}

/* Facets are parts of a machine; what the host shows is compared as a whole. */
static const VbPropertyRow properties[] = {
  { "HostName", 0, get_host_name },
  { "Architecture", 0, get_architecture },
  { "CpuModel", 0, get_cpu_model },
  { "CpuVendor", 0, get_cpu_vendor },
  { "CpuFeatures", 0, get_cpu_features },
  { "CpuSockets", 0, get_cpu_sockets },
  { "CpuCores", 0, get_cpu_cores },
  { "CpuThreads", 0, get_cpu_threads },
  { "MemoryKiB", 0, get_memory },
  { "KvmUsable", 0, get_kvm_usable },
  { "KvmReason", 0, get_kvm_reason },
  { "IommuEnabled", 0, get_iommu_enabled },
  { NULL },
};

const VbInterfaceTable vb_host_interface_table = {
  .name = "org.virtbus1.Host",
  .info = &vb_bus_host_interface,
  .read_action = VB_ACTION_NONE,
  .properties = properties,
};
