"""What an agent reads where a feature is the reason: in English its declaration says it, else ``locales`` does.

Values do not follow from it: an edited sentence leaves the feature partitions as they are.
"""

from __future__ import annotations

from savedesk.locales.catalogue import Translations, languages
from savedesk.stages.features.declaration import Feature

SENTENCES = Translations("features")


def sentences(feature: Feature) -> dict[str, str | None]:
    """Return the sentence by language: in English where it has not been translated yet, None where there is none."""
    if feature.sentence_en is None:
        return dict.fromkeys(languages())
    own, english = feature.translations, feature.sentence_en
    return {code: own.get(code) or SENTENCES.of(feature.name, english, code) for code in languages()}
