"""Nobody makes this server ask an address that is not theirs to name, or wait for what never ends."""

import gzip
import socket
import threading
import time

import pytest

from breakwater.kernel import outside
from breakwater.kernel.outside import NotAllowed, Unanswered, asking
from breakwater.kernel.tests.elsewhere import OPEN, OTHER, elsewhere, says

GOOD, SECOND, STRANGE = "login.example", "second.example", "unlisted.example"
AMPLE = 30


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    with elsewhere(tmp_path_factory.mktemp("elsewhere"), GOOD, SECOND) as there:
        yield there


@pytest.fixture
def there(standing):
    standing.book = {GOOD: [[OPEN]], SECOND: [[OTHER]], STRANGE: [[OPEN]]}
    standing.speaks = says("200 OK", b'{"it": "is"}')
    for kept in (standing.asked, standing.dialed, standing.said):
        kept.clear()
    return standing


def ask(there, address=f"https://{GOOD}/keys", **how):
    return outside.ask(address, network=there.network, **({"patience": AMPLE} | how))


SPELLINGS = [
    # of this machine
    "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://127.0.0.1/", "https://127.1/",
    "https://127.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0x7F.1/",
    "https://017700000001/", "https://0177.0.0.1/", "https://127.000.000.001/", "https://127.0.0.1./",
    "https://0/", "https://0.0.0.0/", "https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/", "https://[64:ff9b:1::7f00:1]/", "https://[2002:7f00:1::]/",
    "https://[2001:0:0:1::7f00:1]/", "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "https://inside.example/",
    "https://both.example/",
    # of a network nearby, of a cloud, of many at once
    "https://10.0.0.1/", "https://172.16.0.1/", "https://172.31.255.255/", "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/", "https://2852039166/", "https://100.64.0.1/",
    "https://[fd00:ec2::254]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/",
    "https://224.0.0.1/", "https://[ff02::1]/", "https://255.255.255.255/", "https://240.0.0.1/",
    "https://198.18.0.1/", "https://192.0.2.1/", "https://203.0.113.7/", "https://192.88.99.1/",
    # of what is not asked, or could be read in two ways
    f"http://{GOOD}/", f"//{GOOD}/", "file:///etc/passwd", f"ftp://{GOOD}/", f"gopher://{GOOD}/", "data:,x", "",
    f"https://me:secret@{GOOD}/", f"https://me@{GOOD}/", f"https://{GOOD}@127.0.0.1/", "https:///keys",
    f"https://127.0.0.1#@{GOOD}/", f"https://{GOOD}\\@127.0.0.1/", f"https://{GOOD}\t/", f"https://{GOOD}/ HTTP/1.1",
    f"https://{GOOD}/\r\nHost: inside", f"https://{GOOD}:22/", f"https://{GOOD}:0/", f"https://{GOOD}:99999/",
    f"https://{GOOD}:x/", "https://127%2e0%2e0%2e1/", "https://lögin.example/", "https://-login.example/",
    "https://login..example/", f"https://{GOOD}/{'x' * 2000}",
]  # fmt: skip


class TestAnAddressIsNotAsked:
    @pytest.mark.parametrize("address", SPELLINGS)
    def test_however_it_is_written(self, there, address):
        inside = ["127.0.0.1"]
        there.book |= {
            "localhost": [inside], "localhost.": [inside], "inside.example": [["10.1.2.3"]],
            "both.example": [[OPEN, "10.1.2.3"]],
        }  # fmt: skip
        with pytest.raises(NotAllowed):
            ask(there, address)
        assert there.dialed == []

    @pytest.mark.parametrize(
        "number",
        [
            "127.0.0.1",
            "10.0.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "fe80::1%eth0",
        ],
    )
    def test_when_its_name_flips(self, there, number):
        """Whoever owns a name may lead it elsewhere at any moment: it is looked up once, and that is where it goes."""
        there.book[GOOD] = [[OPEN], [number]]
        assert ask(there).status == 200
        assert (there.asked, there.dialed) == ([GOOD], [OPEN])
        with pytest.raises(NotAllowed):
            ask(there)
        assert there.dialed == [OPEN]

    def test_and_the_reason_names_it_nowhere(self, there, caplog):
        with pytest.raises(NotAllowed) as no:
            ask(there, f"https://me:secret@{GOOD}/")
        assert str(no.value) == "credentials"
        assert GOOD not in caplog.text
        assert "secret" not in caplog.text

    def test_by_who_holds_no_paper_of_that_name(self, there):
        with pytest.raises(Unanswered, match="SSLCertVerificationError"):
            ask(there, f"https://{STRANGE}/")
        assert there.said == []


class TestNearby:
    """What whoever runs this server named may stand on their own network: it alone, and not just anywhere."""

    def test_a_named_host_may_be_private(self, there):
        there.book[GOOD] = [["10.0.0.9"]]
        assert ask(there, f"https://{GOOD}:9443/keys", near=(GOOD,)).status == 200
        assert there.dialed == ["10.0.0.9"]

    @pytest.mark.parametrize("number", ["169.254.169.254", "224.0.0.1", "::ffff:10.0.0.1", "0.0.0.0"])
    def test_and_nothing_else(self, there, number):
        there.book[GOOD] = [[number]]
        with pytest.raises(NotAllowed):
            ask(there, near=(GOOD,))
        assert there.dialed == []

    def test_in_plain_only_on_this_machine(self, tmp_path):
        with elsewhere(tmp_path, is_plain=True) as there:
            there.book = {"here": [["127.0.0.1"]], "there": [["10.0.0.9"]]}
            assert ask(there, f"http://here:{there.port}/", near=("here",)).status == 200
            with pytest.raises(NotAllowed):
                ask(there, "http://there/", near=("there",))
            assert there.dialed == ["127.0.0.1"]

    def test_no_other_host_becomes_near_by_being_led_to(self, there):
        there.book |= {GOOD: [["10.0.0.9"]], SECOND: [["10.0.0.10"]]}
        there.speaks = says(f"302 Found\r\nLocation: https://{SECOND}/")
        with pytest.raises(NotAllowed):
            ask(there, near=(GOOD,))
        assert there.dialed == ["10.0.0.9"]


class TestWhatHasMoved:
    @pytest.mark.parametrize(
        "to",
        ["https://127.0.0.1/", "http://login.example/", "file:///etc/passwd", "https://10.0.0.1/", "//169.254.169.254/",
         "https://me:secret@login.example/", "https://login.example:25/", "https://inside.example/"],
    )  # fmt: skip
    def test_is_judged_anew(self, there, to):
        there.book["inside.example"] = [["192.168.0.1"]]
        there.speaks = says(f"301 Moved\r\nLocation: {to}")
        with pytest.raises(NotAllowed):
            ask(there)
        assert there.dialed == [OPEN]

    def test_is_followed_three_times(self, there):
        def moves(line, request):
            number = int(request.split(" HTTP")[0].partition("/keys")[2] or 0)
            where = f"Location: https://{SECOND if number % 2 else GOOD}/keys{number + 1}"
            says(f"307 Moved\r\n{where}" if number < last else "200 OK", b"here")(line, request)

        there.speaks, last = moves, 3
        assert ask(there).body == b"here"
        assert len(there.dialed) == 4
        last = 4
        with pytest.raises(Unanswered, match="moved too often"):
            ask(there)
        assert len(there.dialed) == 8

    def test_never_with_something_of_ours(self, there):
        there.speaks = says(f"307 Moved\r\nLocation: https://{SECOND}/")
        assert ask(there, body=b"client_secret=ours").status == 307
        assert there.asked == [GOOD]


class TestWhatNeverEnds:
    """Time and size are bounded for all of it together, however little comes at a time."""

    @pytest.mark.parametrize(
        "before", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"]
    )
    def test_a_slow_drip_is_cut(self, there, before):
        def drips(line, request):
            line.sendall(before)
            for _ in range(400):
                line.sendall(b"x")
                time.sleep(0.02)

        there.speaks = drips
        with pytest.raises(Unanswered, match="TimeoutError"):
            ask(there, patience=0.4)

    def test_a_name_that_is_never_found_is_cut(self, there):
        found = threading.Event()
        network = asking.Network(lambda *_: found.wait(AMPLE) and [], there.dial, lambda: there.trusted)
        with pytest.raises(Unanswered, match="TimeoutError"):
            outside.ask(f"https://{GOOD}/", network=network, patience=0.2)
        found.set()

    @pytest.mark.parametrize(
        "head", ["", "Transfer-Encoding: chunked\r\n", "Content-Length: 999999999999\r\n"]
    )
    def test_an_endless_body_is_cut(self, there, head):
        block = b"x" * 65536
        told = [0]

        def pours(line, request):
            line.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode())
            while True:
                line.sendall(b"10000\r\n" + block + b"\r\n" if "chunked" in head else block)
                told[0] += len(block)

        there.speaks = pours
        with pytest.raises(Unanswered, match="too large"):
            ask(there)
        assert told[0] < 2 * asking.MOST

    def test_what_is_packed_is_not_unpacked(self, there):
        bomb = gzip.compress(b"\0" * 30_000_000)
        there.speaks = says("200 OK\r\nContent-Encoding: gzip", bomb)
        with pytest.raises(Unanswered, match="packed"):
            ask(there)
        assert "Accept-Encoding: identity" in there.said[-1]

    def test_headers_without_end_are_cut(self, there):
        there.speaks = lambda line, _: line.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n")
        with pytest.raises(Unanswered, match="HTTPException"):
            ask(there)

    def test_a_line_that_is_hung_up_is_no_answer(self, there):
        there.speaks = lambda line, _: line.shutdown(socket.SHUT_RDWR)
        with pytest.raises(Unanswered):
            ask(there)


def test_the_next_number_is_tried_when_one_is_not_there(there):
    lost = asking.Network(
        there.numbers,
        lambda number, *how: there.dial(number, *how) if number == OTHER else _refused(),
        lambda: there.trusted,
    )
    there.book[GOOD] = [[OPEN, OTHER]]
    assert outside.ask(f"https://{GOOD}/", network=lost).status == 200


def _refused():
    raise ConnectionRefusedError
