"""A second person approves a release before it is sold."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from rest_framework.test import APIClient

from configurator.errors import NotWaiting, OwnRelease, RemarkMissing
from configurator.models import Product, Release, ReleaseReview, ReviewState, Rule
from configurator.services.approval import release_approve, release_reject
from configurator.services.package import package_import
from configurator.services.publish import release_publish
from foundation.api import Role
from foundation.models import AuditEntry
from tests.integration.configurator.conftest import BIKE, NOW


@pytest.fixture(autouse=True)
def approval(settings) -> None:
    settings.RELEASE_APPROVAL = True


@pytest.fixture
def mona(person):
    return person("mona", Role.PRODUCT_MANAGER)


@pytest.fixture
def otto(person):
    return person("otto", Role.PRODUCT_MANAGER)


@pytest.fixture
def waiting(bike, mona) -> Release:
    return release_publish(product=bike, actor=mona, now=NOW)


def sold() -> Release | None:
    return Product.objects.get().current_release


def verbs() -> list[str]:
    return list(AuditEntry.objects.exclude(verb="product.imported").order_by("pk").values_list("verb", flat=True))


def test_a_published_release_waits_and_is_not_sold(waiting):
    assert waiting.review.state == ReviewState.WAITING
    assert sold() is None
    assert verbs() == ["release.review_requested"]


def test_without_the_setting_it_is_sold_at_once(settings, bike, mona):
    settings.RELEASE_APPROVAL = False

    release = release_publish(product=bike, actor=mona, now=NOW)

    assert release.review.state == ReviewState.UNASKED
    assert sold() == release


def test_somebody_else_approves_it_and_it_is_sold(waiting, otto):
    review = release_approve(release=waiting, actor=otto, remark="Looked at.", now=NOW)

    assert (review.state, review.decided_by, review.remark) == ("approved", otto, "Looked at.")
    assert sold() == waiting
    assert verbs() == ["release.review_requested", "release.approved", "product.published"]


def test_nobody_approves_his_own(waiting, mona):
    with pytest.raises(OwnRelease):
        release_approve(release=waiting, actor=mona, now=NOW)

    assert sold() is None


def test_the_database_refuses_a_decision_of_the_author(waiting, mona):
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleaseReview.objects.update(state="approved", decided_by=mona, decided_at=NOW)


def test_a_rejected_release_leaves_the_old_one_on_sale(settings, bike, mona, otto):
    settings.RELEASE_APPROVAL = False
    first = release_publish(product=bike, actor=mona, now=NOW)
    settings.RELEASE_APPROVAL = True
    Rule.objects.filter(code="R1").update(text="Another sentence.")
    second = release_publish(product=bike, actor=mona, now=NOW)

    release_reject(release=second, actor=otto, remark="The sentence is wrong.", now=NOW)

    assert sold() == first
    assert verbs()[-1] == "release.rejected"
    with pytest.raises(NotWaiting):
        release_approve(release=second, actor=otto, now=NOW)


def test_a_rejection_says_why(waiting, otto):
    with pytest.raises(RemarkMissing):
        release_reject(release=waiting, actor=otto, remark="", now=NOW)


def test_a_decision_is_made_once(waiting, otto):
    release_approve(release=waiting, actor=otto, now=NOW)

    with pytest.raises(NotWaiting):
        release_reject(release=waiting, actor=otto, remark="Too late.", now=NOW)
    assert sold() == waiting


def test_a_rejected_draft_may_be_published_once_more_and_waits_again(waiting, bike, mona, otto):
    release_reject(release=waiting, actor=otto, remark="Why?", now=NOW)

    again = release_publish(product=bike, actor=otto, now=NOW)

    assert again == waiting
    assert (again.review.state, again.review.requested_by, again.review.remark) == ("waiting", otto, "")
    release_approve(release=again, actor=mona, now=NOW)
    assert sold() == waiting


def test_an_approved_release_is_sold_again_without_asking(waiting, bike, mona, otto):
    release_approve(release=waiting, actor=otto, now=NOW)
    package_import(text=BIKE.replace("320.00", "300.00"), actor=mona, now=NOW)
    cheaper = release_publish(product=bike, actor=mona, now=NOW)
    release_approve(release=cheaper, actor=otto, now=NOW)
    package_import(text=BIKE, actor=mona, now=NOW)

    back = release_publish(product=bike, actor=mona, now=NOW)

    assert back == waiting
    assert sold() == waiting


def test_a_release_sold_without_asking_needs_approval_to_be_sold_again(settings, bike, mona):
    settings.RELEASE_APPROVAL = False
    first = release_publish(product=bike, actor=mona, now=NOW)
    package_import(text=BIKE.replace("320.00", "300.00"), actor=mona, now=NOW)
    second = release_publish(product=bike, actor=mona, now=NOW)
    settings.RELEASE_APPROVAL = True
    package_import(text=BIKE, actor=mona, now=NOW)

    assert release_publish(product=bike, actor=mona, now=NOW).review.state == "waiting"
    assert sold() == second
    assert first.number == 1


def test_what_is_sold_stays_sold_when_it_is_published_unchanged(settings, bike, mona):
    settings.RELEASE_APPROVAL = False
    release = release_publish(product=bike, actor=mona, now=NOW)
    settings.RELEASE_APPROVAL = True

    assert release_publish(product=bike, actor=mona, now=NOW).review.state == "unasked"
    assert sold() == release


def test_the_findings_are_kept_for_the_approver(bike, mona):
    Rule.objects.create(product=bike, position=9, code="R9", expression="motor = big implies battery != f400", text="x")

    release = release_publish(product=bike, actor=mona, now=NOW)

    kept = [(row["code"], row["where"], row["rules"]) for row in release.review.findings if row["rules"]]
    assert kept == [("redundant_rule", "R1", ["R9"]), ("redundant_rule", "R9", ["R1"])]


def test_the_approver_decides_in_the_admin(client, waiting, mona, otto):
    address = reverse("admin:configurator_release_review", args=[waiting.pk])
    client.force_login(mona)
    assert "somebody else has to decide" in client.get(address).content.decode()
    assert client.post(address, {"decision": "approve"}).status_code == 409
    assert sold() is None

    client.force_login(otto)
    assert "Approve and sell" in client.get(address).content.decode()
    assert "why the release is rejected" in client.post(address, {"decision": "reject"}).content.decode()
    assert client.post(address, {"decision": "approve", "remark": "Fine."}).status_code == 302

    assert sold() == waiting
    page = client.get(address).content.decode()
    assert "Fine." in page
    assert "Approve and sell" not in page


def test_a_planner_looks_and_does_not_decide(client, waiting, person):
    client.force_login(person("paul", Role.PLANNER))

    answer = client.post(reverse("admin:configurator_release_review", args=[waiting.pk]), {"decision": "approve"})

    assert answer.status_code == 403
    assert sold() is None


def test_a_release_is_approved_over_the_api(waiting, mona, otto):
    api = APIClient()
    api.force_authenticate(otto)
    assert [row["state"] for row in api.get("/api/v1/packages/bike/releases/").data] == ["waiting"]
    assert {row["severity"] for row in api.get("/api/v1/packages/bike/releases/1/findings/").data} == {"notice"}

    answer = api.post("/api/v1/packages/bike/releases/1/approve/", {"remark": "Good."})

    assert answer.status_code == 200
    assert (answer.data["state"], answer.data["decided_by"], answer.data["engine"]) == ("approved", "otto", "circuit")
    assert sold() == waiting
    assert api.post("/api/v1/packages/bike/releases/1/reject/", {"remark": "No."}).status_code == 409


def test_the_author_is_refused_over_the_api(waiting, mona):
    api = APIClient()
    api.force_authenticate(mona)

    answer = api.post("/api/v1/packages/bike/releases/1/approve/", {})

    assert answer.status_code == 409
    assert "somebody else" in answer.data["detail"]


def test_publishing_over_the_api_says_that_it_waits(bike, mona):
    api = APIClient()
    api.force_authenticate(mona)

    assert api.post("/api/v1/packages/bike/publish/").data["state"] == "waiting"
