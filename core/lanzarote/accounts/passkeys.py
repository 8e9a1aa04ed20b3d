"""Passkeys as second factor: a key in a device or password manager, which works at this very address only."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts import service
from lanzarote.accounts.factors import WrongCode, forget_if_none_is_left, has_any, renew_recovery_codes
from lanzarote.accounts.model import Account, Passkey
from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


MOST: Final = 10
LONGEST_ANSWER: Final = 20_000

NOT_TAKEN = N_("This passkey could not be added. Nothing was changed; try again, or use an app instead.")
TOO_MANY = N_("This account has ten passkeys already; remove one first.")


class NotTaken(LanzaroteError):
    """What the browser gave is no passkey for this account; the text is to be translated."""


class Place(Struct, frozen=True, kw_only=True):
    """Where passkeys are asked for."""

    name: str
    """Of the instance, as browsers show it."""
    host: str
    origin: str

    @property
    def possible(self) -> bool:
        """Browsers make passkeys for names only, not for bare numbers such as 127.0.0.1."""
        return not (":" in self.host or self.host.replace(".", "").isdigit())


def challenge_of(secret: str) -> bytes:
    """What a passkey signs in the half-done sign-in or the session with *secret*, which is never anybody else's."""
    return sha256(f"passkey/{secret}".encode()).digest()


def of_account(session: Session, account_id: str) -> Sequence[Passkey]:
    return session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.made_at)).all()


def to_make(account: Account, known: Sequence[Passkey], challenge: bytes, place: Place) -> str:
    """What the browser has to know to make a passkey, as JSON."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import AuthenticatorSelectionCriteria, UserVerificationRequirement

    options = generate_registration_options(
        rp_id=place.host,
        rp_name=place.name,
        user_id=account.id.encode(),
        user_name=account.address,
        user_display_name=account.name,
        challenge=challenge,
        exclude_credentials=_described([one.id for one in known]),
        authenticator_selection=AuthenticatorSelectionCriteria(
            user_verification=UserVerificationRequirement.DISCOURAGED  # the password is the other factor
        ),
    )
    return options_to_json(options)


def to_use(keys: Sequence[str], challenge: bytes, place: Place) -> str:
    """What the browser has to know to use one of the passkeys, as JSON."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=place.host,
        challenge=challenge,
        allow_credentials=_described(keys),
        user_verification=UserVerificationRequirement.DISCOURAGED,
    )
    return options_to_json(options)


def add(
    session: Session, account: Account, answer: str, *, challenge: bytes, place: Place, name: str, at: datetime
) -> list[str]:
    """Take the passkey that the browser made; return recovery codes if it is the first factor. Raises NotTaken."""
    from webauthn import verify_registration_response

    session.refresh(account, with_for_update=True)
    if len(of_account(session, account.id)) >= MOST:
        raise NotTaken(TOO_MANY)
    try:
        made = verify_registration_response(
            credential=_bounded(answer),
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
        )
    except Exception as error:  # whatever a library raises over bytes from outside means no
        raise NotTaken(NOT_TAKEN) from error
    if session.get(Passkey, key := _text(made.credential_id)) is not None:
        raise NotTaken(NOT_TAKEN)
    first = not has_any(session, account)
    session.add(
        Passkey(
            id=key,
            account_id=account.id,
            public_key=made.credential_public_key,
            uses=made.sign_count,
            name=service.checked_name(name),
            made_at=at,
            used_at=None,
        )
    )
    service.tell(session, account.id, "add passkey", by=account.id, at=at)
    service.notify(session, account, "passkey")
    return renew_recovery_codes(session, account) if first else []


def remove(session: Session, account: Account, key: str, at: datetime) -> None:
    """Raises NotFound."""
    row = session.get(Passkey, key)
    if row is None or row.account_id != account.id:
        raise NotFound("The account has no such passkey.")
    session.delete(row)
    service.tell(session, account.id, "remove passkey", by=account.id, at=at)
    service.notify(session, account, "passkey removed")
    forget_if_none_is_left(session, account)


def prove_passkey(
    session: Session, account: Account, answer: str, *, challenge: bytes, place: Place, at: datetime
) -> None:
    """Check what the browser signed. Raises factors.WrongCode."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json

    try:
        given = parse_authentication_credential_json(_bounded(answer))
        row = session.get(Passkey, _text(given.raw_id), with_for_update=True)
        if row is None or row.account_id != account.id:
            raise WrongCode
        used = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.uses,
        )
    except Exception as error:  # whatever a library raises over bytes from outside means no
        raise WrongCode from error
    row.uses, row.used_at = used.new_sign_count, at


def _bounded(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("longer than any passkey's answer")
    return answer


def _described(keys: Sequence[str]) -> list[Any]:
    from webauthn import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key)) for key in keys]


def _text(credential_id: bytes) -> str:
    from webauthn.helpers import bytes_to_base64url

    return bytes_to_base64url(credential_id)
