"""The application as a variable, for servers that find it no other way: `hypercorn server.asgi:app`.

Importing this reads the environment. uvicorn takes `server.app:app`, which is made when it is asked for.
"""

from server.app import create_app
from server.config import of_process

app = create_app(of_process())
