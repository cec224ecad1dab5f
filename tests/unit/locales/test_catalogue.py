"""The catalogue: texts by key in a language, held against each other."""

from __future__ import annotations

import re
import shutil

import pytest

from savedesk.errors import ParamsError
from savedesk.locales.catalogue import FOLDER, Texts, Translations, counted, languages, places

LIST = Texts("terms", "list")


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_text_is_said_with_its_figures():
    assert LIST.say("why_contact", "en", gain=-0.001) == "gains 0.00"
    assert LIST.say("why_contact", "zh", gain=1234.5) == "预期收益 1,234.50"


def test_a_heading_has_a_capital():
    english = LIST.of("en")
    assert (english["name_as_of"], english.heading("name_as_of")) == ("as-of date", "As-of date")
    assert LIST.of("zh").heading("name_as_of") == "观察日"


def test_a_code_without_a_word_stands_as_it_is():
    assert [LIST.of("zh").word("unit", code) for code in ("days", "GB", 5)] == ["天", "GB", "5"]


def test_an_unknown_key_is_an_error_that_names_the_files():
    with pytest.raises(ParamsError, match=r"en.terms\.yaml, .*en.list\.yaml: no text has the key 'why_ever'"):
        LIST.say("why_ever", "en")


def test_an_unknown_language_is_an_error_that_names_the_known_ones():
    with pytest.raises(ParamsError, match=re.escape("unknown language 'fr'; allowed: en (English), zh (简体中文)")):
        LIST.of("fr")


def test_a_folder_of_files_is_one_section():
    pages = Texts("report")
    assert {"title", "headline", "why_lede"} <= pages.of("en").keys()
    assert {"charts_note"} <= Texts("report/interactive").of("en").keys() <= pages.of("en").keys()


def test_a_key_that_two_files_of_a_room_have_is_an_error(copied):
    for language in languages():
        (copied / language / "list.yaml").write_text("rank: '{rank}'\n", encoding="utf-8")
    with pytest.raises(ParamsError, match="'rank' stands in another file, too"):
        LIST.of("en")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("\nbecause_any: 无需特定原因的联系", "", "lacks 'because_any', in English 'a contact that needs no reason'"),
        ("because_any:", "because_all:", "lacks 'because_any'"),
        ("\nsheet_list:", "\nsheet_new: 新\nsheet_list:", "line 35: 'sheet_new' has no counterpart in English"),
        ("{sheet}", "名单", "'read_me_more' has the values {rows}, in English {rows}, {sheet}"),
    ],
)
def test_a_translation_that_differs_in_more_than_words_is_refused(copied, old, new, what):
    change(copied / "zh" / "list.yaml", old, new)
    with pytest.raises(ParamsError, match=re.escape(what)) as caught:
        LIST.of("en")
    assert str(copied / "zh" / "list.yaml") in caught.value.where
    with pytest.raises(ParamsError, match=re.escape(what)):
        counted()


def test_a_part_that_may_be_left_out_may_be_left_out_in_each_language(copied):
    for language, text in (("en", "left[ on {day}]"), ("zh", "已于 {day} 离网")):
        path = copied / language / "reasons.yaml"
        path.write_text(f"{path.read_text(encoding='utf-8')}left: '{text}'\n", encoding="utf-8")
    with pytest.raises(ParamsError, match=r"'left' has other parts in \[ \] than in English"):
        Texts("reasons").of("en")


def test_a_file_that_a_language_lacks_is_named(copied):
    (copied / "zh" / "report" / "why.yaml").unlink()
    with pytest.raises(ParamsError, match=r"zh.report.why\.yaml: not there"):
        counted()


def test_a_broken_file_that_english_does_not_have_is_found(copied):
    change(copied / "zh" / "columns.yaml", "rank: ", "rank: {")
    with pytest.raises(ParamsError, match=r"zh.columns\.yaml, line \d+: not readable as YAML"):
        counted()


def test_a_language_is_a_folder_that_names_itself(copied):
    shutil.copytree(copied / "zh", copied / "yue")
    change(copied / "yue" / "language.yaml", "简体中文", "粤语")
    assert languages() == {"en": "English", "yue": "粤语", "zh": "简体中文"}
    assert LIST.say("why_blocklisted", "yue") == "黑名单"


def test_english_that_stands_in_the_code_is_translated_where_it_has_been():
    sentences = Translations("features")
    english = "in the last 3 months"
    assert sentences.of("days_to_contract_end", english, "en") == english
    assert sentences.of("days_to_contract_end", english, "zh") == "合约将在 {value:.0f} 天后到期"
    assert sentences.of("not_translated_yet", english, "zh") == english


def test_a_section_lies_in_each_language_that_has_it():
    there = {
        name: [str(place.relative_to(FOLDER)) for place in places(name)] for name in ("list", "report", "features")
    }
    assert there == {
        "list": ["en/list.yaml", "zh/list.yaml"],
        "report": ["en/report", "zh/report"],
        "features": ["zh/features.yaml"],
    }
