"""Times from paper by page: typed by one, confirmed by another."""

from datetime import timedelta

from courses import stamps, transcripts

DAY = timedelta(days=1)


def grid(group, *times, version=""):
    typed = {"version": version}
    for number, (came, went) in enumerate(times, 1):
        typed |= {f"in_{number}": came, f"out_{number}": went}
    return typed


def test_by_page_one_types_and_another_confirms(make, browse):
    group = make.opened_late()
    url = f"/sessions/{group.session.id}/paper-times"
    typed = grid(group, ("09:00", "12:30"), ("09:10", "12:30"), ("", ""))
    with make.answered_at(group.session.ends_at + DAY):
        coordinator, trainer = browse(group.coordinator), browse(group.trainer)
        wrong = coordinator.post(url, typed | {"out_2": "08:00"})
        assert wrong.status_code == 422
        assert 'id="out_2-error"' in wrong.text
        assert 'value="09:10"' in wrong.text
        assert coordinator.post(url, typed).status_code == 303
        stale = trainer.post(url, typed | {"in_1": "09:05"})
        assert stale.status_code == 409
        assert "09:05 12:30" in stale.text
        assert "09:00 12:30" in stale.text
        make.scanned(group)
        version = transcripts.of_page(group.session.id).version
        coordinator.post(f"{url}/hand-over", {"version": version})
        version = transcripts.of_page(group.session.id).version
        assert "Confirm these times" not in coordinator.get(url).text
        assert "Confirm these times" in trainer.get(url).text
        own = coordinator.post(f"{url}/confirm", {"version": version})
        assert own.status_code == 409
        back = trainer.post(f"{url}/send-back", {"version": version, "reason": ""})
        assert back.status_code == 422
        done = [trainer.post(f"{url}/confirm", {"version": version}, once="a") for _ in range(2)]
        assert [d.status_code for d in done] == [303, 303]
    assert sum(len(s) for s in stamps.of_page(group.session.id).values()) == 4
    trainer = browse(group.trainer)
    page = trainer.get(f"/sessions/{group.session.id}").text
    assert page.count("from paper") >= 3
    assert "from paper" in trainer.get(f"/editions/{group.edition.id}/sessions").text
    assert "from paper" in trainer.get("/sessions").text


def test_the_grid_costs_the_same_for_one_and_for_five(make, browse, statements):
    seen = []
    for trainees in (1, 5):
        group = make.handed_over(trainees=trainees)
        browser, url = browse(group.trainer), f"/sessions/{group.session.id}/paper-times"
        browser.get(url)
        with statements() as found:
            browser.get(url)
        seen.append(len(found))
    assert seen[0] == seen[1] <= 12
