# SPDX-License-Identifier: LGPL-2.1-or-later
# Draws the medians of results.awk: what a message costs the broker, by its size and by the number
# of topics that messages go to. Both axes of both panels are logarithmic, and the panels share the
# vertical one. stamp: when and where, and behind "; " what of.

function log10(value) {
    return log(value) / log(10)
}

# "64", "1 KiB", "10,000"
function amount(value, is_size) {
    if (is_size && value >= 1024)
        return value / 1024 " KiB"
    return value < 1000 ? value "" : value / 1000 ",000"
}

function at_x(panel, value) {
    return left[panel] + (log10(value) - log10(first[panel])) / (log10(last[panel]) - log10(first[panel])) * WIDTH
}

function at_y(value) {
    return TOP + (log10(highest) - log10(value)) / (log10(highest) - log10(lowest)) * HEIGHT
}

function text(x, y, anchor, words, more) {
    printf "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\"%s>%s</text>\n", x, y, anchor, more, words
}

function line(x1, y1, x2, y2, colour) {
    printf "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"%s\"/>\n", x1, y1, x2, y2, colour
}

# What was measured there; nothing if it wasn't.
function cost(panel, contender, value) {
    return median(figure[panel, value] " " contender " broker_cpu")
}

# The numbers 1, 2 and 5 of each power of ten around what is drawn.
function find_range(    panel, i, k, value, steps, count, least, most) {
    for (panel = 1; panel <= 2; panel++)
        for (i = 1; i <= contenders; i++)
            for (k = 1; k <= points[panel]; k++) {
                value = cost(panel, order[i], point[panel, k])
                if (value == "")
                    continue
                least = least == "" || value < least ? value : least
                most = most == "" || value > most ? value : most
            }
    if (least == "")
        return 0
    count = split("1 2 5", steps, " ")
    ticks = 0
    for (k = -2; k <= 4; k++)
        for (i = 1; i <= count; i++) {
            value = steps[i] * 10 ^ k
            if (value * 2.5 > least && value / 2.5 < most)
                tick[++ticks] = value
        }
    lowest = tick[1]
    highest = tick[ticks]
    return 1
}

function draw_axes(panel,    i, y, x) {
    text(left[panel], TOP - 18, "start", title[panel], " font-weight=\"bold\"")
    for (i = 1; i <= ticks; i++) {
        y = at_y(tick[i])
        line(left[panel], y, left[panel] + WIDTH, y, "#dde1e6")
        text(left[panel] - 8, y + 4, "end", tick[i], "")
    }
    for (i = 1; i <= points[panel]; i++) {
        x = at_x(panel, point[panel, i])
        line(x, TOP + HEIGHT, x, TOP + HEIGHT + 5, "#57606a")
        text(x, TOP + HEIGHT + 20, "middle", amount(point[panel, i], panel == 1), "")
    }
    line(left[panel], TOP + HEIGHT, left[panel] + WIDTH, TOP + HEIGHT, "#57606a")
}

# A line from point to point, and its name beside the last one.
function draw_contender(panel, i,    k, value, path, x, y, dots) {
    for (k = 1; k <= points[panel]; k++) {
        value = cost(panel, order[i], point[panel, k])
        if (value == "")
            continue
        x = at_x(panel, point[panel, k])
        y = at_y(value)
        path = path sprintf("%s%.1f %.1f", path == "" ? "M" : "L", x, y)
        dots = dots sprintf("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s: %.2f us</title></circle>\n",
            x, y, colour[i], shown[i], value)
    }
    if (path == "")
        return
    printf "<path d=\"%s\" stroke=\"%s\" stroke-width=\"%s\" fill=\"none\"/>\n%s", path, colour[i], i == 1 ? 3 : 1.6, dots
    name_y[i] = y
}

# Names that would stand on one another are moved down, by more than is asked for: (y + 14) - y is less than
# 14 for some y, which then would move for ever.
function draw_names(panel,    i, k, y, moved) {
    for (i = 1; i <= contenders; i++) {
        if (!(i in name_y))
            continue
        y = name_y[i]
        do {
            moved = 0
            for (k in taken)
                if (y - taken[k] < 13 && taken[k] - y < 13) {
                    y = taken[k] + 14
                    moved = 1
                }
        } while (moved)
        taken[i] = y
        text(left[panel] + WIDTH + 10, y + 4, "start", shown[i], sprintf(" fill=\"%s\"%s", colour[i], i == 1 ? " font-weight=\"bold\"" : ""))
    }
    split("", name_y)
    split("", taken)
}

function draw_panel(panel,    i) {
    draw_axes(panel)
    for (i = contenders; i >= 1; i--)
        draw_contender(panel, i)
    draw_names(panel)
}

END {
    WIDTH = 270
    HEIGHT = 250
    TOP = 62
    contenders = split("dd nats-tls mqtt-tls batch", order, " ")
    split("ours,nats TLS,mosquitto TLS,bare ZeroMQ", shown, ",")
    split("#0b5cad #b42318 #3f7d20 #6b7280", colour, " ")
    title[1] = "Broker CPU for a message, by its size (us)"
    title[2] = "and by the topics that messages go to (us)"
    points[1] = split("64 256 1024 4096 16384", sizes, " ")
    points[2] = split("1 100 10000 100000", topics, " ")
    for (i = 1; i <= points[1]; i++) {
        point[1, i] = sizes[i]
        figure[1, sizes[i]] = "size-" sizes[i]
    }
    figure[1, 64] = "small"
    figure[1, 1024] = "large"
    for (i = 1; i <= points[2]; i++) {
        point[2, i] = topics[i]
        figure[2, topics[i]] = "topics-" topics[i]
    }
    for (panel = 1; panel <= 2; panel++) {
        left[panel] = panel == 1 ? 50 : 515
        first[panel] = point[panel, 1]
        last[panel] = point[panel, points[panel]]
    }
    if (!find_range())
        exit 1
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 930 384\" width=\"930\" height=\"384\" font-family=\"DejaVu Sans,Helvetica,Arial,sans-serif\" font-size=\"12\" fill=\"#24292f\">"
    print "<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->"
    print "<rect width=\"930\" height=\"384\" rx=\"6\" fill=\"#ffffff\"/>"
    draw_panel(1)
    draw_panel(2)
    cut = index(stamp, "; ")
    text(50, 358, "start", cut > 0 ? substr(stamp, 1, cut - 1) : stamp, " font-size=\"10\" fill=\"#57606a\"")
    text(50, 372, "start", cut > 0 ? substr(stamp, cut + 2) : "", " font-size=\"10\" fill=\"#57606a\"")
    print "</svg>"
}
