"""What stands in place of a reason, in the run's language. Who explains hands it on: the served model has no files."""

from __future__ import annotations

from savedesk.locales.catalogue import Texts

TEXTS = Texts("reasons")
say = TEXTS.say
