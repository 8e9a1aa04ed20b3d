"""Accounts and what belongs to them. Secrets are kept as hashes, but for that of an authenticator app."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.store.database import Base, Shared

Purpose = Literal["invitation", "reset", "address", "sign-in", "device"]


class Account(Shared, Base):
    """A person who may sign in. Nothing is known about them but what the work needs."""

    __tablename__ = "account"
    __table_args__ = (Index("account_by_address", "address_key", unique=True),)

    id: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]
    """E-mail address of their work."""
    address_key: Mapped[str]
    """The address as it is compared: two that differ in case are one."""
    name: Mapped[str]
    language: Mapped[str]
    notices: Mapped[bool]
    """Mails tell them that something waits."""
    password: Mapped[str]
    """Argon2id; empty until the invitation is accepted."""
    state: Mapped[str]
    """``invited``, ``active`` or ``closed``."""
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Secret of the authenticator app, once it has proved to work; never shown again."""
    totp_step: Mapped[int]
    """The last time step a code was used for: no code works twice."""
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    """When they last signed in."""
    before_at: Mapped[datetime | None]
    """When they signed in the time before: what changed since then is new to them."""


class Granted(Shared, Base):
    """A role that an account has somewhere."""

    __tablename__ = "account_grant"
    __table_args__ = (Index("grant_by_region", "region_id", "role"),)

    account_id: Mapped[str] = mapped_column(primary_key=True)
    region_id: Mapped[str] = mapped_column(primary_key=True)
    """Empty for a role in the instance."""
    role: Mapped[str] = mapped_column(primary_key=True)
    stakeholder_id: Mapped[str]
    """The organisation the person works or speaks for; empty if none was named."""
    by: Mapped[str]
    at: Mapped[datetime]


class SignedIn(Shared, Base):
    """A session. Its token is known to the browser alone."""

    __tablename__ = "session"
    __table_args__ = (Index("session_by_account", "account_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    form_key: Mapped[str]
    """What forms of this session carry, so that no other page can send them."""
    strong: Mapped[bool]
    """Begun with a second factor."""
    device: Mapped[str]
    """Browser and system, for the person to recognise the session by."""
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    provider: Mapped[str] = mapped_column(server_default="")
    """Key of the provider through which it began; empty: with a password."""
    subject: Mapped[str] = mapped_column(server_default="")
    """Who that is at the provider."""
    provider_session: Mapped[str] = mapped_column(server_default="")
    """The provider's own id of its session, if it told one."""
    id_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What signs out there; sealed with the token, which the browser alone has."""


class Link(Shared, Base):
    """A secret that was handed out: a mailed link or a half-done sign-in, which work once; the mark of a browser."""

    __tablename__ = "account_link"
    __table_args__ = (Index("link_by_account", "account_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    purpose: Mapped[str]
    """A ``Purpose``."""
    address: Mapped[str]
    """The address it was mailed to; for ``address``, the one to be proved."""
    event_id: Mapped[str]
    """The job that mailed it: what is mailed twice over, for fear that it was lost, works twice over."""
    ends_at: Mapped[datetime]


class ProviderIdentity(Shared, Base):
    """By what an institution's provider knows the person of an account."""

    __tablename__ = "account_identity"
    __table_args__ = (Index("identity_by_account", "account_id"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    provider: Mapped[str]
    """Its key, as the settings have it."""
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    """When they last signed in through it."""


class ProviderStep(Shared, Base):
    """Something half-way with a provider, which goes on once."""

    __tablename__ = "provider_step"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    details: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed with the secret whose hash this is, and with what the browser keeps."""
    ends_at: Mapped[datetime]


class GroupRole(Shared, Base):
    """A role that is proposed for, or rests on, a group at a provider."""

    __tablename__ = "account_group_role"
    __table_args__ = (Index("group_role_by_region", "region_id"),)

    account_id: Mapped[str] = mapped_column(primary_key=True)
    region_id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str]
    group_name: Mapped[str]
    state: Mapped[str]
    """``proposed``, ``accepted`` or ``refused``."""
    task_id: Mapped[str]
    """The open task of the team about it; empty: none."""
    confirmed_at: Mapped[datetime]
    """The last sign-in at which the provider said so."""
    lost_at: Mapped[datetime | None]
    """Of an accepted one: since when the provider says so no longer."""


class RecoveryCode(Shared, Base):
    """A code that works once instead of the second factor."""

    __tablename__ = "recovery_code"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(primary_key=True)


class Passkey(Shared, Base):
    """A key in a person's device or password manager; the public half."""

    __tablename__ = "passkey"
    __table_args__ = (Index("passkey_by_account", "account_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """Credential id, base64url."""
    account_id: Mapped[str]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    uses: Mapped[int]
    """The authenticator's own counter, where it counts."""
    name: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Shared, Base):
    """A token with which a program acts for a person, with some of their rights and never more."""

    __tablename__ = "api_token"
    __table_args__ = (Index("api_token_by_account", "account_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str]
    account_id: Mapped[str]
    name: Mapped[str]
    actions: Mapped[str]
    """``permissions.Action`` names, separated by blanks."""
    region_id: Mapped[str]
    """The only region it works in; empty: all of its owner's."""
    strong: Mapped[bool]
    """Made in a session with a second factor; roles that need one count in no other token."""
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Attempts(Shared, Base):
    """How often somebody failed to prove who they are, lately: by account, by sender, and in total."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(primary_key=True)
    """A hash; forgotten within the hour."""
    failures: Mapped[int]
    last_at: Mapped[datetime]
