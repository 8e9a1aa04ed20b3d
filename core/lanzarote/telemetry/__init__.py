"""What operators see from outside: metrics for Prometheus, traces for OpenTelemetry; imported where they are on."""
