#!/usr/bin/env python3
"""Keeps README.md and docs/ true to the code.

  check.py compile COMPILER          every ```c block compiles against the public headers
  check.py output DOCUMENT PROGRAM   what the program prints stands in the document, word for word
  check.py fix DOCUMENT PROGRAM      ... is put there
  check.py files                     the page of each room names each of its files; links lead somewhere; tests that are
                                     named are there

A block with a main() is a whole program and compiles as it is. The others of a document are one file, in their order,
behind frame.h and the declarations of docs/guide.md: declarations as they are, statements as the body of a function.
An output stands between ```text and ```, behind the line `<!-- output of PROGRAM -->`.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
GUIDE = ROOT / "docs" / "guide.md"
SKIPPED = 77

DECLARATION = re.compile(r"^(typedef |struct \w+ \{|static |extern |MODEL|ENUM|#)", re.M)
FLAGS = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c"]
# A fragment need not use all that it declares.
FRAGMENT_FLAGS = ["-Wno-unused-variable", "-Wno-unused-but-set-variable", "-Wno-unused-function"]


def blocks(document):
    """The ```c blocks of a document: (number of the first line, text)."""
    found, start = [], None
    for number, line in enumerate(document.read_text().splitlines(), 1):
        if start is None and line == "```c":
            start, lines = number + 1, []
        elif start is not None and line == "```":
            found.append((start, "\n".join(lines) + "\n"))
            start = None
        elif start is not None:
            lines.append(line)
    assert start is None, f"{document}: a block that is not closed"
    return found


def is_program(text):
    return "int main(" in text


def is_declaration(text):
    return DECLARATION.search(text) is not None


def placed(document, start, text):
    """The text, so that the compiler names the place in the document."""
    return f'#line {start} "{document.relative_to(ROOT)}"\n{text}'


def fragments(document, only_declarations=False):
    """All but whole programs as one file's text."""
    parts = []
    for start, text in blocks(document):
        if is_program(text) or (only_declarations and not is_declaration(text)):
            continue
        body = placed(document, start, text)
        if not is_declaration(text):
            body = f"int block_{start}(void);\nint block_{start}(void)\n{{\n{body}return 0;\n}}\n"
        parts.append(body)
    return "".join(parts)


def compiles(compiler, text, flags):
    command = [compiler, *FLAGS, *flags, "-I", str(ROOT / "include"), "-I", str(HERE), "-"]
    return subprocess.run(command, input=text, text=True, cwd=ROOT).returncode == 0


def compile_all(compiler):
    if subprocess.run(["sh", "-c", f"command -v {compiler}"], stdout=subprocess.DEVNULL).returncode:
        print(f"skipped: no {compiler}")
        return SKIPPED
    bad = count = 0
    frame = '#include "frame.h"\n'
    for document in DOCUMENTS:
        for start, text in blocks(document):
            count += 1
            if is_program(text):
                bad += not compiles(compiler, placed(document, start, text), [])
        before = "" if document == GUIDE else fragments(GUIDE, only_declarations=True)
        bad += not compiles(compiler, frame + before + fragments(document), FRAGMENT_FLAGS)
    print(f"{count} blocks of {len(DOCUMENTS)} documents")
    return bad > 0 or count == 0


def output(document, program, fix):
    run = subprocess.run([program], capture_output=True, text=True)
    if run.returncode:
        print(f"{program} failed: {run.stderr}")
        return 1 if os.environ.get("PGHOST") else SKIPPED  # most need a server
    name = Path(program).name.removeprefix("snippet_")
    place = re.compile(rf"(<!-- output of {name} -->\n```text\n)(.*?)(```\n)", re.S)
    path = ROOT / "docs" / document
    text = path.read_text()
    found = place.search(text)
    if not found:
        print(f"docs/{document} has no place for the output of {name}")
        return 1
    if found.group(2) == run.stdout:
        return 0
    if fix:
        path.write_text(text[: found.start(2)] + run.stdout + text[found.end(2) :])
        return 0
    print(f"docs/{document} shows another output of {name} than this; `tests/docs/check.py fix {document} {program}`\n")
    print(run.stdout)
    return 1


def unnamed_files(room):
    """Files of a room that its page does not name."""
    page = ROOT / "docs" / "internals" / f"{room.name}.md"
    text = page.read_text() if page.exists() else ""
    for path in sorted(room.glob("*.[ch]")):
        name = path.name
        whole = f"`{path.stem}.[ch]`" in text or f"`{name}`" in text
        if not whole:
            yield f"docs/internals/{room.name}.md does not name src/{room.name}/{name}"
    for name in re.findall(r"^\| `([a-z_0-9]+)\.(?:\[ch\]|c|h)`", text, re.M):
        if not list(room.glob(f"{name}.[ch]")):
            yield f"docs/internals/{room.name}.md names {name}, which src/{room.name} has not"


def dead_links(document):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
        if not (document.parent / target).exists():
            yield f"{document.relative_to(ROOT)}: no {target}"


def tests_of(tree):
    return set(re.findall(r"START_TEST\((\w+)\)", "".join(p.read_text() for p in (ROOT / tree).rglob("test_*.c"))))


def unknown_tests(document, known):
    for name in re.findall(r"`(test_\w+__\w+)`", document.read_text()):
        if name not in known:
            yield f"{document.relative_to(ROOT)}: no {name}"


def files():
    faults = []
    known = tests_of("tests")
    for page in sorted((ROOT / "docs" / "internals").glob("*.md")):
        room = ROOT / "src" / page.stem
        if room.is_dir():
            faults += unnamed_files(room)
        faults += dead_links(page)
    for document in DOCUMENTS:
        faults += dead_links(document)
        faults += unknown_tests(document, known)
    print("\n".join(faults))
    return len(faults) > 0


def main(words):
    mode, arguments = (words[0] if words else ""), words[1:]
    if mode == "compile" and len(arguments) == 1:
        return compile_all(*arguments)
    if mode in ("output", "fix") and len(arguments) == 2:
        return output(*arguments, mode == "fix")
    if mode == "files" and not arguments:
        return files()
    print(__doc__)
    return 2


sys.exit(main(sys.argv[1:]))
