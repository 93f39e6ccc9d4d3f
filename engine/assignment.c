/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is claimed or lent is in the record of the run before it is: a service that is killed at any
 * line leaves nothing that the next one does not give back.
 */
#include "engine/assignment.h"

#include "engine/engine-private.h"
#include "engine/host-device-match.h"
#include "engine/run.h"
#include "qemu/descriptors.h"

#include <unistd.h>

typedef struct
{
  VbEngine *engine;       /* (not owned) */
  const VbDomain *domain; /* (not owned) */
  VbRunRecord *record;    /* (not owned) */
  GPtrArray *present;     /* (owned) (element-type VbHostDevice): what the host has */
  GPtrArray *nodes;       /* (owned) (element-type utf8): for each that the record has, its file */
} Assignment;

static void
assignment_clear (Assignment *assignment)
{
  g_ptr_array_unref (assignment->present);
  g_ptr_array_unref (assignment->nodes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Assignment, assignment_clear)

static const char *
name_holder (VbEngine *engine, const VbClaim *claim)
{
  VbMachine *holder = vb_registry_find_uuid (vb_engine_get_registry (engine), claim->uuid);

  return holder != NULL ? vb_machine_get_name (holder) : claim->uuid;
}

/* VFIO gives a group to one process. */
static gboolean
check_group (Assignment *assignment, const VbHostDevice *device, GError **error)
{
  VbClaims *claims = vb_engine_get_claims (assignment->engine);

  for (char **id = device->pci.group; *id != NULL; id++)
    {
      const VbClaim *claim = vb_claims_find (claims, *id);
      if (claim == NULL || g_str_equal (claim->uuid, assignment->record->uuid))
        continue;
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                   "PCI device %s shares IOMMU group %d with %s, which domain '%s' has; a group "
                   "cannot be split: end that domain first",
                   device->pci.address, device->pci.iommu_group, *id,
                   name_holder (assignment->engine, claim));
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_free (Assignment *assignment, const VbHostDevice *device, GError **error)
{
  const VbClaim *claim = vb_claims_find (vb_engine_get_claims (assignment->engine), device->id);

  if (claim == NULL)
    return device->kind == VB_HOST_DEVICE_USB || check_group (assignment, device, error);
  if (g_str_equal (claim->uuid, assignment->record->uuid))
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                 "%s (%s) is '%s' of this domain already; remove one of them", device->id,
                 device->name, claim->alias);
  else
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                 "domain '%s' has %s (%s); end it first", name_holder (assignment->engine, claim),
                 device->id, device->name);
  return FALSE;
}

static gboolean
is_lent (const GPtrArray *assigned, const char *node)
{
  for (guint i = 0; i < assigned->len; i++)
    if (g_strcmp0 (((const VbAssigned *) g_ptr_array_index (assigned, i))->node, node) == 0)
      return TRUE;
  return FALSE;
}

static void
refuse_node (const char *node, const GError *cause, GError **error)
{
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE, "cannot use '%s': %s%s", node,
               cause->message,
               g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_ACCES) ||
                       g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_PERM)
                   ? "; let the service's user read and write it, by a rule of udev"
                   : "");
}

/* QEMU opens the group of a PCI device itself: where it is another user's, the file becomes that
 * user's for the time. */
static gboolean
note_loan (Assignment *assignment,
           const VbHostdev *hostdev,
           const VbHostDevice *device,
           const char *node,
           GError **error)
{
  GPtrArray *assigned = assignment->record->assigned;
  gint64 uid = vb_engine_get_config (assignment->engine)->qemu.uid;
  gboolean is_loan = device->kind == VB_HOST_DEVICE_PCI && uid >= 0 && !is_lent (assigned, node);
  g_autoptr (GError) cause = NULL;
  VbNodeOwner owner;

  if (is_loan && !vb_device_node_get_owner (node, &owner, &cause))
    {
      refuse_node (node, cause, error);
      return FALSE;
    }
  vb_assigned_list_add (assigned, hostdev->base.alias, device->id, is_loan ? node : NULL, &owner);
  return TRUE;
}

static gboolean
claim (Assignment *assignment, const VbHostdev *hostdev, GError **error)
{
  const VbHostDevice *device = vb_host_device_resolve (assignment->present, hostdev, error);
  g_autofree char *node = NULL;

  if (device == NULL || !vb_host_device_check (device, error) ||
      !check_free (assignment, device, error))
    return FALSE;
  node = vb_host_devices_get_node (vb_engine_get_host_devices (assignment->engine), device);
  if (!note_loan (assignment, hostdev, device, node, error))
    return FALSE;
  vb_claims_take (vb_engine_get_claims (assignment->engine), device->id, assignment->record->uuid,
                  hostdev->base.alias);
  g_ptr_array_add (assignment->nodes, g_steal_pointer (&node));
  return TRUE;
}

static gboolean
open_usb (const VbHostdev *hostdev, const char *node, VbGiven *given, GError **error)
{
  g_autofree char *key = vb_descriptors_key (&hostdev->base);
  g_autoptr (GError) cause = NULL;
  int fd = vb_device_node_open (node, &cause);

  if (fd < 0)
    refuse_node (node, cause, error);
  return fd >= 0 && vb_given_add (given, key, fd);
}

static gboolean
lend_pci (Assignment *assignment, const VbAssigned *assigned, GError **error)
{
  const VbQemuSettings *settings = &vb_engine_get_config (assignment->engine)->qemu;
  VbNodeOwner owner = { (guint) settings->uid, assigned->owner.gid };
  g_autoptr (GError) cause = NULL;

  if (assigned->node == NULL || vb_device_node_set_owner (assigned->node, &owner, &cause))
    return TRUE;
  refuse_node (assigned->node, cause, error);
  return FALSE;
}

/* @number: of the device among those that the record has */
static gboolean
hand_over (
    Assignment *assignment, const VbHostdev *hostdev, guint number, VbGiven *given, GError **error)
{
  if (hostdev->type == VB_HOSTDEV_USB)
    return open_usb (hostdev, g_ptr_array_index (assignment->nodes, number), given, error);
  return lend_pci (assignment, g_ptr_array_index (assignment->record->assigned, number), error);
}

/* (transfer container) (element-type VbHostdev) */
static GPtrArray *
list_hostdevs (const VbDomain *domain)
{
  GPtrArray *hostdevs = g_ptr_array_new ();

  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);
      if (device->kind == VB_DEVICE_HOSTDEV)
        g_ptr_array_add (hostdevs, device);
    }
  return hostdevs;
}

static gboolean
assign (Assignment *assignment, const GPtrArray *hostdevs, VbGiven *given, GError **error)
{
  for (guint i = 0; i < hostdevs->len; i++)
    {
      const VbHostdev *hostdev = g_ptr_array_index (hostdevs, i);
      if (!claim (assignment, hostdev, error))
        {
          g_prefix_error (error, "hostdev '%s': ", vb_device_get_name (&hostdev->base));
          return FALSE;
        }
    }
  if (!vb_run_record_save (assignment->record, error))
    return FALSE;
  for (guint i = 0; i < hostdevs->len; i++)
    {
      const VbHostdev *hostdev = g_ptr_array_index (hostdevs, i);
      if (!hand_over (assignment, hostdev, i, given, error))
        {
          g_prefix_error (error, "hostdev '%s': ", vb_device_get_name (&hostdev->base));
          return FALSE;
        }
    }
  return TRUE;
}

VbGiven *
vb_assignment_begin (VbEngine *engine, const VbDomain *domain, VbRunRecord *record, GError **error)
{
  g_autoptr (GPtrArray) hostdevs = list_hostdevs (domain);
  g_autoptr (VbGiven) given = vb_given_new ();
  g_auto (Assignment) assignment = {
    engine,
    domain,
    record,
    vb_host_devices_list (vb_engine_get_host_devices (engine)),
    g_ptr_array_new_with_free_func (g_free),
  };

  if (hostdevs->len > 0 && !assign (&assignment, hostdevs, given, error))
    return NULL;
  return g_steal_pointer (&given);
}

void
vb_assignment_resume (VbEngine *engine, const VbRunRecord *record)
{
  for (guint i = 0; i < record->assigned->len; i++)
    {
      const VbAssigned *assigned = g_ptr_array_index (record->assigned, i);
      vb_claims_take (vb_engine_get_claims (engine), assigned->id, record->uuid, assigned->alias);
    }
}

static void
give_back (const VbAssigned *assigned)
{
  g_autoptr (GError) error = NULL;

  /* A group goes with the last of its devices. */
  if (assigned->node != NULL &&
      !vb_device_node_set_owner (assigned->node, &assigned->owner, &error) &&
      !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_warning ("cannot give '%s' back to its owner: %s", assigned->node, error->message);
}

void
vb_assignment_end (VbEngine *engine, VbRunRecord *record)
{
  VbClaims *claims = vb_engine_get_claims (engine);

  for (guint i = 0; i < record->assigned->len; i++)
    {
      const VbAssigned *assigned = g_ptr_array_index (record->assigned, i);
      const VbClaim *claim = vb_claims_find (claims, assigned->id);

      give_back (assigned);
      if (claim != NULL && g_str_equal (claim->uuid, record->uuid))
        vb_claims_release (claims, assigned->id);
    }
  g_ptr_array_set_size (record->assigned, 0);
}

static void
strike (VbRunRecord *record, const char *id)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < record->assigned->len; i++)
    if (g_str_equal (((const VbAssigned *) g_ptr_array_index (record->assigned, i))->id, id))
      {
        g_ptr_array_remove_index (record->assigned, i);
        break;
      }
  if (!vb_run_record_save (record, &error))
    g_warning ("%s is not up to date: %s", record->folder, error->message);
}

/* The address of a USB device is the next one's some day. That of a PCI device may be at once, while
 * QEMU still holds its group: it stays claimed. */
void
vb_assignment_forget (VbEngine *engine, const VbHostDevice *device)
{
  VbClaims *claims = vb_engine_get_claims (engine);
  const VbClaim *claim = vb_claims_find (claims, device->id);
  VbMachine *machine;
  VbRun *run;

  if (claim == NULL || device->kind != VB_HOST_DEVICE_USB)
    return;
  machine = vb_registry_find_uuid (vb_engine_get_registry (engine), claim->uuid);
  run = machine != NULL ? vb_machine_get_run (machine) : NULL;
  if (run != NULL)
    strike (run->record, device->id);
  vb_claims_release (claims, device->id);
}
