"""The pure controller: what it reports, what it keeps, what it refuses."""

import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfloor.engine.acknowledgement import AckCode
from shopfloor.engine.codec import WordOrder
from shopfloor.engine.controller import Controller, MachineModel
from shopfloor.engine.controller_memory import ControllerMemory, SnapshotInvalid
from shopfloor.engine.errors import IllegalAddress, IllegalValue, RingInconsistent
from shopfloor.engine.events import NO_JOB, EventKind
from shopfloor.engine.handshake import Acknowledged, Destination, NotPermitted, Refused, download
from shopfloor.engine.packml import PackMLState
from shopfloor.engine.reading import consume, read_events, read_line_data
from shopfloor.engine.register_image import Nameplate
from tests.unit.shopfloor_engine.in_memory_line import COMPACT, MODULAR, MONDAY_SIX, NAMEPLATE, WELD_1, Line, recipe

WELD_2 = Destination("frame-line", 1, "WELD-2")


@pytest.fixture(params=[COMPACT, MODULAR], ids=lambda profile: profile.code)
def line(request):
    return Line.new(request.param, machine=MachineModel(power_watts=1500, scrap_every=3))


def send(line, number=1, sequence=1, to=WELD_1, **what):
    profile = line.controller.profile
    return line.run(download(profile, to, recipe(number, profile=profile, **what), sequence))


def events(line, limit=1000):
    return line.run(read_events(line.controller.profile, limit)).events


def forget(line, sequence):
    line.run(consume(line.controller.profile, sequence))


def test_a_run_is_reported_with_its_exact_start_and_end_even_when_time_jumps(line):
    send(line, seconds=600)
    line.pass_time(8 * 3600)

    started, completed = events(line)

    assert (started.kind, started.at_milliseconds) == (EventKind.STARTED, MONDAY_SIX)
    assert (completed.kind, completed.at_milliseconds) == (EventKind.COMPLETED, MONDAY_SIX + 600_000)
    assert (completed.good, completed.scrap, completed.energy_wh) == (1, 0, 250)
    assert completed.job_id == recipe().job_id


def test_runs_that_end_within_one_jump_are_reported_in_the_order_of_their_ends(line):
    send(line, number=1, seconds=900)
    send(line, number=2, seconds=300, to=WELD_2)
    line.pass_time(3600)

    assert [event.channel for event in events(line)] == [0, 1, 1, 0]


def test_the_station_goes_through_the_states_of_packml(line):
    station = line.controller.memory.stations[0]
    seen = [station.state]
    send(line, seconds=10)
    seen.append(station.state)
    for _ in range(4):
        line.now += 5_000
        line.controller.tick(line.now)
        seen.append(station.state)

    assert [state.name for state in seen] == ["IDLE", "STARTING", "EXECUTE", "COMPLETE", "IDLE", "IDLE"]


def test_every_third_piece_is_scrap_when_the_machine_is_like_that(line):
    for number in range(1, 7):
        send(line, number=number, sequence=number)
        line.pass_time(1000)

    data = line.run(read_line_data(line.controller.profile, 0))
    assert (data.good, data.scrap, data.energy_wh) == (4, 2, 6 * 250)


def test_consumed_events_make_room_and_are_not_shown_again(line):
    send(line)
    line.pass_time(1000)

    forget(line, 1)

    assert [event.sequence for event in events(line)] == [2]


def test_the_ring_goes_round_many_times_without_losing_an_event(line):
    reported = []
    for number in range(1, 200):
        assert isinstance(send(line, number=number, sequence=number), Acknowledged)
        line.pass_time(1000)
        if number % 7 == 0:
            reported += events(line)
            forget(line, reported[-1].sequence)
    reported += events(line)

    assert [event.sequence for event in reported] == list(range(1, 399))


def test_a_full_ring_refuses_recipes_and_never_overwrites_a_report(line):
    slots = line.controller.profile.ring.slots
    accepted = 0
    for number in range(1, slots + 1):
        outcome = send(line, number=number, sequence=number)
        accepted += isinstance(outcome, Acknowledged)
        line.pass_time(1000)

    assert accepted == slots // 2
    assert isinstance(outcome, Refused)
    assert outcome.code == AckCode.EVENTS_FULL
    assert [event.sequence for event in events(line)] == list(range(1, slots + 1))


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_no_order_of_recipes_restarts_and_readings_loses_or_doubles_a_report(data):
    line, number, reported = Line.new(MODULAR), 0, {}
    for _ in range(data.draw(st.integers(1, 40))):
        match data.draw(st.sampled_from(["send", "time", "restart", "read", "read and forget"])):
            case "send":
                number += 1
                send(line, number=number, sequence=number, to=data.draw(st.sampled_from([WELD_1, WELD_2])))
            case "time":
                line.pass_time(data.draw(st.sampled_from([1, 400, 1000])))
            case "restart":
                line.restart()
            case read:
                found = events(line, data.draw(st.integers(1, 9)))
                reported |= {(event.boot_id, event.sequence): event for event in found}
                if found and read == "read and forget":
                    forget(line, found[-1].sequence)
    line.pass_time(1000)
    reported |= {(event.boot_id, event.sequence): event for event in events(line)}

    starts = [event.job_id for event in reported.values() if event.kind is EventKind.STARTED]
    ends = [event.job_id for event in reported.values() if event.kind is EventKind.COMPLETED]
    taken = [job for station in line.controller.memory.stations for job in station.taken]
    assert sorted(starts) == sorted(ends) == sorted(taken)


def test_a_restart_during_the_run_goes_on_and_reports_the_end_once(line):
    send(line, seconds=600)
    line.pass_time(60)
    line.restart()
    line.pass_time(3600)

    started, completed = events(line)
    assert completed.at_milliseconds - started.at_milliseconds == 600_000
    assert (started.boot_id, completed.boot_id) == (1, 2)


def test_a_restart_loses_staging_and_header_but_not_the_last_number(line):
    send(line, sequence=5, seconds=10)
    line.pass_time(100)
    line.restart()

    channel = line.controller.profile.channel(0)
    assert set(line.controller.read(channel.staging.address, 100)) == {0}
    assert isinstance(send(line, number=2, sequence=5), NotPermitted)


def test_the_memory_survives_as_bytes(line):
    send(line)
    line.controller.panel_lock(1, True)
    memory = line.controller.memory

    assert ControllerMemory.from_bytes(memory.to_bytes()) == memory


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": "other"}', b"\xff"])
def test_bytes_that_are_no_memory_are_refused(data):
    with pytest.raises(SnapshotInvalid):
        ControllerMemory.from_bytes(data)


def test_the_memory_of_a_controller_with_other_stations_is_refused():
    memory = Line.new().controller.memory

    with pytest.raises(SnapshotInvalid, match="other stations"):
        Controller(COMPACT, replace(NAMEPLATE, stations=("PAINT-1",)), 1, memory)


def test_more_stations_than_channels_do_not_fit():
    with pytest.raises(ValueError, match="4 channels; 5 stations"):
        Controller(COMPACT, Nameplate("c", "l", ("a", "b", "c", "d", "e")), 1)


def test_every_write_outside_the_writable_blocks_is_refused(line):
    profile = line.controller.profile
    channel = profile.channel(0)
    for address, count in (
        (profile.identity.address, 1),
        (profile.overview.address, 1),
        (profile.ring.slot.address, 1),
        (channel.status.address, 1),
        (channel.data.address, 1),
        (channel.active.address, 1),
        (channel.staging.end - 1, 2),
        (channel.command.end - 1, 2),
        (profile.channel(2).sequence, 1),
        (profile.end, 1),
    ):
        before = line.controller.read(0, profile.end)
        with pytest.raises(IllegalAddress):
            line.controller.write(address, [7] * count, line.now)
        assert line.controller.read(0, profile.end) == before


@pytest.mark.parametrize("consumed", [0, 3, 2**32 - 1])
def test_a_consumed_pointer_that_is_no_place_in_the_ring_is_refused(line, consumed):
    send(line)
    line.pass_time(1000)
    forget(line, 1)

    with pytest.raises(IllegalValue):
        forget(line, consumed)


def test_the_longest_run_is_the_machines_own_limit(line):
    outcome = send(line, seconds=line.controller.profile.longest_run_seconds + 1)

    assert isinstance(outcome, Refused)
    assert outcome.code == AckCode.OUT_OF_LIMITS


def test_a_held_run_ends_later_by_the_time_it_stood(line):
    send(line, seconds=600)
    line.pass_time(60)
    line.controller.panel_hold(0, line.now)
    line.pass_time(3600)
    line.controller.panel_resume(0, line.now)
    line.pass_time(3600)

    kinds = [event.kind for event in events(line)]
    assert kinds == [EventKind.STARTED, EventKind.STATE, EventKind.STATE, EventKind.COMPLETED]
    assert events(line)[-1].at_milliseconds == MONDAY_SIX + 4200_000
    assert events(line)[-1].energy_wh == 250


def test_an_aborted_run_is_reported_as_failed_and_the_station_takes_no_recipe(line):
    send(line, seconds=600)
    line.pass_time(60)
    line.controller.panel_abort(0, 42, line.now)

    failed = events(line)[-1]
    assert (failed.kind, failed.code, failed.scrap, failed.energy_wh) == (EventKind.FAILED, 42, 1, 25)
    assert isinstance(send(line, number=2, sequence=2), NotPermitted)

    line.controller.panel_clear(0, line.now)
    assert events(line)[-1].job_id == NO_JOB
    assert isinstance(send(line, number=2, sequence=2), Acknowledged)


def test_a_panel_cannot_do_what_packml_does_not_know(line):
    with pytest.raises(ValueError, match="cannot go from IDLE to HOLDING"):
        line.controller.panel_hold(0, line.now)
    assert line.controller.memory.stations[0].state is PackMLState.IDLE


def test_a_torn_pointer_is_betrayed_by_the_slots_own_number(line):
    send(line)
    image, profile = line.controller._image, line.controller.profile
    image._store(profile.overview, {"heartbeat": 0, "boot": 1, "written": 2, "consumed": 0})

    with pytest.raises(RingInconsistent, match="event 0 lies where event 2 should be"):
        events(line)


def test_an_impossible_pointer_is_told_apart(line):
    image, profile = line.controller._image, line.controller.profile
    image._store(profile.overview, {"heartbeat": 0, "boot": 1, "written": 2, "consumed": 3})

    with pytest.raises(RingInconsistent, match="2 events written but 3 consumed"):
        events(line)


@pytest.mark.parametrize("order", list(WordOrder))
def test_a_whole_run_works_in_every_word_order(order):
    line = Line.new(replace(MODULAR, encoding=replace(MODULAR.encoding, words=order)))

    assert isinstance(send(line, seconds=70_000), Acknowledged)
    line.pass_time(70_000)

    assert events(line)[-1].at_milliseconds == MONDAY_SIX + 70_000_000


def test_the_identity_block_can_be_read_by_hand():
    controller = Line.new(COMPACT).controller

    words = controller.read(COMPACT.identity.address, 16)

    assert words[0:4] == [0x4C57, 1, 0x0102, 0x0304]
    assert struct.pack(">6H", *words[10:16]) == b"frame-line\0\0"
