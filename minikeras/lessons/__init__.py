"""Is the exercise of a lesson right? One small check for each that `minikeras.testing` has not.

A check takes what you wrote and returns a verdict, which shows the first case that goes wrong.
"""

from __future__ import annotations

from importlib import import_module

CHECKS = {  # a check, and the file that it is in
    "check_bad": "terminate_on_nan",
    "check_base_logger": "base_logger",
    "check_batch_losses": "callback",
    "check_best_epoch": "history",
    "check_dz": "loop",
    "check_epoch_of": "tensorboard",
    "check_every": "invent",
    "check_header": "callback_list",
    "check_json_lines": "lambda_callback",
    "check_laws": "better",
    "check_mean": "average",
    "check_order": "events",
    "check_payload": "remote_monitor",
    "check_reading": "records",
    "check_repeatable": "fit",
    "check_resume": "crash",
    "check_split": "held_out",
    "check_state": "backup_and_restore",
    "check_steps": "progbar_logger",
    "check_stops": "elsewhere",
    "check_table": "csv_logger",
    "check_time_limit": "yours",
    "check_warmup": "learning_rate_scheduler",
}

__all__ = [*CHECKS]


def __getattr__(name: str) -> object:
    if name not in CHECKS:
        raise AttributeError(
            f"minikeras.lessons has no check {name!r}; there are: {', '.join(CHECKS)}"
        )
    return getattr(import_module(f"minikeras.lessons.{CHECKS[name]}"), name)
