# SPDX-License-Identifier: LGPL-2.1-or-later
"""dd.AsyncClient at real brokers."""

import asyncio
import functools
import gc
import select
import signal
import unittest
import warnings

import doubledecker as dd
from world import PATIENCE, PAUSE, World


#: Lets other tasks have their turn.
turn = functools.partial(asyncio.sleep, 0)


def run(test):
    """A test that is a coroutine."""

    @functools.wraps(test)
    def wrapper(self):
        async def limited():
            async with asyncio.timeout(PATIENCE):
                await test(self)

        asyncio.run(limited())

    return wrapper


class Async(World):
    def client(self, name="auto", whose="a", **settings):
        return super().client(name, whose, dd.AsyncClient, **settings)

    async def expect(self, client, kind):
        while not isinstance(event := await client.receive(), kind):
            pass
        return event

    @run
    async def test_it_greets_itself(self):
        async with self.client("hello") as client:
            client.subscribe("greetings")
            client.notify("hello", "to myself")
            seen = []
            async for event in client:
                match event:
                    case dd.Notification(source="hello", text=words):
                        seen.append(words)
                        client.publish("greetings", "to all")
                    case dd.Publication(topic="greetings", text=words):
                        seen.append(words)
                        break
        self.assertEqual(seen, ["to myself", "to all"])

    @run
    async def test_many_requests_at_a_time(self):
        async with self.client("asks") as client, self.client("answers") as service:
            async def serve():
                async for event in service:
                    if isinstance(event, dd.Notification) and event.is_request:
                        service.reply(event, event.data[::-1])

            serving = asyncio.create_task(serve())
            replies = await asyncio.gather(
                *(client.request("answers", f"{number:03}") for number in range(200)))
            self.assertEqual([reply.text for reply in replies],
                             [f"{number:03}"[::-1] for number in range(200)])
            with self.assertRaises(dd.NoDestinationError):
                await client.request("nobody")
            await service.close()
            await serving

    @run
    async def test_a_request_times_out_or_is_cancelled(self):
        async with self.client("impatient") as client, self.client("deaf"):
            with self.assertRaises(TimeoutError):
                await client.request("deaf", timeout=0.05)
            asking = asyncio.create_task(client.request("deaf", timeout=None))
            await turn()
            asking.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await asking

    @run
    async def test_with_says_why_nobody_is_there(self):
        nobody = f"ipc://{self.folder}/nobody"
        with self.assertRaises(dd.Error) as caught:
            async with dd.AsyncClient(nobody, self.keys("a"), connect_timeout=0.2):
                self.fail("it is registered with nobody")
        self.assertIn(nobody, str(caught.exception))

    @run
    async def test_a_name_that_is_taken(self):
        async with self.client("unique"):
            client = self.client("unique")
            with self.assertRaises(dd.NameTakenError):
                await client.connect()
            self.assertEqual([type(event) async for event in client], [dd.Closed])
            with self.assertRaises(dd.ClosedError):
                await client.receive()
            await client.close()

    @run
    async def test_connecting_keeps_events(self):
        async with self.client("keeps") as client:
            event = await client.receive()
            self.assertIsInstance(event, dd.Registered)
            await client.connect()

    @run
    async def test_somebody_else_may_read_while_one_connects(self):
        client = self.client("both").start()
        reading = asyncio.create_task(self.expect(client, dd.Registered))
        await client.connect()
        await reading
        await client.close()

    @run
    async def test_who_connects_hears_of_what_another_reads(self):
        broker = self.another_broker("late")
        broker.process.send_signal(signal.SIGSTOP)  # nothing comes before the task waits for it
        client = dd.AsyncClient(broker.endpoint, self.keys("a"), "both2")
        connecting = asyncio.create_task(client.connect(None))
        await turn()
        broker.process.send_signal(signal.SIGCONT)
        while not select.select([client], [], [], PATIENCE)[0]:
            pass  # the loop stands still, so that only this one sees it
        self.assertIsInstance(await client.receive(0), dd.Registered)
        await connecting
        await client.close()

    @run
    async def test_callbacks_run_in_the_loop(self):
        client = self.client("called")
        loop, seen = asyncio.get_running_loop(), asyncio.Queue()

        async def take(event):
            self.assertIs(asyncio.get_running_loop(), loop)
            await seen.put(event)

        client.on(dd.Notification, take)
        client.on(dd.Registered, seen.put_nowait)
        async with client:
            client.notify("called", "x")
            self.assertEqual([type(await seen.get()), (await seen.get()).text], [dd.Registered, "x"])
            client.send_request("nobody", "x", callback=seen.put_nowait)
            self.assertEqual((await seen.get()).error, dd.ErrorCode.NO_DESTINATION)

    @run
    async def test_a_callback_for_the_end(self):
        async with self.client("unique2"):
            client = self.client("unique2")
            seen = []
            client.set_callback(seen.append)
            with self.assertRaises(dd.NameTakenError):
                await client.connect()
            self.assertEqual([event async for event in client], [])
            while not seen:
                await asyncio.sleep(PAUSE)
            await client.close()

    @run
    async def test_a_wait_that_ends_early_loses_nothing(self):
        async with self.client("cancelled") as client:
            await self.expect(client, dd.Registered)
            self.assertIsNone(await client.receive(0.01))
            self.assertIsNone(await client.receive(0))
            waiting = asyncio.create_task(client.receive())
            await turn()
            for number in range(20):
                client.notify("cancelled", str(number))
                waiting.cancel()
                try:
                    event = await waiting
                except asyncio.CancelledError:
                    event = await client.receive()
                self.assertEqual(event.text, str(number))
                waiting = asyncio.create_task(client.receive())
                await turn()
            waiting.cancel()

    @run
    async def test_a_busy_reader_keeps_no_task_waiting(self):
        async with self.client("busy") as client:
            for _ in range(1000):
                client.notify("busy", "x")
            await client.drain()
            while not select.select([client], [], [], PATIENCE)[0]:
                pass
            turns, reading = 0, asyncio.create_task(self.read(client, 1000))
            while not reading.done():
                turns += 1
                await turn()
            self.assertGreater(turns, 10)

    async def read(self, client, count):
        while count > 0:
            count -= isinstance(await client.receive(), dd.Notification)

    @run
    async def test_drain_and_a_full_outbox(self):
        client = self.client("fast", outbox_limit=100_000)
        client.on(dd.Notification, lambda event: None)
        async with client:
            full = 0
            for _ in range(300):
                try:
                    client.notify("fast", bytes(10_000))
                except dd.OutboxFullError:
                    full += 1
                    await client.drain(50_000)
            await client.drain()
            self.assertGreater(full, 0)

    @run
    async def test_a_drain_can_be_cancelled(self):
        broker = self.another_broker("stopped")
        async with dd.AsyncClient(broker.endpoint, self.keys("a"), "stuck") as client:
            broker.process.send_signal(signal.SIGSTOP)
            try:
                for _ in range(100):
                    client.publish("topic", bytes(500_000))
                draining = asyncio.create_task(client.drain(timeout=None))
                await turn()
                draining.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await draining
                with self.assertRaises(dd.TimedOutError):
                    await client.drain(0, 0.01)
            finally:
                broker.process.send_signal(signal.SIGCONT)

    @run
    async def test_close_keeps_events(self):
        client = await self.client("waiter").__aenter__()
        other = await self.client("other").__aenter__()
        await self.expect(client, dd.Registered)
        for number in range(10):
            other.notify("waiter", str(number), outcome=True)
        for number in range(10):
            await self.expect(other, dd.Delivered)
        self.assertEqual(await other.close(), 0)
        await client.close()
        self.assertEqual([event.text async for event in client], [str(n) for n in range(10)])
        with self.assertRaises(dd.ClosedError):
            client.notify("other", "x")

    @run
    async def test_close_ends_a_wait(self):
        client = await self.client("waiter2").__aenter__()
        await self.expect(client, dd.Registered)
        waiting = asyncio.create_task(client.receive())
        await turn()
        await client.close()
        with self.assertRaises(dd.ClosedError):
            await waiting

    def test_a_client_is_of_one_loop(self):
        client = self.client("loops")
        asyncio.run(client.connect(PATIENCE))
        with self.assertRaises(RuntimeError):
            asyncio.run(client.connect(PATIENCE))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of clients that nobody closes
            with self.assertRaises(RuntimeError):
                self.client("no-loop").start()
            del client
            gc.collect()


if __name__ == "__main__":
    unittest.main()
