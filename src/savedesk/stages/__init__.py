"""The stages of the pipeline, in data-flow order: see ``savedesk.STAGES``. A stage imports no other stage."""
