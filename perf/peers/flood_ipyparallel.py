# SPDX-License-Identifier: BSL-1.0
"""The flood on ipyparallel: a controller and engines on this machine.

Says "ready", then answers lines "TASKS SIZE" with "SENT ROUNDTRIP" in seconds
until there are no more. Its only argument is the number of engines.
"""

import os
import sys
import tempfile
import time


def echo(text):
    return text


def run(view, tasks, size):
    inputs = [str(i).rjust(size, ".")[:size] for i in range(tasks)]
    start = time.perf_counter()
    results = view.map_async(echo, inputs, chunksize=1)
    sent = time.perf_counter() - start
    if list(results.get()) != inputs:
        sys.exit("ipyparallel changed an answer")
    return sent, time.perf_counter() - start


def main():
    # Before the import, which looks for it. Nothing stays in people's homes.
    folder = tempfile.TemporaryDirectory()
    os.environ["IPYTHONDIR"] = folder.name
    try:
        import ipyparallel
    except ImportError:
        print("missing", flush=True)
        return
    import logging

    cluster = ipyparallel.Cluster(
        n=int(sys.argv[1]), controller_ip="127.0.0.1", log_level=logging.ERROR
    )
    client = cluster.start_and_connect_sync()
    try:
        view = client.load_balanced_view()
        print("ready", flush=True)
        for line in sys.stdin:
            tasks, size = map(int, line.split())
            print(*run(view, tasks, size), flush=True)
    finally:
        cluster.stop_cluster_sync()


main()
