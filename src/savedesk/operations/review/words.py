"""What the commands around the list say, in the run's language."""

from __future__ import annotations

from savedesk.locales.catalogue import Texts

TEXTS = Texts("terms", "review")
say = TEXTS.say
