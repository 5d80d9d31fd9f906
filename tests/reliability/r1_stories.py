"""For each broken variant the shortest story in which it does harm, played by the events of the model.

The machine finds them by itself too, but not all of them in the time of a normal run.
"""

from collections.abc import Callable

from tests.reliability import r1_variants as variants
from tests.reliability.r1_play import MOST, STARTS, Play
from tests.reliability.r1_variants import Break

Story = Callable[[Play], None]

GUEST, ANN = 0, 1  # among the visitors
LATEST = 3  # among the addresses
FIRST, SECOND, THIRD = 0, 1, 2  # posts of the topic: ann's, bo's, and ann's that quotes bo's


def somebody_writes_while_the_page_loads(play: Play) -> None:
    for start in range(STARTS):
        play.act_meanwhile("edit", "bo", SECOND, which=GUEST, start=start, reloads=True)
        play.settle()


def an_answer_comes_after_newer_news(play: Play) -> None:
    play.act_on_the_page("edit", FIRST)
    play.act("edit", "mod", FIRST)
    play.deliver(ANN, 3)
    play.answers_arrive()
    play.settle()


def an_answer_comes_after_the_removal(play: Play) -> None:
    play.act_on_the_page("edit", THIRD)
    play.act("remove", "mod", THIRD)
    play.deliver(ANN, 3)
    play.answers_arrive()
    play.settle()


def a_post_is_removed_while_somebody_is_away(play: Play) -> None:
    play.cut(GUEST)
    play.act("edit", "ann", THIRD)
    play.act("remove", "mod", THIRD)
    play.settle()


def a_frame_is_lost(play: Play) -> None:
    play.act("edit", "ann", FIRST)
    play.lose(GUEST)
    play.act("edit", "bo", SECOND)
    play.deliver(GUEST, 3)
    play.settle()


def a_frame_comes_again(play: Play) -> None:
    play.act("edit", "ann", FIRST)
    play.act("edit", "bo", SECOND)
    play.deliver(GUEST, 3)
    play.deliver_again(0)
    play.settle()


def the_log_is_pruned_while_somebody_is_away(play: Play) -> None:
    play.cut(GUEST)
    play.act("edit", "ann", FIRST)
    play.forget_the_log()
    play.settle()


def a_category_is_hidden_while_somebody_is_away(play: Play) -> None:
    play.go_elsewhere(GUEST, LATEST)
    play.act("visibility", "mod", 0, 1)
    play.settle()


def an_old_page_arrives_in_a_new_epoch(play: Play) -> None:
    play.go_elsewhere(GUEST, LATEST)
    play.connect(GUEST)
    play.begin_a_new_epoch()
    play.look()
    play.deliver(GUEST, MOST)
    play.fetch(GUEST)
    play.cut(GUEST)
    play.act("visibility", "mod", 0, 1)
    play.connect(GUEST)
    play.look()
    play.deliver(GUEST, MOST)
    play.fetched_page_arrives(GUEST)
    play.settle()


def nothing_happens(play: Play) -> None:
    play.act("topic", "mod", 2)  # the guest's channels don't hear of it
    play.settle()


def somebody_writes_while_a_browser_connects(play: Play) -> None:
    play.render_slowly(60)
    for start in range(STARTS):
        play.cut(GUEST)
        play.act("edit", "ann", FIRST)
        play.act_meanwhile("edit", "bo", SECOND, which=GUEST, start=start, reloads=False)
        play.settle()


def heartbeats_come_while_the_server_is_busy(play: Play) -> None:
    play.act("edit", "ann", FIRST)
    play.lose(GUEST)
    play.act("edit", "bo", SECOND)
    play.be_busy(True)
    play.deliver(GUEST, 3)
    for _ in range(4):
        play.beat()
        play.deliver(GUEST, 3)
    play.be_busy(False)
    play.settle()


def a_heartbeat_comes_before_the_answer_to_hello(play: Play) -> None:
    play.cut(GUEST)
    play.act("edit", "ann", FIRST)
    play.be_busy(True)
    play.connect(GUEST)
    play.be_busy(True)  # and the hello is heard
    play.beat()
    play.be_busy(False)
    play.settle()


def somebody_comes_back_to_what_memory_knows(play: Play) -> None:
    play.cut(GUEST)
    play.act("edit", "ann", FIRST)
    play.settle()


def somebody_comes_back_twice_from_the_same_position(play: Play) -> None:
    play.cut(GUEST)
    play.act("edit", "ann", FIRST)
    play.connect(GUEST)
    play.be_busy(False)  # what was missed is rendered
    play.cut(GUEST)  # before it arrives
    play.act("edit", "ann", FIRST)
    play.settle()


STORIES: tuple[tuple[Break, Story], ...] = (
    (variants.position_read_after_content, somebody_writes_while_the_page_loads),
    (variants.older_patches_are_applied, an_answer_comes_after_newer_news),
    (variants.removals_are_not_remembered, an_answer_comes_after_the_removal),
    (variants.content_kept_in_the_log, a_post_is_removed_while_somebody_is_away),
    (variants.gaps_are_not_noticed, a_frame_is_lost),
    (variants.duplicates_move_positions_back, a_frame_comes_again),
    (variants.no_reset_when_pruned, the_log_is_pruned_while_somebody_is_away),
    (variants.no_reset_in_a_new_epoch, a_category_is_hidden_while_somebody_is_away),
    (variants.positions_are_sent_without_their_epoch, an_old_page_arrives_in_a_new_epoch),
    (variants.heartbeats_without_a_position, nothing_happens),
    (variants.frames_are_lost_while_it_catches_up, somebody_writes_while_a_browser_connects),
    (variants.heartbeats_overtake_answers, heartbeats_come_while_the_server_is_busy),
    (variants.heartbeats_overtake_answers, a_heartbeat_comes_before_the_answer_to_hello),
    (variants.memory_misses_events, somebody_comes_back_to_what_memory_knows),
    (variants.memory_keeps_what_was_rendered, somebody_comes_back_twice_from_the_same_position),
)
