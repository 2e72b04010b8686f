# SPDX-License-Identifier: LGPL-2.1-or-later
"""The client for programs on asyncio."""

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from ._base import BaseClient, Callback, Data, Deadline, raise_for, reply_or_raise, to_ms
from ._handle import receive
from ._library import lib
from .errors import ClosedError, Error, ErrorCode
from .events import Closed, Disconnected, Event, Registered, Reply

_Result = TypeVar("_Result")

#: Events that are taken in a row before other tasks have their turn.
_TURN = 64


class _Bridge:
    """From the library's thread into the event loop. It has nothing of the client, which so can be
    freed while callbacks are kept."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiters: set[asyncio.Future[None]] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._watched = -1

    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that runs; a client has one."""
        running = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = running
        if self._loop is not running:
            raise RuntimeError("the client belongs to another event loop")
        return running

    # ---- Callbacks -----------------------------------------------------------------------------

    def post(self, callback: Callback, event: Event) -> None:
        """Has a callback called in the loop. On the library's thread."""
        try:
            if self._loop:
                self._loop.call_soon_threadsafe(self._run, callback, event)
        except RuntimeError:
            pass  # the loop has been closed, and nobody is there to hear of it

    def _run(self, callback: Callback, event: Event) -> None:
        self.note(event)
        result = callback(event)
        if inspect.iscoroutine(result):
            task = self.loop().create_task(result)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    # ---- Waiting -------------------------------------------------------------------------------

    async def wait(self, descriptor: int) -> None:
        """Waits until the descriptor is readable, or something else may have changed."""
        waiter = self.loop().create_future()
        self._waiters.add(waiter)
        self._watch(descriptor)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)
            if not self._waiters:
                self.unwatch()

    def wake(self) -> None:
        """Ends all waits."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def note(self, event: Event) -> None:
        """Who waits for another kind of news looks for itself."""
        if isinstance(event, (Registered, Disconnected, Closed)):
            self.wake()

    def _watch(self, descriptor: int) -> None:
        if self._watched < 0:
            self.loop().add_reader(descriptor, self.wake)
            self._watched = descriptor

    def unwatch(self) -> None:
        """Lets go of the descriptor, which is closed thereafter and may then be somebody else's."""
        if self._watched >= 0:
            self.loop().remove_reader(self._watched)
            self._watched = -1


class AsyncClient(BaseClient):
    """A client of a broker for asyncio.

    ::

        async with dd.AsyncClient("tcp://127.0.0.1:5555", "a-keys.json", "cli1") as client:
            client.subscribe("alarms", "region")
            reply = await client.request("public.lookup", "get printer")
            async for event in client:
                print(event)

    What waits is a coroutine; all else is as in :class:`Client`, waits for nothing, and may be called
    from any thread. Callbacks are called in the event loop. A wait that is cancelled loses no event.
    """

    def _prepare(self) -> None:
        self._bridge = _Bridge()
        self._row = 0

    async def __aenter__(self) -> Self:
        try:
            if not self._started:
                await self.connect(self._connect_timeout)
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def _wrap(self, callback: Callback) -> Callback:
        bridge = self._bridge
        return lambda event: bridge.post(callback, event)

    def start(self) -> Self:
        self._bridge.loop()
        return super().start()

    async def connect(self, timeout: float | None = 10.0) -> None:
        """Starts the client, unless that has been done, and waits until it is registered.

        Raises:
            Error: why it isn't so after so many seconds; the client goes on trying unless it has
                ended, which is raised at once.
        """
        self._bridge.loop()
        if not self._started:
            self.start()
        deadline = Deadline(timeout)
        while (error := self._why_not_registered()) is not None:
            if self.closed or not await self._news(deadline):
                raise error

    def _why_not_registered(self) -> Error | None:
        try:
            self._do_with_problem(lib.dd_client_connect, 0)
        except Error as error:
            return error
        return None

    async def _news(self, deadline: Deadline) -> bool:
        """Waits until something is new, and keeps an event for who will take it."""
        try:
            async with asyncio.timeout(deadline.left()):
                event = receive(self._handle, 0)
                if event is None:
                    await self._bridge.wait(self.fileno())
                else:
                    self._pending.append(event)
        except TimeoutError:
            return False
        return True

    async def receive(self, timeout: float | None = None) -> Event | None:
        """The next event; None if none comes for so many seconds.

        Raises:
            ClosedError: the client has ended, and all its events have been taken.
        """
        self._check_started()
        await self._give_way()
        try:
            async with asyncio.timeout(timeout):
                while (event := self._take(0)) is None:
                    await self._bridge.wait(self.fileno())
        except TimeoutError:
            return None
        self._bridge.note(event)
        return event

    async def _give_way(self) -> None:
        """Who takes events for as long as there are some keeps no other task waiting."""
        self._row += 1
        if self._row % _TURN == 0:
            await asyncio.sleep(0)

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Events as they come, until the client ends."""
        while True:
            try:
                event = await self.receive()
            except ClosedError:
                return
            if event is not None:
                yield event

    async def request(
        self, destination: str, data: Data = b"", timeout: float | None = 10.0
    ) -> Reply:
        """Sends a request, and waits for its reply.

        Raises:
            TimedOutError: there is none so many seconds later.
            Error: the request was refused, or may have been lost; dd_client(3) lists them.
        """
        end: asyncio.Future[Reply] = self._bridge.loop().create_future()

        def settle(reply: Reply) -> None:
            if not end.done():
                end.set_result(reply)

        self._send_request(destination, data, timeout, self._wrap(settle))
        try:
            async with asyncio.timeout(timeout):
                return reply_or_raise(await end)
        except TimeoutError:
            raise Error.of(ErrorCode.TIMEOUT, destination) from None

    async def drain(self, bytes: int = 0, timeout: float | None = None) -> None:
        """Waits until so many bytes at most wait for the network.

        Raises:
            TimedOutError, NotConnectedError, OverloadedError
        """
        deadline = Deadline(timeout)
        error = self._handle.call(lib.dd_client_drain, bytes, 0)
        if error != ErrorCode.TIMEOUT or deadline.is_over():
            return raise_for(error)
        stop = threading.Event()
        try:
            await self._in_thread(self._drain, bytes, deadline.left(), stop.is_set)
        finally:
            stop.set()

    async def close(self, timeout: float | None = 5.0) -> int:
        """Takes leave of the broker: sends what waits, waits up to so many seconds until the outcome
        of every notification is known, and frees what the library has. Events that wait can still be
        received. Returns how many notifications may or may not have arrived."""
        await asyncio.shield(self._in_thread(self._close, to_ms(timeout)))
        await self._end(keep=True)
        return self._unsettled

    async def _end(self, keep: bool = False) -> None:
        self._bridge.unwatch()
        await asyncio.shield(self._in_thread(self._handle.end, keep))
        self._bridge.wake()

    def _in_thread(self, function: Callable[..., _Result], *arguments: Any) -> asyncio.Future[_Result]:
        return self._bridge.loop().run_in_executor(None, function, *arguments)
