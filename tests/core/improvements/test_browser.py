"""From what somebody observed to an improvement that a group discusses, in browsers; every page for everybody."""

from __future__ import annotations

import pytest

from tests.core.improvements.deliberating import decided
from tests.core.practices.test_assessing_browser import DESKTOP, PHONE, Place, place
from tests.core.web.seen import follow, look, press, unfold
from tests.core.web.words import InBoth

__all__ = ["place"]

WORDS = InBoth(
    {
        "finding": "Record a finding",
        "save": "Save",
        "share": "Share with the group",
        "offer": "Note an offer to reply",
        "reply": "Note what an organisation replied",
        "how": "How it was offered",
        "improvement": "Propose an improvement",
        "discuss": "Open the discussion",
        "discussed": "under discussion",
        "edit": "Edit",
        "versions": "All versions, and what changed",
    },
)
SIZES = {"desktop": DESKTOP, "phone": PHONE}


@pytest.mark.parametrize(
    ("lang", "size"), [("fr", "phone"), pytest.param("en", "desktop", marks=pytest.mark.long)]
)  # French is longer, a phone narrower
def test_from_a_finding_to_a_discussed_improvement(place: Place, lang: str, size: str) -> None:
    words, home = WORDS[lang], f"{place.address}/{lang}/paris"
    mark = f"{lang}-{size}"
    ana, head = (place.enter(name, SIZES[size]) for name in ("ana", "head"))
    body = place.instance.directory("paris")[0]

    # Ana writes down what she observed
    ana.goto(f"{home}/team/findings")
    look(ana, f"findings-empty-{mark}")
    follow(ana, words["finding"])
    look(ana, f"finding-form-{mark}")
    title = ana.locator(f'[id="text.{lang}.title"]')
    title.fill("Les signalements se croisent")
    ana.locator(f'[id="text.{lang}.observed"]').fill("Deux services signalent la même situation sans le savoir.")
    ana.locator('input[name="sectors"][value="courts"]').check()
    press(ana, words["save"])
    look(ana, f"finding-refused-{mark}")
    ana.locator('input[name="sectors"][value="education"]').check()
    unfold(ana)
    ana.locator(f'input[name="organisations"][value="{body.key}"]').check()
    press(ana, words["save"])
    look(ana, f"finding-draft-{mark}")
    finding = ana.url.partition("?")[0]

    # Hélène offers the body to reply, notes its reply, and shares it
    head.goto(finding)
    follow(head, words["share"])
    look(head, f"share-not-yet-{mark}")
    follow(head, words["offer"])
    look(head, f"offer-{mark}")
    head.get_by_label(words["how"]).fill("Lettre au siège")
    press(head, words["offer"])
    follow(head, words["reply"])
    if lang != "fr":
        head.locator("#reply summary").click()
    head.locator('[id="reply.fr"]').fill("Nous préparons une fiche commune.")
    look(head, f"reply-{mark}")
    press(head, words["reply"])
    follow(head, words["share"])
    look(head, f"share-{mark}")
    press(head, words["share"])
    look(head, f"finding-shared-{mark}")

    # Ana proposes what answers it, and edits it
    ana.goto(finding)
    follow(ana, words["improvement"])
    look(ana, f"improvement-form-{mark}")
    ana.locator(f'[id="text.{lang}.title"]').fill("Un registre commun des signalements")
    ana.locator(f'[id="text.{lang}.proposal"]').fill("Tenir ensemble une liste sans nom.")
    ana.locator('input[name="sectors"][value="courts"]').check()
    press(ana, words["save"])
    improvement = ana.url.partition("?")[0]
    follow(ana, words["edit"])
    look(ana, f"improvement-beside-{mark}")
    ana.locator(f'[id="text.{lang}.proposal"]').fill("Tenir ensemble une liste sans nom, mise à jour chaque semaine.")
    press(ana, words["save"])
    follow(ana, words["versions"])
    look(ana, f"versions-{mark}")

    # Hélène puts it up for discussion; Ana finds it on her start page
    head.goto(improvement)
    follow(head, words["discuss"])
    look(head, f"discuss-{mark}")
    press(head, words["discuss"])
    look(head, f"improvement-discussed-{mark}")
    ana.goto(f"{place.address}/{lang}/start")
    look(ana, f"start-{mark}")
    follow(ana, "Un registre commun des signalements")
    assert ana.url == improvement
    assert ana.locator(".badges").inner_text().strip().startswith(words["discussed"])
    ana.goto(f"{home}/team/improvements")
    look(ana, f"improvements-{mark}")

    # The public
    ana.goto(f"{home}/improvements")
    look(ana, f"public-empty-{mark}")
    slug = decided(place.instance, improvement.rpartition("/")[2])
    ana.goto(f"{home}/improvements")
    look(ana, f"public-list-{mark}")
    ana.goto(f"{home}/improvements/{slug}")
    look(ana, f"public-{mark}")
