#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Talks to actors from Python: pyzmq_clients.py PATH-OF-pyzmq_server.

Exits with 77 where pyzmq is not installed.
"""

import subprocess
import sys

try:
    import zmq
except ImportError as error:
    print(f"skipped: {error}; install Debian's python3-zmq", file=sys.stderr)
    sys.exit(77)

PATIENCE_MS = 10_000
SHAPES = [[b""], [b"one"], [b"head", b"", b"tail"], [b"x" * 100_000]]


def socket(context, kind, endpoint):
    result = context.socket(kind)
    result.setsockopt(zmq.LINGER, 0)
    result.setsockopt(zmq.RCVTIMEO, PATIENCE_MS)
    result.setsockopt(zmq.SNDTIMEO, PATIENCE_MS)
    if kind == zmq.SUB:
        result.setsockopt(zmq.SUBSCRIBE, b"weather")
    result.connect(endpoint)
    return result


def ask(req, frames):
    req.send_multipart(frames)
    answer = req.recv_multipart()
    assert answer == frames, (answer[:3], frames[:3])


def check_requests(context, endpoint):
    with socket(context, zmq.REQ, endpoint) as req:
        for shape in SHAPES * 3:
            ask(req, shape)


def check_subscription(context, requests, publications):
    with socket(context, zmq.REQ, requests) as req:
        with socket(context, zmq.SUB, publications) as sub:
            # The subscription needs time to travel.
            for _ in range(PATIENCE_MS // 10):
                ask(req, [b"sport", b"no"])
                ask(req, [b"weather", b"early"])
                if sub.poll(10):
                    break
            ask(req, [b"weather", b"", b"x" * 100_000])
            news = sub.recv_multipart()
            while news == [b"weather", b"early"]:
                news = sub.recv_multipart()
            assert news == [b"weather", b"", b"x" * 100_000], news[:2]


def main(path):
    server = subprocess.Popen([path], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    try:
        rep, router, pub, xpub = (server.stdout.readline().strip()
                                  for _ in range(4))
        with zmq.Context() as context:
            for answering in (rep, router):
                check_requests(context, answering)
                for publishing in (pub, xpub):
                    check_subscription(context, answering, publishing)
        server.stdin.close()
        assert server.wait(PATIENCE_MS / 1000) == 0
    finally:
        server.kill()
    print(f"pyzmq {zmq.__version__}, libzmq {zmq.zmq_version()}: fine")


main(sys.argv[1])
