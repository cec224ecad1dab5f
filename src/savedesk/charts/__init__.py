"""Every chart that the project draws: a Vega-Lite spec made with Altair, one house style, and its way into a file."""
