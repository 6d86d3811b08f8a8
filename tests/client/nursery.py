"""Real processes that keep a copy, born quickly: one parent imports the client once and forks.

Reads a JSON list a line: the command line, and after how many seconds to kill the child (null: never). Answers
with the child's exit code; negative: the signal that killed it. Nothing of the tests is shared with the children.
"""

import json
import math
import os
import signal
import sys
import time

import httpcore  # httpx brings it in at its first question: not in each child

from kpum.client import folder, sqlite
from kpum.client.console import main
from kpum.client.wire import certificates

READY = (httpcore, folder, sqlite)


def bear(arguments: list[str]) -> int:
    child = os.fork()
    if child == 0:
        code = 70
        try:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 1)
            code = main(arguments)
        finally:
            os._exit(code)
    return child


if __name__ == "__main__":
    # What a killed process has written is with the kernel and stays; a sync matters only when the power goes, and
    # would make the children wait for every other test of this machine.
    os.sync = lambda: None
    certificates()
    for line in sys.stdin:
        command, die_after = json.loads(line)
        pid = bear(command)
        kill_at = time.monotonic() + (math.inf if die_after is None else die_after)
        while not (ended := os.waitpid(pid, os.WNOHANG))[0]:
            if time.monotonic() >= kill_at:
                # Not waited for yet, so the number is still the child's own.
                os.kill(pid, signal.SIGKILL)
                kill_at = math.inf
            time.sleep(0.001)
        print(os.waitstatus_to_exitcode(ended[1]), flush=True)
