"""What `create_app` puts into `app.state`, with its types: the one place that knows the names."""

from collections.abc import Callable

from starlette.requests import HTTPConnection

from server.actions.images import Images
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.store.avatars import Avatars
from server.store.database import Database
from server.views.known_posts import KnownPosts
from server.views.render import Renderer
from server.web.health_checks import HealthChecks
from server.web.site import Site


def site(connection: HTTPConnection) -> Site:
    """How browsers reach this board (`state.config`)."""
    found: Site = connection.app.state.config
    return found


def database(connection: HTTPConnection) -> Database:
    """The database (`state.db`)."""
    found: Database = connection.app.state.db
    return found


def renderer(connection: HTTPConnection) -> Renderer:
    """The templates (`state.renderer`)."""
    found: Renderer = connection.app.state.renderer
    return found


def known_posts(connection: HTTPConnection) -> KnownPosts:
    """The posts that pages have read (`state.known_posts`)."""
    found: KnownPosts = connection.app.state.known_posts
    return found


def readers(connection: HTTPConnection, topic_id: int) -> int:
    """How many read that topic now (`state.readers`)."""
    found: Callable[[int], int] = connection.app.state.readers
    return found(topic_id)


def passwords(connection: HTTPConnection) -> Passwords:
    """The hasher of passwords (`state.passwords`)."""
    found: Passwords = connection.app.state.passwords
    return found


def avatars(connection: HTTPConnection) -> Avatars:
    """The files of members' pictures (`state.avatars`)."""
    found: Avatars = connection.app.state.avatars
    return found


def images(connection: HTTPConnection) -> Images:
    """The makers of pictures (`state.images`)."""
    found: Images = connection.app.state.images
    return found


def limits(connection: HTTPConnection) -> Limits:
    """The counters against floods (`state.limits`)."""
    found: Limits = connection.app.state.limits
    return found


def health(connection: HTTPConnection) -> HealthChecks:
    """What `/healthz` looks at (`state.health`)."""
    found: HealthChecks = connection.app.state.health
    return found
