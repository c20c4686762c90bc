#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: progress.py PINLOAD

Runs PINLOAD against a port where nothing listens, on terminals of several widths and into pipes, and looks at the line a
second: it redraws itself and is never longer than a row, its colours can be switched off, and a pipe gets plain lines
or none.
"""

import fcntl
import os
import pty
import re
import select
import socket
import struct
import subprocess
import sys
import termios

WIPE = "\r\x1b[K"
RED = "\x1b[31m"
LINE = r"\d+ s"
SECONDS = 3


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Run:
    """A run whose standard error is a terminal of so many columns, or a pipe (None)."""

    def __init__(self, pinload, url, columns, options=(), environment=None):
        self.seen = b""
        if columns is None:
            self.reader, writer = os.pipe()
        else:
            self.reader, writer = pty.openpty()
            fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        settings = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        command = [pinload, "run", "--verify", "none", "-d", f"{SECONDS}s", "-c", "4", *options, url]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=writer,
                                        env={**settings, **(environment or {})})
        os.close(writer)

    def read(self):
        try:
            text = os.read(self.reader, 65536)
        except OSError:  # a terminal whose last user is gone
            text = b""
        self.seen += text
        return text != b""

    def text(self):
        return self.seen.decode().replace("\r\n", "\n")


def finish(runs):
    reading = {run.reader: run for run in runs}
    while reading:
        ready = select.select(list(reading), [], [], 30)[0]
        assert ready, "a run does not end"
        for reader in ready:
            if not reading[reader].read():
                del reading[reader]
    for run in runs:
        assert run.process.wait() == 1, f"status {run.process.returncode}: {run.text()}"


def drawn(run):
    """The lines that a terminal was shown, one after the other; the last of them is a wiped one."""
    pieces = run.text().split(WIPE)
    assert pieces[0] == "", f"the first line is not drawn over a wiped one: {pieces[0]!r}"
    assert not pieces[-1].strip().startswith(tuple("0123456789")), f"a line is left standing: {pieces[-1]!r}"
    lines = pieces[1:-1]
    assert len(lines) >= SECONDS - 1, f"{len(lines)} lines in {SECONDS} s"
    return lines


def plain(line):
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


def check_width(run, columns):
    for line in drawn(run):
        visible = plain(line)
        assert re.match(LINE, visible), f"{visible!r} is no line of progress"
        assert len(visible) < columns, f"{len(visible)} columns in {columns}: {visible!r}"
        assert "\n" not in line, f"a line that redraws does not end: {line!r}"


def check(runs):
    for columns in (120, 80, 40, 20):
        check_width(runs[columns], columns)
        assert RED in runs[columns].text(), f"failures are not red in {columns} columns"
    for line in drawn(runs[80]):
        assert re.fullmatch(r"\d+ s \d+ s left  [\d,]+/s  \d open  [\d,]+ connect_refused", plain(line)), line
    for line in drawn(runs[20]):
        assert re.fullmatch(r"\d+ s(  [\d,]+/s)?  [\d,]+ failed", plain(line)), line
    assert "\x1b[3" not in runs["NO_COLOR"].text(), "NO_COLOR is not honoured"
    check_width(runs["NO_COLOR"], 80)
    assert RED in runs["NO_COLOR is empty"].text()
    for name in ("never", "quiet", "pipe"):
        assert not re.search(rf"(?m)^(\r\x1b\[K)?{LINE}", runs[name].text()), f"{name}: {runs[name].text()!r}"
    text = runs["pipe, always"].text()
    lines = [line for line in text.split("\n") if re.match(LINE, line)]
    assert len(lines) >= SECONDS - 1 and "connect_refused" in lines[-1], text
    assert "\x1b" not in text and "\r" not in text, f"a pipe gets plain lines: {text!r}"


def main():
    pinload, url = os.path.abspath(sys.argv[1]), f"https://127.0.0.1:{free_port()}/"
    kinds = {
        120: (120,), 80: (80,), 40: (40,), 20: (20,),
        "NO_COLOR": (80, (), {"NO_COLOR": "1"}),
        "NO_COLOR is empty": (80, (), {"NO_COLOR": ""}),
        "never": (80, ("--progress", "never")),
        "quiet": (80, ("-q",)),
        "pipe": (None,),
        "pipe, always": (None, ("--progress", "always")),
    }
    runs = {name: Run(pinload, url, *how) for name, how in kinds.items()}
    finish(list(runs.values()))
    check(runs)
    print(f"{len(runs)} runs show their progress as they should")


main()
