#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Compares the raw twins of `throughput` and `latency` with libzmq's own tools.

Usage: compare_libzmq.py FOLDER TROUPE_BENCH [--repeat N] [--size LIST]
                         [--transport LIST] [--bench LIST]

FOLDER is `perf` of libzmq's sources (https://github.com/zeromq/libzmq). Builds
its tools against the libzmq of this machine, in a temporary folder: as they are
published (but remote_thr waits before it ends: over ipc, libzmq 4.3.4 loses what
a receiver at its high-water mark has not read), and "equal", which differs in
what would not be the same otherwise: messages of remote_thr and inproc_thr get
their bytes, copied from a payload, and remote_lat and inproc_lat print the
median of their round trips instead of a mean. Runs take turns: published,
equal, ours. Prints medians.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

PAIRS = {"throughput": "thr", "latency": "lat"}

FILL = "memcpy (zmq_msg_data (&msg), payload, message_size);\n"
# Written once: all pages of untouched memory are the same one.
PAYLOAD = """#include <stdlib.h>
#include <string.h>
static void *payload = memset (malloc (1 << 24), 'a', 1 << 24);
"""

CLOCK = """#include <algorithm>
#include <time.h>
#include <vector>
static std::vector<double> trips;
static double now_us () {
    timespec now;
    clock_gettime (CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}
"""


def equal(name, text):
    """Makes a tool do, and print, what ours does."""
    send = re.compile(r"rc = zmq_sendmsg \(s, &msg, 0\);")
    if name.endswith("_thr"):
        return PAYLOAD + send.sub(lambda m: FILL + m.group(), text, count=1)
    start = text.index("watch = zmq_stopwatch_start")
    head, tail = text[:start], text[start:]
    tail = send.sub(lambda m: "double began = now_us ();\n" + m.group(), tail, 1)
    end = tail.index("elapsed = zmq_stopwatch_stop")
    last = tail.rindex("}", 0, end)
    tail = tail[:last] + "trips.push_back (now_us () - began);\n" + tail[last:]
    median = "(std::sort (trips.begin (), trips.end ()), trips[trips.size () / 2] / 2)"
    return CLOCK + head + tail.replace("(double) latency)", median + ")")


def build(sources, into):
    names = [kind + end for end in PAIRS.values()
             for kind in ("local_", "remote_", "inproc_")]
    for name in names:
        text = open(os.path.join(sources, name + ".cpp")).read()
        text = text.replace('"../include/zmq.h"', "<zmq.h>")
        text = text.replace('#include "platform.hpp"', "")
        if name == "remote_thr":
            close = text.index("rc = zmq_close (s);")
            text = text[:close] + "getchar ();\n" + text[close:]
        variants = {"published": text}
        if not name.startswith("local_"):
            variants["equal"] = equal(name, text)
        for variant, code in variants.items():
            path = os.path.join(into, f"{name}-{variant}")
            subprocess.run(["c++", "-O2", "-DNDEBUG", "-x", "c++", "-", "-o",
                            path, "-lzmq", "-lpthread"],
                           input=code, text=True, check=True)


def figure(output, bench):
    if bench == "latency":  # a tool prints half of a round trip
        return 2 * float(re.search(r"average latency: ([\d.]+)", output)[1])
    return float(re.search(r"throughput: (\d+) \[msg/s\]", output)[1])


def run_tool(folder, variant, bench, transport, size, count):
    end = PAIRS[bench]
    job = [str(size), str(count)]

    def start(name, variant, *where):
        return subprocess.Popen(
            [os.path.join(folder, f"{name}_{end}-{variant}"), *where, *job],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    if transport == "inproc":
        output = start("inproc", variant).communicate(timeout=60)[0]
        return figure(output, bench)
    where = f"ipc://{folder}/socket"
    if transport == "tcp":
        where = f"tcp://127.0.0.1:{20000 + os.getpid() % 10000}"
    local = start("local", "published", where)
    remote = start("remote", variant, where)
    outputs = [x.communicate(timeout=60)[0] for x in (local, remote)]
    return figure(outputs[bench == "latency"], bench)


def run_ours(program, bench, transport, size):
    # Tools copy what they send, but return the message that they received.
    copy = "always" if bench == "throughput" else "1024"
    output = subprocess.run(
        [program, bench, "--path", "raw", "--transport", transport, "--size",
         str(size), "--repeat", "1", "--json", "--copy", copy],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    row = json.loads(output.splitlines()[0])
    return row["msgs_per_s" if bench == "throughput" else "median_us"]


def message_count(bench, size):
    """As many as a run of ours has."""
    most, data = (1_000_000, 512 << 20) if bench == "throughput" else (5_000, 256 << 20)
    return max(8, min(most, data // size))


def compare(folder, program, bench, transport, size, repeat):
    count = message_count(bench, size)
    found = {"published": [], "equal": [], "ours": []}
    for _ in range(repeat):
        for variant in ("published", "equal"):
            found[variant].append(
                run_tool(folder, variant, bench, transport, size, count))
        found["ours"].append(run_ours(program, bench, transport, size))
    middle = {name: statistics.median(xs) for name, xs in found.items()}
    pairs = [x / y for x, y in zip(found["ours"], found["equal"])]
    print(f"{bench:10} {transport:6} {size:8} {middle['published']:12.1f} "
          f"{middle['equal']:12.1f} {middle['ours']:12.1f} "
          f"{middle['ours'] / middle['published']:7.2f} "
          f"{middle['ours'] / middle['equal']:7.2f} "
          f"   {min(pairs):.2f} - {max(pairs):.2f}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("sources")
    options.add_argument("program")
    options.add_argument("--repeat", type=int, default=7)
    options.add_argument("--size", default="32,1024,65536,1048576")
    options.add_argument("--transport", default="tcp,ipc,inproc")
    options.add_argument("--bench", default="throughput,latency")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        build(given.sources, folder)
        print("bench      via        size    published        equal         ours"
              "  /publ.  /equal   pairs")
        for bench in given.bench.split(","):
            for transport in given.transport.split(","):
                for size in given.size.split(","):
                    compare(folder, given.program, bench, transport, int(size),
                            given.repeat)


if __name__ == "__main__":
    sys.exit(main())
