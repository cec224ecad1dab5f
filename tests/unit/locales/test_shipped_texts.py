"""The texts that are shipped: each language says the same, in its own words, and each text once."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from typing import get_args

import pytest
from tests.project import ROOT

from savedesk.locales.catalogue import ENGLISH, FOLDER, counted, languages
from savedesk.locales.placeholders import fields, optional_parts
from savedesk.locales.text_file import entries
from savedesk.metrics.registry import EVERY
from savedesk.params.language import Language
from savedesk.pipeline.import_closure import PACKAGE
from savedesk.schemas.decisions import GIVE_UP, LIST
from savedesk.stages.features.declaration import declared_in
from savedesk.stages.features.stage import FAMILIES

ALIKE = {"none", "model_savedesk"}  # the same sign or name in any language
IN_THE_CODE = {"features", "columns"}  # their English stands in the declarations
# Kinds of words for codes of the data: two codes may happen to be called the same.
OF_CODES = ("by", "page", "process", "ranking", "reason", "rule", "tab", "value", "why", "loyalty", "model", "unit")
CHINESE = re.compile("[\u4e00-\u9fff]")
FOREIGN = {  # metrics are declared with their labels; the others know words of the data
    *(path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "metrics").glob("*.py")),
    "stages/ingest/identity/totals.py",
    "operations/outcomes/gateway.py",
}
SENTENCES = {
    feature.name: feature.sentence_en
    for family in FAMILIES.values()
    for feature in declared_in(family)
    if feature.sentence_en
}
OTHERS = [language for language in languages() if language != ENGLISH]


def files(language):
    """Return the files of a language by the name of the section."""
    folder = FOLDER / language
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in sorted(folder.rglob("*.yaml"))}


def texts(language, *sections):
    """Return section and key -> text."""
    by_file = {name: entries(path) for name, path in files(language).items() if not sections or name in sections}
    return {(name, key): entry.text for name, of_file in by_file.items() for key, entry in of_file.items()}


def test_all_files_can_be_read_and_agree():
    assert counted() == len(texts(ENGLISH)) > 600


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_the_files_of_english_and_those_whose_english_stands_in_the_code(language):
    assert files(language).keys() == files(ENGLISH).keys() | IN_THE_CODE


def test_every_folder_is_a_language_that_has_a_name_and_can_be_chosen():
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == languages().keys() == set(get_args(Language.model_fields["code"].annotation))
    assert len(set(languages().values())) == len(folders)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_is_no_copy_of_the_english_text(language):
    english, other = texts(ENGLISH), texts(language)
    assert {key for (name, key), text in english.items() if other[name, key] == text} <= ALIKE


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_a_feature_is_translated_and_tells_the_same_values(language):
    given = {key: text for (_, key), text in texts(language, "features").items()}
    assert given.keys() == SENTENCES.keys(), f"mend {files(language)['features']}"
    for name, english in SENTENCES.items():
        assert fields(given[name]) == fields(english), name
        assert optional_parts(given[name]) == optional_parts(english), name


@pytest.mark.parametrize("language", OTHERS)
def test_every_column_of_the_sheets_is_explained(language):
    columns = {column.name for column in (*LIST.columns, *GIVE_UP.columns)}
    assert {key for _, key in texts(language, "columns")} == columns, f"mend {files(language)['columns']}"


def test_every_unit_of_the_sheets_has_a_word():
    units = {column.unit for column in (*LIST.columns, *GIVE_UP.columns) if column.unit}
    assert {key for _, key in texts(ENGLISH, "list") if key.startswith("unit_")} == {f"unit_{unit}" for unit in units}


def test_a_metric_has_a_label_in_each_language_or_in_none():
    assert [metric.name for metric in EVERY if len({bool(getattr(metric, code)) for code in languages()}) > 1] == []


def test_a_text_is_said_once():
    said = defaultdict(list)
    every = {language: texts(language) for language in languages()}
    for name, key in every[ENGLISH]:
        if key.partition("_")[0] not in OF_CODES:
            said[tuple(every[language][name, key].casefold() for language in languages())].append(f"{name}: {key}")
    assert [keys for keys in said.values() if len(keys) > 1] == []


def test_no_translated_text_stands_in_the_code():
    chinese = {path for path in PACKAGE.rglob("*.py") if CHINESE.search(path.read_text(encoding="utf-8"))}
    assert {path.relative_to(PACKAGE).as_posix() for path in chinese} <= FOREIGN


def test_the_texts_are_installed_with_the_package():
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["savedesk"]
    installed = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    assert {path for language in languages() for path in files(language).values()} <= installed
