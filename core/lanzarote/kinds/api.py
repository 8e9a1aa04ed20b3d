"""The API resources of a kind: its list, one record, begun, saved, and one for each action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.accounts.service import names
from lanzarote.kinds import service
from lanzarote.kinds.contents import written_in
from lanzarote.kinds.kind import Before, given_to
from lanzarote.records.records import Record, decode
from lanzarote.records.save_checks import NO_CHECKS
from lanzarote.records.validation import NOTHING_EXPLAINED
from lanzarote.web import working_records
from lanzarote.web.changing import LARGEST_TEXT, NO_CONTENT, Nothing, change, made
from lanzarote.web.resources import CURSOR, LIMIT, REGION, ROOT, Answer, Parameter, list_of, resource
from lanzarote.web.working_records import (
    AS_READ,
    Because,
    Explaining,
    Fitting,
    LettingPass,
    WorkingVersionList,
    etag_of,
    id_of,
    overrides_of,
    reasons_of,
    refuse_calls,
    state_of,
    step,
    steps_of,
    taken,
    versions_of,
    working,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.kinds.kind import Action, Kind
    from lanzarote.kinds.service import Checked
    from lanzarote.records.save_checks import Checks
    from lanzarote.records.validation import Explained
    from lanzarote.web.changing import Sent
    from lanzarote.web.resources import Asked
    from lanzarote.web.working_records import Why

    AnyKind = Kind[Any, Any]

VERSION: Final = Parameter(name="version", told="Number of the version.", between=(1, 999_999_999))


def records_of(kind: AnyKind) -> working_records.Kind:
    """The records of *kind*, as resources find them."""
    return working_records.Kind(
        name=kind.name,
        read=kind.read,
        none=kind.none,
        erased=kind.erased,
        now=kind.api.now or state_of,
    )


def address_of(kind: AnyKind) -> str:
    """Of one record, as resources write it."""
    return f"/regions/{{region}}/team/{kind.name}s/{{{kind.name}}}"


def resources_of(kind: AnyKind) -> tuple[Any, ...]:
    """The resources of *kind*."""
    listed, one = reading_of(kind)
    return (listed, one, *_versions(kind), *_writing(kind), *(action_of(kind, one) for one in kind.actions))


# The types that follow


def version_of(kind: AnyKind) -> type[Struct]:
    """What one version says: its number, and the content under the name of the kind."""
    fields, said = [("number", int), (kind.name, kind.content)], {"__doc__": "What one version says."}
    return msgspec.defstruct(f"{kind.record.body.__name__}Version", fields, namespace=said, frozen=True, kw_only=True)


def written_of(kind: AnyKind) -> type[Struct]:
    """What is sent: the content, what lets it be saved, and what forms ask besides."""
    parts: list[type[Struct]] = [Explaining, *([LettingPass] if kind.record.checked else [])]
    parts += [Fitting] if "stale" in kind.content.__struct_fields__ else []
    parts += [form.asks for form in kind.forms if form.asks]
    fields = [
        (one.name, one.type, msgspec.field(default=one.default, default_factory=one.default_factory))  # type: ignore[call-overload]
        for part in parts
        for one in msgspec.structs.fields(part)
    ]
    said = {"__doc__": f"{_a(kind.name).capitalize()} as somebody writes it.", "made_of": parts}
    name, bases = f"Written{kind.record.body.__name__}", (kind.content,)
    return msgspec.defstruct(name, fields, bases=bases, namespace=said, frozen=True, kw_only=True)


def returned_by(function: Callable[..., Struct]) -> type[Struct]:
    """The type that *function* says it returns, or makes."""
    if isinstance(function, type):
        return function
    said = function.__annotations__["return"]
    found: type[Struct] = function.__globals__[said] if isinstance(said, str) else said
    return found


def _told(kind: AnyKind, function: Callable[..., Answer], name: str, description: str) -> Callable[..., Answer]:
    """*function* under the name and with the words by which the API describes it."""
    function.__name__ = function.__qualname__ = kind.api.operations.get(name, name)
    function.__doc__ = kind.api.told.get(name, description)
    return function


def reading_of(kind: AnyKind) -> tuple[Any, ...]:
    """The list of all, and one record."""
    about: dict[str, Any] = {"tag": kind.api.tag, "may": kind.read}

    def listed(asked: Asked) -> Answer:
        asked.instance.header(asked["region"])
        start = int(asked.one("cursor") or 0)
        with asked.instance.database.read(asked["region"]) as session:
            rows = session.execute(service.newest_of(kind, session, asked.actor).offset(start).limit(asked.limit))
            found = [(record, decode(body, kind.content)) for record, body in rows]
            more = _beside(kind, asked, session, found)
            items = [kind.api.item(*one, **more) for one in found]
            counting = select(func.count()).select_from(Record).where(service.readable(kind, session, asked.actor))
            total = session.scalar(counting) or 0
        end = start + len(items)
        return asked.listed(map(msgspec.json.encode, items), total, str(end) if end < total else None)

    def one(asked: Asked) -> Answer:
        with asked.instance.database.read(asked["region"]) as session:
            record = working(asked, session, records_of(kind))
            tell, said = kind.api.tell, service.content_of(kind, session, record)
            more = {"instance": asked.instance} | _beside(kind, asked, session, [(record, said)])
            found = tell(session, record, said, **given_to(tell, more))
            return Answer(msgspec.json.encode(found), {"etag": etag_of(record)})

    all_told = f"All {kind.name}s of the region, the last changed first."
    one_told = f"One {kind.name} as the group keeps it. Its ETag is what a change of it takes in If-Match."
    path, here = f"/regions/{{region}}/team/{kind.name}s", (REGION, id_of(kind.name))
    return (
        resource(path, names=(REGION,), query=(CURSOR, LIMIT), answers=list_of(returned_by(kind.api.item)), **about)(
            _told(kind, listed, f"list_team_{kind.name}s", all_told)
        ),
        resource(address_of(kind), names=here, answers=returned_by(kind.api.tell), **about)(
            _told(kind, one, f"get_team_{kind.name}", one_told)
        ),
    )


def _beside(kind: AnyKind, asked: Asked, session: Session, found: Sequence[tuple[Record, Any]]) -> dict[str, Any]:
    return {"beside": kind.api.beside(asked.instance, session, found)} if kind.api.beside else {}


def _versions(kind: AnyKind) -> tuple[Any, ...]:
    about: dict[str, Any] = {"tag": kind.api.tag, "may": kind.read}
    if not kind.api.versions:
        return ()
    document = version_of(kind)

    def listed(asked: Asked) -> Answer:
        return versions_of(asked, records_of(kind), names)

    def one(asked: Asked) -> Answer:
        number = int(asked["version"])
        with asked.instance.database.read(asked["region"]) as session:
            content = service.content_of(kind, session, working(asked, session, records_of(kind)), number)
        return Answer(msgspec.json.encode(document(number=number, **{kind.name: content})))

    path, record = f"{address_of(kind)}/versions", id_of(kind.name)
    all_told = f"All versions of {_a(kind.name)}, the newest first, fifty at a time."
    one_told = f"What one version of {_a(kind.name)} says{', public or not' if kind.public else ''}."
    return (
        resource(path, names=(REGION, record), query=(CURSOR,), answers=WorkingVersionList, **about)(
            _told(kind, listed, f"list_team_{kind.name}_versions", all_told)
        ),
        resource(f"{path}/{{version}}", names=(REGION, record, VERSION), answers=document, **about)(
            _told(kind, one, f"get_team_{kind.name}_version", one_told)
        ),
    )


def _writing(kind: AnyKind) -> tuple[Any, ...]:
    if not kind.forms:
        return ()
    address = address_of(kind)
    about: dict[str, Any] = {
        "tag": kind.api.tag, "may": kind.write, "body": written_of(kind), "largest": LARGEST_TEXT,
        "answers": returned_by(kind.api.now or state_of),
    }  # fmt: skip
    beside = [shape.name for some in kind.beside.values() for shape in some]

    def create(sent: Sent, body: Any) -> Answer:
        with sent.instance.database.read(sent["region"]) as session:
            checks = _checks(kind, sent, session, body)
        given = _checked(kind, sent, _content(kind, body), body.reasons, checks)

        def do(session: Session) -> Answer:
            record = service.begin(kind, session, sent["region"], given, by=sent.actor, at=sent.at)
            at = ROOT + address.format(**{"region": record.region_id, kind.name: record.id})
            return made(records_of(kind).now(record), at=at, etag=etag_of(record), about=record.id)

        return sent.once(do)

    def save(sent: Sent, body: Any) -> Answer:
        said = {name: getattr(body, name) for name in beside}
        asked = ((name, one) for name, one in said.items() if isinstance(one, Mapping))
        texts = [(f"{name}.{code}", text) for name, one in asked for code, text in one.items()]
        refuse_calls(sent.vocabulary, texts, reasons_of(body.reasons))
        with sent.instance.database.read(sent["region"]) as session:
            record = taken(sent, session, records_of(kind), kind.write, lock=False)
            earlier, checks = service.explained_in(kind, session, record), _checks(kind, sent, session, body, record)
        given = _checked(kind, sent, _content(kind, body), body.reasons, checks, earlier, record.id)
        said |= {"vocabulary": sent.vocabulary, "today": sent.instance.today(sent["region"])}
        said["fresh"] = getattr(body, "fits", ())

        def do(session: Session, record: Record, /, **about: Any) -> object:
            return service.save(kind, session, record, given, **about)

        return step(sent, records_of(kind), kind.write, do, expected=AS_READ, **said, **sent.signed)

    begun = f"Begin {_a(kind.name)}, which only the group reads. Location says where it stands."
    saved = "Save another version; all of it is sent. The public does not read it yet."
    return (
        change("POST", f"/regions/{{region}}/team/{kind.name}s", names=(REGION,), status=201, **about)(
            _told(kind, create, f"create_{kind.name}", begun)
        ),
        change("PUT", address, names=(REGION, id_of(kind.name)), match=True, **about)(
            _told(kind, save, f"save_{kind.name}", saved)
        ),
    )


def action_of(kind: AnyKind, action: Action) -> Any:
    """The resource by which *action* is done."""
    body = action.asks or (Because if "reason" in action.takes else Nothing)
    more: dict[str, Any] = {"answers": returned_by(kind.api.now or state_of)}
    if action.erases:
        more = {"answers": None, "status": 204, "tagged": False}

    def act(sent: Sent, body: Any) -> Answer:
        why, reason = reasons_of(getattr(body, "reasons", ())), getattr(body, "reason", "")
        said = written_in(action.shapes, body) if action.asks else [("reason", reason)]
        refuse_calls(sent.vocabulary, said, why)
        service.check_given(action, body if action.asks else None, sent.vocabulary)
        offered = {
            "given": body,
            "reason": reason,
            "why": why,
            "confirmed": getattr(body, "confirmed", False),
            "mark": "",
            "vocabulary": sent.vocabulary,
            "today": sent.instance.today(sent["region"]),
            "expected": AS_READ,
            **sent.signed,
        }
        if "known" in action.takes:
            offered["known"] = _known(kind, sent, sent[kind.name])
        if action.prepares:
            with sent.instance.database.read(sent["region"]) as session:
                record = taken(sent, session, records_of(kind), action.may, lock=False)
                content = service.content_of(kind, session, record)
            before: dict[str, Any] = {"given": body, "why": why, "by": sent.actor}
            offered["prepared"] = action.prepares(
                Before(instance=sent.instance, record=record, content=content, **before)
            )
        about = given_to(action.do, offered)

        def do(session: Session, record: Record, /, **said: Any) -> None:
            service.perform(kind, action, session, record, **said)
            if not action.erases:
                service.tell_about_work(session, record, why, by=sent.actor)

        if not action.erases:
            return step(sent, records_of(kind), action.may, do, **about)

        def erase(session: Session) -> Answer:
            do(session, taken(sent, session, records_of(kind), action.may), **about)
            return NO_CONTENT

        return sent.once(erase)

    declare = steps_of(address_of(kind), kind.api.tag, (REGION, id_of(kind.name)))
    operation = action.operation or f"{action.name.replace('-', '_')}_{kind.name}"
    return declare(action.name, action.may, body, **more)(_told(kind, act, operation, action.told))


def _content(kind: AnyKind, body: Any) -> Any:
    return kind.content(**{name: getattr(body, name) for name in kind.content.__struct_fields__})


def _checks(kind: AnyKind, sent: Sent, session: Session, body: Any, record: Record | None = None) -> Checks:
    """Which packages are asked about *body*, and what a coordinator lets pass. Raises Faulty."""
    let_pass = overrides_of(getattr(body, "let_pass", ()))
    return service.checks_of(kind, sent.instance, session, sent["region"], record, by=sent.actor, reasons=let_pass)


def _checked(
    kind: AnyKind,
    sent: Sent,
    content: Any,
    why: Sequence[Why],
    checks: Checks = NO_CHECKS,
    earlier: Explained = NOTHING_EXPLAINED,
    record_id: str = "",
) -> Checked[Any]:
    """Raises Disclosed, Identifying, Faulty, Objected."""
    reasons = reasons_of(why)
    let_pass = (("let_pass", text) for text in checks.reasons.values())
    refuse_calls(sent.vocabulary, [*written_in(kind.shapes, content), *let_pass], reasons, earlier)
    known = _known(kind, sent, record_id, content)
    by = sent.actor.account_id
    return service.check(kind, content, sent.vocabulary, known, reasons=reasons, by=by, earlier=earlier, checks=checks)


def _known(kind: AnyKind, sent: Sent, record_id: str, content: Any = None) -> Any:
    about = {"record_id": record_id, "language": sent.actor.language, "by": sent.actor}
    return service.known_to(kind, sent.instance, sent["region"], content, **about)


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
