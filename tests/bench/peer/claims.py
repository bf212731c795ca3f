"""What a bench was to show, and whether it did."""


class Claims:
    """`at_once`: each is printed when it is known; else whoever made them prints them in the end."""

    def __init__(self, at_once=False):
        self.held, self.failed = [], []
        self.at_once = at_once

    def add(self, text, holds):
        (self.held if holds else self.failed).append(text)
        if self.at_once:
            print(f"{'ok     ' if holds else 'FAILED '} {text}", flush=True)
