"""How is it going, seen from elsewhere?"""


# %% tray
class Tray:
    """Takes the letters, where there is no server."""

    run = "1f9a03c7"  # a number for this run

    def __init__(self):
        self.letters = []

    def hand_over(self, letter):
        self.letters.append(letter)
        return []  # no failures


# %% letters
from minikeras.callbacks import RemoteMonitor
from minikeras.lab import PRESETS

monitor = RemoteMonitor()
monitor.postman = tray = Tray()
for epoch, score in enumerate(PRESETS["nan_first"].scores[:3]):
    monitor.on_epoch_end(epoch, {"val_loss": score})
for letter in tray.letters:
    print("POST", letter.url, letter.data)

# %% as-json
monitor = RemoteMonitor("http://localhost:9000", "/publish/epoch/end/?run=mine", send_as_json=True)
monitor.postman = tray = Tray()
monitor.on_epoch_end(0, {"loss": 0.5})
print("POST", tray.letters[0].url, tray.letters[0].json)

# %% not-json
import json


def refuse(name):
    raise ValueError(f"{name} is not JSON")


text = json.dumps({"loss": float("nan")})
print(text)
try:
    json.loads(text, parse_constant=refuse)  # as strict as readers in other languages
except ValueError as error:
    print(error)

# %% live native
import requests
from minikeras.loops import loop
from minikeras.monitor import running

with running() as address:  # what `minikeras monitor` starts, on a port that is free
    for epoch in loop([RemoteMonitor(address.url)], epochs=2):
        epoch.log(loss=1 / (epoch.number + 1))
    for line in requests.get(f"{address.url}/events", stream=True).iter_lines(decode_unicode=True):
        if '"epoch"' in line:
            print(line)
        if '"end"' in line:
            break

# %% address
for root in ("localhost:9000", "http://localhost:9000"):
    try:
        print(RemoteMonitor(root).root)
    except ValueError as error:
        print(error)

# %% dead native
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for epoch in loop([RemoteMonitor("http://localhost:1")], epochs=20):
        epoch.log(loss=0.5)
print(epoch.number + 1, "epochs,", len(caught), "warning:")
print(caught[0].message)

# %% exercise
import json

from minikeras.lessons import check_payload


def payload(epoch, logs):
    logs["epoch"] = epoch
    return json.dumps(logs)


check_payload(payload)

# %% solution
import json
import math

from minikeras.lessons import check_payload


def payload(epoch, logs):
    told = {key: value if math.isfinite(value) else None for key, value in logs.items()}
    return json.dumps({"epoch": epoch, **told})


check_payload(payload)
