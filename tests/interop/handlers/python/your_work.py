"""Stands for your work. It tells gwh test what was processed, so that an event that is processed twice is noticed."""

import os


def do_work(webhook_id, event):
    if path := os.environ.get("GWH_TEST_PROCESSED"):
        with open(path, "a") as file:
            file.write(f"{webhook_id}\n")
