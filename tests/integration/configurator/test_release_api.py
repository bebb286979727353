"""Machines ask what changed between releases, and what that does to choices they keep."""

import pytest

from tests.integration.configurator.test_release_change import NEW_BIKE, publish

pytestmark = pytest.mark.django_db

BASE = "/api/v1/products/bike/"


@pytest.fixture
def republished(release):
    return publish(NEW_BIKE)


def migrated(client, **asked):
    return client.post(f"{BASE}migrate/", asked, content_type="application/json")


def test_the_difference_is_told_in_groups(client, republished):
    answer = client.get(f"{BASE}difference/?before=1").json()

    assert (answer["before"], answer["after"]) == (1, 2)
    assert [group["code"] for group in answer["groups"]] == ["questions", "prices", "rules", "tables"]
    assert answer["groups"][1]["lines"] == [
        {"kind": "changed", "subject": "Base price", "details": ["EUR 1,000.00 becomes EUR 1,100.00"]}
    ]


def test_a_release_does_not_differ_from_itself(client, republished):
    assert client.get(f"{BASE}difference/?before=1&after=1").json()["groups"] == []


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("?before=x", 400), ("?before=9", 404), ("?before=1&after=", 400)]
)
def test_releases_that_do_not_exist_are_refused(client, republished, query, status):
    assert client.get(f"{BASE}difference/{query}").status_code == status


def test_choices_come_back_with_what_became_of_each(client, republished):
    answer = migrated(client, release=1, choices={"frame": "lowstep", "seat": "rear", "rider_height": 190}).json()

    assert answer["choices"] == {"frame": "lowstep", "rider_height": 190}
    assert answer["changed"] == [
        {
            "wanted": {
                "feature": "seat",
                "value": "rear",
                "feature_name": "Child seat",
                "value_name": "Child seat behind",
            },
            "instead": {
                "feature": "seat",
                "value": "none",
                "feature_name": "Child seat",
                "value_name": "No child seat",
            },
            "moved": False,
            "reason": "conflict",
            "text": "The child seat needs the diamond frame.",
            "against": [
                {
                    "feature": "frame",
                    "value": "lowstep",
                    "feature_name": "Frame",
                    "value_name": "Low-step frame",
                }
            ],
            "rules": ["The child seat needs the diamond frame."],
        }
    ]
    assert (answer["price_before"], answer["price_after"], answer["untouched"]) == ("1230.00", "1190.00", False)


def test_choices_of_the_release_that_is_sold_stay_untouched(client, republished):
    answer = migrated(client, release=2, choices={"seat": "rear"}).json()

    assert (answer["untouched"], answer["choices"]) == (True, {"seat": "rear"})


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"release": 1, "choices": {"seat": "nowhere"}}, 400),
        ({"release": 1, "choices": {"motor": "big", "battery": "f400"}}, 409),
        ({"release": 7}, 404),
        ({"choices": {}}, 400),
        ({"release": 1, "choices": {"seat": ["rear"]}}, 400),
    ],
)
def test_what_was_never_offered_or_never_fitted_is_refused(client, republished, asked, status):
    assert migrated(client, **asked).status_code == status
