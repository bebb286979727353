"""The whole loop with 50 orders: seconds, and the memory of all its processes together."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SECONDS_LIMIT = 60
MEMORY_LIMIT_MB = 1500


def test_fifty_orders_are_built_within_a_minute_and_one_and_a_half_gigabytes(tmp_path: Path) -> None:
    report_path = tmp_path / "report.json"
    command = [sys.executable, "manage.py", "demo", "--once", "--orders", "50", "--json", str(report_path)]
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = _Peak(process.pid)
    assert process.wait(600) == 0
    wall = time.perf_counter() - begun
    report = json.loads(report_path.read_text())
    seconds = report["seconds"]

    stages = ", ".join(f"{name} {value} s" for name, value in seconds.items())
    print(f"\nstages: {stages}; with start and end {wall:.1f} s")
    print(f"peak of all processes: {peak.stop():.0f} MB (limit {MEMORY_LIMIT_MB})")
    assert report["orders_built"] == 50
    assert peak.megabytes < MEMORY_LIMIT_MB
    assert seconds["total"] < SECONDS_LIMIT


class _Peak:
    """Watches the proportional set size of a process and all its descendants (proc(5), smaps_rollup)."""

    def __init__(self, root: int) -> None:
        self.megabytes = 0.0
        self._root = root
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._stopping.set()
        self._thread.join()
        return self.megabytes

    def _watch(self) -> None:
        while not self._stopping.wait(0.5):
            self.megabytes = max(self.megabytes, sum(map(_pss_megabytes, _family(self._root))))


def _family(root: int) -> set[int]:
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.name)] = int(fields[1])
    family, before = {root}, 0
    while len(family) != before:
        before = len(family)
        family |= {child for child, parent in parents.items() if parent in family}
    return family


def _pss_megabytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
