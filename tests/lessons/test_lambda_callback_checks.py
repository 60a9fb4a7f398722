"""Does the check of JSON lines see wrong quotes, and a file that stays open?"""

import json

import pytest

from minikeras.callbacks import Callback, LambdaCallback
from minikeras.lessons import check_json_lines


def line(epoch, logs):
    return json.dumps({"epoch": epoch, **logs}) + "\n"


def by_opening_each_time(path):
    def write(epoch, logs):
        with path.open("a") as file:
            file.write(line(epoch, logs))

    return LambdaCallback(on_epoch_end=write)


def by_flushing(path):
    file = path.open("w")
    return LambdaCallback(on_epoch_end=lambda *told: print(line(*told), end="", file=file, flush=1))


def by_a_class(path):
    class Lines(Callback):
        def on_train_begin(self, logs=None):
            self.file = path.open("w")

        def on_epoch_end(self, epoch, logs=None):
            json.dump(dict(logs, epoch=epoch), self.file)  # the keys in another order
            self.file.write("\n")

        def on_train_end(self, logs=None):
            self.file.close()

        def on_exception(self, exception):
            self.file.close()

    return Lines()


@pytest.mark.parametrize("right", [by_opening_each_time, by_flushing, by_a_class])
def test_three_ways_to_leave_a_whole_file_are_right(right):
    assert check_json_lines(right).holds


def writing(text_of, **more):
    """Return a function that writes such lines, and closes the file when training ends well."""

    def json_lines(path):
        file = path.open("w")
        return LambdaCallback(
            on_epoch_end=lambda epoch, logs: file.write(text_of(epoch, logs)),
            **{name: lambda told: file.close() for name in more.get("closes_in", ())},
        )

    return json_lines


END = ("on_train_end",)


@pytest.mark.parametrize(
    ("wrong", "case"),
    [
        (writing(lambda epoch, logs: f"{logs}\n", closes_in=END), "finished([{'loss': 0.5}])"),
        (
            writing(lambda epoch, logs: json.dumps(logs) + "\n", closes_in=END),
            "finished([{'loss': 0.5}])",
        ),
        (
            writing(lambda epoch, logs: line(epoch, logs).strip(), closes_in=END),
            "finished([{'loss': 0.5}, {'loss': 0.25, 'val_loss': 0.75}])",
        ),
        (
            writing(lambda epoch, logs: line(epoch, {"loss": logs["loss"]}), closes_in=END),
            "finished([{'loss': 0.5}, {'loss': 0.25, 'val_loss': 0.75}])",
        ),
        (writing(line), "finished([{'loss': 0.5}])"),
        (writing(line, closes_in=END), "broken([{'loss': 0.5}])"),
    ],
)
def test_the_shortest_run_that_spoils_it_is_shown(wrong, case):
    assert check_json_lines(wrong).case == case


def test_a_file_that_is_written_when_all_planned_epochs_are_over_is_not_enough():
    def at_the_planned_end(path):
        told = []

        class Lines(Callback):
            def on_epoch_end(self, epoch, logs=None):
                told.append(line(epoch, logs))
                if epoch + 1 == self.params["epochs"]:
                    path.write_text("".join(told))

        path.touch()
        return Lines()

    assert check_json_lines(at_the_planned_end).case == "stopped([{'loss': 0.5}])"


@pytest.mark.parametrize(("lang", "hint"), [("en", "on_exception"), ("ko", "예외"), ("zh", "异常")])
def test_the_hint_is_in_the_readers_language(lang, hint):
    assert hint in check_json_lines(writing(line, closes_in=END)).text(lang)
