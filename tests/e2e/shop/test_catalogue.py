import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_product_is_shown_with_its_picture_and_price(clean_page, shop):
    clean_page.goto(shop)

    for name, price in (("City", "2,890"), ("Trail", "3,140"), ("Cargo", "4,360")):
        card = clean_page.locator(".prod", has=clean_page.get_by_role("button", name=name, exact=True))
        expect(card).to_contain_text(f"EUR\u00a0{price}")
        expect(card.get_by_role("img", name=name)).to_be_visible()


def test_a_shop_without_products_says_so(clean_page, uvicorn_url):
    clean_page.goto(uvicorn_url)

    expect(clean_page.get_by_role("heading", name="Nothing is sold yet")).to_be_visible()


def test_nobody_has_orders_or_a_cart_at_first(clean_page, shop):
    clean_page.goto(f"{shop}/orders/")
    expect(clean_page.get_by_text("No orders yet")).to_be_visible()

    clean_page.goto(f"{shop}/cart/")

    expect(clean_page.get_by_text("Nothing in it yet")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_on_the_catalogue_keeps_anybody_out(clean_page, shop, barriers, theme):
    clean_page.emulate_media(color_scheme=theme)
    clean_page.goto(shop)

    assert barriers(clean_page) == []
