"""Words in every language: the platform's own (catalogues), a reader's formats, and the texts that people write.

English is in the code. A ``.po`` file is read when its language is first asked for; start-up pays neither for it nor
for Babel. It may import `runtime`, `types` and `errors`.
"""

from lanzarote.translation.catalogues import N_, Translations, Translator
from lanzarote.translation.formats import (
    date_told,
    format_date,
    format_list,
    format_number,
    format_partial_date,
    format_percent,
    format_size,
    language_name,
    plural_categories,
    sort_key,
)
from lanzarote.translation.po import CatalogueError
from lanzarote.translation.texts import (
    Foreign,
    Formatted,
    as_text,
    direction,
    in_language,
    lang_back,
    lang_mark,
    main_language,
    pick,
    plain,
    spoken,
    texts_named,
)

__all__ = [
    "N_",
    "CatalogueError",
    "Foreign",
    "Formatted",
    "Translations",
    "Translator",
    "as_text",
    "date_told",
    "direction",
    "format_date",
    "format_list",
    "format_number",
    "format_partial_date",
    "format_percent",
    "format_size",
    "in_language",
    "lang_back",
    "lang_mark",
    "language_name",
    "main_language",
    "pick",
    "plain",
    "plural_categories",
    "sort_key",
    "spoken",
    "texts_named",
]
