# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tests of the Python module begin with: keys, brokers that really run, and clients of them.

Whatever is waited for has a deadline, and only that ends a test that goes wrong.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import doubledecker as dd

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ["BUILD"])
#: Seconds for what should take none.
PATIENCE = 60.0
#: Seconds between two looks at what is waited for.
PAUSE = 0.01


def until(condition, what="it"):
    """Waits until a condition holds; returns what it returned."""
    deadline = time.monotonic() + PATIENCE
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} never came true")
        time.sleep(PAUSE)
    return result


def environment(**more):
    """That of a program of ours, which loads what it was linked with and nothing else."""
    result = {k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "PYTHONDEVMODE")}
    return result | more


class Broker:
    """A broker in a process of its own."""

    def __init__(self, folder, name, *options):
        self.name = name
        self.endpoint = f"ipc://{folder}/{name}"
        self.log = folder / f"{name}.log"
        self._command = [BUILD / "bin/ddbroker", "-k", folder / "keys/broker-keys.json"]
        # It doesn't wait for others to come before it says that somebody isn't there.
        self._command += ["-r", self.endpoint, "--settle", "1ms", *options, name]
        self.start("joined" if "-d" in options else "listening")

    def start(self, word="listening"):
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(self._command, stderr=log, env=environment())
        until(lambda: word in self.log.read_text() or self.process.poll() is not None)
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} has ended: {self.log.read_text()}")

    def kill(self, how=signal.SIGKILL):
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait()


class World(unittest.TestCase):
    """A test with a broker for all of its class, and tenants a and b."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        make = [BUILD / "bin/ddkeys", "-d", cls.folder / "keys", "-t", "a,b"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, env=environment())
        cls.broker = Broker(cls.folder, "broker", "-s", "/1/2/")
        cls.addClassCleanup(lambda: cls.broker.kill(signal.SIGTERM))

    @classmethod
    def keys(cls, whose):
        return str(cls.folder / f"keys/{whose}-keys.json")

    def another_broker(self, name, *options):
        broker = Broker(self.folder, name, *options)
        self.addCleanup(broker.kill)
        return broker

    def client(self, name="auto", whose="a", kind=dd.Client, **settings):
        """A client that isn't started, and is closed with the test."""
        client = kind(self.broker.endpoint, self.keys(whose), name, **settings)
        if kind is dd.Client:
            self.addCleanup(client.close)
        return client

    def registered(self, name="auto", whose="a", **settings):
        client = self.client(name, whose, **settings)
        client.connect(PATIENCE)
        return client

    def expect(self, client, kind):
        """The next event of a class; those before it don't matter."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            event = client.receive(PATIENCE)
            if isinstance(event, kind):
                return event
        self.fail(f"there was no {kind.__name__}")

    def run_python(self, program, *arguments, status=0):
        """Runs a program, which finds the module as this one has; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-W", "error", "-c", program, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=2 * PATIENCE,
        )
        self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout
