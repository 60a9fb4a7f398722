"""What does Keras 2.3.1 make of our files, and what does it write? Python 3.7 runs this.

It is given a folder with two files of ours for each case, reads them, and leaves there two files of
its own and `facts.json`: what is true of all these models. It judges nothing; `compare.py` does.
"""

import json
import os
import sys
import warnings

import sentences

REFUSED = {  # what Keras 2.3.1 can write, and nobody can read here
    "amsgrad": lambda k: k.optimizers.Adam(amsgrad=True),
    "decay": lambda k: k.optimizers.SGD(decay=0.5),
    "Nadam": lambda k: k.optimizers.Nadam(),
}


def facts(model, y):
    return sentences.facts(model, y, lambda model: model.optimizer.get_weights())


def look(keras, place, name, chosen):
    """Return what is true of a model of Keras's own, of our weights, and of our model, read."""
    y = sentences.labels(name)
    own = sentences.model_of(keras, chosen)
    sentences.train(own, y, 2)
    own.save(place + "_theirs.h5")
    own.save_weights(place + "_their_weights.h5")
    known = {"theirs": facts(own, y)}
    own.load_weights(place + "_our_weights.h5")
    known["our weights"] = sentences.flat(own.get_weights())
    for who in ("ours", "theirs"):
        path = place + "_" + who + ".h5"
        read = keras.models.load_model(path, compile=False)
        known[who + ", read"] = {"predictions": read.predict(sentences.X).tolist()}
        try:
            known[who + ", read"] = facts(keras.models.load_model(path), y)
        except ValueError as error:  # told, not judged
            known[who + ", read"]["error"] = str(error)
    keras.backend.clear_session()
    return known


def opened():
    """Return Keras, computing one thing after another.

    Else Adam reads its number of steps now before and now after the step has been counted, as
    Keras 2.3.1 does not say to TensorFlow 2 which comes first.
    """
    warnings.simplefilter("ignore")
    os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")
    import tensorflow

    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    import keras

    return keras


def main(folder):
    keras = opened()
    known = {}
    for number, name in enumerate(sentences.CASES):
        sentences.np.random.seed(number)  # from it, Keras 2.3.1 seeds what it draws
        place = os.path.join(folder, str(number))
        known[name] = look(keras, place, name, sentences.CASES[name])
    for name in REFUSED:
        model = sentences.model_of(keras, sentences.case(optimizer=REFUSED[name]))
        model.save(os.path.join(folder, name + ".h5"))
    with open(os.path.join(folder, "tables.json")) as file:
        tables = json.load(file)
    known["tables"] = {
        room: [name for name in tables[room] if hasattr(getattr(keras, room), name)]
        for room in tables
    }
    with open(os.path.join(folder, "facts.json"), "w") as file:
        json.dump(known, file, default=lambda array: array.tolist())


if __name__ == "__main__":
    main(sys.argv[1])
