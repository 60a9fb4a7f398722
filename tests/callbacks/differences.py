"""Where do callbacks here do something else than in some Keras, and why?

What Keras 3.15 does is run by the test that a row names, which fails if Keras changes. What the
older two do cannot be run here: it was read in keras/callbacks/callbacks.py of Keras 2.3 and in
tensorflow/python/keras/callbacks.py of TensorFlow 2.4, and the test of such a row shows our side.
"""

from __future__ import annotations

from dataclasses import dataclass

KERAS_3, KERAS_2, TF_KERAS = "Keras 3.15", "Keras 2.3.1", "tf.keras 2.4"
DECIDING = "tests/oracle/test_differences_in_deciding.py::"
ELSEWHERE = "tests/oracle/test_differences_elsewhere.py::"
TELLING = "tests/oracle/test_differences_in_telling.py::"
HERE = "tests/callbacks/"


@dataclass(frozen=True)
class Difference:
    """One row: `theirs` says what each Keras does that does not do as we do.

    `laws` are those of `minikeras.testing` that real Keras 3 breaks because of it.
    """

    id: str
    callback: str
    ours: str
    theirs: dict[str, str]
    why: str
    test: str
    laws: tuple[str, ...] = ()

    @property
    def known_by(self) -> dict[str, str]:
        """How it is known what each of them does."""
        return {
            keras: "run in the test" if keras == KERAS_3 else "read in its source"
            for keras in self.theirs
        }


WATCHING = "EarlyStopping, ReduceLROnPlateau, ModelCheckpoint"
BOTH_OLD = (KERAS_2, TF_KERAS)
ALL = (KERAS_3, KERAS_2, TF_KERAS)


def _all(what: str) -> dict[str, str]:
    return dict.fromkeys(ALL, what)


def _old(what: str) -> dict[str, str]:
    return dict.fromkeys(BOTH_OLD, what)


DIFFERENCES = (
    # -- when is one score better? --
    Difference(
        "nan-first",
        WATCHING,
        "NaN is never the best score, not even in the first epoch",
        {KERAS_3: "a NaN in the first epoch becomes the best, and nothing ever beats it"},
        "one bad first epoch would stop a good run, and keep the file of a broken model",
        DECIDING + "test_nan_in_the_first_epoch_becomes_their_best_for_ever",
        laws=("nan-first", "together", "together-weights"),
    ),
    Difference(
        "infinite-first",
        WATCHING,
        "the first number is the best so far, an infinite one too",
        _old("the best begins at infinity, which a first score of infinity does not beat"),
        "infinities compare as numbers; there is no best before the first score",
        "tests/test_monitoring.py::test_the_first_number_wins_whatever_it_is",
    ),
    Difference(
        "float32",
        WATCHING,
        "scores are compared as they are in the logs, as Python floats",
        {KERAS_3: "both sides are rounded to float32 first, so a change below 1e-7 is none"},
        "the logs show more digits than that, and a reader compares what he sees",
        DECIDING + "test_a_change_that_float32_cannot_hold_is_none_to_them",
        laws=("fine-scores",),
    ),
    Difference(
        "delta-side",
        "ReduceLROnPlateau",
        "candidate + min_delta < best, as in EarlyStopping",
        _old("candidate < best - min_delta, which rounds otherwise in the last bit"),
        "one rule for three callbacks",
        "tests/test_monitoring.py::test_delta_is_taken_from_the_candidate_not_from_the_best",
    ),
    Difference(
        "delta-sign",
        "EarlyStopping, ReduceLROnPlateau",
        "the sign of min_delta does not matter",
        {
            KERAS_2: "with a negative min_delta a slightly worse score is an improvement",
            TF_KERAS: "in ReduceLROnPlateau, with a negative min_delta a worse score is one",
        },
        "a smallest change that counts has a size and no direction",
        "tests/test_monitoring.py::test_the_sign_of_delta_does_not_matter",
    ),
    Difference(
        "known-names",
        WATCHING,
        "mode='auto' knows whole names: val_vaccine_error falls",
        {
            KERAS_3: "mode='auto' asks the compiled metrics; without them only loss is known",
            **_old("whatever contains 'acc' rises, val_vaccine_error too"),
        },
        "a direction that hangs on three letters is wrong in silence",
        DECIDING + "test_without_compiled_metrics_they_know_the_direction_of_the_loss_alone",
        laws=("names", "whole-words"),
    ),
    Difference(
        "unknown-name",
        WATCHING,
        "an unknown name with mode='auto' is a ValueError when the callback is made",
        {
            KERAS_3: "it is a ValueError when the first epoch is over",
            **_old("it is taken to fall"),
        },
        "the earliest honest moment: not after an hour of training, and never a guess",
        DECIDING + "test_an_unknown_name_shows_only_after_their_first_epoch",
        laws=("refuses-unknown-name",),
    ),
    Difference(
        "unneeded-direction",
        "ModelCheckpoint",
        "only save_best_only needs a direction",
        {KERAS_3: "an unknown name is a ValueError even where every epoch is saved"},
        "nothing is compared there",
        DECIDING + "test_they_ask_for_a_direction_that_nothing_needs",
    ),
    Difference(
        "unknown-mode",
        WATCHING,
        "a mode other than 'auto', 'min', 'max' is a ValueError",
        _all("it is a warning, and 'auto'"),
        "mode='maximum' would be taken for its opposite",
        DECIDING + "test_another_mode_is_only_a_warning_to_them",
        laws=("refuses-mode",),
    ),
    Difference(
        "missing-key-saves",
        "ModelCheckpoint",
        "an epoch without the score is never saved as the best",
        {KERAS_3: "it is saved, over the file of the best epoch"},
        "a file of the best epoch holds the best epoch",
        DECIDING + "test_they_save_an_epoch_without_a_score_over_the_best",
        laws=("gap-is-never-best",),
    ),
    Difference(
        "missing-key-warning",
        WATCHING,
        "a missing score is warned of once in a fit, and not at all where validation pauses",
        _all("it is warned of in every epoch"),
        "with validation_freq=10 nine of ten warnings would tell of nothing",
        DECIDING + "test_they_warn_of_a_missing_score_in_every_epoch",
    ),
    Difference(
        "patience",
        "EarlyStopping, ReduceLROnPlateau",
        "a negative patience is a ValueError",
        _all("it is accepted, and acts as 0"),
        "a number of epochs that is none is a mistake",
        DECIDING + "test_a_negative_patience_is_accepted_by_them",
        laws=("refuses-patience",),
    ),
    # -- EarlyStopping --
    Difference(
        "baseline",
        "EarlyStopping",
        "a baseline that is never beaten ends the run after patience epochs",
        {KERAS_3: "an epoch that is the best so far never ends it, and a later one must beat both"},
        "its documentation, and that of Keras 2, promise it so",
        DECIDING + "test_a_baseline_never_beaten_does_not_stop_them_while_scores_improve",
        laws=("baseline", "second-fit", "together", "together-weights"),
    ),
    Difference(
        "best-is-a-score",
        "EarlyStopping",
        "best is a score that was seen; a baseline is kept apart",
        _old("best begins as the baseline, and no weights are kept before it is beaten"),
        "there is always something to restore",
        HERE + "test_early_stopping.py::test_a_baseline_never_beaten_stops_after_patience_epochs",
    ),
    Difference(
        "restored-always",
        "EarlyStopping",
        "restore_best_weights restores whatever ended the run",
        _old("only if it stops the run itself; a TypeError if no epoch was ever the best"),
        "who asks for the best weights means them",
        HERE
        + "test_early_stopping.py::"
        + "test_the_weights_of_the_best_epoch_come_back_however_the_run_ends",
    ),
    Difference(
        "second-fit",
        "EarlyStopping, CSVLogger",
        "on_train_begin forgets everything of the fit before",
        {KERAS_2: "the best weights, and the columns of the table, stay those of the first fit"},
        "one object serves two fits alike",
        HERE + "test_early_stopping.py::test_a_second_fit_is_like_the_first_of_a_fresh_one",
    ),
    # -- ReduceLROnPlateau --
    Difference(
        "floor",
        "ReduceLROnPlateau",
        "a rate within one millionth of min_lr is at min_lr: nothing changes, nothing is said",
        {
            KERAS_3: "the rate is compared with min_lr in float32, so within 1e-7",
            **_old("a min_lr that float32 cannot hold is reduced to again and again"),
        },
        "optimizers of Keras keep the rate as float32, a little off",
        DECIDING + "test_a_rate_just_above_the_floor_is_reduced_by_them",
    ),
    Difference(
        "factor",
        "ReduceLROnPlateau",
        "a factor outside (0, 1) is a ValueError",
        _all("only one of 1 or more is; 0 ends learning, and a negative one goes to min_lr"),
        "a factor makes the rate smaller, and leaves one",
        DECIDING + "test_a_factor_of_zero_is_accepted_by_them",
        laws=("refuses-factor",),
    ),
    Difference(
        "unknown-argument",
        "ReduceLROnPlateau",
        "an unknown argument is a TypeError; epsilon, the old min_delta, works with a warning",
        {KERAS_3: "it is swallowed, epsilon too", **_old("it is swallowed; epsilon works")},
        "patence=3 is a mistake that should not train for a night",
        DECIDING + "test_a_misspelt_argument_is_swallowed_by_them",
        laws=("unknown-argument",),
    ),
    Difference(
        "empty-logs",
        "ReduceLROnPlateau, LearningRateScheduler",
        "learning_rate is added to the dict that was given, an empty one too",
        _all("an empty dict is replaced by another one, and the next callback sees nothing"),
        "logs are one dict that all callbacks share",
        ELSEWHERE + "test_what_they_add_to_empty_logs_is_lost",
        laws=("empty-logs",),
    ),
    Difference(
        "rate-of-the-epoch",
        "LearningRateScheduler",
        "logs hold the rate that the epoch had, in any order of the callbacks",
        _all("behind a ReduceLROnPlateau in the list, it logs the rate of the next epoch"),
        "a row of the history tells of one epoch",
        ELSEWHERE + "test_behind_a_reduction_they_log_the_rate_of_the_next_epoch",
    ),
    Difference(
        "rate-key",
        "ReduceLROnPlateau, LearningRateScheduler",
        "the rate is in the logs as learning_rate",
        _old("as lr"),
        "Keras 3 says learning_rate; one name is enough",
        HERE + "test_reduce_lr_on_plateau.py::test_logs_get_the_rate_that_the_epoch_had",
    ),
    # -- ModelCheckpoint --
    Difference(
        "period",
        "ModelCheckpoint",
        "period=k saves every k-th epoch",
        {KERAS_3: "a TypeError: it has save_freq alone, a number of batches"},
        "it is documented, and steps per epoch are not always known",
        DECIDING + "test_they_know_no_period",
        laws=("arguments",),
    ),
    Difference(
        "batches-best-only",
        "ModelCheckpoint",
        "save_freq=n with save_best_only compares the mean of the epoch so far",
        {KERAS_3: "a TypeError at the second save, unless an epoch has ended before"},
        "it is documented",
        DECIDING + "test_their_best_only_by_batches_fails_at_the_second_save",
    ),
    Difference(
        "endings",
        "ModelCheckpoint",
        "any ending will do; what is neither .keras nor .weights.h5 is legacy HDF5",
        {KERAS_3: "a ValueError but for .keras and .h5, and for weights .weights.h5"},
        "the documents of Keras 2 save to weights.hdf5, and to names without an ending",
        DECIDING + "test_they_ask_for_an_ending",
    ),
    Difference(
        "path-keys",
        "ModelCheckpoint",
        "a key in the path that logs lack is a KeyError that lists those there are",
        _all("the KeyError names only the one that is missing"),
        "the right one is in that list",
        DECIDING + "test_their_key_error_does_not_say_which_keys_there_are",
        laws=("path-unknown-key",),
    ),
    Difference(
        "path-fields",
        "ModelCheckpoint",
        "a path has plain fields: {epoch.real} and the like are a ValueError",
        _all("a field may reach into a value"),
        "a path is a name and not a program",
        DECIDING + "test_a_field_of_their_path_may_reach_into_a_value",
        laws=("path-plain-fields",),
    ),
    Difference(
        "no-logs",
        "ModelCheckpoint",
        "logs may be None",
        {KERAS_3: "a TypeError, since the path is filled in from the logs"},
        "every hook says logs=None",
        DECIDING + "test_without_logs_they_cannot_fill_in_the_path",
        laws=("logs-by-name",),
    ),
    # -- the others --
    Difference(
        "messages",
        "all that print",
        "a message is a line: Epoch 00002: early stopping",
        {
            KERAS_3: "after an empty line, and the number has no zeros",
            **_old("after an empty line"),
        },
        "the progress line is finished before; the numbers are those of the documents",
        ELSEWHERE + "test_their_messages_begin_with_an_empty_line",
    ),
    Difference(
        "history",
        "History",
        "epoch and history begin anew with each fit",
        {KERAS_3: "epoch does; history goes on from the fit before"},
        "two lists of different lengths fit no plot",
        ELSEWHERE + "test_a_history_used_again_goes_on_in_theirs",
        laws=("second-fit",),
    ),
    Difference(
        "schedule-errors",
        "LearningRateScheduler",
        "the signature says whether a schedule takes the rate; its errors are its own",
        _all("a TypeError inside is taken for another signature: it is called again"),
        "the error that the reader made is the one to show",
        ELSEWHERE + "test_a_type_error_in_a_schedule_is_hidden_by_them",
        laws=("schedule-errors",),
    ),
    Difference(
        "schedule-numbers",
        "LearningRateScheduler",
        "any real number is a rate; NaN, infinite or negative: ValueError; no number: TypeError",
        _all("an integer or no number is a ValueError; NaN and negative numbers are taken"),
        "1 is a number, and nan is none",
        ELSEWHERE + "test_they_take_a_nan_for_a_rate_and_no_integer",
        laws=("integer-rate", "refuses-rate"),
    ),
    Difference(
        "functions-by-position",
        "LambdaCallback",
        "functions are called as documented, by position: lambda b, _: ...",
        _all("functions of batches get logs by name, so the parameter must be called logs"),
        "the documentation says: expects positional arguments",
        ELSEWHERE + "test_they_give_the_logs_of_a_batch_by_name",
    ),
    Difference(
        "unknown-hook",
        "LambdaCallback",
        "a hook that does not exist is a TypeError",
        _all("it becomes an attribute that nobody calls"),
        "on_epoch_ends=save is a mistake that should not train for a night",
        ELSEWHERE + "test_an_unknown_hook_is_never_called_and_never_told_of_by_them",
    ),
    Difference(
        "table-columns",
        "CSVLogger",
        "val_ columns are there from the first row where fit has validation",
        {
            KERAS_3: "they are, even where there is no validation",
            **_old("those of the first epoch; a gap in a later one is a KeyError"),
        },
        "a column of a table tells of something",
        ELSEWHERE + "test_they_invent_columns_of_a_validation_that_is_not",
        laws=("invented-columns", "sorted-columns", "later-key", "quoting"),
    ),
    Difference(
        "table-append",
        "CSVLogger",
        "append=True onto a table with other columns is a ValueError, and changes no byte",
        _all("the rows go below columns that are not theirs"),
        "nobody can tell those numbers apart later",
        ELSEWHERE + "test_they_append_to_a_table_with_other_columns",
        laws=("other-columns",),
    ),
    Difference(
        "table-folder",
        "CSVLogger",
        "missing folders are made",
        _all("a missing folder is a FileNotFoundError when training begins"),
        "ModelCheckpoint makes them, and a run should not end for want of a folder",
        ELSEWHERE + "test_they_want_the_folder_of_a_table_to_be_there",
        laws=("folder",),
    ),
    Difference(
        "plain-progress",
        "ProgbarLogger",
        "in a file or a pipe, one finished line for each epoch",
        {KERAS_3: "backspaces and colours go there as well"},
        "a log is read by people",
        ELSEWHERE + "test_their_progress_line_draws_backspaces_into_a_file",
    ),
    Difference(
        "time-per-batch",
        "ProgbarLogger",
        "ms/step is the time of a batch",
        {KERAS_2: "it is the time of a sample, where samples are counted"},
        "a step is a step of the optimizer",
        HERE + "test_progbar_logger.py::test_a_file_holds_one_whole_line_for_each_epoch",
    ),
    # -- TensorBoard --
    Difference(
        "tensorboard-alone",
        "TensorBoard",
        "the package tensorboard is all that it needs",
        _all("it needs TensorFlow"),
        "who learns on a laptop without TensorFlow has something to look at, too",
        ELSEWHERE + "test_their_tensorboard_needs_tensorflow",
    ),
    Difference(
        "tensorboard-samples",
        "TensorBoard",
        "a number as update_freq counts samples, as documented",
        {TF_KERAS: "it counts batches"},
        "with another batch size the points stay as dense as they were",
        HERE + "test_tensorboard.py::test_a_number_counts_samples",
    ),
    Difference(
        "tensorboard-needs",
        "TensorBoard",
        "what the settings need and is missing is an error before training",
        {KERAS_2: "missing data is an error when the first epoch is over"},
        "the earliest honest moment",
        HERE + "test_tensorboard.py::test_what_is_missing_is_said_before_anything_is_written",
    ),
    # -- RemoteMonitor --
    Difference(
        "monitor-waits",
        "RemoteMonitor",
        "training waits one second for an answer, three in all, and one more at the end",
        _all("it waits for ever for a server that says nothing"),
        "who watches must not hold up what is watched",
        TELLING + "test_they_wait_for_a_server_that_says_nothing",
    ),
    Difference(
        "monitor-gives-up",
        "RemoteMonitor",
        "after three failures in a row nothing more is sent in this fit",
        _all("every epoch tries, waits and warns again"),
        "a night of a thousand epochs would end in a thousand warnings",
        TELLING + "test_they_try_a_server_that_is_gone_in_every_epoch",
    ),
    Difference(
        "monitor-status",
        "RemoteMonitor",
        "an answer of 404 or 500 is a failure, and is told of",
        _all("any answer will do"),
        "the page would stay empty, and nobody would know why",
        TELLING + "test_an_answer_of_404_is_as_good_as_any_to_them",
    ),
    Difference(
        "monitor-redirects",
        "RemoteMonitor",
        "a redirect is a failure, and is told of",
        _all("it is followed, most often as a GET that has lost the logs"),
        "figures and tokens go where they were meant to go",
        TELLING + "test_a_redirect_costs_them_the_logs",
    ),
    Difference(
        "monitor-not-finite",
        "RemoteMonitor",
        "NaN and infinities are sent as null",
        _all("a form has NaN, which is not JSON; as JSON the epoch is not sent at all"),
        "a server that reads JSON reads what arrives",
        TELLING + "test_a_nan_of_theirs_is_not_json",
    ),
    Difference(
        "monitor-objects",
        "RemoteMonitor",
        "a value that JSON cannot hold is left out, with a warning",
        _all("it is a TypeError, and the end of the training"),
        "the other figures can be sent",
        TELLING + "test_a_value_that_json_cannot_hold_ends_their_training",
    ),
    Difference(
        "monitor-headers",
        "RemoteMonitor",
        "headers are sent as given, and refused at once if HTTP cannot send them",
        _all("~/.netrc replaces Authorization, and a line break is a warning in each epoch"),
        "the token that the reader wrote is the one to send",
        TELLING + "test_a_password_of_the_machine_replaces_their_header",
    ),
    Difference(
        "monitor-proxy",
        "RemoteMonitor",
        "no proxy is asked for localhost and other addresses of this machine",
        _all("the proxy of the environment is, unless NO_PROXY names them"),
        "localhost of the proxy is another machine",
        TELLING + "test_they_ask_a_proxy_for_this_machine",
    ),
    # -- the loop --
    Difference(
        "early-stop",
        "fit",
        "stop_training, set before the first batch, is heeded before it",
        {
            KERAS_3: "after the first batch",
            KERAS_2: "in on_train_begin never: fit clears it afterwards",
        },
        "fit clears the flag before the first hook, and then it belongs to the hooks",
        ELSEWHERE + "test_a_stop_before_the_first_batch_is_heeded_after_it",
    ),
    Difference(
        "stopped-epoch",
        "fit",
        "an epoch that is stopped inside is not validated",
        {KERAS_3: "it is"},
        "to stop means to stop",
        ELSEWHERE + "test_a_run_stopped_inside_an_epoch_is_validated_by_them",
    ),
)
