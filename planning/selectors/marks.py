"""The mark by which a product is known on plans and lists: a shape with a fill, the same on every page."""

from zlib import crc32

LETTERS = "tck"
"""Triangle, circle and square, as the style sheet names them."""


def product_mark(product_code: str) -> str:
    """The letter of the product's mark; it depends on the code alone, so that a new product changes no other's."""
    return LETTERS[crc32(product_code.encode()) % len(LETTERS)]
