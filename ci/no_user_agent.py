#!/usr/bin/python3
"""The client shows no page and takes no password (RFC 8252 §8.12, CH-BR-13): no_user_agent.py ROOT LIBRARY."""
import pathlib
import re
import subprocess
import sys

# What an API would call it that takes a password of a user's, or shows a provider's page itself.
TAKES = re.compile(r"passw(or)?d|passphrase|user_?agent_?view|web_?view|render_|embedded_browser", re.I)
SHOWS = re.compile(r"webkit|gtk_|QWeb|cef_|ncurses|SHBrowse|getpass", re.I)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)


def main():
    root, library = pathlib.Path(sys.argv[1]), sys.argv[2]
    assert TAKES.search("Result<> log_in(const std::string& user, const Secret& password);") and SHOWS.search("webkit_web_view_new")
    headers = list((root / "client/include").rglob("*.hpp"))
    assert len(headers) > 20, len(headers)
    found = [f"{path}: {match.group()}" for path in headers for match in TAKES.finditer(COMMENT.sub("", path.read_text()))]
    # RFC 9700 §2.4: the password grant is never asked for.
    sources = list((root / "client/src").rglob("*.cpp"))
    found += [f"{path}: the password grant" for path in sources if '"password"' in COMMENT.sub("", path.read_text())]
    # Libraries that are loaded when they are needed are named in the sources.
    found += [f"{path}: {match.group()}" for path in sources for match in SHOWS.finditer(COMMENT.sub("", path.read_text()))]
    symbols = subprocess.run(["nm", "--undefined-only", library], capture_output=True, text=True, check=True).stdout
    assert " SSL_CTX_" in symbols or " EVP_" in symbols, "these are not the symbols of the client"
    found += [f"{library}: {symbol}" for symbol in sorted(set(SHOWS.findall(symbols)))]
    assert not found, found
    print(f"{len(headers)} headers take no password, and nothing that is linked shows a page")


main()
