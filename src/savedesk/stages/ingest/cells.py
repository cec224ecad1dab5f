"""What the text of a cell says, whatever file it is in: blanks, words for no value, days, ids that a spreadsheet cut.

Raw files of every format and outcome sheets share these rules. The patterns mean the same to Python, RE2 and Java, and
are written without anchors.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo

# Blanks, and what nobody sees: controls, marks of zero width and of direction, which come along when a cell is copied.
BLANKS = r"[\x00-\x20\x7f" + "\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u2069\u3000\ufeff]"

# In every column of every file: what databases, statistics programs and spreadsheets write where there is no value.
NO_VALUE = (
    *(
        "\\N",
        "NULL",
        "Null",
        "null",
        "(null)",
        "(NULL)",
        "[NULL]",
        "<NULL>",
        "<null>",
        "<NA>",
        "NaN",
        "nan",
        "NAN",
        "NaT",
    ),
    *("#N/A", "N/A", "n/a", "#NULL!", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "(blank)", "(empty)"),
    *("#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!", "#N/D", "#RIF!", "#VALORE!"),
    *("#VALOR!", "#\u00a1REF!", "#\u00a1VALOR!", "#\u00a1DIV/0!", "#\u00a1NUM!", "#\u00bfNOMBRE?"),
    *(
        "#\u041d/\u0414",
        "#\u0421\u0421\u042b\u041b\u041a\u0410!",
        "#\u0417\u041d\u0410\u0427!",
        "#\u0414\u0415\u041b/0!",
    ),
    *("#DIV/0", "#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#EMPTY"),
    *(
        "[blank]",
        "(leer)",
        "(Leer)",
        "(vide)",
        "(vuoto)",
        "(en blanco)",
        "(vazio)",
        "(\u043f\u0443\u0441\u0442\u043e)",
        "(\u7a7a\u767d)",
    ),
    *("<none>", "<None>", "\\\\N"),
    "__HIVE_DEFAULT_PARTITION__",
)
# People write these for nothing, or for what they do not know. Some are names, too, so it depends on the column.
_NOTHING = ("-", "--", "---", "\u2013", "\u2014", "n.a.", "N.A.")
_NONE = ("none", "None", "NONE", "nil", "NIL")
_NOT_KNOWN = (
    *("?", "??", "???", "unknown", "Unknown", "UNKNOWN", "missing", "Missing", "MISSING", "undefined"),
    *("unbekannt", "Unbekannt", "k.A.", "k. A.", "N.N.", "inconnu", "Inconnu", "desconocido", "Desconocido"),
    *(
        "\u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u043d\u043e",
        "\u043d\u0435 \u0443\u043a\u0430\u0437\u0430\u043d\u043e",
        "\u672a\u77e5",
        "\u4e0d\u8be6",
        "\u4e0d\u660e",
    ),
)
NOT_APPLICABLE = "NA"  # of statistics programs; also Namibia, or North America
IN_NAMES = (*_NOTHING, *_NOT_KNOWN)
IN_PLACES = (*IN_NAMES, *_NONE)
IN_IDS = (*IN_NAMES, *_NONE, NOT_APPLICABLE)
_NO_KEY = (
    "NOT SET",
    "Not set",
    "not set",
    "TBD",
    "\u65e0",
    "\u7121",
    "\u306a\u3057",
    "00000000-0000-0000-0000-000000000000",
)
# A column that was too narrow for a number, or masked: ####. As a number or a day it is unreadable, not absent.
IN_KEYS = (*IN_IDS, *_NO_KEY, *(sign * width for sign in "#*" for width in range(2, 41)))
IN_VALUES = (*IN_IDS, ".")  # numbers, days, yes and no: none of these words is one
IN_STATEMENTS = (*_NOTHING, *_NONE, NOT_APPLICABLE)  # days whose absence says something: "not known" is not absent
NO_ACCOUNT = ("0", "00", "000", "0000", "00000", "000000", "0000000", "00000000", "-1", "0.0", "-1.0")

# Days that stand for none: what databases hold as the first, the last or the empty day.
SENTINEL_DAYS = (
    *("0000-00-00", "0001-01-01", "1601-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01"),
    *("1900-01-02", "1904-01-01", "1969-12-31", "1970-01-01", "1980-01-01"),
    *(
        "2079-06-06",
        "2099-12-31",
        "2262-04-11",
        "2999-12-31",
        "4000-12-31",
        "4712-12-31",
        "9999-01-01",
        "9999-12-30",
        "9999-12-31",
    ),
)

# Signs that steer a terminal, break XML or turn the order of letters around; a name has none of them within.
CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-" + "\u009f\u202a-\u202e\u2066-\u2069]"

DAY = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
OTHER_DAY = "([0-9]{4}) ?[-/.\u5e74] ?([0-9]{1,2}) ?[-/.\u6708] ?([0-9]{1,2})(?: ?\u65e5)?"  # year first as well
COMPACT_DAY = "((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])"
# Days since FIRST_SERIAL: a date cell that lost its format. Below 25000 (June 1968) it may be counted from 1970.
SERIAL_DAY = r"(?:2[5-9]|[3-7][0-9])[0-9]{3}(?:\.[0-9]+)?"
NO_CENTURY = "(?:2[1-9]|[3-9][0-9])[0-9]{2}[-/.]?[01][0-9]"  # begins a day of the year 2100 or later, which is none
FIRST_SERIAL = dt.date(1899, 12, 30)
TIME = "[ T]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]*)?)?(?: ?[AaPp][Mm])?"
MIDNIGHT = "[ T]+00:00(?::00(?:[.,]0*)?)?"
OFFSET = " *(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
GREENWICH = " *(?:Z|[+-]00(?::?00)?)"

GUARDED = '(?:="(.*)"|\'([=+@0-9\t\r\n\uff1d\uff0b\uff0d\uff20-].*))'  # ="007" and '007: so that no spreadsheet cuts it
CUT_ID = r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}"  # 8.98613E+18: the digits behind are gone
EXACT_IN_FLOATS = 2**53  # floats hold whole numbers exactly below this
DIGITS_OF_SPREADSHEETS = 15
STORE_AS_TEXT = "store ids as text where they come from, and export them anew: the lost digits cannot be brought back"


def trimmed(text: str) -> str:
    """Return a text without blanks around it."""
    return re.sub(rf"^{BLANKS}+|{BLANKS}+$", "", text)


def unguarded(text: str) -> str:
    """Return a text without the signs that keep a spreadsheet from taking it for a number or a formula."""
    match = re.fullmatch(GUARDED, text, re.DOTALL)
    return (match[1] or match[2] or "") if match else text


def day_of(text: str, zone: str | None = None) -> dt.date | None:
    """Return the day that a text says: year first, with or without a time, or as a spreadsheet counts days.

    A time with an offset is read in the operator's time zone; without one, on the day that is written, but a time of
    Greenwich other than midnight may be of another day and is none. Day first and month first look alike, so neither is
    guessed.
    """
    if re.fullmatch(SERIAL_DAY, text):
        return FIRST_SERIAL + dt.timedelta(days=int(float(text)))
    match = re.fullmatch(f"(?:{OTHER_DAY})(?P<time>{TIME})?(?P<offset>{OFFSET})?", text) or re.fullmatch(
        COMPACT_DAY, text
    )
    if match is None:
        return None
    time, offset = (match.groupdict().get(part) or "" for part in ("time", "offset"))
    try:
        year, month, day = (int(part) for part in match.groups()[:3])
        if offset and zone and time:
            moment = dt.datetime.fromisoformat(f"{year:04}-{month:02}-{day:02}T{time.strip(' T')}{offset.strip()}")
            return moment.astimezone(zoneinfo.ZoneInfo(zone)).date()
        if re.fullmatch(GREENWICH, offset) and not re.fullmatch(MIDNIGHT, time):
            return None
        return dt.date(year, month, day)
    except (ValueError, OverflowError):
        return None


def number_text(value: float) -> str:
    """Return a number of a spreadsheet as text; beyond its 15 digits as it shows it, so that no digits are invented."""
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    whole = int(value)
    return str(whole) if abs(whole) < 10**DIGITS_OF_SPREADSHEETS else f"{whole:.14E}"
