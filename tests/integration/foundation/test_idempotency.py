import threading

import pytest
from django.db import connection, transaction

from foundation.api import IdempotencyConflict, fingerprint_of, idempotent
from foundation.models import IdempotencyKey


@pytest.mark.django_db
def test_the_second_request_gets_the_result_of_the_first():
    with transaction.atomic():
        first = idempotent(scope="order_place", key="k1", fingerprint="f")
        first.keep({"order": 7})
    with transaction.atomic():
        second = idempotent(scope="order_place", key="k1", fingerprint="f")

    assert first.first
    assert not second.first
    assert second.result == {"order": 7}


@pytest.mark.django_db
def test_the_same_key_for_another_request_is_refused():
    with transaction.atomic():
        idempotent(scope="order_place", key="k1", fingerprint="f")

    with pytest.raises(IdempotencyConflict, match="different request"), transaction.atomic():
        idempotent(scope="order_place", key="k1", fingerprint="g")


@pytest.mark.django_db
def test_two_scopes_do_not_share_keys():
    with transaction.atomic():
        idempotent(scope="order_place", key="k1", fingerprint="f")
        other = idempotent(scope="plan_publish", key="k1", fingerprint="g")

    assert other.first


@pytest.mark.django_db(transaction=True)
def test_a_request_that_fails_gives_its_key_back():
    with pytest.raises(RuntimeError, match="the deed failed"), transaction.atomic():
        idempotent(scope="order_place", key="k1", fingerprint="f")
        raise RuntimeError("the deed failed")

    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_claim_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="needs a transaction"):
        idempotent(scope="order_place", key="k1", fingerprint="f")


@pytest.mark.django_db(transaction=True)
def test_of_eight_requests_at_once_exactly_one_is_the_first():
    claims, start = [], threading.Barrier(8)

    def request():
        start.wait()
        with transaction.atomic():
            claim = idempotent(scope="order_place", key="k1", fingerprint="f")
            if claim.first:
                claim.keep("done")
            claims.append(claim)
        connection.close()

    threads = [threading.Thread(target=request) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [claim.first for claim in claims].count(True) == 1
    assert {claim.result for claim in claims if not claim.first} == {"done"}


def test_the_fingerprint_does_not_depend_on_the_order_of_keys():
    assert fingerprint_of({"a": 1, "b": [2]}) == fingerprint_of({"b": [2], "a": 1})
    assert fingerprint_of({"a": 1}) != fingerprint_of({"a": 2})
