"""Texts that match a regular expression, for `pattern` in a JSON Schema.

It reads literals, classes, `\\d \\w \\s .`, groups, alternatives, anchors and greedy or lazy quantifiers; the rest
(look-around, back references, properties) raises ValueError.
"""

from __future__ import annotations

import string

import numpy as np

_WORD = string.ascii_letters + string.digits + "_"
_CLASSES = {"d": string.digits, "w": _WORD, "s": " "}
_EVERYTHING = string.ascii_letters + string.digits + string.punctuation + " "
_CONTROL = {"n": "\n", "t": "\t", "r": "\r"}
_ANCHORS = ("b", "A", "Z")
_LONGEST = 20_000
_REPEATS = 3
"""More than the least by which an unbounded quantifier repeats at most."""


class PatternText:
    """Makes texts for one pattern."""

    def __init__(self, pattern: str, random: np.random.Generator) -> None:
        self._pattern = pattern
        self._at = 0
        self._atoms = 0
        self._random = random

    def make(self) -> str:
        """A text; ValueError where the pattern uses what is not read here."""
        self._at = self._atoms = 0
        text = self._alternatives()
        if self._at != len(self._pattern):
            raise ValueError(f"unbalanced parenthesis at {self._at}")
        return text

    def _peek(self) -> str:
        return self._pattern[self._at] if self._at < len(self._pattern) else ""

    def _next(self) -> str:
        character = self._peek()
        if not character:
            raise ValueError("the pattern ends too early")
        self._at += 1
        return character

    def _pick(self, characters: str) -> str:
        if not characters:
            raise ValueError("a class without a printable ASCII character")
        return characters[int(self._random.integers(len(characters)))]

    def _alternatives(self) -> str:
        options = [self._sequence()]
        while self._peek() == "|":
            self._next()
            options.append(self._sequence())
        return options[int(self._random.integers(len(options)))]

    def _sequence(self) -> str:
        text = ""
        while self._peek() not in ("", "|", ")"):
            start = self._at
            piece = self._atom()
            after_atom = self._at
            least, most = self._quantifier()
            after_quantifier = self._at
            for index in range(int(self._random.integers(least, most + 1))):
                if index:  # read the atom again, for another choice in it
                    self._at = start
                    piece = self._atom()
                text += piece
            self._at = max(after_atom, after_quantifier)
        return text

    def _atom(self) -> str:
        self._atoms += 1
        if self._atoms > _LONGEST:
            raise ValueError(f"the pattern asks for more than {_LONGEST} characters")
        character = self._next()
        match character:
            case "(":
                return self._group()
            case "[":
                return self._pick(self._class())
            case ".":
                return self._pick(_WORD)
            case "^" | "$":
                return ""
            case "\\":
                return self._escape()
            case "*" | "+" | "?":
                raise ValueError(f"nothing to repeat at {self._at}")
        return character

    def _group(self) -> str:
        if self._peek() == "?":
            self._next()
            kind = self._next()
            if kind == "P" and self._peek() == "<":
                kind = self._next()
            if kind == "<" and self._peek() not in ("=", "!"):
                while self._next() != ">":
                    pass
            elif kind != ":":
                raise ValueError("look-around and other extensions are not read")
        text = self._alternatives()
        if self._next() != ")":
            raise ValueError("a group is not closed")
        return text

    def _escape(self) -> str:
        character = self._next()
        if character in _ANCHORS:
            return ""
        if character.lower() in _CLASSES:
            return self._pick(self._escaped_class(character))
        if character.isalnum() and character not in _CONTROL:
            raise ValueError(f"\\{character} is not read")
        return _CONTROL.get(character, character)

    @staticmethod
    def _escaped_class(character: str) -> str:
        inside = _CLASSES[character.lower()]
        return inside if character.islower() else "".join(c for c in _EVERYTHING if c not in inside)

    def _class(self) -> str:
        negated = self._peek() == "^"
        if negated:
            self._next()
        inside, first = "", True
        while first or self._peek() != "]":
            first = False
            character = self._next()
            if character == "\\":
                character = self._next()
                if character.lower() in _CLASSES:
                    inside += self._escaped_class(character)
                    continue
                character = _CONTROL.get(character, character)
            if self._peek() == "-" and self._pattern[self._at + 1 : self._at + 2] not in ("]", ""):
                self._next()
                last = self._next()
                last = self._next() if last == "\\" else last
                inside += "".join(map(chr, range(ord(character), min(ord(last), ord(character) + 200) + 1)))
            else:
                inside += character
        self._next()
        return "".join(c for c in _EVERYTHING if c not in inside) if negated else inside

    def _quantifier(self) -> tuple[int, int]:
        match self._peek():
            case "*":
                bounds = (0, _REPEATS)
            case "+":
                bounds = (1, 1 + _REPEATS)
            case "?":
                bounds = (0, 1)
            case "{":
                return self._counted()
            case _:
                return 1, 1
        self._next()
        self._lazy()
        return bounds

    def _counted(self) -> tuple[int, int]:
        end = self._pattern.find("}", self._at)
        inside = self._pattern[self._at + 1 : end]
        low, comma, high = inside.partition(",")
        if end < 0 or not low.isdecimal() or (high and not high.isdecimal()):
            raise ValueError(f"a count at {self._at} is not read")
        self._at = end + 1
        self._lazy()
        least = int(low)
        most = int(high) if high else (least + _REPEATS if comma else least)
        if most < least or least > 1000:
            raise ValueError(f"{{{inside}}} is out of range")
        return least, min(most, least + _REPEATS)

    def _lazy(self) -> None:
        if self._peek() == "?":
            self._next()
