# SPDX-License-Identifier: LGPL-2.1-or-later
"""dd.Client at real brokers."""

import functools
import gc
import logging
import os
import pickle
import select
import signal
import sys
import threading
import time
import unittest
import warnings

import doubledecker as dd
from doubledecker import _library, events
from world import PATIENCE, World, until


class Messages(World):
    def test_it_greets_itself(self):
        with self.client("hello") as client:
            client.subscribe("greetings")
            self.assertEqual(self.expect(client, dd.Subscribed), dd.Subscribed("greetings", "/"))
            client.notify("hello", "to myself")
            said = self.expect(client, dd.Notification)
            self.assertEqual((said.source, said.data, said.text), ("hello", b"to myself", "to myself"))
            self.assertFalse(said.is_request)
            client.publish("greetings", b"to \x00all")
            heard = self.expect(client, dd.Publication)
            self.assertEqual(heard, dd.Publication("hello", "greetings", "/1/2/", b"to \x00all"))
            self.assertLessEqual(heard.time, time.monotonic())
            client.unsubscribe("greetings")
            self.assertEqual(self.expect(client, dd.Unsubscribed), dd.Unsubscribed("greetings", "/"))

    def test_it_is_told_where_it_is(self):
        with self.client("where") as client:
            event = client.receive(PATIENCE)
        self.assertEqual(event, dd.Registered(
            "a.where", "broker", "/1/2/", self.broker.endpoint, event.payload_max))
        self.assertGreater(event.payload_max, 1_000_000)
        self.assertLessEqual(event.payload_max, dd.PAYLOAD_DEFAULT)
        self.assertEqual(event.type, dd.EventType.REGISTERED)

    def test_data_may_be_of_any_kind(self):
        client = self.registered("kinds")
        for data in ("ä\0b", b"\xff\0", bytearray(b"x"), memoryview(b"yz"), b""):
            client.notify("kinds", data)
            expected = data.encode() if isinstance(data, str) else bytes(data)
            self.assertEqual(self.expect(client, dd.Notification).data, expected)
        with self.assertRaises(TypeError):
            client.notify("kinds", None)

    def test_outcomes(self):
        client, other = self.registered("sender"), self.registered("receiver")
        ref = client.notify("receiver", "x", outcome=True)
        self.assertEqual(self.expect(client, dd.Delivered), dd.Delivered(ref, "receiver"))
        ref = client.notify("receiver", "y", receipt=True)
        self.expect(other, dd.Notification)
        self.expect(other, dd.Notification)
        self.assertEqual(self.expect(client, dd.Receipt), dd.Receipt(ref, "receiver"))
        ref = client.notify("nobody", "z")
        failure = self.expect(client, dd.Failure)
        self.assertEqual((failure.error, failure.ref), (dd.ErrorCode.NO_DESTINATION, ref))
        self.assertIsInstance(failure.exception, dd.NoDestinationError)
        self.assertEqual(str(failure.exception), "no such destination: nobody")

    def test_requests(self):
        client, service = self.registered("asks"), self.registered("answers")

        def serve():
            for event in service:
                if isinstance(event, dd.Notification) and event.is_request:
                    service.reply(event, event.data.upper())

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(service.close)
        reply = client.request("answers", "louder", timeout=PATIENCE)
        self.assertEqual((reply.text, reply.source, reply.error), ("LOUDER", "answers", 0))
        with self.assertRaises(dd.NoDestinationError):
            client.request("nobody", timeout=PATIENCE)
        ends = []
        ref = client.send_request("answers", "a", PATIENCE, ends.append)
        until(lambda: ends, "the end of a request")
        self.assertEqual((ends[0].ref, ends[0].data), (ref, b"A"))
        ref = client.send_request("answers", "b", PATIENCE)
        self.assertEqual(self.expect(client, dd.Reply).ref, ref)

    def test_a_reply_may_come_long_after_its_event(self):
        client, service = self.registered("patient"), self.registered("slow")
        client.send_request("slow", "x", PATIENCE)
        request = self.expect(service, dd.Notification)
        service.reply(request, "late")
        self.assertEqual(self.expect(client, dd.Reply).text, "late")
        with self.assertRaises(dd.ArgumentError):
            service.reply(dd.Notification("patient", b""), "unasked")

    def test_a_request_times_out(self):
        client = self.registered("impatient")
        self.registered("deaf")
        with self.assertRaises(TimeoutError) as caught:
            client.request("deaf", timeout=0.05)
        self.assertIsInstance(caught.exception, dd.TimedOutError)
        self.assertEqual(caught.exception.code, dd.ErrorCode.TIMEOUT)

    def test_a_request_ends_with_its_client(self):
        client = self.registered("leaver")
        self.registered("deaf2")
        ends = []
        client.send_request("deaf2", "x", None, ends.append)
        client.close(0)
        self.assertEqual([end.error for end in ends], [dd.ErrorCode.CLOSED])
        self.assertIsInstance(ends[0].exception, dd.ClosedError)

    def test_tenants_and_public(self):
        public = self.registered("service", "public")
        client = self.registered("customer", "b")
        client.notify("public.service", "hello")
        self.assertEqual(self.expect(public, dd.Notification).source, "b.customer")
        public.notify("b.customer", "hello yourself")
        self.assertEqual(self.expect(client, dd.Notification).source, "public.service")

    def test_a_trace(self):
        client = self.registered("tracer")
        ref = client.trace("tracer")
        hop = self.expect(client, dd.Hop)
        self.assertEqual((hop.ref, hop.passed, hop.broker, hop.scope, hop.error),
                         (ref, 1, "broker", "/1/2/", dd.ErrorCode.OK))
        self.assertEqual(self.expect(client, dd.Receipt).ref, ref)

    def test_questions_and_orders(self):
        operator = self.registered("auto", "operator")
        ref = operator.inspect("tree")
        report = self.expect(operator, dd.Report)
        self.assertEqual((report.ref, report.left), (ref, 0))
        self.assertEqual(report.json()["broker"], "broker")
        self.assertIsNone(dd.Report(1, "id", "", 0).json())
        ref = operator.inspect("clients", broker=report.broker, first=0, rows=1)
        self.assertEqual(self.expect(operator, dd.Report).ref, ref)
        ref = operator.control(report.broker, "log-level", "info")
        self.assertTrue(self.expect(operator, dd.Report).json()["done"])
        with self.assertRaises(dd.RefusedError):
            operator.notify("a.x", "")
        with self.assertRaises(PermissionError):
            self.registered("notanoperator").control(report.broker, "log-level", "info")

    def test_an_observer(self):
        with self.client("observer", observer=True) as client:
            client.inspect("tree")
            self.assertEqual(self.expect(client, dd.Report).left, 0)
            with self.assertRaises(dd.RefusedError):
                client.notify("observer", "")

    def test_drain_and_a_full_outbox(self):
        client = self.client("fast", outbox_limit=100_000)
        client.on(dd.Notification, lambda event: None)
        client.connect(PATIENCE)
        full = 0
        for _ in range(300):
            try:
                client.notify("fast", bytes(10_000))
            except dd.OutboxFullError:
                full += 1
                client.drain(50_000, PATIENCE)
        client.drain(timeout=PATIENCE)
        self.assertGreater(full, 0)

    def test_gaps(self):
        broker = self.another_broker("narrow", "--client-outbox", "2M")
        slow = dd.Client(broker.endpoint, self.keys("a"), "slow", events_limit=1)
        self.addCleanup(slow.close)
        slow.subscribe("flood")
        slow.connect(PATIENCE)
        with dd.Client(broker.endpoint, self.keys("a")) as sender:
            for _ in range(60):
                sender.publish("flood", bytes(500_000))
            sender.drain(0, PATIENCE)
        gap = self.expect(slow, dd.Gap)
        self.assertEqual((gap.topic, gap.scope), ("flood", "/"))


class Life(World):
    def test_with_says_why_nobody_is_there(self):
        nobody = f"ipc://{self.folder}/nobody"
        with self.assertRaises(dd.Error) as caught:
            with dd.Client(nobody, self.keys("a"), connect_timeout=0.5):
                self.fail("it is registered with nobody")
        self.assertIn(nobody, str(caught.exception))

    def test_bad_arguments(self):
        with self.assertRaises(dd.FileError) as caught:
            dd.Client(self.broker.endpoint, "no-such-file")
        self.assertIn("no-such-file", str(caught.exception))
        self.assertIsInstance(caught.exception, OSError)
        self.assertIsInstance(pickle.loads(pickle.dumps(caught.exception)), dd.FileError)
        with self.assertRaises(dd.NameInvalidError):
            self.client("white space")
        with self.assertRaises(dd.ArgumentError):
            self.client("a\0b")
        with self.assertRaises(dd.ArgumentError):
            dd.Client(self.broker.endpoint)
        with self.assertRaises(dd.ArgumentError):
            self.client(outbox_limit=0)
        with self.assertRaises(ValueError):
            self.client().connect(-1)
        with self.assertRaises(dd.ScopeInvalidError):
            self.client().subscribe("topic", "/nowhere")
        with self.assertRaises(dd.NotSubscribedError):
            self.client().unsubscribe("topic")
        nowhere = dd.Client(f"ipc://{self.folder}/nobody", self.keys("a"))
        self.addCleanup(nowhere.close)
        with self.assertRaises(dd.NotConnectedError):
            nowhere.start().notify("x", "")
        with self.assertRaises(dd.ArgumentError):
            self.client().receive(0)

    def test_a_name_that_is_taken(self):
        self.registered("unique")
        client = self.client("unique")
        with self.assertRaises(dd.NameTakenError):
            client.connect(PATIENCE)
        self.assertEqual([type(event) for event in client], [dd.Closed])
        self.assertTrue(client.closed)
        with self.assertRaises(dd.ClosedError):
            client.receive()

    def test_keys_from_memory(self):
        with open(self.keys("a"), "rb") as file:
            text = file.read()
        with dd.Client(self.broker.endpoint, keys=text, name="memory", tenant="a") as client:
            client.set_keys(keys=text.decode())
            client.set_keys(self.keys("a"))
            with self.assertRaises(dd.KeysError):
                client.set_keys(self.keys("b"))

    def test_another_tenant_than_meant(self):
        client = self.client(tenant="b")
        with self.assertRaises(dd.RefusedError):
            client.connect(PATIENCE)

    def test_it_comes_back(self):
        broker = self.another_broker("fleeting")
        client = dd.Client(broker.endpoint, self.keys("a"), "returns")
        self.addCleanup(client.close)
        client.subscribe("news")
        client.connect(PATIENCE)
        self.expect(client, dd.Subscribed)
        broker.kill()
        lost = self.expect(client, dd.Disconnected)
        self.assertNotEqual(lost.error, dd.ErrorCode.OK)
        self.assertIsInstance(lost.exception, dd.Error)
        broker.start()
        self.expect(client, dd.Registered)
        self.expect(client, dd.Subscribed)

    def test_close_settles_and_leaves_what_waits(self):
        client, other = self.registered("closer"), self.registered("closed")
        for number in range(100):
            client.notify("closed", str(number))
        self.assertEqual(client.close(PATIENCE), 0)
        self.assertEqual(client.close(), 0)
        with self.assertRaises(dd.ClosedError):
            client.notify("closed", "more")
        self.assertIn("(closed)", repr(client))
        self.expect(other, dd.Notification)
        other.close()
        rest = [event.text for event in other if isinstance(event, dd.Notification)]
        self.assertEqual(rest, [str(number) for number in range(1, 100)])

    def test_close_ends_another_thread_s_wait(self):
        client = self.registered("waiter")
        seen = []
        thread = threading.Thread(target=lambda: seen.extend(client))
        thread.start()
        until(lambda: seen, "the first event")
        client.close()
        thread.join(PATIENCE)
        self.assertFalse(thread.is_alive())

    def test_callbacks(self):
        client = self.client("called")
        seen, threads = [], set()

        def take(event):
            seen.append(event)
            threads.add(threading.get_ident())

        client.on(dd.Notification, take)
        client.on(dd.EventType.PUBLICATION, take)
        client.on(dd.EventType.PUBLICATION, None)
        client.subscribe("topic")
        client.connect(PATIENCE)
        self.expect(client, dd.Subscribed)
        client.notify("called", "x")
        client.publish("topic", "y")
        self.assertEqual(self.expect(client, dd.Publication).text, "y")
        until(lambda: seen, "a callback")
        self.assertEqual([event.text for event in seen], ["x"])
        self.assertNotIn(threading.get_ident(), threads)
        with self.assertRaises(dd.ArgumentError):
            client.on(dd.Gap, take)

    def test_all_events_to_one_callback(self):
        client = self.client("all")
        seen = []
        client.set_callback(seen.append)
        client.connect(PATIENCE)
        until(lambda: [type(event) for event in seen] == [dd.Registered], "a registration")
        rival = self.client("all")
        rival.set_callback(seen.append)
        with self.assertRaises(dd.NameTakenError):
            rival.connect(PATIENCE)
        until(lambda: rival.closed, "the end")
        self.assertEqual(list(rival), [])

    def test_a_callback_can_t_wait(self):
        client = self.client("impatient2")
        raised = []

        def take(_event):
            for call in (client.close, client.drain, client.connect, client.receive,
                         lambda: client.request("x")):
                try:
                    call()
                except dd.ArgumentError as error:
                    raised.append(error)

        client.on(dd.Registered, take)
        client.connect(PATIENCE)
        until(lambda: len(raised) == 5, "five refusals")

    def test_a_callback_that_fails_is_told_of(self):
        told = []
        self.addCleanup(setattr, sys, "unraisablehook", sys.unraisablehook)
        sys.unraisablehook = lambda info: told.append(info.exc_value)
        client = self.client("fails")
        client.on(dd.Registered, lambda event: 1 / 0)
        client.connect(PATIENCE)
        until(lambda: told, "what failed")
        self.assertIsInstance(told[0], ZeroDivisionError)
        del told[:]

    def test_a_log(self):
        lines = []
        with self.client("logged", log=lambda level, text: lines.append((level, text))):
            until(lambda: any(level == dd.LogLevel.NOTICE for level, _ in lines), "a notice")
        self.assertIn(f"connecting to {self.broker.endpoint}", [text for _, text in lines])
        with self.assertLogs("client", logging.INFO) as logs:
            with self.client("logged2", log=logging.getLogger("client")):
                pass
        self.assertTrue(any("connecting to" in line for line in logs.output))

    def test_a_descriptor_for_select(self):
        client = self.registered("selected")
        self.expect(client, dd.Registered)
        self.assertEqual(select.select([client], [], [], 0), ([], [], []))
        client.notify("selected", "x")
        self.assertEqual(select.select([client], [], [], PATIENCE), ([client], [], []))

    def test_rtt(self):
        broker = self.another_broker("beating", "--heartbeat", "100ms")
        with dd.Client(broker.endpoint, self.keys("a")) as client:
            until(lambda: client.rtt, "a heartbeat")
            self.assertLess(client.rtt, PATIENCE)

    def test_waiting_lets_other_threads_run(self):
        client = self.registered("blocked")
        self.expect(client, dd.Registered)
        threading.Timer(0.05, lambda: client.notify("blocked", "x")).start()
        self.assertEqual(self.expect(client, dd.Notification).text, "x")

    def test_signals_end_every_wait(self):
        client = self.registered("interrupted")
        self.registered("deaf3")
        self.expect(client, dd.Registered)
        nobody = dd.Client(f"ipc://{self.folder}/nobody2", self.keys("a"))
        self.addCleanup(nobody.close)

        class Interrupted(Exception):
            pass

        def interrupt(*_):
            raise Interrupted

        self.addCleanup(signal.signal, signal.SIGUSR1, signal.signal(signal.SIGUSR1, interrupt))
        for wait in (client.receive, lambda: client.request("deaf3", timeout=None),
                     lambda: nobody.connect(None)):
            timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1))
            timer.start()
            with self.assertRaises(Interrupted):
                wait()
            timer.join()

    def test_a_signal_that_raises_nothing_ends_no_wait(self):
        client = self.registered("calm")
        self.expect(client, dd.Registered)
        seen = []
        self.addCleanup(signal.signal, signal.SIGUSR1,
                        signal.signal(signal.SIGUSR1, lambda *_: seen.append(1) or client.notify("calm", "x")))
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1))
        timer.start()
        self.assertEqual(client.receive().text, "x")
        timer.join()
        self.assertEqual(seen, [1])


class Leaks(World):
    def setUp(self):
        self.freed = self.taken = 0
        self.swap("dd_client_receive", self.count_taken)
        self.swap("dd_event_destroy", self.count_freed)

    def swap(self, name, instead):
        function = getattr(_library.lib, name)
        setattr(_library.lib, name, lambda *arguments: instead(function, *arguments))
        self.addCleanup(setattr, _library.lib, name, function)

    def count_taken(self, function, *arguments):
        event = function(*arguments)
        self.taken += bool(event)
        return event

    def count_freed(self, function, *arguments):
        self.freed += 1
        function(*arguments)

    def test_each_event_is_freed(self):
        with self.client("leaks") as client:
            for number in range(100):
                client.notify("leaks", bytes(1000))
            for number in range(100):
                self.expect(client, dd.Notification)
            client.notify("leaks", "one that nobody takes")
        self.assertGreaterEqual(self.taken, 101)
        self.assertEqual(self.freed, self.taken)

    def test_events_are_freed_that_python_can_t_make(self):
        client = self.registered("unmakeable")
        self.swap_maker(lambda event: 1 / 0)
        with self.assertRaises(ZeroDivisionError):
            client.receive(PATIENCE)
        self.assertEqual((self.taken, self.freed), (1, 1))

    def swap_maker(self, maker):
        before = dict(events._MAKERS)
        events._MAKERS.update(dict.fromkeys(before, maker))
        self.addCleanup(events._MAKERS.update, before)

    def test_a_client_that_nobody_has_is_gone(self):
        self.registered().close()  # what all share stays
        files = self.files()
        client = dd.Client(self.broker.endpoint, self.keys("a"), "dropped")
        client.on(dd.Notification, functools.partial(print, client))  # so that it has itself
        client.connect(PATIENCE)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            del client
            gc.collect()
        self.assertEqual([one.category for one in told], [ResourceWarning])
        self.assertIn("Client 'dropped'", str(told[0].message))
        until(lambda: self.files() <= files, "the end of its connection")

    @staticmethod
    def files():
        return len(os.listdir("/proc/self/fd"))

    def test_a_client_that_was_closed_is_gone(self):
        self.registered().close()
        files = self.files()
        client = self.registered("closed2")
        client.close()
        until(lambda: self.files() <= files, "the end of its connection")
        with self.assertRaises(dd.ClosedError):
            client.fileno()

    def test_requests_leave_nothing(self):
        client = self.registered("asker")
        for _ in range(50):
            with self.assertRaises(dd.NoDestinationError):
                client.request("nobody", timeout=PATIENCE)
        self.assertEqual((client._handle._callbacks, client._handle._once), ({}, set()))


if __name__ == "__main__":
    unittest.main()
