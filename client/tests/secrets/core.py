#!/usr/bin/python3
"""mimir crashes while it holds a token: no core is left, unless that was asked for; then the token is in it.

core.py MIMIR
"""
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import threading

from marked_provider import MARKERS, Provider, search, serve

REACHED = threading.Semaphore(0)
OVER = threading.Event()


class HoldingProvider(Provider):
    def do_GET(self):
        if self.path == "/held":
            REACHED.release()
            OVER.wait()
        else:
            super().do_GET()


def cores_on():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def main():
    mimir = os.path.abspath(sys.argv[1])
    server = serve(HoldingProvider)
    issuer = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as home:
        work = pathlib.Path(home, "work")
        work.mkdir()
        environment = {"PATH": os.environ["PATH"], "HOME": home, "MIMIR_STORAGE": "file",
                       "BROWSER": "/usr/bin/curl -sSL -o /dev/null --noproxy * %s"}
        subprocess.run([mimir, "connect", "work", "--oauth", "--issuer", issuer, "--client-id", "cli"], env=environment,
                       stdin=subprocess.DEVNULL, capture_output=True, check=True)

        def crash(**more):
            process = subprocess.Popen([mimir, "fetch", "work", issuer + "/held"], env=environment | more, cwd=work,
                                       stdin=subprocess.DEVNULL, preexec_fn=cores_on)
            REACHED.acquire()
            limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text()
            soft = next(line for line in limits.splitlines() if line.startswith("Max core file size")).split()[4]
            process.send_signal(signal.SIGSEGV)
            _, status, _ = os.wait4(process.pid, 0)
            assert os.WTERMSIG(status) == signal.SIGSEGV, status
            found = search([(path.name, path.read_bytes()) for path in work.iterdir()])
            return soft, os.WCOREDUMP(status), {kind for kind, _, _ in found}

        assert crash() == ("0", False, set()) and not list(work.iterdir())
        # Asked for, there is one. Where the kernel hands cores to a program, or none may be written, only the limit tells.
        soft, dumped, kinds = crash(MIMIR_CORE_DUMPS="allow")
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
        assert soft == ("unlimited" if hard == resource.RLIM_INFINITY else str(hard)), soft
        writes_here = hard == resource.RLIM_INFINITY and "/" not in pattern and not pattern.startswith("|")
        assert not writes_here or (dumped and "access" in kinds), (dumped, kinds)
    OVER.set()
    server.shutdown()
    print(f"{len(MARKERS['access'])} token: none in a core" + ("; found in the one that was asked for" if writes_here else ""))


main()
