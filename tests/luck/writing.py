"""Workers who write over HTTP, and write down what they were told was saved."""

import http.client
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from threading import Event, Lock, Thread
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from breakwater.kernel.text import mark_of
from breakwater.referrals.actions.loop import Letter
from breakwater.referrals.rules import reading_of
from breakwater.resources.models import Domain
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency

PASSWORD = "harbor light 7"
PATIENCE = 12
GATES = ("safe_tonight", "basic_needs")
_KEPT = 1.0
"""Seconds for which a browser keeps a line that it does not use: the server closes one after five, at any moment."""
A_BREATH = 0.15
"""Seconds between two acts: five who never pause keep two processors busy, and no kill finds anything else by it, for
whoever kills waits until somebody is in the act."""
_LETTER = re.compile(r"/referrals/letters/([0-9a-f-]{36})/")


@dataclass
class Sent:
    """One press of a button: its key, what it said, and what it came to as far as its writer knows."""

    kind: str
    words: str
    key: str = field(default_factory=lambda: str(uuid4()))
    tries: int = 0
    location: str = ""

    @property
    def is_acknowledged(self) -> bool:
        """Whether its writer was told that it is saved."""
        return bool(self.location)


class Book:
    """What everybody sent, and everything that should not have been answered."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.wrong: list[str] = []
        self.lost_answers: Counter[str] = Counter()
        self.unanswered: set[str] = set()
        self._lock = Lock()

    def begin(self, kind: str, words: str) -> Sent:
        """Something is about to be sent."""
        sent = Sent(kind, words)
        with self._lock:
            self.sent.append(sent)
        return sent

    @property
    def acknowledged(self) -> list[Sent]:
        """Everything that somebody was told is saved."""
        return [one for one in self.sent if one.is_acknowledged]


class Browser:
    """As much of a browser as a worker needs: cookies, forms, and a connection that may die."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.cookies: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None
        self._heard_at = 0.0

    def get(self, where: str) -> tuple[int, str, str]:
        """Open a page: status, where it leads, what it says."""
        return self._ask("GET", where, "")

    def post(self, where: str, **typed: str) -> tuple[int, str, str]:
        """Send a form."""
        return self._ask(
            "POST", where, urlencode({"csrfmiddlewaretoken": self.cookies["csrftoken"], **typed})
        )

    def sign_in(self, username: str) -> None:
        """Sign in; patient while nothing answers yet."""
        stop_at = time.monotonic() + 60
        while True:
            try:
                self.get("/sign-in/")
                status, _, said = self.post("/sign-in/", username=username, password=PASSWORD)
            except (OSError, http.client.HTTPException):
                status, said = 0, "no answer"
            if status == 303:
                return
            assert time.monotonic() < stop_at, f"{username} cannot sign in: {status} {said[:300]}"
            time.sleep(0.3)

    def _ask(self, method: str, where: str, body: str) -> tuple[int, str, str]:
        if self._connection and time.monotonic() - self._heard_at > _KEPT:
            self._connection.close()
            self._connection = None
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._connection.request(method, where, body or None, headers)
            answer = self._connection.getresponse()
            said = answer.read().decode()
            self._heard_at = time.monotonic()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, answer.headers.get("Location", ""), said


class Writer(Thread):
    """Takes people in, writes notes, meets gates and sends letters, soon after each answer.

    After a lost answer they press again, with the same key, until they hear. Now and then somebody gives up instead and
    never learns what came of it.
    """

    def __init__(
        self, number: int, address: str, actor: Actor, *, ask: Agency, book: Book, over: Event
    ) -> None:
        super().__init__(name=f"writer {number}", daemon=True)
        self.number = number
        self.browser = Browser(address)
        self.actor = actor
        self.book = book
        self.over = over
        self.ask = ask
        self.chance = random.Random(number)
        self.cases: list[str] = []
        self.gates: dict[str, list[str]] = {}
        self.count = 0

    def run(self) -> None:
        """Write until it is over."""
        try:
            self.browser.sign_in(self.actor.user.username)
            while not self.over.wait(A_BREATH):
                self.do_something()
        except Exception as trouble:  # noqa: BLE001 - a thread's trouble must reach the test
            self.book.wrong.append(f"{self.name}: {type(trouble).__name__}: {trouble}")

    def do_something(self) -> None:
        """One act, chosen by chance among those that are possible now."""
        turn = self.chance.random()
        if turn < 0.35 or not self.cases:
            self.take_in()
        elif turn < 0.65:
            self.add_note(self.chance.choice(self.cases))
        elif turn < 0.85:
            self.meet_gate(self.chance.choice(self.cases))
        else:
            self.refer(self.chance.choice(self.cases))

    def take_in(self) -> None:
        """Take somebody in."""
        words = self._words("intake")
        sent = self._press(
            "intake", "/cases/intake/", words, what_is_happening=words, asked_by="self", owner="me"
        )
        if sent.is_acknowledged:
            self.cases.append(sent.location.split("/")[2])

    def add_note(self, case: str) -> None:
        """Add to the chronology."""
        words = self._words("note")
        self._press("note", f"/cases/{case}/notes/", words, kind="note", words=words)

    def meet_gate(self, case: str) -> None:
        """Meet the next gate of a case; each is met once."""
        left = self.gates.setdefault(case, list(GATES[:4]))
        if left:
            words = self._words("gate: seen, spoken with and eaten with at the kitchen table")
            self._press("gate", f"/cases/{case}/gates/", words, **{left.pop(): words})

    def refer(self, case: str) -> None:
        """Ask the other agency for help, having seen exactly what will be read there."""
        words, where = self._words("letter"), f"/referrals/{case}/referral/"
        asked = {"agency": str(self.ask.pk), "need": "housing", "words": words, "name_told": "no"}
        letter = Letter(to_name=self.ask.name, need="housing", words=words)
        reading = reading_of(letter, from_name=self.actor.agency.name, need=Domain.HOUSING.label)
        self._press("letter", where, words, shown=mark_of(reading), **asked)

    def _words(self, kind: str) -> str:
        self.count += 1
        return f"{kind} {self.number}-{self.count:05d}"

    def _press(self, kind: str, where: str, words: str, /, **typed: str) -> Sent:
        sent = self.book.begin(kind, words)
        while True:
            sent.tries += 1
            self.book.unanswered.add(sent.key)
            try:
                status, location, said = self.browser.post(where, idempotency_key=sent.key, **typed)
            except (OSError, http.client.HTTPException) as trouble:
                self.book.lost_answers[type(trouble).__name__] += 1
            else:
                if status == 303:
                    sent.location = location
                    return sent
                if status < 500:
                    sentence = re.search(r'role="alert">\s*<p>([^<]*)|<p>([^<]*)</p>', said)
                    self.book.wrong.append(
                        f"{words}: {status} {location} {sentence and sentence.group(0)} {sent.tries}"
                    )
                    return sent
                self.book.lost_answers[str(status)] += 1
            finally:
                self.book.unanswered.discard(sent.key)
            if self.over.is_set() or self.chance.random() < 0.1:
                return sent
            time.sleep(0.1)


class Answerer(Writer):
    """Works at the other agency, and acknowledges every letter: news that must reach those who sent it."""

    def do_something(self) -> None:
        """Acknowledge what lies in the inbox."""
        try:
            _, _, said = self.browser.get("/referrals/")
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
            return
        for letter in dict.fromkeys(_LETTER.findall(said)):
            if letter not in self.gates and not self.over.is_set():
                self.gates[letter] = []
                self._press("answer", f"/referrals/letters/{letter}/acknowledgement/", letter, words="")
        time.sleep(0.1)
