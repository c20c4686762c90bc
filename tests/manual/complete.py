#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: complete.py bash|zsh PINLOAD

Types at a real shell on a terminal of its own and presses Tab: what the completion that PINLOAD prints makes of it.
"pinload" is there a function that shows the words it gets, so that what is judged is the line as it would be run.
"""

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time

TIMEOUT_S = 20
FILES = ["client.crt", "client.pem", "me.key", "directed.txt", "result.json", "two words.crt"]

# What is typed before Tab, and the last word of the line that comes of it, per shell where they differ.
LINES = [
    ("pinload ru", "run"),
    ("pinload mer", "merge"),
    ("pinload run --verif", "--verify"),
    ("pinload run --refusal-b", "--refusal-by-close"),
    ("pinload run --verify no", "none"),
    ("pinload run --verify=no", "--verify=none"),
    ("pinload run --rotate st", "sticky"),
    ("pinload run -c 4 --arrival p", "poisson"),
    ("pinload run --session-mode mi", "mixed:"),
    ("pinload run --threads a", "auto"),
    ("pinload run -E client.c", "client.crt"),
    ("pinload run --cert=client.c", "--cert=client.crt"),
    ("pinload run --cert two", "two words.crt"),
    ("pinload run --identities dir", {"bash": "directory/", "zsh": "directory"}),
    ("pinload run --identity one=client.p", "one=client.pem"),
    ("pinload run --identity one=client.crt,m", "one=client.crt,me.key"),
    ("pinload run --data @me", "@me.key"),
    ("pinload run -q ht", "https://"),
    ("pinload pin client.c", "client.crt"),
    ("pinload pin ht", "https://"),
    ("pinload merge --force res", "result.json"),
    ("pinload help me", "merge"),
    ("pinload help fig", "figures"),
    ("pinload help --comp", "--completion"),
    ("pinload help --completion z", "zsh"),
]


class Shell:
    def __init__(self, name, script, directory):
        arguments = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}[name]
        if shutil.which(name) is None:
            sys.exit(f"the command '{name}' is missing; './scripts/setup --for test' installs it (package {name})")
        self.name = name
        self.seen = ""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            os.environ.update(TERM="dumb", PS1="$ ", HOME=directory, INPUTRC=os.path.join(directory, "inputrc"))
            os.execvp(arguments[0], arguments)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 500, 400, 0, 0))
        self.prepare(script)

    def prepare(self, script):
        self.type("unset HISTFILE\n")
        self.type("pinload() { printf '<%s>' \"$@\"; echo ' E''ND'; }\n")
        if self.name == "bash":
            self.type(f"source {script}\n")
        else:
            self.type(f"fpath=({os.path.dirname(script)} $fpath); autoload -Uz compinit; compinit -u -D\n")
            self.type("bindkey -e; unsetopt auto_menu menu_complete; setopt no_beep no_prompt_sp\n")
        self.type("echo REA''DY\n")
        self.wait_for("READY")

    def end(self):
        self.type("exit\n")
        os.close(self.terminal)
        os.waitpid(self.pid, 0)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read(self, end, wanted):
        if not select.select([self.terminal], [], [], max(0, end - time.monotonic()))[0]:
            sys.exit(f"{self.name}: '{wanted}' did not come; seen was:\n{self.seen}")
        text = os.read(self.terminal, 65536).decode(errors="replace")
        self.seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)

    def wait_for(self, text):
        """Reads until the text is seen, and returns what was before it; both are then forgotten."""
        end = time.monotonic() + TIMEOUT_S
        while text not in self.seen:
            self.read(end, text)
        before, _, self.seen = self.seen.partition(text)
        return before

    def complete(self, line):
        """The last word of the line after Tab."""
        self.type(line + "\t\n")
        return re.findall("<([^>]*)>", self.wait_for(" END").rpartition("\n")[2])[-1]

    def offered(self, line, expected):
        """What is offered for the line, at least what is expected."""
        self.seen = ""
        self.type(line + "\t\t")
        end = time.monotonic() + TIMEOUT_S
        while not expected <= set(self.seen.split()):
            time.sleep(0.01)
            self.read(end, expected - set(self.seen.split()))
        self.type("\x15echo DO''NE\n")
        return set(self.wait_for("DONE").split())


def options_of(pinload, command):
    text = subprocess.run([pinload, "help", command], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"^  (?:-\w, )?(--[a-z0-9-]+)", text, re.M))


def check(shell, pinload):
    faults = []
    for line, expected in LINES:
        expected = expected if isinstance(expected, str) else expected[shell.name]
        got = shell.complete(line)
        if got != expected:
            faults.append(f"'{line}' became '{got}' and not '{expected}'")
    for command in ["run", "compare", "pin", "merge"]:
        options = options_of(pinload, command)
        offered = {word for word in shell.offered(f"pinload {command} --", options) if word.startswith("--")}
        if offered - {"--"} != options:
            faults.append(f"'pinload {command} --' also offers {offered - options}")
    return faults


def main():
    name, pinload = sys.argv[1], os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory() as directory:
        for file in FILES:
            open(os.path.join(directory, file), "w").close()
        os.mkdir(os.path.join(directory, "directory"))
        os.mkdir(os.path.join(directory, "functions"))
        with open(os.path.join(directory, "inputrc"), "w") as inputrc:
            inputrc.write("set completion-query-items 0\nset page-completions off\nset bell-style none\n"
                          "set enable-bracketed-paste off\n")
        script = os.path.join(directory, "functions", "_pinload")
        with open(script, "w") as out:
            subprocess.run([pinload, "help", "--completion", name], check=True, stdout=out)
        shell = Shell(name, script, directory)
        faults = check(shell, pinload)
        shell.end()
    for fault in faults:
        print(f"{name}: {fault}")
    if faults:
        sys.exit(1)
    print(f"{name}: {len(LINES)} lines, and the options of each command, are completed")


main()
