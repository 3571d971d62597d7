"""Python's parser in several threads."""

from __future__ import annotations

import subprocess
import sys

# Garbage whose end runs Python, so that threads change in the middle of a parse.
PROGRAM = """
import ast, gc, sys, threading
from plie_warehouse.python_parser import parse_one_at_a_time

parse_one_at_a_time()
parse_one_at_a_time()
sys.setswitchinterval(1e-6)
gc.set_threshold(5)

class Garbage:
    def __init__(self): self.itself = self
    def __del__(self): sum(range(50))

text = "[" + ",".join(["[1, {'a': (2.5, -3)}]"] * 30) + "]"
found = []

def parse():
    for _ in range(200):
        Garbage()
        try:
            found.append(len(ast.literal_eval(text)))
        except SystemError as error:
            found.append(str(error))

threads = [threading.Thread(target=parse) for _ in range(4)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
print(len(found), {*found} - {30})
"""


def test_threads_parse_one_after_the_other() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert run.stdout == "800 set()\n"
