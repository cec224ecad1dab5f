"""The stored model: the one way in which train, score and explain turn features into probabilities."""
