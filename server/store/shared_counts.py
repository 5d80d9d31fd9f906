"""How often something was done lately, counted for all processes of the board in their Redis.

A key holds the times of its last acts by Redis's own clock, at most as many as the limit allows, and is gone
when the last is old. Its name is a digest: neither addresses nor names of people stand in Redis.
"""

from hashlib import blake2b
from secrets import token_hex

from server.store.redis_link import RedisAway, RedisLink

# In Redis, so that no other process comes in between. Gives the milliseconds to wait; 0: it was counted.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local window = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
    return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] + window - now
end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], window)
return 0
"""


class SharedCounts:
    """Counts through a link; while Redis is away nothing is counted, and nobody waits."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    async def take(self, what: str, most: int, milliseconds: int) -> int:
        """Counts one act unless it would be more than `most` in that time: then, how long to wait (ms)."""
        key = self._key(what)
        try:
            wait = await self._link.run("EVAL", _TAKE, 1, key, most, milliseconds, token_hex(8))
        except RedisAway:
            return 0
        assert isinstance(wait, int), "the script gives a number"
        return wait

    async def take_back(self, what: str) -> None:
        """Forgets the last counted act."""
        try:
            await self._link.run("ZPOPMAX", self._key(what))
        except RedisAway:
            return

    def _key(self, what: str) -> str:
        return self._link.key("count", blake2b(what.encode(), digest_size=16).hexdigest())
