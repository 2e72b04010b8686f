# SPDX-License-Identifier: LGPL-2.1-or-later
"""What users are shown: the example, and the programs of doubledecker-python(3)."""

import re
import subprocess
import sys
import unittest

import doubledecker as dd
from world import TOP, World, until

PAGE = (TOP / "man/doubledecker-python.3").read_text()


def programs():
    """The programs of the page, as {name: text}."""
    examples = PAGE.split(".Sh EXAMPLES")[1]
    for text in re.findall(r"^\.Bd -literal\n(.*?)^\.Ed$", examples, flags=re.S | re.M):
        text = text.replace("\\e", "\\").replace("\\&", "")
        yield re.search(r'"""(\w+)', text).group(1), text


class Shown(World):
    def test_the_lookup_service(self):
        program = [sys.executable, TOP / "share/examples/lookup.py", self.broker.endpoint]
        service = subprocess.Popen([*program, self.keys("public")])
        self.addCleanup(service.wait)
        self.addCleanup(service.terminate)

        def ask(tenant, question):
            done = subprocess.run([*program, self.keys(tenant), question], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            return done.stdout.strip()

        until(lambda: ask("a", "get printer") == "nowhere", "the service")
        for tenant, question, answer in (
            ("a", "set printer room-7", "set"), ("b", "get printer", "room-7"),
            ("b", "set printer room-8", "refused"), ("a", "get printer", "room-7"),
            ("a", "what", "refused"),
        ):
            self.assertEqual(ask(tenant, question), answer)
        done = subprocess.run([*program, "no-keys", "get printer"], text=True, capture_output=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no-keys", done.stderr)

    def test_the_programs_of_the_page(self):
        shown = dict(programs())
        self.assertEqual(set(shown), {"hello", "echo", "ask", "send"})
        for text in shown.values():
            self.assertFalse([line for line in text.splitlines() if len(line) > 74])
        arguments = (self.broker.endpoint, self.keys("a"))
        self.assertEqual(self.run_python(shown["hello"], *arguments),
                         "registered as a.hello at broker\nhello says: to myself\n"
                         "hello says on greetings: to all\n")
        echo = subprocess.Popen([sys.executable, "-X", "dev", "-c", shown["echo"], *arguments])
        self.addCleanup(echo.wait)
        self.addCleanup(echo.terminate)
        client = self.registered()

        def answers():
            try:
                return client.request("echo", "x").text
            except dd.NoDestinationError:
                return None

        self.assertEqual(until(answers, "an echo"), "x")
        self.assertEqual(self.run_python(shown["ask"], *arguments), "".join(
            f"{number}\n" for number in range(10)))
        receiver = self.registered("cli2")
        self.assertEqual(self.run_python(shown["send"], *arguments), "")
        for number in range(1000):
            self.assertEqual(self.expect(receiver, dd.Notification).data[:4], f"{number:04}".encode())

    def test_the_page_has_every_name(self):
        names = [name for name in dd.__all__ if name[0].isupper() and not name.isupper()]
        for name in [*names, "strerror", "version"]:
            self.assertTrue(re.search(rf"\b{name}\b", PAGE), name)
        for kind in (dd.Client, dd.AsyncClient, dd.Loop):
            for name in vars(kind) | vars(kind.__mro__[1]):
                if not name.startswith("_"):
                    self.assertTrue(re.search(rf"\b{name}\b", PAGE), name)

    def test_everything_has_a_word_of_what_it_is(self):
        for name in dd.__all__:
            thing = getattr(dd, name)
            if not callable(thing) or name in ("Callback", "Data", "Log"):
                continue
            self.assertTrue(thing.__doc__, name)
            for member, function in vars(thing).items() if isinstance(thing, type) else ():
                if not member.startswith("_") and callable(function):
                    inherited = getattr(super(thing, thing), member, None)
                    self.assertTrue(function.__doc__ or inherited.__doc__, f"{name}.{member}")


if __name__ == "__main__":
    unittest.main()
