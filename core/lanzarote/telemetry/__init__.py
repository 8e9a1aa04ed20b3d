"""What operators see from outside: metrics for Prometheus, traces for OpenTelemetry; imported where they are on.

It may import `composition` and what is below it; `app` and `operations` import it where a setting asks for it.
"""
