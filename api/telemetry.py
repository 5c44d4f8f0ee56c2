"""Traces and measurements for OpenTelemetry, where the operator says by its variables who collects them."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping

from fastapi.telemetry import TelemetryConfig

from api.settings import WrongSetting
from geo import product

_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_ENDPOINTS = (_ENDPOINT, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")


def is_wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether somebody collects; raises WrongSetting where the packages for it are not installed."""
    is_off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    stated = [name for name in _ENDPOINTS if environment.get(name)]
    if is_off or not stated:
        return False
    if importlib.util.find_spec("opentelemetry.sdk") is None:
        raise WrongSetting("telemetry-not-installed", name=stated[0], package=f"{product.COMMAND}[telemetry]")
    return True


def options() -> TelemetryConfig:
    """Return what FastAPI is to send; what is logged has a place of its own, see `api.logs`."""
    return {"auto_configure": is_wanted(), "logs": False}
