# SPDX-License-Identifier: BSL-1.0
"""The flood on dask.distributed: a scheduler and workers on this machine.

Says "ready", then answers lines "TASKS SIZE" with "SENT ROUNDTRIP" in seconds
until there are no more. Its only argument is the number of workers.
"""

import logging
import sys
import tempfile
import time


def echo(text):
    return text


def run(client, tasks, size):
    inputs = [str(i).rjust(size, ".")[:size] for i in range(tasks)]
    start = time.perf_counter()
    # Equal inputs are tasks of their own.
    futures = client.map(echo, inputs, pure=False)
    sent = time.perf_counter() - start
    if client.gather(futures) != inputs:
        sys.exit("dask changed an answer")
    return sent, time.perf_counter() - start


def main():
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        print("missing", flush=True)
        return
    folder = tempfile.TemporaryDirectory()
    with LocalCluster(
        n_workers=int(sys.argv[1]),
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        local_directory=folder.name,
        silence_logs=logging.ERROR,
    ) as cluster, Client(cluster) as client:
        client.wait_for_workers(int(sys.argv[1]))
        print("ready", flush=True)
        for line in sys.stdin:
            tasks, size = map(int, line.split())
            print(*run(client, tasks, size), flush=True)


if __name__ == "__main__":
    main()
