# SPDX-License-Identifier: LGPL-2.1-or-later
"""What clients of both kinds have: settings, and all calls that don't wait."""

import ctypes
import enum
import logging
import math
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from . import _library
from ._handle import Handle, error_of, on_event, on_log, receive, shared_loop
from ._library import WANT_OUTCOME, WANT_RECEIPT, lib
from .errors import ArgumentError, ClosedError, Error, ErrorCode, ForkedError
from .events import Event, EventType, Notification, Reply

if TYPE_CHECKING:
    from .loop import Loop

#: A payload; text is sent in UTF-8.
Data = bytes | bytearray | memoryview | str
#: Takes an event.
Callback = Callable[[Any], object]
#: Takes a line of the log, or is a logger.
Log = Callable[["LogLevel", str], object] | logging.Logger
#: A class of events, or its number.
Kind = type[Event] | EventType

#: Milliseconds after which a wait lets Python look for signals.
SLICE = 200
_INT_MAX = (1 << 31) - 1


class LogLevel(enum.IntEnum):
    """dd_log_level_t: how much a line of a log matters."""

    ERROR = 0
    WARNING = 1
    NOTICE = 2
    INFO = 3
    DEBUG = 4


_LOGGING = {
    LogLevel.ERROR: logging.ERROR,
    LogLevel.WARNING: logging.WARNING,
    LogLevel.NOTICE: logging.INFO,
    LogLevel.INFO: logging.INFO,
    LogLevel.DEBUG: logging.DEBUG,
}


# ---- To the library's --------------------------------------------------------------------------


def to_name(text: str) -> bytes:
    """A name, topic, scope or path; it ends with a NUL there, and so can't have one."""
    if "\0" in text:
        raise ArgumentError(f"{text!r} has a NUL")
    return text.encode()


def to_data(data: Data) -> bytes:
    """A payload; bytes are not copied here."""
    return data.encode() if isinstance(data, str) else bytes(data)


def to_ms(timeout: float | None) -> int:
    """Seconds as milliseconds, rounded up; None is for ever."""
    if timeout is None:
        return -1
    if timeout < 0:
        raise ValueError("a timeout can't be negative")
    return math.ceil(min(timeout * 1000, _INT_MAX))


def to_log(log: Log) -> Callable[[int, str], object]:
    """What is called with each line."""
    if isinstance(log, logging.Logger):
        logger = log
        return lambda level, text: logger.log(_LOGGING.get(LogLevel(level), logging.DEBUG), "%s", text)
    take = log
    return lambda level, text: take(LogLevel(level), text)


class Deadline:
    """A moment that a wait may last until; None is never."""

    def __init__(self, timeout: float | None) -> None:
        to_ms(timeout)
        self._until = math.inf if timeout is None else time.monotonic() + timeout

    def left(self) -> float | None:
        """Seconds until then."""
        return None if self._until == math.inf else max(0.0, self._until - time.monotonic())

    def left_ms(self, most: int = _INT_MAX) -> int:
        """Milliseconds until then, so many at most."""
        left = max(0.0, self._until - time.monotonic())
        return math.ceil(min(left * 1000, most))

    def is_over(self) -> bool:
        """Whether it has come."""
        return time.monotonic() >= self._until


def raise_for(error: int, about: str = "") -> None:
    """Raises what a call has returned, unless that is DD_OK."""
    if error != ErrorCode.OK:
        raise Error.of(error, about)


# ---- Clients -----------------------------------------------------------------------------------


class BaseClient:
    """What :class:`Client` and :class:`AsyncClient` have in common; see there."""

    def __init__(
        self,
        endpoint: str,
        keyfile: str | None = None,
        name: str = "auto",
        *,
        keys: bytes | str | None = None,
        tenant: str | None = None,
        observer: bool = False,
        outbox_limit: int | None = None,
        events_limit: int | None = None,
        outcome_limit: float | None = None,
        connect_timeout: float | None = 10.0,
        log: Log | None = None,
        loop: "Loop | None" = None,
    ) -> None:
        """
        Args:
            endpoint: of a broker, ``tcp://HOST:PORT``, ``tcp://[V6]:PORT`` or ``ipc://PATH``;
                several with commas between them, perhaps after ``random:``.
            keyfile: a key file of a tenant, of public, or of an operator.
            name: what others call this client; the broker makes one up for ``auto``.
            keys: what stands in a key file, instead of one.
            tenant: the one that the keys must belong to.
            observer: it does nothing but ask, with :meth:`inspect`.
            outbox_limit, events_limit: bytes that may wait for the network, and for the program.
            outcome_limit: seconds after which a notification without an outcome counts as unknown.
            connect_timeout: seconds that ``with`` waits for the registration.
            log: is called with a :class:`LogLevel` and a line for each thing that goes on, on the
                library's thread; or a logger.
            loop: what its connection is to run in.

        Raises:
            Error: of the argument that can't be. A broker that isn't there is no error.
        """
        self._prepare()
        self._connect_timeout = connect_timeout
        self._started = False
        self._unsettled = 0
        self._pending: deque[Event] = deque()
        self._keys_of: dict[int, int] = {}
        self._subscribed: dict[tuple[bytes, bytes], int] = {}
        self._handle = Handle(
            self._maker(to_name(endpoint), keyfile, keys, to_name(name)),
            f"{type(self).__name__} {name!r} of {endpoint}",
        )
        try:
            self._set(tenant, observer, outbox_limit, events_limit, outcome_limit, log, loop)
        except BaseException:
            self._handle.end()
            raise

    def _prepare(self) -> None:
        """What a kind of client has of its own."""

    @staticmethod
    def _maker(
        endpoint: bytes, keyfile: str | None, keys: bytes | str | None, name: bytes
    ) -> Callable[[Any], int | None]:
        if (keyfile is None) == (keys is None):
            raise ArgumentError("either a key file or keys are needed")
        if keys is not None:
            text = to_data(keys)
            return partial(lib.dd_client_new_with_keys, endpoint, text, len(text), name)
        return partial(lib.dd_client_new, endpoint, to_name(str(keyfile)), name)

    def _set(
        self,
        tenant: str | None,
        observer: bool,
        outbox_limit: int | None,
        events_limit: int | None,
        outcome_limit: float | None,
        log: Log | None,
        loop: "Loop | None",
    ) -> None:
        if tenant is not None:
            self._do(lib.dd_client_set_tenant, to_name(tenant), about=tenant)
        if observer:
            self._do(lib.dd_client_set_observer)
        if outbox_limit is not None or events_limit is not None:
            default = 64 << 20
            self._do(
                lib.dd_client_set_limits,
                default if outbox_limit is None else outbox_limit,
                default if events_limit is None else events_limit,
            )
        if outcome_limit is not None:
            self._do(lib.dd_client_set_outcome_limit, to_ms(outcome_limit))
        if log is not None:
            self._do(lib.dd_client_set_log, on_log, self._handle.keep(to_log(log)))
        self._loop = loop
        self._handle.lasts = loop is None
        place = loop._handle if loop else shared_loop()
        place.call(partial(self._do, lib.dd_client_set_loop))

    def __repr__(self) -> str:
        return f"<{self._handle.shown}{' (closed)' if self.closed else ''}>"

    # ---- Calls of the library ------------------------------------------------------------------

    def _do(self, function: Any, *arguments: Any, about: str = "") -> None:
        raise_for(self._handle.call(function, *arguments), about)

    def _do_with_ref(self, function: Any, *arguments: Any, about: str = "") -> int:
        ref = ctypes.c_uint32()
        self._do(function, *arguments, ctypes.byref(ref), about=about)
        return ref.value

    def _do_with_problem(self, function: Any, *arguments: Any) -> None:
        problem = _library.Problem()
        if self._handle.call(function, *arguments, ctypes.byref(problem)) != ErrorCode.OK:
            raise error_of(problem)

    def _take(self, timeout_ms: int) -> Event | None:
        """The next event; None if there is none yet. ClosedError after the last one."""
        if self._pending:
            return self._pending.popleft()
        event = receive(self._handle, timeout_ms)
        if event is None and self._handle.over:
            raise ClosedError()
        return event

    def _close(self, timeout_ms: int) -> None:
        try:
            self._unsettled = self._handle.call(lib.dd_client_close, timeout_ms)
        except (ClosedError, ForkedError):
            pass
        self._handle.over = True

    def _drain(self, limit: int, timeout: float | None, stopped: Callable[[], bool]) -> None:
        """Waits for room in the outbox, in slices between which somebody may have it stop."""
        deadline = Deadline(timeout)
        while True:
            error = self._handle.call(lib.dd_client_drain, limit, deadline.left_ms(SLICE))
            if error != ErrorCode.TIMEOUT or deadline.is_over() or stopped():
                return raise_for(error)

    def _check_started(self) -> None:
        if not self._started and not self.closed:
            raise ArgumentError("it has not been started")

    def _check_thread(self) -> None:
        if self._handle.runs_here():
            raise ArgumentError("a callback can't wait for its own client")

    # ---- Before the start ----------------------------------------------------------------------

    def _wrap(self, callback: Callback) -> Callback:
        """What the library's thread calls to have that called."""
        return callback

    def on(self, kind: Kind, callback: Callback | None) -> None:
        """Has events of one class, such as ``dd.Gap``, given to a callback, and all others as
        without this; None takes that back. Only before the start.

        A :class:`Client` calls it on the library's thread, where it must not wait for anything; an
        :class:`AsyncClient` in its event loop, where it may be a coroutine function.
        """
        number = int(kind.type if isinstance(kind, type) else kind)
        self._replace(number, callback, lib.dd_client_on, number)

    def set_callback(self, callback: Callback | None) -> None:
        """Has all events given to a callback that no other is for; as :meth:`on`."""
        self._replace(0, callback, lib.dd_client_set_callback)

    def _replace(self, number: int, callback: Callback | None, function: Any, *which: int) -> None:
        key = 0 if callback is None else self._handle.keep(self._wrap(callback))
        entry = _library.NO_CALLBACK if callback is None else on_event
        try:
            self._do(function, *which, entry, key, about="only before the start")
        except BaseException:
            self._handle.drop(key)
            raise
        self._handle.drop(self._keys_of.pop(number, 0))
        self._keys_of[number] = key

    def start(self) -> Self:
        """Connects and registers in the background, again whenever the connection ends, and waits
        for nothing. ``with client.start():`` doesn't wait either."""
        self._do(lib.dd_client_start, about="it has been started")
        self._started = True
        return self

    # ---- Sending -------------------------------------------------------------------------------

    def notify(
        self, destination: str, data: Data = b"", *, receipt: bool = False, outcome: bool = False
    ) -> int:
        """Sends a notification to one client, and waits for nothing.

        It has exactly one outcome. Where it doesn't arrive, or may not have, a :class:`Failure` with
        the number that this returns says why. ``outcome`` asks for a :class:`Delivered` else, and
        ``receipt`` for a :class:`Receipt` once the program at the destination has taken it.

        Raises:
            OutboxFullError: ``drain()`` waits until it is worth while to try again.
            Error: dd_client(3) lists them.
        """
        payload = to_data(data)
        flags = (WANT_RECEIPT if receipt else 0) | (WANT_OUTCOME if outcome else 0)
        name = to_name(destination)
        return self._do_with_ref(
            lib.dd_client_notify, name, payload, len(payload), flags, about=destination
        )

    def publish(self, topic: str, data: Data = b"") -> None:
        """Publishes on a topic, and waits for nothing."""
        payload = to_data(data)
        self._do(lib.dd_client_publish, to_name(topic), payload, len(payload), about=topic)

    def subscribe(self, topic: str, scope: str = "all", callback: Callback | None = None) -> None:
        """Subscribes to a topic within ``all``, ``region``, ``cluster``, ``node``, ``noscope``, or
        a path such as ``/1/2/``; also before the start. It lasts until :meth:`unsubscribe`.

        What it brings goes to the callback, which is called as those of :meth:`on`; without one, to
        where all events go. Who subscribes again replaces the callback.
        """
        names = to_name(topic), to_name(scope)
        if callback is None:
            return self._do(lib.dd_client_subscribe, *names, about=f"{topic}@{scope}")
        key = self._subscribed.get(names) or self._handle.keep(callback)
        # What is on its way to the one before comes to this one.
        self._handle.replace(key, self._wrap(callback))
        self._subscribed[names] = key
        try:
            self._do(lib.dd_client_subscribe_to, *names, on_event, key, about=f"{topic}@{scope}")
        except BaseException:
            self._handle.drop(self._subscribed.pop(names))
            raise

    def unsubscribe(self, topic: str, scope: str = "all") -> None:
        """Takes a subscription back."""
        names = to_name(topic), to_name(scope)
        self._do(lib.dd_client_unsubscribe, *names, about=f"{topic}@{scope}")
        self._handle.drop(self._subscribed.pop(names, 0))

    def send_request(
        self,
        destination: str,
        data: Data = b"",
        timeout: float | None = 10.0,
        callback: Callback | None = None,
    ) -> int:
        """Sends a request, and waits for nothing. Its end is exactly one :class:`Reply`, for the
        callback, which is called as those of :meth:`on`, or where all events go."""
        return self._send_request(
            destination, data, timeout, self._wrap(callback) if callback else None
        )

    def _send_request(
        self, destination: str, data: Data, timeout: float | None, hand: Callback | None
    ) -> int:
        payload = to_data(data)
        arguments = (to_name(destination), payload, len(payload), to_ms(timeout))
        if hand is None:
            return self._do_with_ref(
                lib.dd_client_send_request, *arguments, _library.NO_CALLBACK, 0, about=destination
            )
        key = self._handle.keep_once(hand)
        try:
            return self._do_with_ref(
                lib.dd_client_send_request, *arguments, on_event, key, about=destination
            )
        except Error:
            self._handle.drop(key)
            raise

    def reply(self, request: Notification, data: Data = b"") -> None:
        """Answers a request, whenever it is; the first reply counts.

        Raises:
            ArgumentError: it is no request.
        """
        payload = to_data(data)
        asked = _library.Event(
            type=EventType.NOTIFICATION,
            ref=request.ref,
            source=to_name(request.source),
            topic=b"",
            scope=b"",
            text=b"",
            endpoint=b"",
            is_request=request.is_request,
        )
        self._do(
            lib.dd_client_reply, ctypes.byref(asked), payload, len(payload), about=request.source
        )

    # ---- Looking into the tree -----------------------------------------------------------------

    def trace(self, destination: str) -> int:
        """Has brokers tell how a notification would fare: a :class:`Hop` from each, and at the end
        a :class:`Receipt` or a :class:`Failure`, all with the number that this returns."""
        return self._do_with_ref(lib.dd_client_trace, to_name(destination), about=destination)

    def inspect(
        self, what: str = "tree", broker: str | None = None, first: int = 0, rows: int = 0
    ) -> int:
        """Asks brokers about the ``tree``, ``clients``, ``subscriptions`` or ``events``: all, or the
        one of that id; for all rows, or so many from the first. Each answers with a
        :class:`Report` of the number that this returns."""
        question = _library.Question(
            to_name(what), to_name(broker) if broker is not None else None, first, rows
        )
        return self._do_with_ref(lib.dd_client_inspect, ctypes.byref(question), about=what)

    def control(self, broker: str, what: str, argument: str) -> int:
        """For operators: has the broker of that id do something, as dd_client(3) lists it. The
        :class:`Report` about it has the number that this returns."""
        return self._do_with_ref(
            lib.dd_client_control, to_name(broker), to_name(what), to_name(argument), about=what
        )

    @property
    def rtt(self) -> float | None:
        """Seconds that the last heartbeat took to the broker and back; None before the first."""
        microseconds = self._handle.call(lib.dd_client_rtt_us)
        return microseconds / 1e6 if microseconds else None

    # ---- The rest ------------------------------------------------------------------------------

    def set_keys(self, keyfile: str | None = None, *, keys: bytes | str | None = None) -> None:
        """Has the client use another key file from now on, or what stands in one: a successor of
        the one in use, as ddkeys(1) makes them. No message is lost, and the connection stays."""
        if (keyfile is None) == (keys is None):
            raise ArgumentError("either a key file or keys are needed")
        if keys is not None:
            text = to_data(keys)
            self._do_with_problem(lib.dd_client_set_keys_from, text, len(text))
        else:
            self._do_with_problem(lib.dd_client_set_keys, to_name(str(keyfile)))

    def fileno(self) -> int:
        """A descriptor that is readable while events wait, for select() and its like."""
        return int(self._handle.call(lib.dd_client_fd))

    @property
    def closed(self) -> bool:
        """Whether it has ended: nothing can be sent, and no event comes but those that wait."""
        return self._handle.over


def reply_or_raise(reply: Reply) -> Reply:
    """The end of a request, if that is a reply."""
    if reply.exception:
        raise reply.exception
    return reply
