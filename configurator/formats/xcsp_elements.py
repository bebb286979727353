"""The XML of a constraint network: its elements with their places, and nothing that XML could do to the reader.

A document type declaration, where entities are defined, ends the reading before any entity exists: no entity bomb,
no file or address that the document names is opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from xml.parsers import expat

from configurator.formats.findings import FINDING_LIMIT, Finding, XcspError

KINDS = ("domain", "variable", "relation", "constraint")
_LISTS = {f"{kind}s": kind for kind in KINDS}
_TEXTS = ("domain", "relation", "presentation")
"""Elements that hold text."""
_XML_PROBLEMS = {expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]: "the file is empty or cut off"}

Place = tuple[int, int]
"""Line and column, both from 1."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element, its kind, attributes and place; its text, if it is one that has any, begins at `text_place`."""

    kind: str
    attributes: Mapping[str, str]
    place: Place
    text: str = ""
    text_place: Place = (0, 0)

    def place_in_text(self, offset: int) -> Place:
        """Line and column of a character of the text."""
        line, column = self.text_place
        before = self.text.rfind("\n", 0, offset)
        if before < 0:
            return line, column + offset
        return line + self.text.count("\n", 0, offset), offset - before


def parse_elements(content: bytes, source: str) -> tuple[str, list[Element]]:
    """The name of the network, or an empty text, and its elements in the order of the file; raises XcspError."""
    reading = _Reading(source)
    reading.parse(content)
    return reading.name, reading.elements


class _Reading:
    def __init__(self, source: str) -> None:
        self.source = source
        self.name = ""
        self.elements: list[Element] = []
        self.findings: list[Finding] = []
        self.open: list[Element] = []
        self.skipped = 0
        """How many elements are open from one on that is not read."""
        self.text: list[str] = []
        self.text_place: Place = (0, 0)
        self.parser = parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters

    def parse(self, content: bytes) -> None:
        try:
            self.parser.Parse(content, True)
        except expat.ExpatError as error:
            text = f"this is not readable XML: {_XML_PROBLEMS.get(error.code) or expat.ErrorString(error.code)}"
            self.findings.append(Finding(self.source, error.lineno, error.offset + 1, text))
        except XcspError:
            raise
        except (LookupError, ValueError) as error:  # an encoding that Python does not know, or not as one byte
            self.fail(self.place, f"the encoding of the file is not known: {error}")
        if self.findings:
            raise XcspError(self.findings)

    @property
    def place(self) -> Place:
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def fail(self, place: Place, text: str) -> None:
        self.findings.append(Finding(self.source, *place, text))
        if len(self.findings) >= FINDING_LIMIT:
            raise XcspError(self.findings)

    def doctype(self, *declared: object) -> None:
        raise XcspError([Finding(self.source, *self.place, "a document type declaration (<!DOCTYPE) is not read")])

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.check_text()
        if self.skipped:
            self.skipped += 1
            return
        reason = self.why_not(tag, attributes)
        if reason:
            self.fail(self.place, reason)
            self.skipped = 1
            return
        self.open.append(Element(tag, attributes, self.place))
        if tag == "presentation":
            self.name = attributes.get("name", "")

    def why_not(self, tag: str, attributes: Mapping[str, str]) -> str:
        """Why an element at this place is not read; an empty text when it is."""
        match [element.kind for element in self.open]:
            case []:
                if tag != "instance":
                    return f"<{tag}> is not an XCSP <instance>"
                if attributes.get("format"):
                    return f"{attributes['format']} is not read: known is XCSP 2.1"
            case ["instance"] if tag == "presentation":
                written, kind = attributes.get("format", "XCSP 2.1"), attributes.get("type", "CSP")
                if not written.replace(" ", "").startswith("XCSP2."):
                    return f"{written} is not read: known is XCSP 2.1"
                if kind != "CSP":
                    return f"a network of type {kind} is not read: known is CSP"
            case ["instance"] if tag not in _LISTS:
                return f"<{tag}> is not read: known are relations with supports or conflicts"
            case ["instance", above] if _LISTS.get(above) != tag:
                return f"<{tag}> in <{above}> is not read"
            case [_, _, above, *_]:
                return f"<{tag}> in <{above}> is not read"
        return ""

    def end(self, tag: str) -> None:
        text = self.check_text()
        if self.skipped:
            self.skipped -= 1
            return
        element = self.open.pop()
        if tag in KINDS:
            self.elements.append(replace(element, text=text, text_place=self.text_place))

    def characters(self, text: str) -> None:
        if not self.text:
            # The place is known of the first piece only: expat tells that of a buffered text when it ends.
            self.text_place = self.place
            self.parser.buffer_text = True
        self.text.append(text)

    def check_text(self) -> str:
        """The text since the last tag, which is a mistake where only elements belong."""
        text = "".join(self.text)
        self.text = []
        self.parser.buffer_text = False
        if self.open and self.open[-1].kind not in _TEXTS and not self.skipped and (word := text.strip()):
            place = Element("", {}, (0, 0), text, self.text_place).place_in_text(text.index(word))
            self.fail(place, f"{word[:50]} is not expected in <{self.open[-1].kind}>")
        return text
