"""What-if: what the list would earn with another budget or other hours, without scoring anew."""
