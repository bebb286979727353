"""Workbooks for tests: sheets of rows, as somebody could have typed them."""

import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

from configurator.formats import parse_product_package, write_product_workbook

CITY = """\
format: linewright-product/1
product: {code: city, name: City, currency: EUR, base_price: "1890.00", root_item: BIKE, text: "A bicycle, for town"}
sections:
- {code: drive, name: Drive}
features:
- code: battery
  name: Battery
  section: drive
  default: f630
  options:
  - {code: f400, name: 400 Wh, price: "-180.00", parts: [battery-frame, cable]}
  - {code: f630, name: 630 Wh}
- {code: bell, name: Bell, section: drive, flag: true, default: true, price: "12.50", parts: [bell]}
parameters:
- {code: height, name: Height, section: drive, unit: cm, minimum: 150, maximum: 205, step: 1, default: 172}
rules:
- {code: R01, rule: height < 158 implies battery = f400, text: The large battery does not fit.}
tables:
- {code: T1, columns: [battery, bell, height], rows: [[f400, true, 150], [f630, false, 172]], text: T, allowed: false}
items:
- {code: BIKE, name: Bicycle, made: true}
- {code: FRAME, name: Frame, made: true, parameters: [tube, head]}
- {code: BELL, name: Bell, scrap: "2.50"}
- {code: KIT, name: Kit, made: true, phantom: true}
bill:
- {parent: BIKE, item: FRAME, quantity: 1, with: {tube: height * 3 - 20, head: "12"}}
- {parent: BIKE, item: BELL, quantity: "if(bell, 1, 0)", when: "true", one_of: sound, scrap: "1.00"}
- {parent: BIKE, item: KIT, quantity: 2}
examples:
- {code: family, text: On the brochure., choices: {battery: f400, bell: true, height: 160}}
- {code: crowded, choices: {battery: f630}, sold: false}
"""
"""A package that uses every key there is."""


def city_workbook(**cells: Any) -> bytes:
    """The city bicycle as a workbook, with some cells changed: `Options_C2="x"`; None empties one."""
    workbook = load_workbook(BytesIO(_city()))
    for place, value in cells.items():
        title, _, name = place.rpartition("_")
        workbook[title][name].value = value
    return saved(workbook)


@cache
def _city() -> bytes:
    return write_product_workbook(parse_product_package(CITY))


def saved(workbook: Workbook) -> bytes:
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after:
        assert change(before.read(name)) != before.read(name)
        for part in before.namelist():
            after.writestr(part, change(before.read(part)) if part == name else before.read(part))
    return buffer.getvalue()
