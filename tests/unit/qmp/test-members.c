/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The members of an object as spans of its text: what each is, and what is no object.
 */
#include "qmp/qmp-members.h"

#include <string.h>

/* Every member as NAME=VALUE, a line each, and at the end `broken` where it is. */
static char *
walk (const char *text)
{
  GString *seen = g_string_new (NULL);
  QmpMembers members;
  QmpMember member;

  qmp_members_init (&members, text, strlen (text));
  while (qmp_members_next (&members, &member))
    g_string_append_printf (seen, "%.*s=%.*s\n", (int) member.name.n_bytes, member.name.start,
                            (int) member.value.n_bytes, member.value.start);
  if (members.is_broken)
    g_string_append (seen, "broken");
  /* There is nothing after the end. */
  g_assert_false (qmp_members_next (&members, &member));
  return g_string_free (seen, FALSE);
}

static void
test_walk (void)
{
  static const struct
  {
    const char *text;
    const char *seen;
  } cases[] = {
    { "{}", "" },
    { "{ }", "" },
    { "{\"a\":1}", "a=1\n" },
    { "{ \"a\" : 1 , \"b\" : [ 1, 2 ] }", "a=1\nb=[ 1, 2 ]\n" },
    { "{\"a\":{\"b\":[{},\"}\"]},\"c\":\"x,\\\"y\"}", "a={\"b\":[{},\"}\"]}\nc=\"x,\\\"y\"\n" },
    { "{\"a\\\"b\":null}", "a\\\"b=null\n" },
    { "{\"\":\"\"}", "=\"\"\n" },
    { "{\"a\":1 2,\"b\":3}", "a=1 2\nb=3\n" },
    { "{1}", "broken" },
    { "{\"a}", "broken" },
    { "{\"a\\\"}", "broken" },
    { "{\"a\"}", "broken" },
    { "{\"a\":}", "broken" },
    { "{\"a\":,\"b\":1}", "broken" },
    { "{\"a\":\"x}", "broken" },
    { "{\"a\":]}", "broken" },
    { "{\"a\":[}", "broken" },
    { "{\"a\":1,}", "a=1\nbroken" },
    { "{\"a\":1,,\"b\":2}", "a=1\nbroken" },
    { "{\"a\":1,\"b\"}", "a=1\nbroken" },
    { "{,\"a\":1}", "broken" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *seen = walk (cases[i].text);

      if (strcmp (seen, cases[i].seen) != 0)
        g_error ("%s gives '%s', not '%s'", cases[i].text, seen, cases[i].seen);
    }
}

static void
test_span_equal (void)
{
  const QmpSpan span = { "return: ", 6 };

  g_assert_true (qmp_span_equal (span, "return"));
  g_assert_false (qmp_span_equal (span, "retur"));
  g_assert_false (qmp_span_equal (span, "return:"));
  g_assert_false (qmp_span_equal (span, "Return"));
  g_assert_true (qmp_span_equal ((QmpSpan){ "", 0 }, ""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qmp/members/walk", test_walk);
  g_test_add_func ("/qmp/members/span-equal", test_span_equal);
  return g_test_run ();
}
