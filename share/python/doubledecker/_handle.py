# SPDX-License-Identifier: LGPL-2.1-or-later
"""A dd_client_t that any thread may call, and what the library's thread calls.

The library takes dd_client_destroy() for the last call on a client. So each call is counted here,
and the end waits for those that are under way. The same holds for callbacks at the interpreter's
end: all clients end before it, while Python code can still run.
"""

import atexit
import ctypes
import itertools
import os
import threading
import warnings
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

from . import _library
from ._library import lib
from .errors import ClosedError, Error, ForkedError
from .events import Event, EventType, from_library

#: ms for outcomes of a client that nobody has closed.
_LAST_WAIT = 1000
#: Seconds at the interpreter's end for calls of threads that go on beyond it.
_PATIENCE = 5.0

_handles: "weakref.WeakSet[Handle]" = weakref.WeakSet()
_keys = itertools.count(1)
#: Whose callback it is, by the number that the library is given for it.
_owners: "weakref.WeakValueDictionary[int, Handle]" = weakref.WeakValueDictionary()
#: Threads in which a callback runs.
_calling: set[int] = set()


def in_callback() -> bool:
    """Whether this is a thread of the library, which nothing may keep waiting."""
    return threading.get_ident() in _calling


class Handle:
    """A client of the library, which ends with :meth:`end`, or when nobody has this any more."""

    def __init__(self, make: Callable[[Any], int | None], shown: str) -> None:
        self.shown = shown
        self.forked = False
        self.over = False  #: there will be no other event than those that wait
        self._pointer: int | None = None
        self._calls = 0
        self._ended = False
        self._callbacks: dict[int, Callable[..., object]] = {}
        self._once: set[int] = set()
        self.rest: deque[Event] = deque()
        self._make_locks()
        problem = _library.Problem()
        self._pointer = make(ctypes.byref(problem))
        if not self._pointer:
            raise error_of(problem)
        _handles.add(self)

    def _make_locks(self) -> None:
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._gone = threading.Event()

    # ---- Calls ---------------------------------------------------------------------------------

    def call(self, function: Any, *arguments: Any) -> Any:
        """Calls a function of the library with the client, and returns what it does."""
        counted = False
        try:
            with self._lock:
                if self._ended:
                    raise ClosedError()
                if self.forked:
                    raise ForkedError()
                # Python looks for signals at calls, and there is none between these two.
                self._calls += 1
                counted = True
            return function(self._pointer, *arguments)
        finally:
            if counted:
                self._leave()

    def _leave(self) -> None:
        with self._lock:
            self._calls -= 1
            if self._ended:
                self._idle.notify_all()

    def end(self, keep: bool = False, patience: float | None = None) -> None:
        """Frees the client, once all calls have returned; keeps events that wait, if they are to
        be. On a thread of the library that is left to another one. The patience is in seconds; a
        client that it is over for stays."""
        if in_callback():
            threading.Thread(target=self.end, daemon=True).start()
            return
        with self._lock:
            self.over = self._ended = True
            if not self._idle.wait_for(lambda: self._calls == 0, patience):
                return
            pointer, self._pointer = self._pointer, None
        if pointer:
            self._destroy(pointer, keep)

    def _destroy(self, pointer: int, keep: bool) -> None:
        while keep and (event := _receive(pointer, 0)) is not None:
            self.rest.append(event)
        lib.dd_client_destroy(ctypes.byref(ctypes.c_void_p(pointer)))
        self._callbacks.clear()
        self._gone.set()

    def end_in_time(self) -> None:
        """The same where others may be using the client still, which they can't any more then."""
        try:
            self.call(lib.dd_client_close, _LAST_WAIT)
        except Error:
            pass
        self.end(patience=_PATIENCE)

    def take_rest(self) -> Event:
        """What was kept of a client that has ended, or is just ending; ClosedError after that."""
        self._gone.wait(_PATIENCE)
        try:
            return self.rest.popleft()
        except IndexError:
            raise ClosedError() from None

    def __del__(self) -> None:
        if not self._pointer:
            return
        if not self.forked:
            warnings.warn(f"unclosed {self.shown}", ResourceWarning, source=self, stacklevel=2)
        self.end()

    def inherit(self) -> None:
        """In the child of a fork: threads that were in a call aren't here, nor may be their locks."""
        self.forked = True
        self._calls = 0
        self._make_locks()

    # ---- Callbacks -----------------------------------------------------------------------------

    def keep(self, callback: Callable[..., object]) -> int:
        """Keeps a callback for as long as the client; the library is given this number for it."""
        key = next(_keys)
        self._callbacks[key] = callback
        _owners[key] = self
        return key

    def keep_once(self, callback: Callable[..., object]) -> int:
        """The same for one that is called once."""
        key = self.keep(callback)
        self._once.add(key)
        return key

    def drop(self, key: int) -> None:
        """Forgets a callback that won't be called any more."""
        self._callbacks.pop(key, None)
        self._once.discard(key)
        _owners.pop(key, None)

    def note(self, event: Event) -> None:
        """What an event says of the client, wherever it goes."""
        if event.type == EventType.CLOSED:
            self.over = True

    def call_back(self, key: int, *arguments: object) -> None:
        """Calls what was kept, if it still is."""
        callback = self._callbacks.get(key)
        if key in self._once:
            self.drop(key)
        if callback:
            callback(*arguments)


def error_of(problem: _library.Problem) -> Error:
    """What the library says is wrong."""
    return Error.saying(problem.error, problem.text.decode("utf-8", "replace"))


def _enter(key: int, *arguments: object) -> None:
    owner = _owners.get(key)
    if not owner:
        return
    if isinstance(arguments[0], Event):
        owner.note(arguments[0])
    thread = threading.get_ident()
    _calling.add(thread)
    try:
        owner.call_back(key, *arguments)
    finally:
        # This may be the last to have it.
        del owner
        _calling.discard(thread)


@_library.EVENT_CALLBACK
def on_event(_client: int, event: Any, key: int) -> None:
    """The one function for events that the library knows."""
    _enter(key, from_library(event.contents))


@_library.LOG
def on_log(key: int, level: int, text: bytes) -> None:
    """The one function for lines of a log that the library knows."""
    _enter(key, level, text.decode("utf-8", "replace"))


def _receive(pointer: int | None, timeout_ms: int) -> Event | None:
    taken = lib.dd_client_receive(pointer, timeout_ms)
    if not taken:
        return None
    try:
        return from_library(taken.contents)
    finally:
        lib.dd_event_destroy(ctypes.byref(taken))


def receive(handle: Handle, timeout_ms: int) -> Event | None:
    """The next event; None if there is none, or if a signal came."""
    try:
        event: Event | None = handle.call(_receive, timeout_ms)
    except ClosedError:
        return handle.take_rest()
    if event:
        handle.note(event)
    return event


# ---- Processes ---------------------------------------------------------------------------------


def _end_all() -> None:
    for handle in list(_handles):
        handle.end_in_time()


def _inherit_all() -> None:
    _calling.clear()
    for handle in list(_handles):
        handle.inherit()


atexit.register(_end_all)
os.register_at_fork(after_in_child=_inherit_all)
