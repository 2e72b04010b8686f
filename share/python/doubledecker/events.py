# SPDX-License-Identifier: LGPL-2.1-or-later
"""What clients are told, as small objects of a class for each type of event.

They are made for ``match``::

    match event:
        case dd.Notification(source=who, text=words):
            print(who, "says", words)
        case dd.Failure(error=dd.ErrorCode.NO_DESTINATION, text=name):
            print(name, "isn't there")

Nothing of them belongs to the library any more, so they may be kept for as long as you like.
"""

import ctypes
import enum
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from . import _library
from .errors import Error, ErrorCode


class EventType(enum.IntEnum):
    """dd_event_type_t"""

    REGISTERED = 1
    DISCONNECTED = 2
    CLOSED = 3
    NOTIFICATION = 4
    PUBLICATION = 5
    SUBSCRIBED = 6
    UNSUBSCRIBED = 7
    RECEIPT = 8
    ERROR = 9
    GAP = 10
    REPORT = 11
    HOP = 12
    DELIVERED = 13
    REPLY = 14


@dataclass(slots=True)
class Event:
    """What all events have: ``type``, and ``time``, when it came, in seconds of time.monotonic().

    One of this very class is of a type that this module doesn't know yet.
    """

    type: ClassVar[int] = 0
    time: float = field(default=0.0, kw_only=True, compare=False, repr=False)


class _WithReason:
    """Of events whose text says why something is so."""

    __slots__ = ()
    error: ErrorCode
    text: str

    @property
    def exception(self) -> Error:
        """The same as an error to be raised."""
        return Error.saying(self.error, self.text)


class _WithData:
    """Of events that have a payload."""

    __slots__ = ()
    data: bytes

    @property
    def text(self) -> str:
        """The payload as text in UTF-8."""
        return self.data.decode("utf-8", "replace")


@dataclass(slots=True)
class Registered(Event):
    """The client is registered: its full name; the broker's name, scope, and endpoint, of those
    given; and the bytes of the largest payload that may be sent."""

    type = EventType.REGISTERED
    name: str
    broker: str
    scope: str
    endpoint: str
    payload_max: int


@dataclass(slots=True)
class Disconnected(_WithReason, Event):
    """The connection ended, or can't be made, and the client comes back by itself. ``lost``
    publications were not sent any more."""

    type = EventType.DISCONNECTED
    error: ErrorCode
    text: str
    lost: int = 0


@dataclass(slots=True)
class Closed(_WithReason, Event):
    """The broker wants this client no more, and it has ended."""

    type = EventType.CLOSED
    error: ErrorCode
    text: str


@dataclass(slots=True)
class Notification(_WithData, Event):
    """Somebody's message to this client. If it is a request, ``client.reply()`` answers it."""

    type = EventType.NOTIFICATION
    source: str
    data: bytes
    is_request: bool = False
    ref: int = field(default=0, repr=False)


@dataclass(slots=True)
class Publication(_WithData, Event):
    """A message on a topic, and the scope of its publisher's broker."""

    type = EventType.PUBLICATION
    source: str
    topic: str
    scope: str
    data: bytes


@dataclass(slots=True)
class Subscribed(Event):
    """The broker has the subscription; the scope is the path that it is there."""

    type = EventType.SUBSCRIBED
    topic: str
    scope: str


@dataclass(slots=True)
class Unsubscribed(Event):
    """The subscription is gone."""

    type = EventType.UNSUBSCRIBED
    topic: str
    scope: str


@dataclass(slots=True)
class Receipt(Event):
    """The application at the destination has taken a notification that wanted a receipt."""

    type = EventType.RECEIPT
    ref: int
    destination: str


@dataclass(slots=True)
class Failure(Event):
    """DD_EVENT_ERROR: something that was asked for didn't happen. ``ref`` is that of the call; or
    topic and scope are those of a subscription, topic alone of a publication, and source of a
    payload that could not be opened."""

    type = EventType.ERROR
    error: ErrorCode
    text: str
    ref: int = 0
    topic: str = ""
    scope: str = ""
    source: str = ""

    @property
    def exception(self) -> Error:
        """The same as an error to be raised."""
        return Error.of(self.error, self.text or self.topic or self.source)


@dataclass(slots=True)
class Gap(Event):
    """``lost`` publications on a topic were lost; 0 if some may be."""

    type = EventType.GAP
    topic: str
    scope: str
    lost: int


@dataclass(slots=True)
class Report(Event):
    """A broker's answer to ``inspect()`` or ``control()``: its id, a JSON text, or an empty one of a
    broker that wasn't asked, and how many brokers are still to answer."""

    type = EventType.REPORT
    ref: int
    broker: str
    text: str
    left: int

    def json(self) -> Any:
        """The answer as an object; None of a broker that wasn't asked."""
        return json.loads(self.text) if self.text else None


@dataclass(slots=True)
class Hop(Event):
    """A broker's word about a trace: how many brokers were passed, its name and scope, what it did,
    and why it did not go on."""

    type = EventType.HOP
    ref: int
    passed: int
    broker: str
    scope: str
    text: str
    error: ErrorCode

    @property
    def exception(self) -> Error | None:
        """Why it did not go on, to be raised."""
        return Error.of(self.error, self.broker) if self.error else None


@dataclass(slots=True)
class Delivered(Event):
    """The library at the destination has a notification of which the outcome was wanted."""

    type = EventType.DELIVERED
    ref: int
    destination: str


@dataclass(slots=True)
class Reply(_WithData, Event):
    """The end of a request: the data, or the error for which there are none."""

    type = EventType.REPLY
    ref: int
    source: str
    data: bytes
    error: ErrorCode = ErrorCode.OK

    @property
    def exception(self) -> Error | None:
        """Why there is no reply, to be raised."""
        return Error.of(self.error, self.source) if self.error else None


# ---- From the library's ------------------------------------------------------------------------

_CODES = {int(code): code for code in ErrorCode}


def _text(value: bytes) -> str:
    """Names are UTF-8; what strangers wrote may be anything."""
    return value.decode("utf-8", "replace")


def _error(event: _library.Event) -> ErrorCode:
    return _CODES.get(event.error) or ErrorCode(event.error)


def _data(event: _library.Event) -> bytes:
    return ctypes.string_at(event.data, event.size) if event.size else b""


_MAKERS: dict[int, Callable[[Any], Event]] = {
    EventType.REGISTERED: lambda e: Registered(
        _text(e.source), _text(e.text), _text(e.scope), _text(e.endpoint), e.number
    ),
    EventType.DISCONNECTED: lambda e: Disconnected(_error(e), _text(e.text), e.number),
    EventType.CLOSED: lambda e: Closed(_error(e), _text(e.text)),
    EventType.NOTIFICATION: lambda e: Notification(
        _text(e.source), _data(e), e.is_request, e.ref
    ),
    EventType.PUBLICATION: lambda e: Publication(
        _text(e.source), _text(e.topic), _text(e.scope), _data(e)
    ),
    EventType.SUBSCRIBED: lambda e: Subscribed(_text(e.topic), _text(e.scope)),
    EventType.UNSUBSCRIBED: lambda e: Unsubscribed(_text(e.topic), _text(e.scope)),
    EventType.RECEIPT: lambda e: Receipt(e.ref, _text(e.source)),
    EventType.ERROR: lambda e: Failure(
        _error(e), _text(e.text), e.ref, _text(e.topic), _text(e.scope), _text(e.source)
    ),
    EventType.GAP: lambda e: Gap(_text(e.topic), _text(e.scope), e.number),
    EventType.REPORT: lambda e: Report(e.ref, _text(e.source), _text(e.text), e.number),
    EventType.HOP: lambda e: Hop(
        e.ref, e.number, _text(e.source), _text(e.scope), _text(e.text), _error(e)
    ),
    EventType.DELIVERED: lambda e: Delivered(e.ref, _text(e.source)),
    EventType.REPLY: lambda e: Reply(e.ref, _text(e.source), _data(e), _error(e)),
}


def from_library(event: _library.Event) -> Event:
    """A copy of an event of the library, which may then be freed."""
    maker = _MAKERS.get(event.type)
    result = maker(event) if maker else Event()
    result.time = event.time_us / 1e6
    return result
