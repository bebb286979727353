import stat
from concurrent.futures import ThreadPoolExecutor

from config.environment import stored_secret


def test_the_secret_of_a_home_stays_the_same(tmp_path):
    assert stored_secret(tmp_path) == stored_secret(tmp_path)


def test_two_homes_have_different_secrets(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()

    assert stored_secret(first) != stored_secret(second)


def test_only_the_owner_may_read_the_secret(tmp_path):
    stored_secret(tmp_path)

    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_one_secret(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: stored_secret(tmp_path), range(8)))

    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
