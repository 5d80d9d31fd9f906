"""What the tests stand on: real servers, databases, a browser, and a way to wait."""
