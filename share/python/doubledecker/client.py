# SPDX-License-Identifier: LGPL-2.1-or-later
"""The client for programs that wait where they call."""

import ctypes
import queue
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from . import _library
from ._base import SLICE, BaseClient, Data, Deadline, reply_or_raise, to_data, to_ms, to_name
from ._handle import in_callback, taken
from ._library import lib
from .errors import ClosedError, Error, ErrorCode
from .events import Event, Reply


class Client(BaseClient):
    """A client of a broker.

    ::

        with dd.Client("tcp://127.0.0.1:5555", "a-keys.json", "cli1") as client:
            client.subscribe("alarms", "region")
            client.notify("cli2", "hello")
            for event in client:
                print(event)

    ``with`` waits until it is registered, and raises why it isn't after ``connect_timeout``; at its
    end the client is closed. Any thread may call, also several at a time. Waits end early for a
    signal whose handler raises, such as Ctrl-C. Callbacks run on the library's thread, and may call
    all that doesn't wait for their own client.
    """

    def __enter__(self) -> Self:
        try:
            if not self._started:
                self.connect(self._connect_timeout)
        except BaseException:
            self._handle.end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def connect(self, timeout: float | None = 10.0) -> None:
        """Starts the client, unless that has been done, and waits until it is registered.

        Raises:
            Error: why it isn't so after so many seconds; the client goes on trying unless it has
                ended, which is raised at once.
        """
        self._check_thread()
        self._started = True
        deadline = Deadline(timeout)
        while True:
            wait = Deadline(deadline.left_ms(SLICE) / 1000)
            try:
                self._do_with_problem(lib.dd_client_connect, wait.left_ms())
                return
            except Error:
                # Who has ended isn't waited for.
                if deadline.is_over() or not wait.is_over():
                    raise

    def receive(self, timeout: float | None = None) -> Event | None:
        """The next event; None if none comes for so many seconds.

        Raises:
            ClosedError: the client has ended, and all its events have been taken.
        """
        self._check_thread()
        self._check_started()
        deadline = Deadline(timeout)
        while True:
            event = self._take(-1 if timeout is None else deadline.left_ms())
            if event is not None or deadline.is_over():
                return event

    def __iter__(self) -> Iterator[Event]:
        """Events as they come, until the client ends."""
        while True:
            try:
                event = self.receive()
            except ClosedError:
                return
            if event is not None:
                yield event

    def request(self, destination: str, data: Data = b"", timeout: float | None = 10.0) -> Reply:
        """Sends a request, and waits for its reply. Other events wait meanwhile.

        Raises:
            TimedOutError: there is none so many seconds later.
            Error: the request was refused, or may have been lost; dd_client(3) lists them.
        """
        self._check_thread()
        if in_callback() or (self._loop and not self._loop.has_thread):
            return self._request(destination, data, timeout)
        end: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self._send_request(destination, data, timeout, end.put)
        try:
            return reply_or_raise(end.get(timeout=timeout))
        except queue.Empty:
            raise Error.of(ErrorCode.TIMEOUT, destination) from None

    def _request(self, destination: str, data: Data, timeout: float | None) -> Reply:
        """The same by the library's own wait, which no signal ends, and which runs connections that
        nobody else does meanwhile."""
        payload = to_data(data)
        reply = _library.EVENT()
        arguments = (to_name(destination), payload, len(payload), to_ms(timeout))
        self._do(lib.dd_client_request, *arguments, ctypes.byref(reply), about=destination)
        event = taken(reply)
        assert isinstance(event, Reply)
        return event

    def drain(self, bytes: int = 0, timeout: float | None = None) -> None:
        """Waits until so many bytes at most wait for the network.

        Raises:
            TimedOutError, NotConnectedError, OverloadedError
        """
        self._check_thread()
        self._drain(bytes, timeout, lambda: False)

    def close(self, timeout: float | None = 5.0) -> int:
        """Takes leave of the broker: sends what waits, waits up to so many seconds until the outcome
        of every notification is known, and frees what the library has. Events that wait can still be
        received. Returns how many notifications may or may not have arrived."""
        self._check_thread()
        timeout_ms = to_ms(timeout)
        if in_callback():
            self._close(timeout_ms)
        else:
            # Who only waits for another thread sees signals.
            closing = threading.Thread(target=self._close, args=(timeout_ms,), daemon=True)
            closing.start()
            closing.join()
        self._handle.end(keep=True)
        return self._unsettled
