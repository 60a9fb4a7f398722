"""Is all that minikeras has in a case of `file_cases.py`, so that files with it travel?"""

import pytest
from file_cases import CASES, NOT_IN_KERAS, TABLES


class Listener:
    """Stands in for a library, and hears which names are said to it."""

    def __init__(self):
        self.heard = set()

    def __getattr__(self, name):
        self.heard.add(name)
        return self

    def __call__(self, *said, **more):
        self.heard |= {word for word in (*said, *more.values()) if isinstance(word, str)}
        return self


@pytest.mark.parametrize("what", TABLES)
def test_all_that_has_a_name_here_is_in_a_case(what):
    listener = Listener()
    for chosen in CASES.values():
        for say in chosen[what] if what == "metrics" else [chosen[what]]:
            listener(say(listener))
    heard = listener.heard | {"InputLayer"}  # all models begin with one
    names = {name for table in TABLES[what] for name in table}
    assert names - heard <= {name for names in NOT_IN_KERAS.values() for name in names}


@pytest.mark.parametrize("room", NOT_IN_KERAS)
def test_what_is_in_no_case_has_no_name_in_keras(keras, room):
    for name in NOT_IN_KERAS[room]:
        with pytest.raises((ValueError, KeyError)):
            getattr(keras, room).get(name)
