/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_tree - the tree of brokers as it is now
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "losses.h"

/* Columns of the pane beside the tree: at least, and at most as many as a broker's id needs, with
   its name and the frame. */
#define DETAIL_LEAST 34
#define DETAIL_WIDTH 49
#define TAIL_ROWS_MAX 10
/* Bytes of a broker's name, escaped, and of an age. */
#define ESCAPED_ROOM (DD_ESCAPE_MAX * DD_BROKER_MAX + AGE_ROOM)
/* Events that a broker's detail lists. */
#define DETAIL_ROWS 50
#define FOLDED_MARK "▸ "
/* Brokers below which nothing is shown. */
#define FOLDED_MAX 256

enum {
    COLUMN_BROKER,
    COLUMN_SCOPE,
    COLUMN_LINK,
    COLUMN_CLIENTS,
    COLUMN_SUBSCRIPTIONS,
    COLUMN_IN,
    COLUMN_OUT,
    COLUMN_OUTBOX,
    COLUMN_REFUSED,
    COLUMN_DROPPED,
    COLUMN_UP,
    COLUMN_STATE
};

static const list_table_column_t COLUMNS[] = {
    [COLUMN_BROKER] = {"broker", "BROKER", 15, 1, 40, false},
    [COLUMN_SCOPE] = {"scope", "SCOPE", 8, 2, 16, false},
    [COLUMN_LINK] = {"rtt_us", "LINK", 7, 6, 0, true},
    [COLUMN_CLIENTS] = {"clients", "CLNTS", 5, 4, 7, true},
    [COLUMN_SUBSCRIPTIONS] = {"subscriptions", "SUBSCR", 6, 9, 7, true},
    [COLUMN_IN] = {"in_rate", "IN/S", 6, 5, 0, true},
    [COLUMN_OUT] = {"out_rate", "OUT/S", 6, 5, 0, true},
    [COLUMN_OUTBOX] = {"outbox", "OUTBOX", 7, 10, 0, true},
    [COLUMN_REFUSED] = {"refused", "REFUSED", 7, 8, 0, true},
    [COLUMN_DROPPED] = {"dropped", "DROPPED", 7, 3, 0, true},
    [COLUMN_UP] = {"uptime_ms", "UP", 6, 7, 0, true},
    [COLUMN_STATE] = {"state", "STATE", 15, 1, 18, false},
};
/* Up to this rank, columns don't make room for the pane beside the tree. */
#define RANK_OF_NEED 5

/* The page's private state. */
typedef struct {
    char folded[FOLDED_MAX][MODEL_ID_ROOM]; /* ids of brokers below which nothing is shown */
    size_t folded_count;
    bool hidden[MODEL_BROKERS_MAX];    /* by index: somewhere below a folded one */
    size_t parents[MODEL_BROKERS_MAX]; /* by index: those of its parent; LIST_NONE: none */
} tree_page_t;

static tree_page_t *tree_of(const page_t *page)
{
    return page->private;
}

/* ---- Rows ----------------------------------------------------------------------------------- */

static uint64_t identity(const void *source, size_t index)
{
    const broker_t *broker = page_row(source, index);
    return list_identity(LIST_IDENTITY, broker->id);
}

static bool is_hidden(const void *source, size_t index)
{
    return tree_of(source)->hidden[index];
}

static size_t parent(const void *source, size_t index)
{
    return tree_of(source)->parents[index];
}

/* ---- Folding -------------------------------------------------------------------------------- */

static size_t find_folded(const tree_page_t *self, const char *id)
{
    size_t i = 0;
    while (i < self->folded_count && strcmp(self->folded[i], id) != 0)
        i++;
    return i;
}

static bool is_folded(const page_t *self, const char *id)
{
    const tree_page_t *tree = tree_of(self);
    return find_folded(tree, id) < tree->folded_count;
}

/* A broker stands right before those below it, which are deeper. */
static bool has_children(const page_t *self, size_t index)
{
    const broker_t *broker = page_row(self, index);
    if (index + 1 == page_row_count(self))
        return false;
    const broker_t *next = page_row(self, index + 1);
    return next->depth > broker->depth;
}

/* A broker stands behind its parent, with nothing between that isn't deeper than the parent. */
static void find_parents(page_t *self)
{
    size_t *parents = tree_of(self)->parents;
    for (size_t i = 0; i < page_row_count(self); i++) {
        size_t above = i > 0 ? i - 1 : LIST_NONE;
        unsigned depth = ((const broker_t *)page_row(self, i))->depth;
        while (above != LIST_NONE && ((const broker_t *)page_row(self, above))->depth >= depth)
            above = parents[above];
        parents[i] = above;
    }
}

static void hide_folded(page_t *self)
{
    unsigned folded_depth = 0;
    bool folded = false;
    for (size_t i = 0; i < page_row_count(self); i++) {
        const broker_t *broker = page_row(self, i);
        if (folded && broker->depth <= folded_depth)
            folded = false;
        tree_of(self)->hidden[i] = folded;
        if (!folded && is_folded(self, broker->id)) {
            folded = true;
            folded_depth = broker->depth;
        }
    }
}

static void prepare(page_t *self)
{
    find_parents(self);
    hide_folded(self);
}

static void fold(page_t *self, size_t index)
{
    const broker_t *broker = page_row(self, index);
    tree_page_t *tree = tree_of(self);
    if (has_children(self, index) && tree->folded_count < FOLDED_MAX &&
        !is_folded(self, broker->id))
        memcpy(tree->folded[tree->folded_count++], broker->id, sizeof broker->id);
}

static void unfold(page_t *self, size_t index)
{
    const broker_t *broker = page_row(self, index);
    tree_page_t *tree = tree_of(self);
    size_t at = find_folded(tree, broker->id);
    if (at < tree->folded_count)
        memmove(tree->folded[at], tree->folded[--tree->folded_count], sizeof broker->id);
}

static bool is_in_trouble(const page_t *self, size_t index)
{
    return trouble_of_broker(self->session, page_row(self, index)) != TROUBLE_NONE;
}

/* What is above it is shown with what is below. */
static void reveal(page_t *self, size_t index)
{
    for (size_t above = parent(self, index); above != LIST_NONE; above = parent(self, above))
        unfold(self, above);
}

static void select_parent(page_t *self, size_t index)
{
    size_t above = parent(self, index);
    for (size_t position = 0; position < list_count(self->list); position++)
        if (list_index(self->list, position) == above)
            list_select(self->list, position);
}

/* Left goes up as far as there is something above: only Space folds what has no parent, so that one
   Left too many doesn't take the whole tree away. */
static bool is_to_fold(const page_t *self, size_t index, action_t action)
{
    return has_children(self, index) && (action == ACT_FOLD || parent(self, index) != LIST_NONE);
}

/* What Left and Right don't mean for the tree, they mean for the columns. */
static bool act(page_t *self, action_t action)
{
    size_t index = list_selected_index(self->list);
    if (index == LIST_NONE || (action != ACT_FOLD && action != ACT_LEFT && action != ACT_RIGHT))
        return false;
    bool folded = is_folded(self, ((const broker_t *)page_row(self, index))->id);
    if ((action == ACT_LEFT && list_sheet(self->list) > 0) || (action == ACT_RIGHT && !folded))
        return false;
    if (folded && action != ACT_LEFT)
        unfold(self, index);
    else if (!folded && is_to_fold(self, index, action))
        fold(self, index);
    else if (action == ACT_LEFT)
        select_parent(self, index);
    return true;
}

/* ---- The table ------------------------------------------------------------------------------ */

static const char *folding_mark(const page_t *self, size_t index)
{
    const broker_t *broker = page_row(self, index);
    if (!has_children(self, index))
        return "  ";
    return is_folded(self, broker->id) ? FOLDED_MARK : "▾ ";
}

/* What a broker does stands in the place of "ok". */
static void reported_text(const page_t *self, const broker_t *broker, char *out, size_t room)
{
    char traffic[TROUBLE_ROOM];
    trouble_traffic_text(&broker->traffic, trouble_of_broker(self->session, broker), traffic);
    if (traffic[0] != '\0')
        snprintf(out, room, "%s", traffic);
    else
        dd_escape_text(broker->state, strlen(broker->state), out, room);
}

static void state_text(const page_t *self, const broker_t *broker, char *out, size_t room)
{
    static const char *const WORDS[] = {[STANDING_LATE] = "stale",
        [STANDING_GONE] = "GONE",
        [STANDING_UNKNOWN] = "unknown",
        [STANDING_BEHIND] = "behind",
        [STANDING_DRAINED] = "drained"};
    char text[ESCAPED_ROOM] = "";
    standing_t standing = session_view_standing(self->session, broker);
    if (standing == STANDING_REPORTS)
        reported_text(self, broker, out, room);
    else if (standing == STANDING_BEHIND)
        dd_escape_text(broker->behind, strlen(broker->behind), text, sizeof text);
    else if (standing != STANDING_DRAINED)
        page_age(session_view_silence(self->session, broker), text);
    if (standing != STANDING_REPORTS)
        snprintf(out, room, "%s%s%s", WORDS[standing], text[0] != '\0' ? " " : "", text);
}

/* The broker whose state stands in a row: that of a folded one, or of what is below if it is worse.
 */
static const broker_t *worst(const page_t *self, size_t index)
{
    const broker_t *own = page_row(self, index), *found = own;
    size_t count = is_folded(self, own->id) ? page_row_count(self) : 0;
    for (size_t i = index + 1; i < count; i++) {
        const broker_t *below = page_row(self, i);
        if (below->depth <= own->depth)
            break;
        if (trouble_of_broker(self->session, below) > trouble_of_broker(self->session, found))
            found = below;
    }
    return found;
}

/* With the mark of what is folded, if it is the state of something there. */
static void worst_text(const page_t *self, size_t index, char *out, size_t room)
{
    const broker_t *shown = worst(self, index);
    int mark = snprintf(out, room, "%s", shown != page_row(self, index) ? FOLDED_MARK : "");
    state_text(self, shown, out + mark, room - (size_t)mark);
}

static bool cell(const void *source, size_t index, size_t column, char *out, size_t room)
{
    const page_t *self = source;
    const broker_t *broker = page_row(self, index);
    char name[4 * sizeof broker->name];
    if (column == COLUMN_STATE) {
        worst_text(self, index, out, room);
        return true;
    }
    if (column != COLUMN_BROKER)
        return false;
    dd_escape_text(broker->name, strlen(broker->name), name, sizeof name);
    snprintf(out, room, "%*s%s%s", 2 * (int)broker->depth, "", folding_mark(self, index), name);
    return true;
}

static unsigned broker_style(const page_t *self, const broker_t *broker, size_t column)
{
    standing_t standing = session_view_standing(self->session, broker);
    bool is_door = strcmp(broker->name, session_view_link(self->session)->broker) == 0;
    if (standing != STANDING_REPORTS)
        return column == COLUMN_STATE && standing == STANDING_GONE ? STYLE_BAD : STYLE_DIM;
    if (column == COLUMN_STATE)
        return page_trouble_style(
            trouble_of_broker(self->session, broker), strcmp(broker->state, "ok") == 0);
    if (column == COLUMN_DROPPED && broker->traffic.dropped != MODEL_UNKNOWN)
        return broker->traffic.dropped > 0 ? STYLE_WARNING : STYLE_PLAIN;
    return column == COLUMN_BROKER && is_door ? STYLE_ACCENT : STYLE_PLAIN;
}

static unsigned style(const void *source, size_t index, size_t column)
{
    const page_t *self = source;
    return broker_style(
        self, column == COLUMN_STATE ? worst(self, index) : page_row(self, index), column);
}

static const list_table_t TABLE = {.view = VIEW_TREE,
    .columns = COLUMNS,
    .count = sizeof COLUMNS / sizeof COLUMNS[0],
    .row = page_row,
    .cell = cell,
    .style = style};

/* By state, the worst first. */
static int compare_states(const page_t *self, const broker_t *left, const broker_t *right)
{
    trouble_t troubles[2] = {
        trouble_of_broker(self->session, left), trouble_of_broker(self->session, right)};
    if (troubles[0] != troubles[1])
        return troubles[0] > troubles[1] ? -1 : 1;
    return strcmp(left->state, right->state);
}

static int compare(const void *source, size_t a, size_t b, size_t column)
{
    if (column == COLUMN_STATE)
        return compare_states(source, worst(source, a), worst(source, b));
    return list_table_compare(&TABLE, source, a, b, column);
}

static bool known(const void *source, size_t index, size_t column)
{
    return list_table_known(&TABLE, source, index, column);
}

static const list_ops_t LIST = {.count = page_row_count,
    .identity = identity,
    .text = page_row_text,
    .field = page_row_field,
    .hidden = is_hidden,
    .compare = compare,
    .known = known,
    .parent = parent};

/* ---- The detail ----------------------------------------------------------------------------- */

/* A curve of blocks, the highest rate being the highest block. */
static void curve(const uint64_t *rates, size_t count_of, size_t width, char *out, size_t room)
{
    static const char *const BLOCKS[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    uint64_t highest = 1;
    size_t used = 0, first = count_of > width ? count_of - width : 0;
    for (size_t i = first; i < count_of; i++)
        highest = rates[i] > highest ? rates[i] : highest;
    out[0] = '\0';
    for (size_t i = first; i < count_of && used + 4 < room; i++) {
        size_t level = (size_t)((double)rates[i] / (double)highest * 7 + 0.5);
        used += (size_t)snprintf(out + used, room - used, "%s", BLOCKS[level]);
    }
}

static void add_rate(const page_t *self, text_pane_t *pane, const char *name, const char *field,
    const broker_t *broker, const uint64_t *rates, size_t count_of)
{
    char rate[COLUMN_TEXT_ROOM], blocks[4 * POLLER_SAMPLES + 1], line[COLUMN_TEXT_ROOM + 256];
    bool stopped = session_view_silence(self->session, broker) > 0;
    column_text(columns_find(columns_of(VIEW_TREE), field), broker, rate, sizeof rate);
    strncat(rate, "/s", sizeof rate - strlen(rate) - 1);
    int width = text_pane_width(pane) - 24;
    curve(rates, count_of, width > 0 ? (size_t)width : 0, blocks, sizeof blocks);
    snprintf(line, sizeof line, "%-8s %s", stopped ? "stopped" : rate, blocks);
    text_pane_pair(pane, name, stopped ? STYLE_DIM : STYLE_PLAIN, line);
}

static void add_field(
    text_pane_t *pane, const char *name, const char *field, const broker_t *broker)
{
    char text[COLUMN_TEXT_ROOM];
    column_text(columns_find(columns_of(VIEW_TREE), field), broker, text, sizeof text);
    text_pane_pair(pane, name, STYLE_PLAIN, text);
}

/* Its own words, but of clients that come and go, the newest first. */
static void add_events(const page_t *self, const broker_t *broker, text_pane_t *pane)
{
    size_t found = 0;
    const event_archive_t *events = session_view_events(self->session);
    for (size_t i = event_archive_count(events); i-- > 0 && found < DETAIL_ROWS;) {
        const archived_t *row = event_archive_at(events, i);
        char text[COLUMN_TEXT_ROOM], time[TIME_ROOM];
        if (strcmp(row->broker_id, broker->id) != 0 || strcmp(row->level, "info") == 0)
            continue;
        if (found++ == 0)
            text_pane_text(pane, STYLE_TITLE, "Lately");
        page_time(row->wall_ms, false, time);
        dd_escape_text(row->text, strlen(row->text), text, sizeof text);
        page_add_happened(pane, time, text);
    }
}

/* A limit that isn't there, and one of which nothing is known, aren't the same. An operator has no
   tenant whose limits they could be. */
static void add_limit(
    const page_t *self, text_pane_t *pane, const char *name, const char *field, const broker_t *row)
{
    const column_t *column = columns_find(columns_of(VIEW_TREE), field);
    bool is_operator = session_view_is_operator(self->session);
    char text[COLUMN_TEXT_ROOM];
    column_text(column, row, text, sizeof text);
    if (!column_known(column, row))
        snprintf(text, sizeof text, "%s",
            row->clients_max == MODEL_UNKNOWN ? "not known"
            : is_operator                     ? "each tenant has its own"
                                              : "none");
    text_pane_pair(pane, name, STYLE_PLAIN, text);
}

/* Its name, if that is known, and its id. */
static void add_parent(const page_t *self, text_pane_t *pane, const broker_t *broker)
{
    char name[ESCAPED_ROOM] = "";
    for (size_t i = 0; broker->parent[0] != '\0' && i < page_row_count(self); i++) {
        const broker_t *other = page_row(self, i);
        if (strcmp(other->id, broker->parent) == 0)
            dd_escape_text(other->name, strlen(other->name), name, sizeof name);
    }
    if (name[0] != '\0')
        text_pane_pair(pane, "parent", STYLE_PLAIN, name);
    add_field(pane, name[0] != '\0' ? "parent's id" : "parent", "parent", broker);
}

static void add_fields(
    text_pane_t *pane, const char *const fields[][2], size_t count, const broker_t *broker)
{
    for (size_t i = 0; i < count; i++)
        add_field(pane, fields[i][0], fields[i][1], broker);
}

/* What passes through apart from what is the clients', for those who are told. */
static void add_links(text_pane_t *pane, const char *name, uint64_t all, uint64_t rate)
{
    char text[64], now[32];
    int used = snprintf(text, sizeof text, "%" PRIu64, all);
    column_number_text(COLUMN_RATE, rate, now, sizeof now);
    if (rate != MODEL_UNKNOWN)
        snprintf(text + used, sizeof text - (size_t)used, "  (%s/s)", now);
    if (all != MODEL_UNKNOWN)
        text_pane_pair(pane, name, STYLE_PLAIN, text);
}

/* Who they are stands among the events. */
static void add_strangers(text_pane_t *pane, const broker_t *broker)
{
    char text[96], age[32];
    if (broker->not_let_in == MODEL_UNKNOWN || broker->not_let_in == 0)
        return;
    column_number_text(COLUMN_MS, broker->not_let_in_age_ms, age, sizeof age);
    snprintf(text, sizeof text, "%" PRIu64 ", the last %s ago", broker->not_let_in, age);
    text_pane_pair(pane, "not let in", STYLE_PLAIN, text);
}

static void add_report(const page_t *self, text_pane_t *pane, const broker_t *broker)
{
    static const char *const FIELDS[][2] = {{"up for", "uptime_ms"}, {"parent link", "rtt_us"},
        {"clients", "clients"}, {"subscriptions", "subscriptions"}, {"outbox", "outbox"},
        {"children", "children"}, {"misses", "lost"}, {"received", "in"}, {"sent", "out"},
        {"bytes in", "in_bytes"}, {"bytes out", "out_bytes"}};
    static const char *const MORE[][2] = {{"refused", "refused"}, {"refused for", "refused_for"},
        {"dropped", "dropped"}, {"last drop", "drop_age_ms"}, {"turns", "turns_us"},
        {"version", "version"}, {"id", "id"}};
    static const char *const OF_PARENT[][2] = {
        {"joined it", "parent_ms"}, {"parents", "parents"}, {"moves", "moves"}};
    add_fields(pane, FIELDS, sizeof FIELDS / sizeof FIELDS[0], broker);
    add_links(pane, "from links", broker->traffic.links_in, broker->traffic.links_in_rate);
    add_links(pane, "to links", broker->traffic.links_out, broker->traffic.links_out_rate);
    add_strangers(pane, broker);
    add_fields(pane, MORE, sizeof MORE / sizeof MORE[0], broker);
    add_parent(self, pane, broker);
    add_fields(pane, OF_PARENT, sizeof OF_PARENT / sizeof OF_PARENT[0], broker);
    add_limit(self, pane, "client limit", "clients_max", broker);
    add_limit(self, pane, "subscr. limit", "subscriptions_max", broker);
    add_limit(self, pane, "outbox limit", "outbox_max", broker);
}

static void detail(page_t *self, size_t index, text_pane_t *pane)
{
    const broker_t *broker = page_row(self, index);
    const samples_t *samples = poller_samples(session_view_poller(self->session), broker->id);
    static const samples_t NONE = {.count = 0};
    char state[128];
    if (!samples)
        samples = &NONE;
    state_text(self, broker, state, sizeof state);
    add_field(pane, "broker", "broker", broker);
    add_field(pane, "scope", "scope", broker);
    text_pane_pair(pane, "state", broker_style(self, broker, COLUMN_STATE), state);
    losses_add_of_broker(self, broker, pane);
    add_rate(self, pane, "in", "in_rate", broker, samples->in, samples->count);
    add_rate(self, pane, "out", "out_rate", broker, samples->out, samples->count);
    losses_add_losers(self, broker, pane);
    add_report(self, pane, broker);
    add_events(self, broker, pane);
}

/* ---- The graph ------------------------------------------------------------------------------ */

static const graph_line_t GRAPH[] = {
    {FIGURE_IN, "in", COLUMN_RATE, "/s", STYLE_ACCENT},
    {FIGURE_OUT, "out", COLUMN_RATE, "/s", STYLE_GOOD},
    {FIGURE_DROPPED, "dropped", COLUMN_RATE, "/s", STYLE_BAD},
    {FIGURE_RTT, "round trip to its parent", COLUMN_US, "", STYLE_WARNING},
};

static void graph_title(const page_t *self, const void *row, char *out, size_t room)
{
    const broker_t *broker = row;
    (void)self;
    char name[4 * sizeof broker->name];
    dd_escape_text(broker->name, strlen(broker->name), name, sizeof name);
    snprintf(out, room, "Broker %s %s", name, broker->scope);
}

/* ---- The page ------------------------------------------------------------------------------- */

static const char *empty_text(const page_t *self)
{
    static const char *const TEXTS[] = {
        [LINK_REGISTERED] = "Waiting for the brokers to answer.",
        [LINK_CONNECTING] =
            "Not connected, so nothing is known of the tree. The console keeps trying by itself.",
        [LINK_CLOSED] = "The connection has ended for good. q leaves the console.",
    };
    return TEXTS[session_view_link(self->session)->state];
}

/* What a small tree leaves over, too; its frame, its titles and one empty row stay. */
static int tail_height(const page_t *self, int height)
{
    int rows = list_count(self->list) < (size_t)height ? (int)list_count(self->list) : height;
    int tail = height - rows - 4 > height / 4 ? height - rows - 4 : height / 4;
    return tail < TAIL_ROWS_MAX ? tail : TAIL_ROWS_MAX;
}

static void draw(page_t *self, canvas_t *canvas, rect_t area)
{
    int tail = tail_height(self, area.height);
    rect_t bottom = rect_cut_bottom(&area, tail >= 3 ? tail : 0);
    rect_t right = {0};
    int left = area.width - list_table_needs(&TABLE, RANK_OF_NEED) - 2;
    if (left >= DETAIL_LEAST)
        right = rect_cut_right(&area, left < DETAIL_WIDTH ? left : DETAIL_WIDTH);
    page_draw_list(self, canvas, area, "Tree");
    page_draw_empty(self, canvas, area, empty_text(self));
    if (right.width > 0)
        page_draw_detail(self, canvas, right, "Broker");
    if (bottom.height > 0 && session_view_is_operator(self->session))
        page_events_draw_tail(
            self->session, canvas, canvas_box(canvas, bottom, "Events from notice up"));
    else if (bottom.height > 0)
        page_messages_draw_tail(self->session, canvas, canvas_box(canvas, bottom, "Messages"));
}

/* An operator gets no messages, and sees at the bottom what happens. Beside a broker that drops
   stands for whom. */
static unsigned more_views(const page_t *self)
{
    return (session_view_is_operator(self->session) ? 1u << VIEW_EVENTS : 0) |
           (trouble_is_with_clients(self->session) ? 1u << VIEW_CLIENTS : 0);
}

const page_ops_t TREE_PAGE = {.title = "Tree",
    .part = PART_TREE,
    .state_size = sizeof(tree_page_t),
    .views = 1u << VIEW_TREE,
    .detail_views = 1u << VIEW_EVENTS | 1u << VIEW_CLIENTS,
    .more_views = more_views,
    .order = "as in the tree",
    .filters = "state:gone broker:east",
    .list = &LIST,
    .table = &TABLE,
    .is_in_trouble = is_in_trouble,
    .reveal = reveal,
    .prepare = prepare,
    .draw = draw,
    .detail = detail,
    .graph = GRAPH,
    .graph_count = sizeof GRAPH / sizeof GRAPH[0],
    .graph_title = graph_title,
    .act = act};
