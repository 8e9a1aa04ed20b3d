"""Train the classifier of the guard from the texts beside this file: ``python3 dev.py train``.

Written without any library, so that the same texts give the same bytes everywhere: a linear support vector machine with
squared hinge loss, by dual coordinate descent (Hsieh et al., *A Dual Coordinate Descent Method for Large-scale Linear
SVM*, 2008). Each output of the classifier is trained by itself against all other texts.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tomllib
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from lanzarote.guard import classifier
from lanzarote.guard.lexicon import KINDS
from lanzarote.translation.folding import fold

HERE = Path(__file__).parent
GUARD = Path(classifier.__file__).parent
WEIGHTS = GUARD / "classifier.bin"
INPUTS = HERE / "inputs.sha256"
"""The checksum of all that the weights were made from: where it differs, train again."""
LABELS = {"recognisable": "soft", "disclosure": "disclosure"}
"""Output of the classifier → the label of the texts for which it speaks."""
EPOCHS = 12
COST = 0.5
"""How much a text on the wrong side weighs beside small weights."""
FILLINGS = 3
"""A text with slots is read with so many different names and places."""
HURRIED = 0.4
"""So many of the texts are read again as one types them in haste."""


class Example(NamedTuple):
    lang: str
    label: str
    family: str
    text: str
    outputs: Sequence[str] = classifier.OUTPUTS
    """Those that learn from it."""


def read() -> list[Example]:
    """All texts; of one in which a single sentence tells something, that sentence by itself."""
    cries = _read_in("texts/cries", ("disclosure",))
    return [*_read_in("texts", classifier.OUTPUTS), *_read_in("long", classifier.OUTPUTS), *cries]


def _read_in(folder: str, outputs: Sequence[str]) -> list[Example]:
    found = []
    for file in sorted(HERE.glob(f"{folder}/*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            one = json.loads(line)
            lang = file.stem.partition("-")[0]
            found.append(Example(lang, one["label"], one["family"], one.get("telling", one["text"]), outputs))
    return found


_SLOT = re.compile(r"\{(\w+)\}")


def filled(example: Example, slots: dict[str, dict[str, list[str]]], chance: random.Random) -> str:
    """The text of *example* with something in each of its slots."""
    names = slots[example.lang]

    def value(match: re.Match[str]) -> str:
        slot = match[1]
        if slot == "age":
            return str(chance.randint(3, 17))
        if slot == "year":
            return str(chance.randint(1985, 2026))
        if slot == "n":
            return str(chance.randint(2, 40))
        if slot == "person":
            return f"{chance.choice(names['child'])} {chance.choice(names['family'])}"
        if slot == "initials":
            return f"{chance.choice(names['child'])[0]}. {chance.choice(names['family'])[0]}."
        return chance.choice(names[slot])

    return _SLOT.sub(value, example.text)


def hurried(text: str, chance: random.Random) -> str:
    """*text* as one types it in haste or anger: without capitals or in nothing else, no accents, no commas."""
    if chance.random() < 0.9:
        text = text.upper() if chance.random() < 0.2 else text.lower()
    if chance.random() < 0.5:
        text = fold(text)
    return re.sub(r"[.,;!?]", "", text) if chance.random() < 0.5 else text


def prepared(examples: Sequence[Example], seed: int = 1) -> Iterator[tuple[Example, frozenset[int]]]:
    """Examples with the features of each of their readings, cut into the windows in which the classifier reads."""
    chance = random.Random(seed)
    slots = tomllib.loads((HERE / "slots.toml").read_text("utf-8"))
    for one in examples:
        texts = [filled(one, slots, chance) for _ in range(FILLINGS if "{" in one.text else 1)]
        if chance.random() < HURRIED:
            texts.append(hurried(texts[0], chance))
        for text in texts:
            windows = list(classifier.windows(text))
            if one.label == "clean":
                yield from ((one, window.features) for window in windows)
            elif windows:
                yield one, frozenset[int]().union(*(window.features for window in windows))


def trained(rows: Sequence[tuple[int, ...]], signs: Sequence[int], epochs: int = EPOCHS) -> array[float]:
    """The weights that tell rows of sign 1 from those of sign -1; rare signs weigh more."""
    weights = array("d", bytes(8 << classifier.BITS))
    often = Counter(signs)
    diagonal = {sign: often[sign] / (len(signs) * COST) for sign in often}  # 1 / (2 C), C larger for the rarer sign
    alphas = [0.0] * len(rows)
    scales = [1 / max(1, len(row)) ** 0.5 for row in rows]
    order = list(range(len(rows)))
    chance = random.Random(2)
    for _ in range(epochs):
        chance.shuffle(order)
        for place in order:
            row, sign, scale, alpha = rows[place], signs[place], scales[place], alphas[place]
            slope = sign * scale * sum([weights[one] for one in row]) - 1 + diagonal[sign] * alpha
            if slope >= 0 and not alpha:
                continue
            alphas[place] = new = max(0.0, alpha - slope / (1 + diagonal[sign]))
            if step := (new - alpha) * sign * scale:
                for one in row:
                    weights[one] += step
    return weights


def whole(weights: array[float]) -> bytes:
    """Weights as the classifier keeps them."""
    return array("b", [max(-127, min(127, round(one * classifier.SCALE))) for one in weights]).tobytes()


def train(examples: Sequence[Example]) -> bytes:
    """The bytes of ``classifier.bin``."""
    read = list(prepared(examples))
    made = []
    for output in classifier.OUTPUTS:
        learnt = [(one, row) for one, row in read if output in one.outputs]
        signs = [1 if one.label == LABELS[output] else -1 for one, _ in learnt]
        made.append(whole(trained([tuple(sorted(row)) for _, row in learnt], signs)))
    return b"".join(made)


def checksum() -> str:
    """Of all that the weights follow from."""
    inputs = [
        *sorted(HERE.glob("texts/**/*.jsonl")),
        *sorted(HERE.glob("long/*.jsonl")),
        HERE / "slots.toml",
        Path(__file__),
        GUARD / "classifier.py",
    ]
    inputs += [file for file in sorted(GUARD.glob("words/*")) if file.is_file()] + [GUARD / "given_names.txt"]
    made = sha256(repr(KINDS).encode())
    for file in inputs:
        made.update(file.read_bytes())
    return made.hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the weights would be others")
    asked = parser.parse_args()
    made = train(read())
    if asked.check:
        return int(made != WEIGHTS.read_bytes())
    WEIGHTS.write_bytes(made)
    INPUTS.write_text(checksum() + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
