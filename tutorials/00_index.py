"""Can a dozen lines learn to read digits?"""

# %% train
import minikeras as keras
from minikeras.datasets import digits
from minikeras.layers import Dense, Flatten

(x, y), (x_test, y_test) = digits.load_data()
keras.utils.set_random_seed(1)
model = keras.Sequential([Flatten(input_shape=(8, 8)), Dense(64, activation="relu")])
model.add(Dense(10, activation="softmax"))
model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x / 16, y, epochs=20, validation_split=0.1, verbose=0)
loss, accuracy = model.evaluate(x_test / 16, y_test, verbose=0)
print(f"loss {loss:.3f}, accuracy {accuracy:.3f}")
