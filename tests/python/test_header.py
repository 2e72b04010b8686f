# SPDX-License-Identifier: LGPL-2.1-or-later
"""The module against dd.h: every function, every constant, every structure, and the library's name."""

import ctypes
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import doubledecker as dd
from doubledecker import _library
from world import BUILD, TOP

HEADER = (TOP / "libdd/include/dd.h").read_text()
PLAIN = re.sub(r"/\*.*?\*/", "", HEADER, flags=re.S)
SOURCES = "".join(path.read_text() for path in Path(dd.__file__).parent.glob("*.py"))

#: C's types as they are given to ctypes. What is data is given as bytes.
TYPES = {
    "void": None,
    "bool": ctypes.c_bool,
    "int": ctypes.c_int,
    "unsigned": ctypes.c_uint,
    "size_t": ctypes.c_size_t,
    "uint64_t": ctypes.c_uint64,
    "uint32_t": ctypes.c_uint32,
    "uint32_t *": _library.REF,
    "dd_error_t": ctypes.c_int,
    "dd_event_type_t": ctypes.c_int,
    "dd_log_level_t": ctypes.c_int,
    "const char *": ctypes.c_char_p,
    "const void *": ctypes.c_char_p,
    "void *": ctypes.c_void_p,
    "dd_client_t *": _library.CLIENT,
    "const dd_client_t *": _library.CLIENT,
    "dd_client_t **": ctypes.POINTER(_library.CLIENT),
    "dd_loop_t *": _library.LOOP,
    "dd_loop_t **": ctypes.POINTER(_library.LOOP),
    "dd_problem_t *": _library.PROBLEM,
    "const dd_question_t *": ctypes.POINTER(_library.Question),
    "const dd_event_t *": _library.EVENT,
    "dd_event_t *": _library.EVENT,
    "dd_event_t **": ctypes.POINTER(_library.EVENT),
    "dd_event_callback_t *": _library.EVENT_CALLBACK,
    "dd_log_t *": _library.LOG,
}

def type_of(declaration):
    """The type of "const char *name"."""
    return re.sub(r"\s*(\w+)\s*$", "", declaration) if not declaration.endswith("*") else declaration


def functions():
    """Names of exported functions, with what each returns and takes."""
    pattern = r"DD_EXPORT\s+([\w ]+?\**)\s*(\w+)\(([^)]*)\);"
    for result, name, arguments in re.findall(pattern, PLAIN):
        words = [" ".join(argument.split()) for argument in arguments.split(",")]
        yield name, result, [type_of(word) for word in words if word != "void"]


def enum(name):
    """The members of an enum, as {name: value}."""
    body = re.search(r"typedef enum \{([^}]*)\} " + name, PLAIN).group(1)
    result, following = {}, 0
    for member, value in re.findall(r"(\w+)(?:\s*=\s*(\d+))?\s*(?:,|$)", body.strip()):
        following = int(value) if value else following
        result[member] = following
        following += 1
    return result


class Header(unittest.TestCase):
    def test_every_function_is_declared_as_in_the_header(self):
        found = {name: (result, arguments) for name, result, arguments in functions()}
        self.assertGreater(len(found), 30)
        self.assertEqual(set(found), set(_library.FUNCTIONS))
        for name, (result, arguments) in found.items():
            with self.subTest(name):
                declared_result, declared = _library.FUNCTIONS[name]
                self.assertIs(TYPES[result.replace(" *", " *").strip()], declared_result)
                self.assertEqual([TYPES[one] for one in arguments], list(declared))

    def test_every_function_is_used(self):
        for name in _library.FUNCTIONS:
            used = re.search(rf"\blib\.{name}\b", SOURCES.replace("_lib.", "lib."))
            self.assertTrue(used, name)

    def test_every_error_is_known(self):
        values = {name.removeprefix("DD_E_").removeprefix("DD_"): value
                  for name, value in enum("dd_error_t").items()}
        self.assertGreater(len(values), 30)
        self.assertEqual(values, {code.name: code.value for code in dd.ErrorCode})

    def test_every_error_has_a_class(self):
        classes = [one for one in vars(dd).values()
                   if isinstance(one, type) and issubclass(one, dd.Error) and one is not dd.Error]
        self.assertEqual(sorted(one.code for one in classes), sorted(dd.ErrorCode)[1:])
        for one in classes:
            self.assertIs(type(dd.Error.of(one.code)), one)

    def test_every_event_is_known(self):
        values = {name.removeprefix("DD_EVENT_"): value
                  for name, value in enum("dd_event_type_t").items()}
        self.assertEqual(values, {one.name: one.value for one in dd.EventType})
        classes = [one for one in vars(dd).values()
                   if isinstance(one, type) and issubclass(one, dd.Event) and one is not dd.Event]
        self.assertEqual(sorted(one.type for one in classes), sorted(dd.EventType))

    def test_every_level_is_known(self):
        values = {name.removeprefix("DD_LOG_"): value
                  for name, value in enum("dd_log_level_t").items()}
        self.assertEqual(values, {one.name: one.value for one in dd.LogLevel})

    def test_every_number_is_the_header_s(self):
        names = re.findall(r"^#define DD_(\w+) +[(0-9]", PLAIN, flags=re.M)
        self.assertGreater(len(names), 8)
        lines = self.run_c("".join(f'printf("{name} %zu\\n", (size_t)DD_{name});\n' for name in names))
        for name, value in map(str.split, lines):
            self.assertEqual(getattr(dd, name), int(value), name)

    def test_structures_are_laid_out_as_in_the_header(self):
        structures = {"problem": _library.Problem, "question": _library.Question,
                      "event": _library.Event}
        names = set(re.findall(r"^\} dd_(\w+)_t;", re.sub(r"typedef enum \{[^}]*\} \w+;", "", PLAIN),
                               flags=re.M)) | set(re.findall(r"^struct dd_(\w+) \{", PLAIN, flags=re.M))
        self.assertEqual(names, set(structures))
        for name, structure in structures.items():
            fields = "".join(
                f'printf("%zu %zu\\n", offsetof(dd_{name}_t, {field}), sizeof ((dd_{name}_t *)0)->{field});\n'
                for field, _ in structure._fields_)
            size, *lines = self.run_c(f'printf("%zu\\n", sizeof(dd_{name}_t));\n' + fields)
            self.assertEqual(int(size), ctypes.sizeof(structure), name)
            for (field, _), line in zip(structure._fields_, lines, strict=True):
                place = getattr(structure, field)
                self.assertEqual(line, f"{place.offset} {place.size}", f"{name}.{field}")

    def test_it_is_of_the_version_of_the_library(self):
        self.assertEqual(dd.__version__, re.search(r'#define DD_VERSION "(.*)"', HEADER).group(1))
        self.assertEqual(dd.version(), dd.__version__)

    def test_it_loads_the_library_by_its_name(self):
        number = re.search(r"^SOVERSION := (\d+)", (TOP / "Makefile").read_text(), flags=re.M).group(1)
        self.assertEqual(_library.SONAME, f"libdd.so.{number}")

    def test_texts_are_the_library_s(self):
        self.assertEqual(dd.strerror(6), "no such destination")
        self.assertEqual(dd.ErrorCode.OK.text, "no error")

    def run_c(self, statements):
        """The lines that such statements print."""
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "program"
            source = program.with_suffix(".c")
            source.write_text("#include <dd.h>\n#include <stdio.h>\nint main(void)\n{\n"
                              f"{statements}return 0;\n}}\n")
            compiler = os.environ.get("CC", "cc").split()
            subprocess.run([*compiler, "-std=c11", "-I", TOP / "libdd/include", "-o", program, source],
                           check=True)
            return subprocess.run([program], check=True, text=True,
                                  stdout=subprocess.PIPE).stdout.splitlines()


class Loading(unittest.TestCase):
    def load(self, place):
        program = "import doubledecker\nprint(doubledecker.version())"
        environment = {k: v for k, v in os.environ.items() if k != _library.VARIABLE}
        environment[_library.VARIABLE] = str(place)
        done = subprocess.run([sys.executable, "-c", program], env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def test_a_folder_or_a_file(self):
        name = f"libdd.so.{dd.__version__}"
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).symlink_to(BUILD / name)
            (Path(folder) / "libdd.so.1.0.0").touch()  # that of an older build isn't taken
            for place in (folder, BUILD / name):
                self.assertEqual(self.load(place), (0, f"{dd.__version__}\n"))

    def test_a_place_without_a_library(self):
        with tempfile.TemporaryDirectory() as folder:
            status, output = self.load(folder)
        self.assertEqual(status, 1)
        self.assertIn("ImportError: doubledecker needs libdd: ", output)
        self.assertIn("DD_LIBRARY", output)

    def test_a_library_that_is_too_old(self):
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder) / "libdd.so.1"
            source = library.with_suffix(".c")
            source.write_text("int dd_strerror(int error) { return error; }\n")
            subprocess.run([*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", "-o", library,
                            source], check=True)
            status, output = self.load(library)
        self.assertEqual(status, 1)
        self.assertIn(f"is older than {dd.__version__}", output)


if __name__ == "__main__":
    unittest.main()
