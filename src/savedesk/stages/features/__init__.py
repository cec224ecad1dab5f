"""What could be known about each subscriber before each as_of. One module a family, one function a feature."""
