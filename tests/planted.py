"""The faults that `tests.faults` plants: where, what stands there, what is put, who must see it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def planted(name: str, file: str, old: str, new: str, *tests: str) -> Fault:
    return Fault(name, file, old, new, tests)


FAULTS = (
    planted(
        "commit forgotten",
        "lms/guard.py",
        "            touch()\n        db.session.commit()\n    except SQLAlchemyError as error:",
        "            touch()\n        db.session.flush()\n    except SQLAlchemyError as error:",
        "tests/lms/test_once.py::test_a_repeated_post_has_one_effect_and_one_answer",
    ),
    planted(
        "a scope forgets the programme",
        "lms/permissions.py",
        "return and_(mine == me.programme_id, or_(false(), *scopes))",
        "return or_(false(), *scopes)",
        "tests/test_permissions.py::test_no_list_crosses_from_one_programme_into_another",
    ),
    planted(
        "the row is loaded without its permission",
        "lms/permissions.py",
        "query = query.where(model.id == id, allowed(me, permission))",
        "query = query.where(model.id == id)",
        "tests/test_sweep.py::test_not_yours_and_not_there_are_the_same",
    ),
    planted(
        "lists are not filtered",
        "lms/permissions.py",
        "select(model.id).where(model.id.in_(ids), allowed(me, permission))",
        "select(model.id).where(model.id.in_(ids))",
        "tests/test_permissions.py::test_the_table",
    ),
    planted(
        "a role is not asked for where there is no row",
        "lms/guard.py",
        "elif not permission.held_by(seen.actor):",
        "elif not seen.actor.roles:",
        "tests/test_sweep.py::test_every_route[inspector]",
    ),
    planted(
        "the key of a form is claimed before the permission is asked",
        "lms/guard.py",
        "            try:\n                if row:\n                    arguments[row]",
        "            if is_unsafe():\n"
        "                once.begin(request.path, 'k', b'', by=seen.actor)\n"
        "            try:\n                if row:\n                    arguments[row]",
        "tests/test_sweep.py::test_every_route[inspector]",
    ),
    planted(
        "the second factor is not asked for",
        "lms/guard.py",
        "if permission.factor and not seen.actor.proven:",
        "if permission.factor and not seen:",
        "tests/test_sweep.py::test_without_the_second_factor_nothing_is_shown",
    ),
    planted(
        "a post from another site is accepted",
        "lms/origin.py",
        '("cross-site", "same-site")',
        '("cross-sites",)',
        "tests/lms/test_guard.py::test_a_post_from_elsewhere_is_refused",
    ),
    planted(
        "the form token is not checked",
        "lms/origin.py",
        "    except ValidationError as error:\n        raise Forged(",
        "    except ValidationError as error:\n        return\n        raise Forged(",
        "tests/lms/test_guard.py::test_a_post_without_our_token_is_refused",
    ),
    planted(
        "a sign-in leads to another site",
        "lms/origin.py",
        'target.startswith(("//", "/\\\\"))',
        'target.startswith("/\\\\")',
        "tests/lms/test_guard.py::test_a_sign_in_leads_nowhere_else",
    ),
    planted(
        "a reading is not recorded",
        "lms/keys.py",
        "    _seen(db.session()).setdefault((by, standing.get()), set()).add(whose)",
        "    _seen(db.session()).setdefault((by, standing.get()), set())",
        "tests/lms/test_audit.py::test_a_reading_names_whose_content_it_was",
    ),
    planted(
        "a page leaves though its reading could not be recorded",
        "lms/guard.py",
        "            db.session.rollback()\n            return Response(status=503,",
        "            db.session.rollback()\n            return response\n"
        "            return Response(status=503,",
        "tests/lms/test_audit.py::test_what_cannot_be_recorded_is_not_shown",
    ),
    planted(
        "readings of a refused request are forgotten",
        "lms/guard.py",
        "    if readings:\n        works.append(",
        "    if not readings:\n        works.append(",
        "tests/lms/test_audit.py::test_what_a_refused_request_has_shown_is_recorded_too",
    ),
    planted(
        "verify does not look at what follows what",
        "lms/proofs.py",
        "if before != previous:",
        "if before == b'':",
        "tests/lms/test_chains.py::test_an_attack_is_named_with_its_place",
    ),
    planted(
        "verify does not compare the columns beside",
        "lms/proofs.py",
        "if any(said.get(k) != _settled(text) for",
        "if any(said.get(k) == () for",
        "tests/lms/test_chains.py::test_an_attack_is_named_with_its_place",
    ),
    planted(
        "a cut tail is not seen",
        "lms/proofs.py",
        "if count != chain.length or previous != chain.head:",
        "if count > chain.length:",
        "tests/lms/test_chains.py::test_an_attack_is_named_with_its_place",
    ),
    planted(
        "the anchor is not looked at",
        "lms/chains.py",
        "        if found.hex() != head:",
        "        if found.hex() == '':",
        "tests/lms/test_chains.py::test_a_tail_computed_again_is_seen_with_the_anchor",
    ),
    planted(
        "an anchor of somebody else is believed",
        "lms/audit.py",
        'if not keys.signed(signed["line"].encode(), signed["mac"]):',
        'if not signed["mac"]:',
        "tests/lms/test_chains.py::test_an_anchor_that_we_did_not_sign_is_refused",
    ),
    planted(
        "the protection of a table is not made",
        "lms/db.py",
        'for verb in ("UPDATE", "DELETE")',
        'for verb in ("UPDATE",)',
        "tests/lms/test_chains.py::test_the_database_itself_refuses",
    ),
    planted(
        "INSERT OR REPLACE passes the triggers",
        "lms/db.py",
        '"recursive_triggers=ON"',
        '"recursive_triggers=OFF"',
        "tests/lms/test_chains.py::test_the_database_itself_refuses",
    ),
    planted(
        "a writer does not say that it will write",
        "lms/db.py",
        '"BEGIN IMMEDIATE" if writes else "BEGIN"',
        '"BEGIN"',
        "tests/lms/test_audit.py::test_a_reading_is_one_short_write_after_the_page",
    ),
    planted(
        "a repeated form is done again",
        "lms/once.py",
        "    if claimed.first() is not None:\n        return None",
        "    if True:\n        return None",
        "tests/lms/test_once.py::test_a_repeated_post_has_one_effect_and_one_answer",
    ),
    planted(
        "the same key with other words passes",
        "lms/once.py",
        "if first.body != body:",
        "if first.body == b'':",
        "tests/lms/test_once.py::test_the_same_key_with_another_body_is_shown",
    ),
    planted(
        "sealed text is not bound to its row",
        "lms/keys.py",
        'return f"affianca1|{key_id}|{table}|{column}|{row_id}".encode()',
        'return f"affianca1|{key_id}|{table}|{column}".encode()',
        "tests/lms/test_keys.py::test_what_was_moved_to_another_row_is_refused",
    ),
    planted(
        "an erased key is kept",
        "lms/keys.py",
        "key.wrapped, key.destroyed_at = None, clock.now()",
        "key.destroyed_at = clock.now()",
        "tests/lms/test_keys.py::test_an_erased_subject_can_never_be_read_again",
    ),
    planted(
        "a link stands in the database as it is",
        "lms/mail.py",
        "    db.session.add(row)\n    jobs.ask(",
        "    if token_id:\n        row.link = '/t/' + tokens.written(token_id)\n"
        "    db.session.add(row)\n    jobs.ask(",
        "tests/lms/test_mail.py::test_the_link_is_in_no_table",
    ),
    planted(
        "a link is used twice",
        "lms/tokens.py",
        "        .where(Token.id == token.id, Token.used_at.is_(None))",
        "        .where(Token.id == token.id)",
        "tests/lms/test_tokens.py::test_of_many_who_use_it_at_once_one_gets_it",
    ),
    planted(
        "a draft keeps a password",
        "lms/drafts.py",
        'SECRETS = frozenset({"csrf_token", "once", "password", "again", "code"})',
        'SECRETS = frozenset({"csrf_token", "once"})',
        "tests/lms/test_drafts.py::test_a_draft_never_holds_a_secret",
    ),
    planted(
        "a job says done outside the transaction of its effects",
        "lms/jobs.py",
        "            if _finish(job_id, worker):\n                db.session.commit()",
        "            db.session.commit()\n            if _finish(job_id, worker):\n"
        "                db.session.commit()",
        "tests/lms/test_jobs.py::test_a_worker_that_was_only_slow_writes_nothing",
    ),
    planted(
        "failed tries are counted in the transaction that is undone",
        "lms/tries.py",
        "    with db.aside():\n        for kind, subject in tried:",
        "    if tried:\n        for kind, subject in tried:",
        "tests/lms/test_sign_ins.py::test_failed_tries_survive_the_refusal",
    ),
    planted(
        "a second factor is accepted twice",
        "lms/sign_ins.py",
        "if step is not None and step > person.factor_step:",
        "if step is not None:",
        "tests/lms/test_sign_ins.py::test_a_code_is_accepted_once",
    ),
    planted(
        "a page may be kept by the browser",
        "lms/app.py",
        'response.headers["Cache-Control"] = "no-store"',
        'response.headers["Cache-Control"] = "private"',
        "tests/lms/test_hostile.py::test_headers_stand_on_every_kind_of_answer",
    ),
    planted(
        "not here tells requests apart",
        "templates/lms/not_found.html",
        '{% block title %}{{ _("Not here") }}{% endblock %}',
        '{% block title %}{{ _("Not here") }} {{ request.path }}{% endblock %}',
        "tests/test_sweep.py::test_not_yours_and_not_there_are_the_same",
    ),
    planted(
        "files lie on the disk as they are",
        "lms/files.py",
        "self._stored.write(AESGCM(self._data_key).encrypt(nonce, chunk, bound))",
        "self._stored.write(nonce + chunk)",
        "tests/lms/test_files.py::test_bytes_on_disk_are_encrypted",
    ),
    planted(
        "what people write may run",
        "lms/text.py",
        "    return Markup(clean)",
        "    return Markup(html)",
        "tests/lms/test_text.py::test_nothing_runs_and_nothing_is_fetched",
    ),
    planted(
        "a row of somebody else can be chosen in a form",
        "lms/forms.py",
        "query = select(model).where(allowed(me(), self.permission), self.within())",
        "query = select(model).where(self.within())",
        "tests/lms/test_forms.py::test_another_programmes_row_is_not_in_the_list",
    ),
    planted(
        "a column is missing from the register of personal data",
        "lms/personal_data.py",
        '"programmes": {\n        **plain("id code name',
        '"programmes": {\n        **plain("id code',
        "tests/test_privacy.py::test_every_column_is_in_the_register_or_declared_not_personal",
    ),
    planted(
        "a page is signed although an exit is missing",
        "courses/register.py",
        "    if missing:\n        raise Refused(\n            nlazy(",
        "    if missing < 0:\n        raise Refused(\n            nlazy(",
        "tests/courses/test_register.py"
        "::test_a_page_with_a_missing_exit_cannot_be_signed_until_it_is_attested",
    ),
    planted(
        "who signed a page countersigns it",
        "courses/register.py",
        "    if by.id in (session.signed_by_id, session.trainer_id):",
        "    if by.id in (session.id,):",
        "tests/courses/test_register.py::test_countersigning_needs_a_second_pair_of_eyes",
    ),
    planted(
        "recorded minutes count as certified",
        "courses/ledger.py",
        "certified, live = Session.state == SessionState.CERTIFIED, followed_live()",
        "certified, live = Session.state != SessionState.CANCELLED, followed_live()",
        "tests/courses/test_ledger.py::test_certifying_makes_recorded_minutes_certified",
    ),
    planted(
        "one minute less is enough",
        "courses/certification.py",
        "    if lack := max(found.total.minimum - found.total.sure, 0):",
        "    if lack := max(found.total.minimum - found.total.sure - 1, 0):",
        "tests/courses/test_certification.py::test_the_last_minute_decides",
    ),
    planted(
        "a plan is approved while something must change",
        "mentoring/reviews.py",
        "    if review.state in UNDER_WAY and unsettled:",
        "    if unsettled < 0:",
        "tests/mentoring/test_reviews.py::test_to_approve_nothing_must_change",
    ),
    planted(
        "a coordinator begins editions",
        "courses/policy.py",
        '"edition:run",\n    Edition,\n    {Role.MANAGER: everywhere},',
        '"edition:run",\n    Edition,\n'
        "    {Role.MANAGER: everywhere, Role.COORDINATOR: editions.coordinated},",
        "tests/test_permissions.py::test_the_table",
    ),
    planted(
        "thresholds change under certified hours",
        "courses/planning.py",
        "if wanted and has_certified_hours(edition):",
        "if wanted and not edition:",
        "tests/courses/test_planning.py::test_thresholds_stand_from_the_first_certified_page",
    ),
    planted(
        "attempts are allowed without end",
        "courses/retries.py",
        "if standing is None or not standing.used_up:",
        "if standing is None:",
        "tests/courses/test_retries.py::test_it_is_allowed_once_and_only_to_who_needs_it",
    ),
    planted(
        "autonomy without certified hours",
        "casework/activators.py",
        "if activator.stage == Stage.SUPERVISED and not is_certified(activator):",
        "if activator.stage != Stage.SUPERVISED:",
        "tests/casework/test_activators.py::"
        "test_without_a_valid_certificate_nobody_is_made_autonomous[revoked]",
    ),
    planted(
        "many accounts are tried from one place without end",
        "lms/sign_ins.py",
        "tries.claim((tries.PLACE, place), ",
        "tries.claim(",
        "tests/lms/test_sign_ins.py::test_who_tries_many_accounts_from_one_place_has_to_wait",
    ),
    planted(
        "a failed sign-in is not recorded",
        "lms/sign_ins.py",
        "    if person := accounts.by_mail(mail):\n        audit.refused(",
        "    if (person := accounts.by_mail(mail)) and not mail:\n        audit.refused(",
        "tests/lms/test_sign_ins.py::test_a_failed_sign_in_is_in_the_record_of_an_account",
    ),
    planted(
        "a receipt lies in clear",
        "lms/once.py",
        'keys.ring_sealed("once", "receipt", row.id, said)',
        "said.encode()",
        "tests/lms/test_once.py::test_a_receipt_that_names_somebody_lies_sealed",
    ),
    planted(
        "codes of cases stand on the first page before the second factor",
        "lms/views/home.py",
        "return isinstance(permission, Permission) and permission.factor",
        "return isinstance(permission, str)",
        "tests/lms/test_home.py::"
        "test_before_the_second_factor_only_the_number_of_things_is_told",
    ),
    planted(
        "who read the referral is not found from its case",
        "casework/traces.py",
        "for model in (Referral, *PARTS)",
        "for model in PARTS",
        "tests/casework/test_traces.py::"
        "test_who_read_the_referral_before_there_was_a_case_has_seen_the_case",
    ),
    planted(
        "writing about a person is recorded without her case",
        "casework/beneficiaries.py",
        "audit.record(WRITTEN[type(row)], row, by=by, subjects=[subject])",
        "audit.record(WRITTEN[type(row)], row, by=by)",
        "tests/casework/views/test_beneficiaries.py::test_writing_is_recorded_with_the_case",
    ),
)  # fmt: skip
