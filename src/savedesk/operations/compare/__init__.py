"""Runs side by side: would one have earned more than the other, on the same subscribers?"""
