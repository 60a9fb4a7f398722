"""Does the proxy of the environment stand between a monitor and other machines, and only there?"""

import pytest

from minikeras.callbacks import RemoteMonitor
from tests.callbacks.monitored import PROMPT, tell
from tests.callbacks.servers import answers, nobody, serving

FAR = "http://a.invalid"  # a name that no machine has: RFC 2606


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1"])
def test_no_proxy_stands_between_this_machine_and_itself(host, monkeypatch):
    with nobody() as proxy, serving(answers()) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("ALL_PROXY", proxy)
        tell(RemoteMonitor(f"http://{host}:{server.port}", timeout=PROMPT), {})
    assert len(server.requests) == 1


def test_the_proxy_of_the_environment_is_asked_for_another_machine(monkeypatch):
    with serving(answers()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        tell(RemoteMonitor(FAR, timeout=PROMPT), {})
    assert [request.target for request in proxy.requests] == [f"{FAR}/publish/epoch/end/"]


def test_a_proxy_that_fails_is_told_of_as_one(monkeypatch):
    with nobody() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        with pytest.warns(RuntimeWarning, match="lies behind a proxy that fails") as heard:
            tell(RemoteMonitor(FAR, timeout=PROMPT), {}, {}, {}, {})
    assert len(heard) == 1
