"""What is done around the pipeline: review a list, import outcomes, score new data, plan, compare and promote."""
