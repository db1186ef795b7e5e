"""Fails when the code names a provider: what one does differently is data (a knob in its profile), never a branch.
provider_names.py ROOT, or provider_names.py ROOT --sees to prove that a name would be found."""
import pathlib
import re
import shutil
import sys
import tempfile

ROOMS = ["mockserver", "client", "conformance", "scenarios", "cmake"]
CODE = {".cpp", ".hpp", ".h", ".c", ".in", ".cmake", ".txt"}

# Names that are words first.
ALLOWED = {
    "plain": "a PKCE method, and the profile without quirks: the default",
    "x": "a letter",
    "linear": "how long something takes",
}
# An example in a help text or a comment, where any name would do; the macro of an operating system.
EXAMPLES = re.compile(r"__APPLE__|`plain`, `google`|`google`, `google:testing_mode`|mockoauth serve --provider google ")


# One file, one vendor's model API: a wire format of its own, which is no deviation from anything.
FORMATS = ["model_api"]


def names(root):
    files = sorted((root / "fixtures" / "providers").glob("*.yaml"))
    if len(files) < 30:
        raise SystemExit(f"only {len(files)} profiles found: the check would look for nothing")
    return [file.stem for file in files]


def code_files(root):
    for room in ROOMS:
        for file in sorted((root / room).rglob("*")):
            parts = file.relative_to(root).parts
            if file.suffix in CODE and not {"tests", "bench", "fuzz", *FORMATS} & set(parts):
                yield file


def pattern_of(wanted):
    words = "|".join(re.escape(name).replace(r"\-", "[-_ ]?") for name in wanted)
    return re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])", re.I)


def found(root):
    pattern = pattern_of([name for name in names(root) if name not in ALLOWED])
    looked_at = 0
    for file in code_files(root):
        looked_at += 1
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            name = pattern.search(EXAMPLES.sub("", line))
            if name:
                yield f"{file.relative_to(root)}:{number}: names {name.group(0)}: {line.strip()[:100]}"
    if looked_at < 300:
        raise SystemExit(f"only {looked_at} files looked at: the check looks in the wrong place")


def check_sees(root):
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for room in ["fixtures", *ROOMS]:
            shutil.copytree(root / room, copy / room, symlinks=True)
        victim = copy / "mockserver" / "endpoints" / "token.cpp"
        for line in ['if (profile.id() == "github") return {};', "constexpr bool kIsAuth0 = true;  // Auth0 wants it",
                     'const auto aws_identity_center = 1;', 'if (id == "google") return;']:
            before = victim.read_text(encoding="utf-8")
            victim.write_text(before + line + "\n", encoding="utf-8")
            if not any("endpoints/token.cpp" in one for one in found(copy)):
                raise SystemExit(f"this would not be found: {line}")
            victim.write_text(before, encoding="utf-8")
    print("every name was seen")


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    if "--sees" in sys.argv:
        return check_sees(root)
    all_found = list(found(root))
    print("\n".join(all_found) or "no provider is named in code")
    sys.exit(1 if all_found else 0)


main()
