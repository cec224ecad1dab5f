"""The policy: options, their gain, and the plan that earns the most within the limits."""
