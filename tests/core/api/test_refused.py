"""What programs send is refused where it has to be: told with its place and the way out, and kept nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.api.programs import BEARER, CONFIRMED, TEAM, TEXT, WHOLE, Program, Programs, problem, titled

UNKNOWN = "01890000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 422, "unfit"),
        (b"{", 400, "unreadable"),
        (b"\xff\xfe{}", 400, "unreadable"),
        (b'{"original": "fr", "original": "en"}', 400, "unreadable"),
        (b'{"original": "fr", "evidence": [{"value": NaN}]}', 400, "unreadable"),
        (b'{"original": "\\ud800"}', 400, "unreadable"),
        (b"[" * 100_000, 400, "unreadable"),
        (b'{"original": "fr", "answers": {"a": ' + b"[" * 100 + b"]" * 100 + b"}}", 400, "unreadable"),
        (b'"' + b'\\"' * 500_000, 400, "unreadable"),
        (b'{"original": "fr", "text": {"fr": {"titel": "x"}}}', 422, "unfit"),
        (b'{"original": "fr", "text": [1, 2]}', 422, "unfit"),
        (b"[]", 422, "unfit"),
        (b"null", 422, "unfit"),
        (b'{"original": "fr", "evidence": [{"value": 1e999}]}', 422, "unfit"),
        (b'{"original": "fr", "evidence": [{"value": ' + b"9" * 5_000 + b"}]}", 400, "unreadable"),
        (b'{"original": "../../etc"}', 422, "unfit"),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused_and_told_why(
    writer: Program, raw: bytes, status: int, code: str
) -> None:
    answer = writer.ask("POST", TEAM, raw)
    assert (answer.status_code, problem(answer)["code"]) == (status, code)


def test_an_unknown_field_is_named_with_its_place(writer: Program) -> None:
    told = problem(writer.ask("POST", TEAM, {"original": "fr", "partners": [{"sector": "courts", "sied": "public"}]}))
    [error] = told["errors"]
    assert error == {"field": "partners[0]", "detail": "Object contains unknown field `sied`."}


def test_every_fault_is_named_with_its_field_in_the_readers_language(writer: Program) -> None:
    body = titled("", sectors=["nowhere"], started="2014-13")
    english, french = (problem(writer.ask("POST", TEAM, body, accept_language=lang)) for lang in ("en", "fr"))
    assert [one["field"] for one in english["errors"]] == ["text.fr.title", "started", "sectors"]
    assert english["errors"][0]["detail"] == "This is still missing."
    assert french["errors"][0]["detail"] == "Ceci manque encore."


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", ""]
)
def test_nothing_but_json_is_taken(writer: Program, kind: str) -> None:
    answer = writer.ask("POST", TEAM, b"{}", content_type=kind)
    assert (answer.status_code, problem(answer)["title"]) == (415, "Unsupported Media Type")


def test_what_is_too_large_is_not_read(writer: Program) -> None:
    body = b'{"original": "fr", "text": {"fr": {"title": "' + b"x" * 2_200_000 + b'"}}}'
    assert writer.ask("POST", TEAM, body).status_code == 413
    assert writer.ask("POST", f"{TEAM}/{UNKNOWN}/submit", b" " * 70_000, if_match='"1"').status_code == 413


def test_what_is_compressed_is_not_taken(writer: Program) -> None:
    assert writer.ask("POST", TEAM, b"{}", content_encoding="gzip").status_code == 415


def test_an_id_that_is_none_is_not_found(writer: Program) -> None:
    for name in ("x", "..%2f..", UNKNOWN.upper(), f"{UNKNOWN}%0a", "%00"):
        assert writer.ask("GET", f"{TEAM}/{name}").status_code == 404


# The guard


def test_what_may_tell_who_somebody_is_is_refused_and_not_repeated(programs: Programs, writer: Program) -> None:
    secret = "Léa Martin, 9 ans"
    refused = writer.ask(
        "POST", TEAM, titled("Une salle", text={"fr": TEXT | {"problem": f"Ici {secret}, est venue."}})
    )
    told = problem(refused)
    assert (refused.status_code, told["code"]) == (422, "identifying")
    [concern] = told["concerns"]
    detail = concern.pop("detail")
    assert concern == {"field": "text.fr.problem", "code": "name-with-age", "start": 0, "end": 21, "hard": False}
    assert detail.startswith("This looks like a person’s name with their age.")
    assert "Martin" not in refused.text
    for file in programs.instance.settings.data.glob("lanzarote.sqlite*"):
        assert "Léa Martin".encode() not in file.read_bytes()


def test_a_reason_answers_what_is_only_asked_about_and_is_shown_to_the_publisher(
    programs: Programs, writer: Program, publisher: Program
) -> None:
    text = {"fr": TEXT | {"problem": "Comme chez Paul Ricard, 20 ans déjà."}}
    [concern] = problem(writer.ask("POST", TEAM, WHOLE | {"text": text}))["concerns"]
    why = {"field": concern["field"], "code": concern["code"], "reason": "C’est le nom d’une fondation."}
    path = writer.begin(WHOLE | {"text": text, "reasons": [why]})
    [told] = publisher.get(path)["reasons"]
    assert told == why | {"by": {"id": writer.id, "name": "Ana"}}


ASKED = {"fr": TEXT | {"problem": "Comme chez Paul Ricard, 20 ans déjà."}}
WHY = {"field": "text.fr.problem", "code": "name-with-age", "reason": "C’est le nom d’une fondation."}


def test_what_was_explained_is_not_asked_again_while_it_is_as_it_was(writer: Program) -> None:
    path = writer.begin(WHOLE | {"text": ASKED, "reasons": [WHY]})
    longer = {"fr": ASKED["fr"] | {"problem": f"{ASKED['fr']['problem']} Et plus encore.", "limits": "Aucune."}}
    assert writer.save(path, WHOLE | {"text": longer}).status_code == 200
    assert [one["reason"] for one in writer.get(path)["reasons"]] == [WHY["reason"]]


def test_what_changed_since_it_was_explained_is_asked_again(writer: Program) -> None:
    path = writer.begin(WHOLE | {"text": ASKED, "reasons": [WHY]})
    changed = {"fr": ASKED["fr"] | {"problem": "Comme chez Paul Ricard, 9 ans déjà."}}
    [concern] = problem(writer.save(path, WHOLE | {"text": changed}))["concerns"]
    assert concern["code"] == "name-with-age"


@pytest.mark.parametrize("thin", [".", "ok", "Public."])
def test_a_reason_has_to_say_something(writer: Program, thin: str) -> None:
    told = problem(writer.ask("POST", TEAM, WHOLE | {"text": ASKED, "reasons": [WHY | {"reason": thin}]}))
    assert [one["field"] for one in told["errors"]] == ["reason[text.fr.problem|name-with-age]"]


@pytest.mark.parametrize(
    "body",
    [
        {"text": {"fr": TEXT | {"summary": "Appeler le 06 12 34 56 78, jean.dupont@gmail.com"}}},
        {"related": ["2-94-03-75-120-005-91"]},
        {"own_sources": [{"key": "0612345678", "title": "Bilan", "publisher": "Tribunal", "kind": "organisation"}]},
        {"answers": {}, "evidence": [{"text": {"fr": "jean.dupont@gmail.com"}}]},
    ],
)
def test_no_reason_lets_hard_finds_pass_wherever_they_stand(writer: Program, body: dict[str, Any]) -> None:
    why = [{"field": "text.fr.summary", "code": code, "reason": "Public."} for code in ("phone", "email")]
    told = problem(writer.ask("POST", TEAM, WHOLE | body | {"reasons": why}))
    assert told["code"] == "identifying"
    assert all(one["hard"] for one in told["concerns"])


def test_who_tells_of_a_child_in_danger_is_told_whom_to_call_and_nothing_is_kept(
    programs: Programs, writer: Program
) -> None:
    said = "Je veux signaler que mon voisin frappe sa fille tous les soirs, aidez-moi."
    refused = writer.ask("POST", TEAM, titled("Une salle", text={"fr": TEXT | {"problem": said}}))
    told = problem(refused)
    assert (refused.status_code, told["code"]) == (422, "disclosure")
    assert "119" in [one["number"] for one in told["help"]]
    assert "voisin" not in refused.text
    for file in programs.instance.settings.data.glob("lanzarote.sqlite*"):
        assert b"voisin frappe" not in file.read_bytes()


def test_a_program_says_that_what_reads_like_a_call_for_help_is_about_the_work(writer: Program) -> None:
    said = titled("Une salle", text={"fr": TEXT | {"problem": "Je veux signaler mon voisin."}})
    [found] = problem(writer.ask("POST", TEAM, said))["concerns"]
    assert (found["field"], found["code"], found["hard"]) == ("text.fr.problem", "disclosure", False)
    why = {"field": found["field"], "code": found["code"], "reason": "Une phrase de notre affiche."}
    made = writer.ask("POST", TEAM, said | {"reasons": [why]})
    assert made.status_code == 201
    assert writer.get(made.headers["location"])["reasons"][0]["code"] == "disclosure"


@pytest.mark.parametrize("name", ["give-back", "withdraw"])
def test_reasons_pass_the_guard_too(writer: Program, publisher: Program, head: Program, name: str) -> None:
    path = writer.begin()
    writer.step(path, "submit", BEARER)
    if name == "withdraw":
        publisher.step(path, "publish", CONFIRMED)
    told = problem(head.step(path, name, {"reason": "Voir jean.dupont@gmail.com"}))
    assert [(one["field"], one["code"]) for one in told["concerns"]] == [("reason", "email")]
    assert [one["field"] for one in problem(head.step(path, name, {"reason": "  "}))["errors"]] == ["reason"]
