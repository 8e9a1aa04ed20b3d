"""What readers of files are told, in the languages that this package speaks. No word quotes the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote import ImportPlace, ImportProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "not-xlsx": {
        "en": "This is not an Excel workbook (.xlsx). Open it in your spreadsheet program and save it as one, without "
        "a password.",
        "fr": "Ce n’est pas un classeur Excel (.xlsx). Ouvrez-le dans votre tableur et enregistrez-le dans ce format, "
        "sans mot de passe.",
    },
    "macros": {
        "en": "There are macros in this workbook. Save it as .xlsx, without macros.",
        "fr": "Ce classeur contient des macros. Enregistrez-le au format .xlsx, sans macros.",
    },
    "external": {
        "en": "This workbook takes values from other files or from the internet. Break these links, or copy the values "
        "into a new workbook.",
        "fr": "Ce classeur prend des valeurs dans d’autres fichiers ou sur internet. Rompez ces liaisons, ou copiez "
        "les valeurs dans un nouveau classeur.",
    },
    "embedded": {
        "en": "Other files are packed into this workbook. Take them out, or copy the rows into a new workbook.",
        "fr": "D’autres fichiers sont incorporés dans ce classeur. Retirez-les, ou copiez les lignes dans un nouveau "
        "classeur.",
    },
    "too-large": {
        "en": "There is more in this file than there is room for. Hand it in in several parts.",
        "fr": "Ce fichier contient plus que la place disponible. Remettez-le en plusieurs parties.",
    },
    "damaged": {
        "en": "This file is damaged, or was not written by a spreadsheet program. Save it once more and hand it in "
        "again.",
        "fr": "Ce fichier est endommagé, ou n’a pas été écrit par un tableur. Enregistrez-le de nouveau, puis "
        "remettez-le.",
    },
    "no-text": {
        "en": "This is no text that can be read. Save it as “CSV UTF-8”, or as an Excel workbook.",
        "fr": "Ce n’est pas un texte lisible. Enregistrez-le au format « CSV UTF-8 », ou comme classeur Excel.",
    },
    "no-headings": {
        "en": "The headings of the template are not in it. Copy your rows under the headings of a fresh template.",
        "fr": "Les en-têtes du modèle n’y sont pas. Copiez vos lignes sous les en-têtes d’un nouveau modèle.",
    },
    "unknown-heading": {
        "en": "Nothing is known under this heading. Write it as in the template, or delete the column.",
        "fr": "Cet en-tête n’est pas connu. Écrivez-le comme dans le modèle, ou supprimez la colonne.",
    },
    "no-heading": {
        "en": "There is something in this column, and no heading above it. Write the heading of the template, or empty "
        "the column.",
        "fr": "Cette colonne contient quelque chose, mais n’a pas d’en-tête. Écrivez celui du modèle, ou videz la "
        "colonne.",
    },
    "heading-twice": {
        "en": "Two columns have this heading. Delete one of them.",
        "fr": "Deux colonnes portent cet en-tête. Supprimez l’une d’elles.",
    },
    "two-records": {
        "en": "This row has the number of another one above, and says something else in the same column. Give it a "
        "number of its own.",
        "fr": "Cette ligne porte le numéro d’une autre plus haut, et dit autre chose dans la même colonne. Donnez-lui "
        "un numéro à elle.",
    },
    "nothing-before": {
        "en": "This row has no number. Write the number of the row that it belongs to.",
        "fr": "Cette ligne n’a pas de numéro. Écrivez celui de la ligne à laquelle elle se rattache.",
    },
    "error-value": {
        "en": "The spreadsheet shows an error in this cell. Put it right, or empty the cell.",
        "fr": "Le tableur affiche une erreur dans cette cellule. Corrigez-la, ou videz la cellule.",
    },
    "no-value": {
        "en": "There is a formula in this cell that was never calculated. Write its value.",
        "fr": "Cette cellule contient une formule qui n’a jamais été calculée. Écrivez sa valeur.",
    },
}


def problem(code: str, **place: Any) -> ImportProblem:
    return ImportProblem(text=dict(WORDS[code]), place=ImportPlace(**place))
