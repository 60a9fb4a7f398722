"""What do solutions do that mean harm, or do it without meaning to?"""

import sys

RIGHT = """
from minikeras.callbacks import EarlyStopping

class Stop(EarlyStopping):
    pass
"""
WRONG = """
class Stop:
    def __init__(
        self, monitor="val_loss", patience=0, restore_best_weights=False, start_from_epoch=0
    ):
        pass
"""
IN_HOOK = """
import ctypes, os, signal, sys, time
from minikeras.callbacks import EarlyStopping

class Stop(EarlyStopping):
    def on_epoch_end(self, epoch, logs=None):
        {}
        super().on_epoch_end(epoch, logs)
"""
IN_INIT = """
class Stop:
    def __init__(self, patience=0, **settings):
        while True:
            pass
"""
SWALLOWS = """while True:
            try:
                while True:
                    pass
            except:
                pass"""
GROWS = """held = []
        while True:
            held.append(bytearray(1 << 26))"""
FILE_GROWS = """with open("large", "wb") as file:
            while True:
                file.write(bytes(1 << 20))"""
OWN_ERROR = """class Gone(BaseException):
            pass
        raise Gone"""
CHILD = f"subprocess.Popen([{sys.executable!r}, '-c', 'import time; time.sleep(1000)'])"

IN_HOOKS = {  # what a hook does, and how the check ends
    "while True: pass": "hangs in a law",
    SWALLOWS: "hangs",
    "self.on_epoch_end(epoch, logs)": "raises RecursionError in a law",
    "ctypes.string_at(0)": "dies SIGSEGV",
    "bytearray(10**12)": "raises MemoryError in a law",
    GROWS: "raises MemoryError in a law",
    "sys.exit(0)": "raises SystemExit in a law",
    "os._exit(0)": "exits 0",
    "os.kill(os.getpid(), 9)": "dies SIGKILL",
    "while True: print('again')": "hangs in a law",
    "while True: os.write(1, bytes(1 << 20))": "hangs in a law",
    "print('again' * 10**5)": "holds",
    FILE_GROWS: "raises OSError in a law",
    "os.closerange(0, 21)": "holds",
    "sys.stdout = sys.stderr = None": "holds",
    "sys.stdout.close()": "holds",
    "os.chdir('/')": "holds",
    "signal.signal(signal.SIGALRM, signal.SIG_IGN); time.sleep(1000)": "hangs",
    "raise KeyboardInterrupt": "escapes KeyboardInterrupt",
    OWN_ERROR: "escapes Gone",
    "os.kill(os.getpid(), signal.SIGSTOP)": "hangs",
    "os.kill(os.getpid(), signal.SIGXCPU)": "hangs",
}
AT_IMPORT = {  # what a file does first, and how the check of a right solution ends
    "while True: pass": "hangs",
    "import sys; sys.exit(0)": "ends_on_import 1",
    "import os; os._exit(0)": "exits 0",
    "raise KeyboardInterrupt": "does_not_import 1",
    "held = bytearray(10**12)": "does_not_import 1",
    "import no_such_package": "does_not_import 1",
    "def": "syntax 1",
    "import sys; sys.path.clear(); sys.argv.clear(); sys.stdin.read()": "holds",
    "import os; os.rmdir(os.getcwd())": "holds",
    "import json; json.dumps = json.JSONEncoder = None": "holds",
    "import os; os.open = os.write = os.close = None": "holds",
    "import os; os.rmdir(os.environ['TMPDIR'])": "holds",
    "import signal; signal.signal(signal.SIGALRM, signal.SIG_IGN)": "holds",
    f"import subprocess; {CHILD}": "holds",
    "import threading as t; t.Thread(target=t.Event().wait).start()": "holds",
    "import threading as t; t.Thread(target=t.Event().wait, daemon=True).start()": "holds",
    "import atexit, time; atexit.register(time.sleep, 1000)": "holds",
    "import minikeras.testing; minikeras.testing.check('A3', type('Stop', (), {}))": "holds",
}
MEDDLES = [  # what a wrong solution does to the checker, by accident or not
    "import builtins; builtins.open = builtins.print = None",
    "import builtins; builtins.isinstance = lambda *anything: True",
    "import builtins; builtins.len = builtins.zip = builtins.next = None",
    "import builtins; builtins.float = builtins.str = builtins.dict = None",
    "import time; time.monotonic = time.sleep = time.perf_counter = None",
    "import json; json.dumps = json.loads = json.JSONEncoder = None",
    "import signal; signal.signal = signal.setitimer = None",
    "import os; os.open = os.write = os._exit = os.path = None",
    "import sys; sys.modules.clear()",
    "from minikeras.testing import *; from minikeras.testing.law import *",
    "import minikeras.testing.law as law; law.Deed = law.Law = law.Row = None",
    "import minikeras.testing.child as child; child.findings = child.written = None",
    "import minikeras.testing.checking as checking; checking.check = lambda *anything: True",
]
ACCOUNTS = [  # what a solution writes where its process tells what it finds
    b"nonsense\n",
    b"null\n",
    b"[]\n",
    b'{"name": 3}\n{"trouble": 5}\n',
    b'{"name": "Stop"}\n',
    b'{"name": "Stop", "laws": ["tie", "patience"]}\n',
    b'{"name": "Stop", "laws": ["tie"]}\n{"law": "tie", "holds": true}\n',
    b'{"name": "Stop", "laws": ["tie"]}\n'
    b'{"law": "nan", "holds": true, "reason": "", "missing": []}\n',
    b'{"name": "Stop", "laws": ["tie"]}\n'
    b'{"law": "tie", "holds": false, "reason": "", "missing": [],'
    b' "counterexample": {"settings": {}, "series": [], "rows": [[3, null, null]]}}\n',
    b'{"name": "Stop", "laws": []}\n{"trouble": null}\n',
    b"[" * 100_000 + b"\n",
    b"\xff\x00\n",
]
