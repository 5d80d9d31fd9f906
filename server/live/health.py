"""Whether the log is followed, and whether other processes' commits wake this one."""

from server.domain.health import Finding, Health
from server.live.state import LiveState


async def log_tail(state: LiveState) -> Finding:
    """Whether the relay looked at the log lately, and how far it came."""
    if state.relay.is_running:
        return Finding(Health.OK, "is followed", state.hub.position)
    return Finding(Health.FAILING, "is not followed: browsers hear of nothing", state.hub.position)


async def wakeups(state: LiveState) -> Finding:
    """Whether news from other processes comes at once. Nothing is lost without, it is a second late."""
    if problems := state.wakeups.problems:
        return Finding(Health.FAILING, "; ".join(problems))
    return Finding(Health.OK, state.wakeups.description)
