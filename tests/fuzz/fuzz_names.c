/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_names - names, topics, scopes and endpoints of any bytes
 *
 * The input is parted into three by newlines.
 */
#include "libdd/protocol/endpoint.h"
#include "libdd/protocol/name.h"
#include "libdd/protocol/scope.h"
#include "libdd/protocol/topic.h"
#include "tests/fuzz/fuzz.h"

static bool is_tenant(const void *tenants, dd_bytes_t tenant)
{
    return dd_bytes_equal(tenant, *(const dd_bytes_t *)tenants);
}

static bool same(dd_bytes_t a, dd_bytes_t b)
{
    return dd_bytes_equal(a, b);
}

/* Nobody but public reaches another tenant's name, and nobody has two. */
static void read_names(dd_bytes_t tenant, dd_bytes_t client, dd_bytes_t other)
{
    dd_name_t name;
    dd_bytes_t first, rest;
    if (dd_name_join(&name, tenant, client)) {
        check(name.size == tenant.size + 1 + client.size);
        check(!dd_tenant_valid(tenant) || (dd_name_split(dd_name_bytes(&name), &first, &rest) &&
                                              same(first, tenant) && same(rest, client)));
        check(dd_name_shown(dd_name_bytes(&name), other).size > 0);
    }
    if (!dd_tenant_valid(tenant) || !dd_name_resolve(&name, tenant, client, is_tenant, &other))
        return;
    check(dd_name_split(dd_name_bytes(&name), &first, &rest));
    check(same(first, tenant) || same(first, dd_bytes_of(DD_PUBLIC)) ||
          (same(tenant, dd_bytes_of(DD_PUBLIC)) && same(first, other)));
}

static void read_topics(dd_bytes_t tenant, dd_bytes_t topic)
{
    dd_bytes_t to_tenant, to_topic;
    if (!dd_tenant_valid(tenant) || !dd_topic_route(tenant, topic, &to_tenant, &to_topic))
        return;
    check(dd_topic_valid(topic) && to_topic.size > 0);
    check(same(to_tenant, tenant) || same(to_tenant, dd_bytes_of(DD_PUBLIC)));
}

/* What was read is canonical: read again, it is the same. */
static void read_scopes(dd_bytes_t text, dd_bytes_t own_text)
{
    dd_scope_t scope, again, own, pattern;
    if (dd_scope_parse(&scope, text)) {
        check(dd_scope_parse(&again, dd_scope_bytes(&scope)));
        check(same(dd_scope_bytes(&scope), dd_scope_bytes(&again)));
        check(dd_scope_is_resolved(dd_scope_bytes(&scope)));
        check(dd_scope_depth(dd_scope_bytes(&scope)) <= DD_SCOPE_DEPTH_MAX);
    }
    if (!dd_scope_parse_pattern(&pattern, text) || !dd_scope_parse(&own, own_text))
        return;
    check(dd_scope_word(pattern.text) != NULL);
    if (dd_scope_resolve(&scope, &pattern, &own))
        check(dd_scope_is_resolved(dd_scope_bytes(&scope)));
    dd_bytes_t origin = dd_scope_bytes(&own);
    for (size_t size = 0; (size = dd_scope_next_prefix(origin, size)) > 0;)
        check(dd_scope_covers(dd_bytes(origin.data, size), origin));
}

static void read_endpoints(const char *text)
{
    dd_problem_t problem = {0};
    dd_endpoints_t list = {0};
    dd_bytes_t host, port;
    if (dd_endpoint_check(text, &problem) == DD_OK)
        check(strlen(text) <= DD_ENDPOINT_MAX);
    else
        check(problem.text[0] != '\0');
    dd_endpoint_listenable(text);
    if (dd_endpoint_split(dd_bytes_of(text), &host, &port))
        check(host.size + port.size < strlen(text));
    if (dd_endpoints_add(&list, text, &problem) == DD_OK)
        for (size_t i = 0; i < list.count; i++)
            check(dd_endpoint_check(list.items[i], &problem) == DD_OK);
    else
        check(list.count == 0);
}

/* Takes what stands before the next newline. */
static dd_bytes_t take_line(dd_bytes_t *rest)
{
    const uint8_t *end = rest->size > 0 ? memchr(rest->data, '\n', rest->size) : NULL;
    dd_bytes_t line = dd_bytes(rest->data, end ? (size_t)(end - rest->data) : rest->size);
    size_t taken = end ? line.size + 1 : line.size;
    *rest = dd_bytes(rest->data + taken, rest->size - taken);
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dd_bytes_t rest = dd_bytes(data, size);
    dd_bytes_t first = take_line(&rest), second = take_line(&rest), third = take_line(&rest);
    read_names(first, second, third);
    read_topics(first, second);
    read_scopes(first, second);
    char *text = fuzz_text(first.data, first.size);
    read_endpoints(text);
    free(text);
    return 0;
}
