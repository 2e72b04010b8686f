# SPDX-License-Identifier: LGPL-2.1-or-later
"""The end of a process with clients in it, and forks of one: neither crashes, hangs, nor hurts."""

import ctypes
import unittest

from world import World

#: The C library's malloc(3) is whole in a child, whatever other threads were doing. AddressSanitizer's
#: is for ever locked there if one was in it, before gcc 15 and LLVM 18.
forks_any_time = unittest.skipIf(
    hasattr(ctypes.CDLL(None), "__asan_init"),
    "AddressSanitizer's malloc(3) may be locked in a child of a process with other threads in it",
)

BEGIN = """
import doubledecker as dd, os, sys, threading, time
endpoint, keys = sys.argv[1:]
"""
#: What a child of a fork is to do, and what its parent waits for.
FORK = """
import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # later Pythons warn of forks

def in_child(child):
    pid = os.fork()
    if pid == 0:
        try:
            child()
        except BaseException as error:
            print("child:", repr(error), flush=True)
            os._exit(1)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
"""


class Ends(World):
    def run_program(self, program, status=0):
        return self.run_python(BEGIN + program, self.broker.endpoint, self.keys("a"), status=status)

    def test_an_end_with_clients_of_every_kind(self):
        self.run_program("""
stay = []
for kind in range(4):
    client = dd.Client(endpoint, keys)
    if kind == 1:
        client.set_callback(print)
    if kind == 2:
        client.on(dd.Notification, stay.append)
    if kind < 3:
        client.connect(60)
    stay.append(client)
""")

    def test_what_was_sent_last_arrives(self):
        receiver = self.registered("last")
        self.run_program("""
client = dd.Client(endpoint, keys)
client.connect(60)
client.notify("last", "words")
""")
        event = receiver.receive()
        while not hasattr(event, "data"):
            event = receiver.receive()
        self.assertEqual(event.text, "words")

    def test_an_end_while_callbacks_run_and_threads_wait(self):
        self.run_program("""
client = dd.Client(endpoint, keys, "echo")
client.on(dd.Notification, lambda event: client.notify("echo", "again"))
client.connect(60)
for _ in range(10):
    client.notify("echo", "first")
threading.Thread(target=lambda: list(client), daemon=True).start()
threading.Thread(target=lambda: client.request("echo", timeout=None), daemon=True).start()
""")

    def test_an_end_with_a_loop_that_was_left(self):
        self.run_program("""
import asyncio
client = dd.AsyncClient(endpoint, keys, "left")
client.on(dd.Notification, print)
async def main():
    await client.connect(60)
    client.notify("left", "x")
asyncio.run(main())
""")

    def test_an_end_by_an_exception(self):
        output = self.run_program("""
with dd.Client(endpoint, keys) as client:
    raise SystemExit(3)
""", status=3)
        self.assertEqual(output, "")

    def test_a_child_is_told_that_the_client_isn_t_its_own(self):
        self.run_program(FORK + """
client = dd.Client(endpoint, keys, "parent")
client.on(dd.Gap, print)
client.connect(60)
threading.Thread(target=lambda: [None for _ in client], daemon=True).start()

def child():
    for call in (lambda: client.notify("x", ""), client.receive, client.fileno, client.drain):
        try:
            call()
            raise AssertionError("it was its own")
        except dd.ForkedError:
            pass
    assert client.close() == 0

in_child(child)
client.notify("parent", "still here", outcome=True)
assert client.close(60) == 0
""")

    def test_a_child_makes_its_own(self):
        self.run_program(FORK + """
parent = dd.Client(endpoint, keys, "parent2")
parent.connect(60)

def child():
    with dd.Client(endpoint, keys, "child") as client:
        client.notify("parent2", "from the child", outcome=True)
        for event in client:
            if isinstance(event, dd.Delivered):
                break

in_child(child)
assert [event.text for event in (parent.receive(60), parent.receive(60))
        if isinstance(event, dd.Notification)] == ["from the child"]
parent.close()
""")

    @forks_any_time
    def test_a_fork_while_other_threads_call(self):
        self.run_program(FORK + """
client = dd.Client(endpoint, keys, "busy", events_limit=1 << 30)
client.connect(60)
over = False

def call():
    while not over:
        try:
            client.notify("busy", "x")
        except dd.OutboxFullError:
            client.drain()

threads = [threading.Thread(target=call) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(10):
    in_child(client.close)
over = True
for thread in threads:
    thread.join()
client.close()
""")

    @forks_any_time
    def test_a_fork_while_callbacks_begin(self):
        self.run_program(FORK + """
client = dd.Client(endpoint, keys, "busy2")
client.on(dd.Notification, lambda event: None)
client.connect(60)
over = False

def call():
    while not over:
        try:
            client.notify("busy2", "x")
        except dd.OutboxFullError:
            client.drain()

threads = [threading.Thread(target=call) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(60):
    in_child(lambda: None)
over = True
for thread in threads:
    thread.join()
client.close()
""")

    def test_a_child_that_ends_as_python_does(self):
        self.run_program("""
client = dd.Client(endpoint, keys, "parent3")
client.set_callback(lambda event: None)
client.connect(60)
pid = os.fork()
if pid == 0:
    sys.exit(0)
assert os.waitpid(pid, 0)[1] == 0
assert not client.closed
client.notify("parent3", "x")
client.close()
""")


if __name__ == "__main__":
    unittest.main()
