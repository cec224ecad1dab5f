"""Who is scored at each as_of, what became of them, and which fold they are in."""
