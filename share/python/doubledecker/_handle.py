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

_keys = itertools.count(1)
#: Whose callback it is, by the number that the library is given for it.
_owners: "weakref.WeakValueDictionary[int, Handle]" = weakref.WeakValueDictionary()
#: By thread, whose callbacks run there: those inside run while an outer one waits.
_calling: dict[int, list["Handle"]] = {}


#: What connections run in that were given nothing else, once there was one; it lasts.
_shared: "LoopHandle | None" = None
#: Threads that stay known to Python between callbacks.
_known: set[int] = set()


def in_callback() -> bool:
    """Whether a callback runs on this thread, which keeps others waiting."""
    return threading.get_ident() in _calling


class Counted:
    """Something of the library that is there for as long as anybody is in a call with it."""

    _all: "weakref.WeakSet[Counted]" = weakref.WeakSet()

    def __init__(self, make: Callable[[Any], int | None], shown: str) -> None:
        self.shown = shown
        self.forked = False
        self._pointer: int | None = None
        self._calls = 0
        self._ended = False
        self._make_locks()
        problem = _library.Problem()
        self._pointer = make(ctypes.byref(problem))
        if not self._pointer:
            raise error_of(problem)
        Counted._all.add(self)

    def _make_locks(self) -> None:
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._gone = threading.Event()

    def call(self, function: Any, *arguments: Any) -> Any:
        """Calls a function of the library with it, and returns what that does."""
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
        """Frees it, once all calls have returned; keeps what is in it, if that is to be. In a
        callback that is left to another thread. The patience is in seconds; what it is over for
        stays."""
        if in_callback():
            threading.Thread(target=self.end, args=(keep,), daemon=True).start()
            return
        with self._lock:
            self._ended = True
            if not self._idle.wait_for(lambda: self._calls == 0, patience):
                return
            pointer, self._pointer = self._pointer, None
        if pointer:
            self._free(pointer, keep)
            self._gone.set()

    def _free(self, pointer: int, keep: bool) -> None:
        raise NotImplementedError

    def end_in_time(self) -> None:
        """The same at the end of the interpreter, where threads may be in calls still."""
        self.end(patience=_PATIENCE)

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


class LoopHandle(Counted):
    """A loop of the library, which lives on for as long as it has clients."""

    def _free(self, pointer: int, keep: bool) -> None:
        lib.dd_loop_destroy(ctypes.byref(ctypes.c_void_p(pointer)))


def shared_loop() -> LoopHandle:
    """The loop of all clients that are given none. The library's own would do, but that ends with
    the last client, and its thread with it."""
    global _shared
    if not _shared:
        _shared = LoopHandle(lib.dd_loop_new, "Loop")
        _shared.call(lib.dd_loop_start)
    return _shared


class Handle(Counted):
    """A client of the library, with what that calls back."""

    def __init__(self, make: Callable[[Any], int | None], shown: str) -> None:
        self.lasts = False  #: the thread that calls back does, for as long as the interpreter
        self.over = False  #: there will be no other event than those that wait
        self._rest: deque[Event] = deque()
        self._callbacks: dict[int, Callable[..., object]] = {}
        self._once: set[int] = set()
        super().__init__(make, shown)

    def _free(self, pointer: int, keep: bool) -> None:
        self.over = True
        while keep and (event := _receive(pointer, 0)) is not None:
            self._rest.append(event)
        lib.dd_client_destroy(ctypes.byref(ctypes.c_void_p(pointer)))
        self._callbacks.clear()

    def end_in_time(self) -> None:
        """Who waits for it doesn't any more."""
        try:
            self.call(lib.dd_client_close, _LAST_WAIT)
        except Error:
            pass
        super().end_in_time()

    def take_rest(self) -> Event:
        """What was kept of a client that has ended, or is just ending; ClosedError after that."""
        self._gone.wait(_PATIENCE)
        try:
            return self._rest.popleft()
        except IndexError:
            raise ClosedError() from None

    def runs_here(self) -> bool:
        """Whether one of its callbacks runs on this thread."""
        return self in _calling.get(threading.get_ident(), ())

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

    def replace(self, key: int, callback: Callable[..., object]) -> None:
        """Has another one called from now on."""
        self._callbacks[key] = callback

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


def _make_known(thread: int) -> None:
    """Keeps what Python has of a thread that it hasn't begun, until the end. Else it would be made
    and freed for each callback, under a lock with which Python 3.11 may let a child of a fork
    begin."""
    ctypes.pythonapi.PyGILState_Ensure()
    _known.add(thread)


def _enter(key: int, *arguments: object) -> None:
    owner = _owners.get(key)
    if not owner:
        return
    if owner.lasts and threading.get_ident() not in _known:
        _make_known(threading.get_ident())
    if isinstance(arguments[0], Event):
        owner.note(arguments[0])
    thread = threading.get_ident()
    running = _calling.setdefault(thread, [])
    running.append(owner)
    try:
        owner.call_back(key, *arguments)
    finally:
        # This may be the last to have it.
        del owner
        running.pop()
        if not running:
            del _calling[thread]


def _on_event(_client: int, event: Any, key: int) -> None:
    _enter(key, from_library(event.contents))


def _on_log(key: int, level: int, text: bytes) -> None:
    _enter(key, level, text.decode("utf-8", "replace"))


#: The only functions that the library knows, for as long as the module is there.
on_event = _library.EVENT_CALLBACK(_on_event)
on_log = _library.LOG(_on_log)


def taken(event: Any) -> Event | None:
    """An event of the library that is ours, and is freed here."""
    if not event:
        return None
    try:
        return from_library(event.contents)
    finally:
        lib.dd_event_destroy(ctypes.byref(event))


def _receive(pointer: int | None, timeout_ms: int) -> Event | None:
    return taken(lib.dd_client_receive(pointer, timeout_ms))


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
    for one in list(Counted._all):
        one.end_in_time()


def _inherit_all() -> None:
    global _shared
    _shared = None
    _calling.clear()
    _known.clear()
    for one in list(Counted._all):
        one.inherit()


atexit.register(_end_all)
os.register_at_fork(after_in_child=_inherit_all)
