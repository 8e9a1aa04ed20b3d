"""Indicators and the evaluation of a pilot: figures over time, judgements of both views, the decision."""
