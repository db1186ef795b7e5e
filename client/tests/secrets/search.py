#!/usr/bin/python3
"""Plants a marker for every secret of a login and searches for it wherever the client could have left it.

search.py PROBE [--no-wipe]     With --no-wipe the client does not wipe: then the search must find the markers in memory.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from marked_provider import MARKERS, search, serve


def memory_of(pid):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            area = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not area:
                continue
            start, end = (int(x, 16) for x in area.groups())
            try:
                memory.seek(start)
                yield line.split()[-1] if len(line.split()) > 5 else "anonymous", memory.read(end - start)
            except OSError:
                continue


def main():
    probe, no_wipe = os.path.abspath(sys.argv[1]), "--no-wipe" in sys.argv
    server = serve()
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": home,
                       "BROWSER": "/usr/bin/curl -sSL -o /dev/null --noproxy * %s"}
        if no_wipe:
            environment["MIMIR_TEST_NO_WIPE"] = "1"
        process = subprocess.Popen([probe, f"http://127.0.0.1:{server.server_port}", home + "/mimir"], env=environment,
                                   cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if process.stdout.readline() != b"released\n":
            raise SystemExit("the login did not get to its end:\n" + process.communicate()[1].decode())
        in_memory = search(memory_of(process.pid))
        elsewhere = [("argv", pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()),
                     ("environment", pathlib.Path(f"/proc/{process.pid}/environ").read_bytes())]
        out, err = process.communicate()
        elsewhere += [("stdout", out), ("stderr", err)]
        elsewhere += [(str(path), path.read_bytes()) for path in pathlib.Path(home).rglob("*") if path.is_file()]
        in_files = search(elsewhere)
    server.shutdown()
    planted = sum(len(markers) for markers in MARKERS.values())
    assert set(MARKERS) == {"code", "verifier", "access", "refresh"} and planted == 6, MARKERS.keys()
    for kind, number, place in in_memory + in_files:
        print(f"{kind} {number} in {place}")
    print(f"{planted} secrets planted; found {len(in_memory)} times in memory, {len(in_files)} times in {len(elsewhere)} other places")
    if in_files or bool(in_memory) != no_wipe:
        raise SystemExit("wiping is off and the search is blind" if no_wipe and not in_memory else "a secret was left behind")


main()
