#!/usr/bin/python3
"""An occupied --port ends with exit status 2 and names the process that holds it: occupied_port.py MOCKOAUTH"""
import os
import socket
import subprocess
import sys

with socket.socket() as holder:
    holder.bind(("127.0.0.1", 0))
    holder.listen()
    port = holder.getsockname()[1]
    done = subprocess.run([sys.argv[1], "serve", "--port", str(port)], capture_output=True, text=True, timeout=60)
print(done.stderr)
assert done.returncode == 2, done.returncode
assert not done.stdout, done.stdout
for part in (str(port), str(os.getpid()), "--port 0"):
    assert part in done.stderr, f"{part} is not in the message"
