"""Websockets only: subscriptions up, news down."""
