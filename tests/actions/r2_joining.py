"""R2's acts of joining, and of those who look after members."""

from server.actions import accounts, admission, invitations, member_accounts, rules, settings
from server.actions.members import NewMember
from server.domain.clock import now_ms
from server.domain.viewer import Viewer
from tests.actions.r2_acts import Perform, act
from tests.support.model_board import NO_LIMITS, ModelBoard
from tests.support.small_board import PASSWORD


async def applicant(board: ModelBoard) -> Viewer:
    """Zoe, who waits."""
    ada = board.viewer("ada")
    await settings.change_joining(board.db, ada, "approval", "20", now=now_ms())
    draft = NewMember("zoe", "zoe@example.org", PASSWORD, accepts_rules=True)
    signed_in = await accounts.sign_up(board.db, board.passwords, draft, now=now_ms(), limits=NO_LIMITS)
    return signed_in.viewer


@act("admission.approve", shows=False)
async def somebody_who_waits(board: ModelBoard) -> Perform:
    zoe = await applicant(board)
    return lambda: admission.approve(board.db, board.viewer("mod"), zoe.id or 0, now=now_ms())


@act("admission.decline", shows=False)
async def somebody_who_should_not_join(board: ModelBoard) -> Perform:
    zoe = await applicant(board)
    return lambda: admission.decline(board.db, board.viewer("mod"), zoe.id or 0, "a shop", now=now_ms())


@act("member_accounts.close_account")  # the card on the profile gets a new version
async def of_one_whose_posts_stay(board: ModelBoard) -> Perform:
    await board.topic()
    ann = board.viewer("ann").id or 0
    ada = board.viewer("ada")
    return lambda: member_accounts.close_account(board.db, ada, ann, "asked for it", now=now_ms())


@act("member_accounts.reopen_account")
async def of_one_who_comes_back(board: ModelBoard) -> Perform:
    ann, ada = board.viewer("ann").id or 0, board.viewer("ada")
    await member_accounts.close_account(board.db, ada, ann, "asked for it", now=now_ms())
    return lambda: member_accounts.reopen_account(board.db, ada, ann, now=now_ms())


@act("member_accounts.sign_out_member", shows=False)
async def everywhere(board: ModelBoard) -> Perform:
    ann, ada = board.viewer("ann").id or 0, board.viewer("ada")
    await accounts.sign_in(
        board.db, board.passwords, "ann", PASSWORD, remember=False, now=now_ms(), limits=NO_LIMITS
    )
    return lambda: member_accounts.sign_out_member(board.db, ada, ann, None, now=now_ms())


@act("member_accounts.make_reset_link", shows=False)
async def for_one_who_lost_his_password(board: ModelBoard) -> Perform:
    ann, ada = board.viewer("ann").id or 0, board.viewer("ada")
    return lambda: member_accounts.make_reset_link(board.db, ada, ann, now=now_ms())


@act("rules.accept_rules", shows=False)
async def of_the_board(board: ModelBoard) -> Perform:
    return lambda: rules.accept_rules(board.db, board.viewer("ann"), "0", accepts=True, now=now_ms())


@act("settings.change_joining", shows=False)
async def to_nobody(board: ModelBoard) -> Perform:
    return lambda: settings.change_joining(board.db, board.viewer("ada"), "closed", "20", now=now_ms())


@act("invitations.invite", shows=False)
async def two_people(board: ModelBoard) -> Perform:
    return lambda: invitations.invite(board.db, board.viewer("ada"), "", "2", "7", now=now_ms())


@act("invitations.end_invitation", shows=False)
async def before_anybody_came(board: ModelBoard) -> Perform:
    ada = board.viewer("ada")
    await invitations.invite(board.db, ada, "", "2", "7", now=now_ms())
    return lambda: invitations.end_invitation(board.db, ada, 1, now=now_ms())
