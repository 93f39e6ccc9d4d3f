/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Typed calls to the real QEMU: every command that only asks, and a life of a block node, a
 * descriptor and a device.
 */
#include "qmp/qmp.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define QEMU "/usr/bin/qemu-system-x86_64"

typedef struct
{
  GSubprocess *process; /* (owned) */
  QmpSession *session;  /* (owned) */
} Fixture;

/* A test that aborts leaves no QEMU. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  g_subprocess_launcher_take_fd (launcher, fds[1], 3);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  fixture->process =
      g_subprocess_launcher_spawn (launcher, &error, QEMU, "-M", "q35,accel=tcg", "-S",
                                   "-nodefaults", "-display", "none", "-vnc", "none", "-compat",
                                   "deprecated-input=reject,deprecated-output=hide", "-device",
                                   "pcie-root-port,id=root0", "-device",
                                   "virtio-balloon,bus=pcie.0", "-chardev", "socket,id=qmp,fd=3",
                                   "-mon", "chardev=qmp,mode=control", NULL);
  g_assert_no_error (error);
  /* It holds QEMU's end, too: the end of QEMU would not be told. */
  g_clear_object (&launcher);

  fixture->session = qmp_session_new_for_fd (fds[0]);
  g_assert_true (qmp_session_open_sync (fixture->session, G_MAXUINT, NULL, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (qmp_session_quit_sync (fixture->session, G_MAXUINT, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (fixture->process, NULL, NULL));
  g_object_unref (fixture->process);
  g_object_unref (fixture->session);
}

/* Asks, sees that it was answered and frees the answer. */
#define assert_answer(function, free_answer, ...)                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GError) problem = NULL;                                                             \
    gpointer answer =                                                                              \
        qmp_session_##function##_sync (fixture->session, __VA_ARGS__ G_MAXUINT, NULL, &problem);   \
    g_assert_no_error (problem);                                                                   \
    g_assert_nonnull (answer);                                                                     \
    free_answer (answer);                                                                          \
  }                                                                                                \
  G_STMT_END
#define assert_struct(function) assert_answer (function, qmp_struct_free, )
#define assert_array(function, ...) assert_answer (function, g_ptr_array_unref, __VA_ARGS__)

static void
test_questions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (QmpQueryStatsArguments) stats = qmp_query_stats_arguments_new ();
  g_autoptr (QmpQomListArguments) list = qmp_qom_list_arguments_new ();
  g_autoptr (QmpDeviceListPropertiesArguments) device = qmp_device_list_properties_arguments_new ();
  g_autoptr (QmpQomListPropertiesArguments) type = qmp_qom_list_properties_arguments_new ();
  g_autoptr (QmpQueryCpuModelExpansionArguments) cpu =
      qmp_query_cpu_model_expansion_arguments_new ();

  assert_struct (query_version);
  assert_struct (query_status);
  assert_struct (query_name);
  assert_struct (query_uuid);
  assert_struct (query_kvm);
  assert_struct (query_target);
  assert_struct (query_migrate);
  assert_struct (query_balloon);
  assert_struct (query_vnc);
  assert_struct (query_spice);
  assert_array (query_machines, );
  assert_array (query_cpu_definitions, );
  assert_array (query_cpus_fast, );
  assert_array (query_hotpluggable_cpus, );
  assert_array (query_command_line_options, NULL, );
  assert_array (query_block, );
  assert_array (query_blockstats, NULL, );
  assert_array (query_named_block_nodes, NULL, );
  assert_array (query_chardev, );
  assert_array (query_jobs, );
  assert_array (query_memory_devices, );
  assert_array (query_pci, );
  assert_array (query_fdsets, );
  assert_array (qom_list_types, NULL, );
  stats->target = QMP_STATS_TARGET_VM;
  assert_array (query_stats, stats, );
  list->path = g_strdup ("/machine");
  assert_array (qom_list, list, );
  device->typename_ = g_strdup ("virtio-blk-pci");
  assert_array (device_list_properties, device, );
  type->typename_ = g_strdup ("memory-backend-ram");
  assert_array (qom_list_properties, type, );
  cpu->type = QMP_CPU_MODEL_EXPANSION_TYPE_STATIC;
  cpu->model = qmp_cpu_model_info_new ();
  cpu->model->name = g_strdup ("qemu64");
  assert_answer (query_cpu_model_expansion, qmp_struct_free, cpu, );
}

static void
test_block_node (Fixture *fixture, gconstpointer data)
{
  g_autoptr (QmpValue) node = qmp_value_parse (
      "{\"driver\":\"null-co\",\"node-name\":\"disk\",\"size\":1048576,\"read-zeroes\":true}", -1,
      NULL);
  g_autoptr (QmpQueryBlockstatsArguments) nodes = qmp_query_blockstats_arguments_new ();
  g_autoptr (QmpBlockdevDelArguments) del = qmp_blockdev_del_arguments_new ();
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (GPtrArray) stats = NULL;
  g_autoptr (GError) error = NULL;
  QmpBlockDeviceInfo *info;

  g_assert_true (qmp_session_blockdev_add_sync (fixture->session, node, G_MAXUINT, NULL, &error));
  g_assert_no_error (error);

  infos =
      qmp_session_query_named_block_nodes_sync (fixture->session, NULL, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (infos->len, ==, 1);
  info = infos->pdata[0];
  g_assert_cmpstr (info->node_name, ==, "disk");
  g_assert_cmpint (info->detect_zeroes, ==, QMP_BLOCKDEV_DETECT_ZEROES_OFF);
  g_assert_cmpint (info->image->virtual_size, ==, 1048576);

  nodes->has_query_nodes = TRUE;
  nodes->query_nodes = TRUE;
  stats = qmp_session_query_blockstats_sync (fixture->session, nodes, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (((QmpBlockStats *) stats->pdata[0])->node_name, ==, "disk");

  del->node_name = g_strdup ("disk");
  g_assert_true (qmp_session_blockdev_del_sync (fixture->session, del, G_MAXUINT, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (qmp_session_blockdev_del_sync (fixture->session, del, G_MAXUINT, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_GENERIC);
}

static void
test_descriptor (Fixture *fixture, gconstpointer data)
{
  g_autoptr (QmpAddFdArguments) add = qmp_add_fd_arguments_new ();
  g_autoptr (QmpRemoveFdArguments) remove = qmp_remove_fd_arguments_new ();
  g_autoptr (QmpAddFdInfo) added = NULL;
  g_autoptr (GPtrArray) sets = NULL;
  g_autoptr (GError) error = NULL;
  QmpFdsetInfo *set;

  add->opaque = g_strdup ("ours");
  added = qmp_session_add_fd_sync (fixture->session, add, STDIN_FILENO, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);

  sets = qmp_session_query_fdsets_sync (fixture->session, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sets->len, ==, 1);
  set = sets->pdata[0];
  g_assert_cmpint (set->fdset_id, ==, added->fdset_id);
  g_assert_cmpstr (((QmpFdsetFdInfo *) set->fds->pdata[0])->opaque, ==, "ours");

  remove->fdset_id = added->fdset_id;
  g_assert_true (qmp_session_remove_fd_sync (fixture->session, remove, G_MAXUINT, NULL, &error));
  g_assert_no_error (error);
}

static void
test_parameters (Fixture *fixture, gconstpointer data)
{
  g_autoptr (QmpMigrationParameters) parameters = qmp_migration_parameters_new ();
  g_autoptr (GError) error = NULL;

  parameters->has_downtime_limit = TRUE;
  parameters->downtime_limit = 300;
  g_assert_true (qmp_session_migrate_set_parameters_sync (fixture->session, parameters, G_MAXUINT,
                                                          NULL, &error));
  g_assert_no_error (error);
  parameters->downtime_limit = G_MAXUINT64;
  g_assert_false (qmp_session_migrate_set_parameters_sync (fixture->session, parameters, G_MAXUINT,
                                                           NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_GENERIC);
}

static void
test_features (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *path;
    gboolean has;
  } cases[] = {
    { "blockdev-add/arg-type/+file/aio/^io_uring", TRUE },
    { "blockdev-add/arg-type/+file/aio/^no-such-aio", FALSE },
    { "blockdev-add/arg-type/+qcow2/file/+file/filename/=string", TRUE },
    { "blockdev-add/arg-type/+qcow2/*backing/=null", TRUE },
    { "migrate-set-parameters/arg-type/*tls-creds/=null", TRUE },
    { "query-cpus-fast/ret-type/props/*die-id", TRUE },
    { "device_add/$json-cli-hotplug", TRUE },
    { "migrate-set-capabilities/arg-type/capabilities/capability/^x-colo/$unstable", TRUE },
    { "transaction/arg-type/actions/+blockdev-snapshot/data/node", TRUE },
    { "yank/allow-oob", TRUE },
    { "query-status/allow-oob", FALSE },
    { "SHUTDOWN/arg-type/reason/^guest-reset", TRUE },
    { "no-such-command", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].path);
      g_assert_true (cases[i].has == qmp_session_has_sync (fixture->session, cases[i].path,
                                                           G_MAXUINT, NULL, &error));
      g_assert_no_error (error);
    }
}

static void
on_event (QmpSession *session, const char *name, QmpValue *value, gint64 time_us, gpointer data)
{
  *(QmpValue **) data = qmp_value_ref (value);
}

static void
test_event (Fixture *fixture, gconstpointer data)
{
  g_autoptr (QmpValue) told = NULL;
  g_autoptr (QmpBlockWriteThresholdEvent) wrong = NULL;
  g_autoptr (QmpResetEvent) event = NULL;
  g_autoptr (GError) error = NULL;

  qmp_session_subscribe (fixture->session, "RESET");
  g_signal_connect (fixture->session, "event::RESET", G_CALLBACK (on_event), &told);
  g_assert_true (qmp_session_system_reset_sync (fixture->session, G_MAXUINT, NULL, &error));
  g_assert_no_error (error);
  while (!told)
    g_main_context_iteration (NULL, TRUE);

  event = qmp_reset_event_new_from_value (told, &error);
  g_assert_no_error (error);
  g_assert_false (event->guest);
  g_assert_cmpint (event->reason, ==, QMP_SHUTDOWN_CAUSE_HOST_QMP_SYSTEM_RESET);
  wrong = qmp_block_write_threshold_event_new_from_value (told, &error);
  g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define add(name, function)                                                                        \
  g_test_add ("/qmp/typed-real-qemu/" name, Fixture, NULL, set_up, function, tear_down)
  add ("questions", test_questions);
  add ("block-node", test_block_node);
  add ("descriptor", test_descriptor);
  add ("parameters", test_parameters);
  add ("features", test_features);
  add ("event", test_event);
  return g_test_run ();
}
