# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints the medians of results.awk, and the ratios of ours to others', as a Markdown table.

function ratio(ours, theirs) {
    return ours == "" || theirs == "" || theirs == 0 ? "-" : sprintf("%.2f", ours / theirs)
}

# With commas, and as many decimals as are worth reading.
function number(value,    text, whole) {
    if (value == "")
        return "-"
    if (value < 10)
        return sprintf("%.2f", value)
    if (value < 1000)
        return sprintf("%.0f", value)
    text = sprintf("%.0f", value)
    whole = ""
    while (length(text) > 3) {
        whole = "," substr(text, length(text) - 2) whole
        text = substr(text, 1, length(text) - 3)
    }
    return text whole
}

function row(label, figure, name,    i, line, ours) {
    ours = median(figure " dd " name)
    line = "| " label
    for (i = 1; i <= 3; i++)
        line = line " | " ratio(ours, median(figure " " others[i] " " name))
    for (i = 1; i <= contenders; i++)
        line = line " | " number(median(figure " " order[i] " " name))
    print line " |"
}

BEGIN {
    contenders = split("dd nats-tls nats mqtt-tls mqtt batch frame", order, " ")
    split("nats-tls mqtt-tls batch", others, " ")
}

END {
    print "| | ours / nats TLS | ours / mosquitto TLS | ours / bare batched | ours | nats TLS | nats | mosquitto TLS | mosquitto | bare batched | bare unbatched |"
    print "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    row("broker CPU, 64 bytes (us/message)", "small", "broker_cpu")
    row("the same at 500,000 messages/s", "steady", "broker_cpu")
    row("broker CPU, 1 KiB (us/message)", "large", "broker_cpu")
    row("end to end, 64 bytes (messages/s)", "small", "rate")
    row("the same work, 64 bytes (messages/s)", "same-small", "rate")
    row("end to end, 1 KiB (messages/s)", "large", "rate")
    row("the same work, 1 KiB (messages/s)", "same-large", "rate")
    row("latency p50 (us)", "latency", "latency_p50")
    row("latency p99 (us)", "latency", "latency_p99")
    row("fan-out to 1,000 (deliveries/s)", "fanout", "rate")
    row("the same work, fan-out (deliveries/s)", "same-fanout", "rate")
    row("broker CPU, fan-out (us/delivery)", "fanout", "broker_cpu")
    row("memory of an idle client (KiB)", "idle", "broker_memory")
    row("broker CPU to connect (us)", "idle", "connect_cpu")
    # A client whose heartbeat is 250 ms pings as often as ten whose heartbeat is 2.5 s.
    idle = median("heartbeats dd idle_cpu")
    if (idle != "")
        printf "\nThe heartbeats of 60,000 idle clients: %s %% of a processor in the broker.\n", number(idle * 60000 / 10 / 10000)
    three = median("depth dd broker_cpu")
    one = median("small dd broker_cpu")
    if (three != "" && one != "")
        printf "\nThree brokers deep: %s us of all brokers' CPU for a message, so %s us for each further hop; %s messages/s end to end.\n", \
            number(three), number((three - one) / 2), number(median("depth dd rate"))
}
