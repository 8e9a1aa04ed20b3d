"""One sender is slowed down, the others are not; each is told the true reason."""

from __future__ import annotations

import pytest
from lanzarote.stakeholders import senders as module
from lanzarote.stakeholders.senders import MOST_AN_HOUR, Busy, Senders


def test_one_sender_is_refused_for_an_hour_and_another_is_not() -> None:
    senders = Senders()
    asked = [senders.admit("192.0.2.1", at=0.0) for _ in range(MOST_AN_HOUR + 1)]
    assert asked == [None] * MOST_AN_HOUR + [Busy.SENDER]
    assert senders.admit("192.0.2.2", at=1.0) is None
    assert senders.admit("192.0.2.1", at=3_599.0) is Busy.SENDER
    assert senders.admit("192.0.2.1", at=3_600.0) is None


def test_when_very_many_write_a_new_one_waits_and_is_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SENDERS", 2)
    senders = Senders()
    assert [senders.admit(f"192.0.2.{number}", at=0.0) for number in range(3)] == [None, None, Busy.ALL]
    assert senders.admit("192.0.2.0", at=1.0) is None


def test_no_address_is_kept() -> None:
    senders = Senders()
    senders.admit("192.0.2.1")
    assert "192.0.2.1" not in repr(vars(senders))
