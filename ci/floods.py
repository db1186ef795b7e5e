#!/usr/bin/python3
"""What a server has to survive, each seen beside a client that is served all the while: floods.py MOCKOAUTH"""
import contextlib
import json
import os
import resource
import select
import signal
import socket
import ssl
import struct
import subprocess
import sys

BENCH = sys.argv[1]
GET = b"GET /jwks HTTP/1.1\r\nHost: localhost\r\n\r\n"


@contextlib.contextmanager
def serving(*options, descriptors=None):
    def limit():
        if descriptors:
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

    environment = dict(os.environ)
    if descriptors:
        # Without a descriptor ThreadSanitizer opens nothing to name its frames, so that no suppression by name holds.
        environment["TSAN_OPTIONS"] = environment.get("TSAN_OPTIONS", "") + ":report_bugs=0"
    with subprocess.Popen(
        [BENCH, "serve", *options], stdout=subprocess.PIPE, preexec_fn=limit, env=environment
    ) as server:
        try:
            yield server, json.loads(server.stdout.readline())
        finally:
            server.terminate()
            assert server.wait(60) == 0, server.returncode


def connect(port, timeout=60):
    return socket.create_connection(("127.0.0.1", port), timeout=timeout)


def is_served(connection):
    connection.sendall(GET)
    answer = b""
    while b'"keys"' not in answer:
        more = connection.recv(65536)
        assert more, answer
        answer += more
    length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(answer.split(b"\r\n\r\n", 1)[1]) < length:
        answer += connection.recv(65536)
    return answer.startswith(b"HTTP/1.1 200")


def resident_kib(pid):
    for line in open(f"/proc/{pid}/status", encoding="ascii"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1])


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def check_descriptors():
    with serving(descriptors=80) as (_, ready):
        with connect(ready["port"]) as kept:
            assert is_served(kept)
            flood = []
            for _ in range(120):  # More than it may open; the kernel takes them for it.
                flood.append(connect(ready["port"]))
            assert is_served(kept)
            for one in flood:
                one.close()
            assert is_served(kept)
        with connect(ready["port"]) as fresh:
            assert is_served(fresh)
    print("no descriptors left: who is connected is served, and others again when there are some")


def check_slow_requests():
    with serving() as (server, ready):
        before = resident_kib(server.pid)
        slow = [connect(ready["port"]) for _ in range(500)]
        for one in slow:
            one.sendall(b"POST /token HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        for letter in b"slowloris":
            for one in slow:
                one.sendall(bytes([letter]))
            with connect(ready["port"]) as other:
                assert is_served(other)
        grown = resident_kib(server.pid) - before
        assert grown < 64 * 1024, grown
        for one in slow:
            reset(one)
    print("500 requests that never end: others are served, memory is bounded")


def check_large_requests():
    with serving() as (server, ready):
        before = resident_kib(server.pid)
        for head in (b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n",
                     b"POST /token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"GET /" + b"a" * 200000,
                     b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100000):
            with connect(ready["port"]) as large, contextlib.suppress(ConnectionError):
                large.sendall(head)
                for _ in range(400):
                    large.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                    if select.select([large], [], [], 0)[0]:
                        break
        with connect(ready["port"]) as other:
            assert is_served(other)
        grown = resident_kib(server.pid) - before
        assert grown < 64 * 1024, grown
    print("requests without end are refused, and their bytes are not kept")


def check_peers_that_go_away():
    for options in ((), ("--tls",)):
        with serving(*options) as (server, ready):
            for _ in range(200):
                gone = connect(ready["port"])
                if options:
                    context = ssl.create_default_context(cafile=ready["ca_file"])
                    gone = context.wrap_socket(gone, server_hostname="127.0.0.1")
                gone.sendall(GET * 20)
                reset(gone)
            assert server.poll() is None
            if not options:
                with connect(ready["port"]) as other:
                    assert is_served(other)
    print("clients that leave before their answers do no harm, with TLS and without (SIGPIPE)")


def check_half_open_tls():
    with serving("--tls") as (server, ready):
        silent = [connect(ready["port"]) for _ in range(300)]
        for one in silent[::2]:
            one.sendall(b"\x16\x03\x01\x02\x00\x01")
        context = ssl.create_default_context(cafile=ready["ca_file"])
        with context.wrap_socket(connect(ready["port"]), server_hostname="127.0.0.1") as other:
            assert is_served(other)
        assert server.poll() is None
    print("300 silent and half-open TLS clients keep nobody waiting, nor the end")


def check_stop_under_load():
    with serving() as (server, ready):
        many = [connect(ready["port"]) for _ in range(200)]
        for one in many:
            one.sendall(GET * 5)
        os.kill(server.pid, signal.SIGTERM)
        assert server.wait(30) == 0
    print("it stops cleanly while 200 clients ask")


check_descriptors()
check_slow_requests()
check_large_requests()
check_peers_that_go_away()
check_half_open_tls()
check_stop_under_load()
