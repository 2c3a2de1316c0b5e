"""One attendance file for each layout and language, read to the second; and what is refused."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from courses import layouts, presence
from courses.layouts import Columns, Layout
from courses.presence import Window
from lms import clock
from lms.errors import Invalid, Refused
from tests.making.register import LENGTH, START

FILES = Path(__file__).parent / "attendance_files"
DAY = date(2026, 11, 12)
LESSON = Window(START, START + LENGTH)
"""From 9:00 to 12:30."""
OTHER = Columns(2, name=0, mail=1, joined=2, left=3)
ACTIONS = Columns(1, name=1, action=2, at=0, shift=60)
PAOLA = ("paola.bruno@demo.example", "09:00:00-12:30:00")
GOLDEN = {
    "zoom_en.csv": (
        Layout.ZOOM,
        None,
        {
            "Paola Bruno (Host)": PAOLA,
            "Chiara Abate": ("chiara.abate@demo.example", "09:00:00-12:30:00"),
            "Davide Bellini": (
                "davide.bellini@demo.example",
                "09:22:31-11:00:00 11:02:01-12:10:09",
            ),
            "Giulia Serra": ("giulia.serra@demo.example", "09:00:00-12:30:00"),
            "Giulia Serra 2": ("g.serra@demo.example", "09:40:00-12:00:30"),
            "iPhone di Ilaria (Ilaria Benedetti)": ("", "09:00:10-12:29:50"),
        },
    ),
    "zoom_it.csv": (
        Layout.ZOOM,
        None,
        {
            "Paola Bruno": PAOLA,
            "Niccolò Ferrero": ("", "09:00:00-12:30:00"),
            "Giulia Serra": ("giulia.serra@demo.example", "09:00:00-12:00:00"),
            "Giulia Serra 2": ("", "09:05:05-12:30:00"),
            "Samira El Idrissi": ("samira@demo.example", "12:00:01-12:30:00"),
        },
    ),
    "zoom_plain_en.csv": (
        Layout.ZOOM,
        None,
        {
            "Niccolò Ferrero": ("niccolo@demo.example", "09:00:00-12:29:59"),
            "Rosanna Gallo": ("", "09:00:00-11:40:12"),
            "Giulia Serra": ("giulia.serra@demo.example", "09:00:00-12:30:00"),
            "Giulia Serra 2": ("g.serra@demo.example", "09:30:15-12:30:00"),
        },
    ),
    "zoom_wide_it.csv": (
        Layout.ZOOM,
        None,
        {
            "Aminata Diallo": ("aminata@demo.example", "09:00:00-12:30:00"),
            "Giulia Serra": ("giulia.serra@demo.example", "09:10:10-12:30:00"),
            "Giulia Serra 2": ("g.serra@demo.example", ""),
        },
    ),
    "teams_en.csv": (
        Layout.TEAMS,
        None,
        {
            "Bruno, Paola": PAOLA,
            "Moretti, Alice (External)": (
                "alice@demo.example",
                "09:00:00-11:00:00 11:08:00-12:30:00",
            ),
            "Serra, Giulia": ("giulia.serra@demo.example", "09:00:01-12:30:00"),
            "Serra, Giulia 2": ("g.serra@demo.example", "09:15:00-12:30:00"),
            "Marchetti Paolo (Unverified)": ("", "09:11:09-12:29:30"),
        },
    ),
    "teams_it.csv": (
        Layout.TEAMS,
        None,
        {
            "Paola Bruno": PAOLA,
            "Alice Moretti": ("alice@demo.example", "09:00:00-12:30:00"),
            "Giulia Serra": ("giulia.serra@demo.example", "09:00:01-12:29:00"),
            "Giulia Serra 2": ("g.serra@demo.example", "09:30:00-10:30:05"),
        },
    ),
    "teams_participants_en.csv": (
        Layout.TEAMS,
        None,
        {
            "Moretti, Alice": ("alice@demo.example", "09:00:00-12:30:00"),
            "Serra, Giulia": ("giulia.serra@demo.example", "09:00:01-12:30:00"),
            "Serra, Giulia 2": ("g.serra@demo.example", "09:00:00-12:00:00"),
        },
    ),
    "actions_en.csv": (
        Layout.ACTIONS,
        None,
        {
            "Paola Bruno": ("", "09:00:00-12:30:00"),
            "Alice Moretti": ("", "09:00:00-12:15:45"),
            "Giulia Serra": ("", "09:00:01-12:20:09"),
            "Paolo Marchetti": ("", "09:11:09-12:30:00"),
        },
    ),
    "actions_it.csv": (
        Layout.ACTIONS,
        None,
        {
            "Paola Bruno": ("", "09:00:00-12:29:59"),
            "Alice Moretti": ("", "09:00:00-09:50:00 09:52:01-12:29:59"),
            "Giulia Serra": ("", "09:00:01-12:29:59"),
        },
    ),
    "other.csv": (
        Layout.CHOSEN,
        OTHER,
        {
            "Alice Moretti": ("alice@demo.example", "09:00:00-12:30:00"),
            "Giulia Serra": ("", "09:00:01-12:00:00"),
            "Giulia Serra 2": ("g.serra@demo.example", "09:30:00-12:00:10"),
        },
    ),
    "other_actions.csv": (
        Layout.CHOSEN,
        ACTIONS,
        {
            "Alice Moretti": ("", "09:00:00-11:30:00"),
            "Giulia Serra": ("", "09:00:00-10:00:00"),
        },
    ),
}  # fmt: skip


def recognised(reading):
    """Who was there from when to when, as a file tells it; the second of a name with a number."""
    found = {}
    for line in reading.lines:
        found.setdefault((line.name, line.mail), []).append((line.joined, line.left))
    said = {}
    for (name, mail), spans in found.items():
        cut = presence.merged(spans, LESSON)
        times = " ".join(f"{_clock(s.start)}-{_clock(s.end)}" for s in cut)
        said[f"{name} 2" if name in said else name] = (mail, times)
    return said


def _clock(at):
    return clock.local(at).strftime("%H:%M:%S")


@pytest.mark.parametrize("name", GOLDEN)
def test_each_layout_is_read_to_the_second(name):
    layout, columns, expected = GOLDEN[name]
    reading = layouts.read((FILES / name).read_bytes(), DAY, columns)
    assert reading.layout == layout
    assert recognised(reading) == expected


def test_every_file_has_its_result():
    assert {path.name for path in FILES.iterdir()} == set(GOLDEN)


def test_the_encodings_are_those_that_platforms_write():
    begins = {name: (FILES / name).read_bytes() for name in GOLDEN}
    assert begins["zoom_en.csv"].startswith(b"\xef\xbb\xbf")
    assert begins["teams_en.csv"].startswith(b"\xff\xfe1\0")
    assert begins["other_actions.csv"].startswith(b"\xfe\xff")
    with pytest.raises(UnicodeDecodeError):
        begins["zoom_plain_en.csv"].decode()
    bare = begins["teams_it.csv"][2:]
    assert recognised(layouts.read(bare, DAY)) == GOLDEN["teams_it.csv"][2]


HEAD = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"


def zoom(*lines):
    return (HEAD + "\n".join(lines)).encode()


GOOD = "Anna Rossi,,11/12/2026 09:00:00 AM,11/12/2026 12:30:00 PM,210,Yes"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "cannot be read"),
        (b"PK\x03\x04" + bytes(range(256)), "cannot be read"),
        (HEAD.encode(), "no participant"),
        (zoom("Anna Rossi,,soon,11/12/2026 12:30:00 PM,210,Yes"), "Line 2: “soon” is no day"),
        (zoom(GOOD, "Anna Rossi,,11/12/2026 10:00:00 AM,11/12/2026 09:59:59 AM,1,Yes"),
         "Line 3: it leaves before it joins"),
        (zoom(GOOD, ",,11/12/2026 10:00:00 AM,11/12/2026 10:59:59 AM,1,Yes"),
         "Line 3: it names nobody"),
        (zoom(GOOD.replace("11/12", "11/13")), "Line 2: it is of .*13.*, the lesson of .*12"),
        (zoom(GOOD.replace("11/12", "12/13")), "Line 2: it is of"),
        (b"Full Name\tUser Action\tTimestamp\nAnna\tLeft\t11/12/2026, 9:00:00 AM",
         "Line 2: it leaves before it joins"),
        (b"Full Name\tUser Action\tTimestamp\nAnna\tDanced\t11/12/2026, 9:00:00 AM",
         "Line 2: “danced” is no join and no leave"),
        (b"Name (Original Name),User Email,Total Duration (Minutes),Guest\nAnna Rossi,,210,Yes",
         "only totals"),
        (b"Name\tFirst join\tLast leave\tIn-meeting duration\n"
         b"Anna Rossi\t11/12/26, 9:00:00 AM\t11/12/26, 12:00:00 PM\t2h 40m 0s",
         "Line 2: it tells only first join"),
        (b"Who,When\nAnna,today", "do not know this layout"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_says_where_and_why(content, why):
    with pytest.raises(Refused, match=why):
        layouts.read(content, DAY)


def test_the_hour_in_which_the_clocks_change_is_refused():
    line = "Anna Rossi,,10/25/2026 02:10:00 AM,10/25/2026 02:50:00 AM,40,Yes"
    with pytest.raises(Invalid, match="Line 2: the clocks change"):
        layouts.read(zoom(line), date(2026, 10, 25))


def test_who_only_waited_was_not_in_the_lesson():
    head = HEAD.strip() + ",In Waiting Room\n"
    content = head + GOOD.replace("Anna Rossi", "Bruno Neri") + ",Yes\n" + GOOD + ",No"
    lines = layouts.read(content.encode(), DAY).lines
    assert [line.name for line in lines] == ["Anna Rossi"]


def test_who_did_not_leave_was_there_to_the_last_moment_that_the_file_knows():
    content = (FILES / "actions_en.csv").read_bytes()
    lines = {line.name: line for line in layouts.read(content, DAY).lines}
    assert lines["Paolo Marchetti"].is_open
    assert lines["Paolo Marchetti"].left == lines["Paola Bruno"].left
    assert not lines["Giulia Serra"].is_open


def test_who_lost_a_leave_counts_only_to_her_own_last_line():
    head = b"Full Name\tUser Action\tTimestamp\n"
    rows = [("Joined", "9:00:00"), ("Joined", "9:30:00"), ("Left", "10:00:00")]
    rows = [f"Anna Rossi\t{what}\t11/12/2026, {at} AM" for what, at in rows]
    rows.append("Bruno Neri\tJoined\t11/12/2026, 11:00:00 AM")
    found = layouts.read(head + "\n".join(rows).encode(), DAY).lines[0]
    assert (found.left - found.joined, found.is_open) == (timedelta(hours=1), True)


def test_a_shift_in_the_heading_is_the_zone_of_its_column():
    content = (HEAD.replace("Join Time", "Join Time (UTC)") + GOOD).encode()
    line = layouts.read(content, DAY).lines[0]
    assert clock.local(line.joined).hour == 10
