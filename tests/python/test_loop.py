# SPDX-License-Identifier: LGPL-2.1-or-later
"""dd.Loop, and callbacks of subscriptions."""

import asyncio
import os
import select
import threading
import unittest

import doubledecker as dd
from world import PATIENCE, World, until


def threads():
    return len(os.listdir("/proc/self/task"))


class Loops(World):
    def test_clients_share_a_thread(self):
        first = self.registered()
        before = threads()
        others = [self.registered() for _ in range(20)]
        # One of a test before this may still have been about to end.
        self.assertLessEqual(threads(), before)
        for client in [first, *others]:
            client.close()

    def test_a_loop_of_the_program_s_own(self):
        before = threads()
        with dd.Loop() as loop:
            client = self.client("own", loop=loop)
            seen = []
            client.on(dd.Notification, lambda event: seen.append(threading.get_ident()))
            client.connect(PATIENCE)
            client.notify("own", "x")
            while not seen:
                self.assertTrue(select.select([loop], [], [], PATIENCE)[0])
                self.assertTrue(loop.run_once(0))
            self.assertEqual(seen, [threading.get_ident()])
            self.assertEqual(self.expect(client, dd.Registered).name, "a.own")
        # It is there for as long as its client.
        client.notify("own", "y")
        self.assertEqual(client.close(PATIENCE), 0)
        until(lambda: threads() <= before)
        with self.assertRaises(dd.ClosedError):
            loop.run_once(0)

    def test_waits_run_the_loop(self):
        with dd.Loop() as loop:
            service, client = self.client("serves", loop=loop), self.client("asks", loop=loop)
            service.on(dd.Notification, lambda event: service.reply(event, event.data * 2))
            service.connect(PATIENCE)
            client.connect(PATIENCE)
            self.assertEqual(client.request("serves", "x", PATIENCE).text, "xx")
            with self.assertRaises(dd.NoDestinationError):
                client.request("nobody", "x", PATIENCE)

    def test_a_loop_with_a_thread(self):
        with dd.Loop().start() as loop:
            self.assertTrue(loop.has_thread)
            client = self.client("threaded", loop=loop)
            client.connect(PATIENCE)
            for call in (loop.start, loop.fileno, loop.run_once):
                with self.assertRaises(dd.ArgumentError):
                    call()
            with self.assertRaises(dd.ArgumentError):
                dd.Client(self.broker.endpoint, self.keys("a"), loop=loop, outbox_limit=0)

    def test_a_callback_may_wait_for_another_client(self):
        asks, service, here = self.registered("asks2"), self.client("serves2"), self.client("here")
        service.on(dd.Notification, lambda event: service.reply(event, "answer"))
        service.connect(PATIENCE)
        answers = []
        here.on(dd.Notification, lambda event: answers.append(asks.request("serves2").text))
        here.connect(PATIENCE)
        here.notify("here", "x")
        until(lambda: answers == ["answer"], "an answer")

    def test_asyncio_runs_a_loop(self):
        self.registered()  # so that ZeroMQ's own threads are there
        before = threads()

        async def main():
            with dd.Loop() as loop:
                running = asyncio.get_running_loop()
                running.add_reader(loop, loop.run_once, 0)
                client = dd.AsyncClient(self.broker.endpoint, self.keys("a"), "aio", loop=loop)
                client.on(dd.Notification, lambda event: client.reply(event, event.data))
                async with client:
                    self.assertEqual(threads(), before)
                    with self.assertRaises(dd.NoDestinationError):
                        await client.request("nobody")
                    self.assertEqual((await client.request("aio", "self")).text, "self")
                running.remove_reader(loop)

        asyncio.run(main())


class Subscriptions(World):
    def test_each_has_its_callback(self):
        client = self.client("hears")
        one, two = [], []
        client.subscribe("one", "all", one.append)
        client.subscribe("two", callback=two.append)
        client.subscribe("three")
        client.connect(PATIENCE)
        for _ in range(3):
            self.expect(client, dd.Subscribed)
        for topic in ("one", "two", "three"):
            client.publish(topic, topic)
        self.assertEqual(self.expect(client, dd.Publication).text, "three")
        until(lambda: len(one) + len(two) == 2, "two publications")
        self.assertEqual([one[0].text, two[0].text], ["one", "two"])
        again = []
        client.subscribe("one", "all", again.append)
        client.publish("one", "again")
        until(lambda: again, "another publication")
        client.subscribe("one")
        client.publish("one", "queued")
        self.assertEqual(self.expect(client, dd.Publication).text, "queued")
        client.unsubscribe("one")
        client.unsubscribe("two")
        self.assertEqual(client._handle._callbacks, {})
        with self.assertRaises(dd.ScopeInvalidError):
            client.subscribe("one", "nowhere", one.append)
        self.assertEqual(client._handle._callbacks, {})

    def test_callbacks_in_asyncio(self):
        async def main():
            async with dd.AsyncClient(self.broker.endpoint, self.keys("a"), "hears2") as client:
                heard = asyncio.get_running_loop().create_future()
                client.subscribe("topic", callback=heard.set_result)
                while not isinstance(await client.receive(PATIENCE), dd.Subscribed):
                    pass
                client.publish("topic", "words")
                async with asyncio.timeout(PATIENCE):
                    self.assertEqual((await heard).text, "words")

        asyncio.run(main())


if __name__ == "__main__":
    unittest.main()
