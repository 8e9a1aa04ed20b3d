"""An organisation is added, published by a second person, renamed, merged, in browsers; its old address leads on."""

from __future__ import annotations

import pytest

from tests.core.practices.test_assessing_browser import DESKTOP, PHONE, Place, place
from tests.core.stakeholders.keeping import published
from tests.core.web.seen import follow, look, press
from tests.core.web.words import InBoth

__all__ = ["place"]

WORDS = InBoth(
    {
        "add": "Add an organisation",
        "save": "Save",
        "courts": "Courts",
        "public": "Public institutions",
        "local": "local",
        "submit": "Submit the entry",
        "publish": "Publish the entry",
        "in sources": "can be read in its sources",
        "nobody": "No person is named in it",
        "rename": "Change the address",
        "merge": "Merge with another entry",
        "slug": "Last part of the new address",
        "stays": "The entry that stays",
    },
    {
        "courts": "Justice",
        "local": "locale",
        "in sources": "se lit dans ses sources",
        "nobody": "Aucune personne n’y est nommée",
    },
)


@pytest.mark.parametrize(
    ("lang", "size"),
    [("fr", DESKTOP), pytest.param("en", PHONE, marks=pytest.mark.long)],
    ids=["desktop-fr", "phone-en"],
)
def test_an_entry_from_the_first_word_to_the_merge(place: Place, lang: str, size: dict[str, int]) -> None:
    words, home = WORDS[lang], f"{place.address}/{lang}/paris"
    team = f"{home}/team/organisations"
    stays = published(place.instance)
    ana, bo, head = (place.enter(name, size) for name in ("ana", "bo", "head"))

    # Ana adds it
    ana.goto(team)
    look(ana, f"list-{lang}")
    follow(ana, words["add"], exact=False)
    look(ana, f"form-{lang}")
    for fold in ("name", "role"):
        ana.locator(f"#{fold} summary").click()
    ana.locator('[id="name.fr"]').fill("Maison des auditions")
    assert not ana.evaluate("document.querySelector('main form').checkValidity()"), "the marked choices are asked for"
    ana.locator('[id="name.en"]').fill("House of Hearings")
    ana.locator('[id="role.fr"]').fill("Accueille les auditions filmées.")
    ana.locator('input[name="side"][value="public"]').check()
    ana.locator('input[name="scope"][value="local"]').check()
    ana.locator('input[name="sectors"][value="courts"]').check()
    press(ana, words["save"])
    look(ana, f"entry-{lang}")
    entry = ana.url.partition("?")[0]
    follow(ana, words["submit"])
    look(ana, f"submit-{lang}")
    press(ana, words["submit"])

    # Bo publishes it
    bo.goto(f"{place.address}/{lang}/start")
    follow(bo, "Maison des auditions" if lang == "fr" else "House of Hearings", exact=False)
    follow(bo, words["publish"])
    bo.get_by_label(words["in sources"]).check()
    bo.get_by_label(words["nobody"]).check()
    look(bo, f"publish-{lang}")
    press(bo, words["publish"])
    reader = place.enter("cy", size)
    old = f"{home}/organisations/maison-des-auditions"
    reader.goto(old)
    look(reader, f"public-{lang}")

    # Hélène writes down a contact and the relation, renames it, and merges it
    head.goto(f"{entry}/contacts")
    look(head, f"contacts-{lang}")
    head.goto(f"{entry}/relation")
    look(head, f"relation-{lang}")
    head.goto(entry)
    follow(head, words["rename"], exact=False)
    head.get_by_label(words["slug"]).fill("auditions")
    look(head, f"rename-{lang}")
    press(head, words["rename"])
    reader.goto(old)
    assert reader.url == f"{home}/organisations/auditions"
    follow(head, words["merge"], exact=False)
    head.get_by_label(words["stays"]).select_option(stays)
    look(head, f"merge-{lang}")
    press(head, words["merge"])
    look(head, f"merged-{lang}")
    for address in (old, f"{home}/organisations/auditions"):
        reader.goto(address)
        assert reader.url == f"{home}/organisations/maison-de-l-audition"
