"""R1's machine: Hypothesis chooses what happens in the play, and in which order."""

import sys

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.reliability.r1_acts import ACTS, PEOPLE
from tests.reliability.r1_play import ADDRESSES, STARTS, VISITORS, Play
from tests.reliability.r1_template import Template

# What happens often stands here often. A new epoch has everybody start afresh, so it has to be rare.
KINDS = tuple(kind for kind in ACTS if kind != "visibility")
OFTEN = (
    *KINDS,
    *["topic", "reply", "reply", "quote", "edit", "edit", "edit", "remove", "remove", "restore", "thank"],
)
NEWS = ["told", "told", "arrives", "lost", "later"]
NETWORK = ["deliver", "deliver", "deliver", "lose", "again", "cut", "connect", "fetch", "arrive", "arrive"]
SERVER = ["look", "look", "beat", "beat", "answers", "busy", "free", "slow", "fast"]
RARE = ["restart", "forget", "epoch", "sign-out", "visibility"]

some = st.integers(0, 7)
visitors = st.integers(0, len(VISITORS) - 1)
people = st.sampled_from(PEOPLE)
acts = st.sampled_from(OFTEN)


class Machine(RuleBasedStateMachine):
    template: Template  # set by whoever runs it

    def __init__(self) -> None:
        super().__init__()
        self.play = Play(self.template)

    @initialize(chosen=st.tuples(*[st.integers(0, len(ADDRESSES) - 1)] * len(VISITORS)))
    def begin(self, chosen: tuple[int, ...]) -> None:
        self.play.begin(*chosen)

    @rule(kind=acts, who=people, what=some, other=some, news=st.sampled_from(NEWS))
    def act(self, kind: str, who: str, what: int, other: int, news: str) -> None:
        self.play.act(kind, who, what, other, is_told=news != "later")
        for which in range(len(VISITORS)):
            if news == "lost":
                self.play.lose(which)
            elif news == "arrives":
                self.play.deliver(which, 1)

    @rule(kind=acts, what=some, other=some, wait=st.booleans(), is_told=st.booleans())
    def act_on_the_page(self, kind: str, what: int, other: int, wait: bool, is_told: bool) -> None:
        self.play.act_on_the_page(kind, what, other, wait, is_told)

    @rule(
        kind=acts,
        who=people,
        what=some,
        which=visitors,
        start=st.integers(0, STARTS - 1),
        does=st.sampled_from(("reload", "reconnect", "")),
        turns=st.sampled_from((0, 60)),
    )
    def act_meanwhile(
        self, kind: str, who: str, what: int, *, which: int, start: int, does: str, turns: int
    ) -> None:
        self.play.render_slowly(turns)
        if does == "reconnect":
            self.play.cut(which)
        self.play.act_meanwhile(kind, who, what, which=which, start=start, reloads=does == "reload")

    @rule(event=st.sampled_from(NETWORK), which=visitors, number=some)
    def network(self, event: str, which: int, number: int) -> None:
        match event:
            case "deliver":
                self.play.deliver(which, number)
            case "lose":
                self.play.lose(which)
            case "again":
                self.play.deliver_again(number)
            case "cut":
                self.play.cut(which)
            case "connect":
                self.play.connect(which)
            case "fetch":
                self.play.fetch(which)
            case "arrive":
                self.play.fetched_page_arrives(which)

    @rule(event=st.sampled_from(SERVER), which=visitors)
    def server(self, event: str, which: int) -> None:
        match event:
            case "look":
                self.play.look()
            case "beat":
                self.play.beat()
            case "answers":
                self.play.answers_arrive()
            case "busy" | "free":
                self.play.be_busy(event == "busy")
            case "slow" | "fast":
                self.play.read_slowly(which, event == "slow")

    @rule(event=st.sampled_from(RARE), once=st.integers(0, 3), number=some)
    def rarely(self, event: str, once: int, number: int) -> None:
        match event if once == 0 else "":
            case "restart":
                self.play.restart()
            case "forget":
                self.play.forget_the_log()
            case "epoch":
                self.play.begin_a_new_epoch()
            case "sign-out":
                self.play.sign_out()
            case "visibility":
                self.play.act("visibility", "mod", number, number // 2)

    @rule(which=visitors, number=some)
    def go_elsewhere(self, which: int, number: int) -> None:
        self.play.go_elsewhere(which, number)

    @rule()
    def settle(self) -> None:
        self.play.settle()

    def teardown(self) -> None:
        try:
            if sys.exception() is None:  # else it is known that something is broken
                self.play.settle()
        finally:
            self.play.end()
