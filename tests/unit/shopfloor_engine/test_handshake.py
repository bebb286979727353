"""The download, branch by branch, with the pure controller at the other end."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfloor.engine.acknowledgement import AckCode, is_passing
from shopfloor.engine.controller import Controller
from shopfloor.engine.dialogue import Pause, Read, Record, Write, WriteAlone
from shopfloor.engine.errors import NoAnswer, RecipeTooLong, RequestRefused
from shopfloor.engine.events import EventKind
from shopfloor.engine.handshake import (
    Acknowledged,
    Mismatch,
    NotCommitted,
    NotPermitted,
    Refused,
    Unknown,
    download,
    resolve,
)
from shopfloor.engine.packml import PackMLState
from shopfloor.engine.reading import WrongController
from shopfloor.engine.transfer import TransferState
from tests.unit.shopfloor_engine.in_memory_line import (
    COMPACT,
    MODULAR,
    NAMEPLATE,
    WELD_1,
    Line,
    PowerLost,
    recipe,
)


@pytest.fixture(params=[COMPACT, MODULAR], ids=lambda profile: profile.code)
def line(request):
    return Line.new(request.param)


def send(line, number=1, sequence=1, to=WELD_1, **what):
    profile = line.controller.profile
    return line.run(download(profile, to, recipe(number, profile=profile, **what), sequence))


def read_back(line, number=1, sequence=1):
    profile = line.controller.profile
    return line.run(resolve(profile, WELD_1, recipe(number, profile=profile), sequence))


def station(line):
    return line.controller.memory.stations[0]


def starts(line):
    return [event.job_id for event in line.controller.memory.events if event.kind is EventKind.STARTED]


# The straight way


def test_a_recipe_arrives_and_runs(line):
    outcome = send(line, registers=150)

    assert isinstance(outcome, Acknowledged)
    assert station(line).active_words == recipe(1, registers=150, profile=line.controller.profile).words
    assert station(line).state is PackMLState.STARTING


def test_the_sequence_number_goes_out_alone_last_and_after_the_record(line):
    send(line)

    deeds = [request for request in line.requests if isinstance(request, Write | WriteAlone | Record)]
    channel = line.controller.profile.channel(0)
    assert [type(deed) for deed in deeds] == [Write, Write, Record, WriteAlone]
    assert [deeds[0].address, deeds[1].address] == [channel.staging.address, channel.command.address]
    assert (deeds[3].address, deeds[3].word) == (channel.sequence, 1)
    assert line.recorded == [TransferState.COMMITTED]


@given(registers=st.sampled_from([2, 122, 123, 124, 125, 126, 246, 499, 500]))
@settings(max_examples=9, deadline=None)
def test_no_request_is_larger_than_the_controller_takes(registers):
    line = Line.new()

    assert isinstance(send(line, registers=registers), Acknowledged)

    assert max(request.count for request in line.requests if isinstance(request, Read)) <= 125
    assert max(len(request.words) for request in line.requests if isinstance(request, Write)) <= 123


def test_a_recipe_longer_than_the_staging_block_is_refused_before_anything_is_asked(line):
    with pytest.raises(RecipeTooLong):
        send(line, registers=line.controller.profile.recipe_registers + 1)

    assert line.requests == []


def test_the_same_number_twice_starts_one_run(line):
    send(line)
    line.controller.write(line.controller.profile.channel(0).sequence, [1], line.now)

    assert len(starts(line)) == 1


def test_a_recipe_the_station_already_holds_is_acknowledged_without_a_write(line):
    send(line)
    line.requests.clear()

    assert isinstance(send(line, sequence=2), Acknowledged)
    assert line.writes == []


# Somebody else answers


@pytest.mark.parametrize(
    ("nameplate", "field"),
    [
        (replace(NAMEPLATE, controller="paint-line"), "controller"),
        (replace(NAMEPLATE, stations=("WELD-9", "WELD-2")), "station"),
        (replace(NAMEPLATE, stations=()), "channels"),
    ],
)
def test_nothing_is_written_to_another_controller_or_station(nameplate, field):
    line = Line.new(nameplate=nameplate)

    outcome = send(line)

    assert isinstance(outcome, WrongController)
    assert outcome.field == field
    assert line.writes == []


@pytest.mark.parametrize("word_order", ["CDAB", "BADC", "DCBA"])
def test_a_profile_with_the_wrong_word_order_stops_before_writing(word_order):
    line = Line.new(COMPACT)
    mistaken = replace(COMPACT, encoding=replace(COMPACT.encoding, words=type(COMPACT.encoding.words)(word_order)))

    outcome = line.run(download(mistaken, WELD_1, recipe(), 1))

    assert isinstance(outcome, WrongController)
    assert outcome.field == "canary"
    assert "word order" in str(outcome)
    assert line.writes == []


def test_a_profile_for_another_map_version_stops_before_writing():
    line = Line.new(COMPACT)

    outcome = line.run(download(replace(COMPACT, map_version=2), WELD_1, recipe(), 1))

    assert isinstance(outcome, WrongController)
    assert outcome.field == "map_version"
    assert line.writes == []


def test_reading_an_unknown_transfer_back_writes_nothing_to_another_controller():
    line = Line.new(nameplate=replace(NAMEPLATE, controller="paint-line"))

    assert isinstance(read_back(line), WrongController)
    assert line.writes == []


# The station may not


def test_a_locked_station_is_left_alone(line):
    line.controller.panel_lock(0, True)

    outcome = send(line)

    assert isinstance(outcome, NotPermitted)
    assert "locked" in outcome.reason
    assert line.writes == []


def test_a_running_station_is_left_alone(line):
    send(line)
    line.pass_time(10)
    line.requests.clear()

    outcome = send(line, number=2, sequence=2)

    assert isinstance(outcome, NotPermitted)
    assert "EXECUTE" in outcome.reason
    assert line.writes == []


def test_a_number_the_controller_has_seen_is_not_sent_again(line):
    send(line, sequence=7)
    line.pass_time(1000)
    line.requests.clear()

    outcome = send(line, number=2, sequence=6)

    assert isinstance(outcome, NotPermitted)
    assert outcome.reading.last_sequence == 7
    assert line.writes == []


def test_a_lock_turned_just_before_the_commit_is_the_controllers_to_respect(line):
    line.before = lambda request: isinstance(request, Record) and line.controller.panel_lock(0, True)

    outcome = send(line)

    assert isinstance(outcome, Refused)
    assert outcome.code == AckCode.LOCKED
    assert starts(line) == []


# Words that changed on the way


def flip_one_bit(line):
    address = line.controller.profile.channel(0).staging.address
    line.controller._image.put(address, [line.controller.read(address, 1)[0] ^ 0x0010])


def test_a_bit_that_flipped_before_the_read_back_stops_the_download(line):
    line.after = lambda request: isinstance(request, Write) and flip_one_bit(line)

    outcome = send(line)

    assert isinstance(outcome, Mismatch)
    assert starts(line) == []
    assert line.recorded == []


def test_a_bit_that_flipped_after_the_read_back_is_caught_by_the_checksum(line):
    line.before = lambda request: isinstance(request, Record) and flip_one_bit(line)

    outcome = send(line)

    assert isinstance(outcome, Refused)
    assert outcome.code == AckCode.BAD_CRC
    assert starts(line) == []


class Trusting(Controller):
    """Negative control: a controller that checks nothing and takes what is staged."""

    def _judgement(self, index, word):
        return AckCode.ACCEPTED


def test_without_the_controllers_checksum_the_flipped_bit_would_run():
    line = Line.new(kind=Trusting)
    line.before = lambda request: isinstance(request, Record) and flip_one_bit(line)

    send(line)

    assert station(line).active_words != recipe().words
    assert len(starts(line)) == 1


# The line breaks


def break_at(line, kind, nth=1, delivered=True):
    """Let the answer to the nth request of a kind get lost, and the request too when not delivered."""
    seen = 0

    def strike(request):
        nonlocal seen
        if isinstance(request, kind):
            seen += 1
            if seen == nth:
                raise NoAnswer("no answer within 0.6 s")

    if delivered:
        line.after = strike
    else:
        line.before = strike


@pytest.mark.parametrize("nth", [1, 2])
def test_a_break_before_the_commit_leaves_nothing_that_could_run(line, nth):
    break_at(line, Write, nth)

    with pytest.raises(NoAnswer):
        send(line)

    assert line.recorded == []
    assert starts(line) == []


@pytest.mark.parametrize("delivered", [True, False])
def test_a_break_at_the_commit_is_unknown(line, delivered):
    break_at(line, WriteAlone, delivered=delivered)

    assert isinstance(send(line), Unknown)
    assert len(starts(line)) == int(delivered)


def test_what_arrived_is_resolved_as_acknowledged(line):
    break_at(line, WriteAlone, delivered=True)
    send(line)

    assert isinstance(read_back(line), Acknowledged)
    assert len(starts(line)) == 1


def test_what_did_not_arrive_is_resolved_as_not_committed_and_can_be_sent_again(line):
    break_at(line, WriteAlone, delivered=False)
    send(line)
    line.before = lambda request: None

    assert isinstance(read_back(line), NotCommitted)
    assert isinstance(send(line, sequence=2), Acknowledged)
    assert len(starts(line)) == 1


def test_a_commit_that_arrives_after_it_was_given_up_starts_nothing(line):
    break_at(line, WriteAlone, delivered=False)
    send(line)
    line.before = lambda request: None
    read_back(line)

    line.controller.write(line.controller.profile.channel(0).sequence, [1], line.now)

    assert starts(line) == []
    assert station(line).ack_code is AckCode.BAD_HEADER


def test_without_wiping_the_header_the_late_commit_would_run_a_recipe_that_was_given_up(line):
    break_at(line, WriteAlone, delivered=False)
    send(line)

    line.controller.write(line.controller.profile.channel(0).sequence, [1], line.now)

    assert len(starts(line)) == 1


def test_a_late_commit_that_arrives_while_the_job_is_sent_again_starts_it_once(line):
    break_at(line, WriteAlone, delivered=False)
    send(line)
    read_back(line)
    sequence = line.controller.profile.channel(0).sequence
    line.before = lambda request: isinstance(request, Record) and line.controller.write(sequence, [1], line.now)

    outcome = send(line, sequence=2)

    assert isinstance(outcome, Acknowledged)
    assert len(starts(line)) == 1


def test_a_restart_between_read_back_and_commit_is_refused(line):
    line.before = lambda request: isinstance(request, Record) and line.restart()

    outcome = send(line)

    assert isinstance(outcome, Refused)
    assert is_passing(outcome.code)
    assert starts(line) == []


def test_a_restart_after_the_commit_is_resolved_from_the_controllers_memory(line):
    break_at(line, WriteAlone, delivered=True)
    send(line)
    line.restart()

    assert isinstance(read_back(line), Acknowledged)
    assert len(starts(line)) == 1


def test_a_gateway_that_dies_at_any_request_never_lets_a_recipe_run_twice(line):
    profile = line.controller.profile
    send(line)
    requests = len(line.requests)
    for last in range(1, requests + 1):
        for delivered in (True, False):
            fresh = Line.new(profile)

            def strike(request, fresh=fresh, last=last):
                if len(fresh.requests) == last:
                    raise PowerLost

            fresh.after, fresh.before = (strike, fresh.before) if delivered else (fresh.after, strike)
            with pytest.raises(PowerLost):
                send(fresh)
            fresh.after = fresh.before = lambda request: None
            committed = TransferState.COMMITTED in fresh.recorded
            settled = read_back(fresh) if committed else NotCommitted(None)
            if isinstance(settled, NotCommitted):
                settled = send(fresh, sequence=2)

            assert isinstance(settled, Acknowledged)
            assert len(starts(fresh)) == 1


def test_a_controller_that_never_answers_is_unknown_after_the_profiles_time():
    class Mute(Controller):
        def _sequence_arrived(self, index, word, now):
            pass

    line = Line.new(kind=Mute)

    outcome = send(line)

    assert isinstance(outcome, Unknown)
    waited = sum(request.seconds for request in line.requests if isinstance(request, Pause))
    assert 2.0 <= waited <= 2.2


def test_an_exception_answer_to_the_commit_is_unknown_too(line):
    def decline(request):
        if isinstance(request, WriteAlone):
            raise RequestRefused(4, request.address)

    line.after = decline

    assert isinstance(send(line), Unknown)


def test_an_acknowledgement_of_another_job_under_our_number_confirms_nothing(line):
    send(line, number=1, sequence=5)
    line.pass_time(1000)

    assert isinstance(read_back(line, number=2, sequence=5), Unknown)


def test_a_controller_that_has_gone_on_leaves_the_doubt_to_a_person(line):
    send(line, number=1, sequence=5)
    line.pass_time(1000)
    send(line, number=2, sequence=6)

    assert isinstance(read_back(line, number=1, sequence=5), Acknowledged | Unknown)
    assert not isinstance(read_back(line, number=3, sequence=5), NotCommitted)


def test_a_controller_that_lost_its_memory_is_no_proof_that_nothing_ran(line):
    outcome = read_back(line, number=3, sequence=9)

    assert isinstance(outcome, Unknown)
    assert "memory" in outcome.reason


def test_the_wrap_of_the_register_changes_nothing(line):
    for number, sequence in enumerate(range(65534, 65539), start=1):
        assert isinstance(send(line, number=number, sequence=sequence), Acknowledged)
        line.pass_time(1000)

    assert len(starts(line)) == 5


def test_a_database_restored_to_an_older_day_does_not_run_a_job_again(line):
    for number in (1, 2):
        send(line, number=number, sequence=number)
        line.pass_time(1000)

    outcome = send(line, number=1, sequence=3)

    assert isinstance(outcome, Refused)
    assert outcome.code == AckCode.DUPLICATE_JOB
    assert len(starts(line)) == 2


def test_a_controller_without_memory_of_jobs_would_run_it_again(line):
    for number in (1, 2):
        send(line, number=number, sequence=number)
        line.pass_time(1000)
    station(line).taken.clear()

    assert isinstance(send(line, number=1, sequence=3), Acknowledged)
    assert len(starts(line)) == 3
