# SPDX-License-Identifier: LGPL-2.1-or-later
"""libdd as ctypes sees it: what dd.h declares, and nothing else.

tests/python/test_header.py holds all of this against dd.h and the library itself.
"""

import ctypes
import os
from ctypes import POINTER, c_bool, c_char, c_char_p, c_int, c_size_t, c_uint, c_uint32, c_uint64, c_void_p
from typing import Any

#: The version of the dd.h that this follows.
VERSION = "1.1.0"
SONAME = "libdd.so.1"
#: Names the library, or the folder that has it, such as one that it is built in.
VARIABLE = "DD_LIBRARY"

TENANT_MAX = 63
CLIENT_MAX = 190
NAME_MAX = TENANT_MAX + 1 + CLIENT_MAX
TOPIC_MAX = 255
SCOPE_MAX = 49
BROKER_MAX = 63
PAYLOAD_MAX = 16 << 20
PAYLOAD_DEFAULT = 1 << 20

WANT_RECEIPT = 0x01
WANT_OUTCOME = 0x02


class Problem(ctypes.Structure):
    """dd_problem_t"""

    _fields_ = [("error", c_int), ("text", c_char * 512)]


class Question(ctypes.Structure):
    """dd_question_t"""

    _fields_ = [("what", c_char_p), ("broker", c_char_p), ("first", c_uint32), ("rows", c_uint32)]


class Event(ctypes.Structure):
    """dd_event_t"""

    _fields_ = [
        ("type", c_int),
        ("error", c_int),
        ("ref", c_uint32),
        ("number", c_uint64),
        ("source", c_char_p),
        ("topic", c_char_p),
        ("scope", c_char_p),
        ("text", c_char_p),
        ("data", c_void_p),
        ("size", c_size_t),
        ("time_us", c_uint64),
        ("endpoint", c_char_p),
        ("is_request", c_bool),
    ]


CLIENT = c_void_p
LOOP = c_void_p
EVENT = POINTER(Event)
PROBLEM = POINTER(Problem)
REF = POINTER(c_uint32)
EVENT_CALLBACK = ctypes.CFUNCTYPE(None, CLIENT, EVENT, c_void_p)
NO_CALLBACK = EVENT_CALLBACK(0)
LOG = ctypes.CFUNCTYPE(None, c_void_p, c_int, c_char_p)

#: What each function returns, and what it takes. Data is bytes, of which ctypes passes the address.
FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "dd_version": (c_char_p, ()),
    "dd_strerror": (c_char_p, (c_int,)),
    "dd_client_new": (CLIENT, (c_char_p, c_char_p, c_char_p, PROBLEM)),
    "dd_client_new_with_keys": (CLIENT, (c_char_p, c_char_p, c_size_t, c_char_p, PROBLEM)),
    "dd_client_close": (c_size_t, (CLIENT, c_int)),
    "dd_client_destroy": (None, (POINTER(CLIENT),)),
    "dd_client_set_tenant": (c_int, (CLIENT, c_char_p)),
    "dd_client_set_observer": (c_int, (CLIENT,)),
    "dd_client_set_limits": (c_int, (CLIENT, c_size_t, c_size_t)),
    "dd_client_set_outcome_limit": (c_int, (CLIENT, c_uint)),
    "dd_client_set_log": (c_int, (CLIENT, LOG, c_void_p)),
    "dd_client_set_callback": (c_int, (CLIENT, EVENT_CALLBACK, c_void_p)),
    "dd_client_on": (c_int, (CLIENT, c_int, EVENT_CALLBACK, c_void_p)),
    "dd_client_start": (c_int, (CLIENT,)),
    "dd_client_connect": (c_int, (CLIENT, c_int, PROBLEM)),
    "dd_client_set_keys": (c_int, (CLIENT, c_char_p, PROBLEM)),
    "dd_client_set_keys_from": (c_int, (CLIENT, c_char_p, c_size_t, PROBLEM)),
    "dd_client_notify": (c_int, (CLIENT, c_char_p, c_char_p, c_size_t, c_uint, REF)),
    "dd_client_request": (c_int, (CLIENT, c_char_p, c_char_p, c_size_t, c_int, POINTER(EVENT))),
    "dd_client_send_request": (
        c_int,
        (CLIENT, c_char_p, c_char_p, c_size_t, c_int, EVENT_CALLBACK, c_void_p, REF),
    ),
    "dd_client_reply": (c_int, (CLIENT, EVENT, c_char_p, c_size_t)),
    "dd_client_publish": (c_int, (CLIENT, c_char_p, c_char_p, c_size_t)),
    "dd_client_subscribe": (c_int, (CLIENT, c_char_p, c_char_p)),
    "dd_client_subscribe_to": (c_int, (CLIENT, c_char_p, c_char_p, EVENT_CALLBACK, c_void_p)),
    "dd_client_unsubscribe": (c_int, (CLIENT, c_char_p, c_char_p)),
    "dd_client_trace": (c_int, (CLIENT, c_char_p, REF)),
    "dd_client_inspect": (c_int, (CLIENT, POINTER(Question), REF)),
    "dd_client_control": (c_int, (CLIENT, c_char_p, c_char_p, c_char_p, REF)),
    "dd_client_receive": (EVENT, (CLIENT, c_int)),
    "dd_client_drain": (c_int, (CLIENT, c_size_t, c_int)),
    "dd_client_rtt_us": (c_uint64, (CLIENT,)),
    "dd_client_fd": (c_int, (CLIENT,)),
    "dd_loop_new": (LOOP, (PROBLEM,)),
    "dd_loop_destroy": (None, (POINTER(LOOP),)),
    "dd_client_set_loop": (c_int, (CLIENT, LOOP)),
    "dd_loop_start": (c_int, (LOOP,)),
    "dd_loop_fd": (c_int, (LOOP,)),
    "dd_loop_run_once": (c_int, (LOOP, c_int)),
    "dd_event_destroy": (None, (POINTER(EVENT),)),
}


def _place() -> str:
    """What to load: the loader knows where installed libraries are."""
    place = os.environ.get(VARIABLE)
    if not place:
        return SONAME
    if not os.path.isdir(place):
        return place
    # A build has the file of the version alone, beside those of older ones.
    built = os.path.join(place, f"libdd.so.{VERSION}")
    installed = os.path.join(place, SONAME)
    return built if os.path.exists(built) and not os.path.exists(installed) else installed


def _load() -> ctypes.CDLL:
    place = _place()
    try:
        # As all calls of a CDLL do, these let other threads of the interpreter run meanwhile.
        library = ctypes.CDLL(place)
    except OSError as error:
        raise ImportError(
            f"doubledecker needs libdd: {error}; install libdd1, or set {VARIABLE} to where it is"
        ) from None
    try:
        for name, (result, arguments) in FUNCTIONS.items():
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments
    except AttributeError as error:
        raise ImportError(f"{place} is older than {VERSION}: {error}") from None
    return library


lib = _load()
