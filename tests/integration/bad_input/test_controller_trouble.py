"""A controller that is down, refuses, or restarts: what the people at the line read, and that nothing is lost.

What happens on the wire is tested with real processes in tests/faults.
"""

import pytest
from django.test import Client

from foundation.api import Role
from planning.models import Operation, OperationState
from shopfloor import api
from shopfloor.engine.events import EventKind
from shopfloor.models import Controller, Transfer, TransferState
from tests.integration.bad_input.shop import said
from tests.integration.shopfloor.paint_shop import MONDAY, WALL, Floor, advance, build_floor


@pytest.fixture
def floor(db) -> Floor:
    return build_floor()


@pytest.fixture
def board(person) -> Client:
    client = Client()
    client.force_login(person("otto", Role.OPERATOR))
    return client


def test_a_controller_that_is_down_is_named_and_its_recipe_waits(floor, board):
    claim = floor.claimed()
    advance(claim, "PENDING", reason="No answer in 0.6 s.")
    api.controller_silent(controller_id=claim.controller_id, now=MONDAY, wall=WALL, reason="No answer in 0.6 s.")

    assert "No answer in 0.6 s." in said(board.get("/floor/controllers/"))
    assert "Controllers do not answer" in said(board.get("/floor/paint/"))
    assert Transfer.objects.get().state == TransferState.PENDING


def test_a_refusal_is_told_where_the_recipe_is_and_the_operation_is_kept(floor, board):
    claim = floor.claimed(state="VERIFIED")
    advance(claim, "REFUSED", reason="The controller refused the recipe: its checksum is wrong.", ack_code=3)
    transfer = Transfer.objects.get()

    assert transfer.state == TransferState.REFUSED
    assert "its checksum is wrong" in said(board.get(f"/floor/transfers/{transfer.pk}/"))
    assert Operation.objects.get().state != OperationState.DONE


def test_a_restart_between_commit_and_acknowledgement_is_a_question_not_a_second_run(floor, board):
    claim = floor.claimed(state="COMMITTED")
    advance(claim, "UNKNOWN", reason="The controller has restarted.")
    transfer = Transfer.objects.get()

    assert transfer.state == TransferState.UNKNOWN
    assert "Did this recipe run?" in said(board.get(f"/floor/transfers/{transfer.pk}/"))
    assert api.transfers_claim(gateway="gateway-2", now=MONDAY, wall=WALL) == ()
    floor.report(floor.event(1, EventKind.STARTED, claim.job_id), floor.event(2, EventKind.COMPLETED, claim.job_id))
    assert Transfer.objects.get().state == TransferState.DONE
    assert Controller.objects.count() == 1
