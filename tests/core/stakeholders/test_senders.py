"""One sender is slowed down, the others are not."""

from __future__ import annotations

from lanzarote.stakeholders.senders import MOST_AN_HOUR, Senders


def test_one_sender_is_refused_for_an_hour_and_another_is_not() -> None:
    senders = Senders()
    assert [senders.admit("192.0.2.1", at=0.0) for _ in range(MOST_AN_HOUR + 1)] == [True] * MOST_AN_HOUR + [False]
    assert senders.admit("192.0.2.2", at=1.0)
    assert not senders.admit("192.0.2.1", at=3_599.0)
    assert senders.admit("192.0.2.1", at=3_600.0)


def test_no_address_is_kept() -> None:
    senders = Senders()
    senders.admit("192.0.2.1")
    assert "192.0.2.1" not in repr(vars(senders))
