"""Settings: every wrong one is reported, all at once, in words that say what to write."""

import pytest

from lms import installation, settings
from lms.settings import Settings, WrongSettings

WRONG = {
    "AFFIANCA_DATABASE_URL": "mysql://somewhere",
    "AFFIANCA_PUBLIC_URL": "example",
    "AFFIANCA_PORT": "99999",
    "AFFIANCA_THREADS": "many",
    "AFFIANCA_MODE": "fast",
    "AFFIANCA_SMTP_URL": "mail.example",
    "AFFIANCA_TRUSTED_PROXIES": "-1",
    "AFFIANCA_COLOUR": "blue",
}


def test_nothing_set_is_a_small_installation():
    found = settings.read({})
    assert found.url.endswith("var/affianca.sqlite3")
    assert found.mode == "production"


def test_all_wrong_settings_are_named_at_once():
    with pytest.raises(WrongSettings) as refusal:
        settings.read(WRONG)
    said = str(refusal.value)
    assert all(name in said for name in WRONG)
    assert len(said.splitlines()) == len(WRONG) + 1


@pytest.mark.parametrize("name", list(WRONG))
def test_each_wrong_setting_is_refused_alone(name):
    with pytest.raises(WrongSettings, match=name):
        settings.read({name: WRONG[name]})


def test_an_empty_variable_is_not_set():
    assert settings.read({"AFFIANCA_PORT": ""}).port == 8000


def test_other_variables_are_left_alone():
    settings.read({"HOME": "/root", "FLASK_DEBUG": "1"})


def test_keys_and_anchor_lie_in_the_data_folder_unless_said():
    found = settings.read({"AFFIANCA_DATA": "elsewhere"})
    assert (str(found.keys), str(found.anchor)) == (
        "elsewhere/keys.json",
        "elsewhere/anchor.jsonl",
    )


def test_a_clock_is_only_steered_in_a_demo():
    with pytest.raises(WrongSettings, match="CLOCK_FILE"):
        settings.read({"AFFIANCA_CLOCK_FILE": "clock"})
    settings.read({"AFFIANCA_CLOCK_FILE": "clock", "AFFIANCA_MODE": "demo"})


def test_cookies_are_bound_to_the_host_where_the_address_is_https():
    assert Settings(public_url="https://affianca.example").secure
    assert not Settings().secure


@pytest.mark.parametrize(
    ("mode", "demo", "smtp", "says"),
    [
        ("production", True, "smtp://mail", "marked as a demo"),
        ("demo", False, "", "not a demo"),
        ("production", False, "", "AFFIANCA_SMTP_URL"),
    ],
)
def test_a_start_that_cannot_be_meant_is_refused(database, settings, mode, demo, smtp, says):
    if demo:
        installation.mark_demo()
    with pytest.raises(installation.NotReady, match=says):
        installation.check(Settings(keys=settings.keys, mode=mode, smtp_url=smtp))


def test_a_ring_that_others_can_read_is_refused(database, settings, tmp_path):
    path = tmp_path / "keys.json"
    installation.make_ring(path)
    wanted = Settings(keys=path, smtp_url="smtp://mail")
    installation.check(wanted)
    path.chmod(0o644)
    with pytest.raises(installation.NotReady, match="chmod 600"):
        installation.check(wanted)


def test_a_demo_is_never_made_of_a_database_with_people(make):
    make.person()
    with pytest.raises(installation.NotReady):
        installation.mark_demo()


def test_the_command_says_what_is_wrong_and_exits_2(monkeypatch):
    from click.testing import CliRunner

    from lms.cli import main

    monkeypatch.setenv("AFFIANCA_PORT", "none")
    answer = CliRunner().invoke(main, ["upgrade"])
    assert answer.exit_code == 2
    assert "AFFIANCA_PORT" in answer.output
