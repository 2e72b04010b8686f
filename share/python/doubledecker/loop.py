# SPDX-License-Identifier: LGPL-2.1-or-later
"""What connections run in, for programs that want it their own way."""

from types import TracebackType
from typing import Self

from ._base import raise_for, to_ms
from ._handle import LoopHandle
from ._library import lib
from .errors import ErrorCode


class Loop:
    """Runs the connections of the clients that are made with ``loop=`` this, and their callbacks.

    All others share one that has a thread of the library's, so hardly any program needs this: one
    whose callbacks would hold up others, one that keeps several processors busy, or one that runs
    connections where it waits for everything else::

        loop = dd.Loop()
        asyncio.get_running_loop().add_reader(loop, loop.run_once, 0)

    Closed or not, it goes on for as long as it has clients.
    """

    def __init__(self) -> None:
        self._handle = LoopHandle(lib.dd_loop_new, "Loop")
        self._has_thread = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> Self:
        """Has a thread run it."""
        raise_for(self._handle.call(lib.dd_loop_start), "the loop is run by somebody")
        self._has_thread = True
        return self

    @property
    def has_thread(self) -> bool:
        """Whether a thread of the library's runs it."""
        return self._has_thread

    def fileno(self) -> int:
        """Without a thread: a descriptor that is readable when there is something to do for
        :meth:`run_once`."""
        descriptor: int = self._handle.call(lib.dd_loop_fd)
        if descriptor < 0:
            raise_for(ErrorCode.ARGUMENT if self._has_thread else ErrorCode.LIMIT, "no descriptor")
        return descriptor

    def run_once(self, timeout: float | None = None) -> bool:
        """Without a thread: waits up to so many seconds for something to do, does it, and calls
        back. False if another thread does so, which some client's wait may be."""
        error = self._handle.call(lib.dd_loop_run_once, to_ms(timeout))
        if error == ErrorCode.ARGUMENT and not self._has_thread:
            return False
        raise_for(error, "the loop has a thread")
        return True

    def close(self) -> None:
        """Gives it up; it ends with its last client."""
        self._handle.end()
