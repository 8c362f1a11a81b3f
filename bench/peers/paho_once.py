"""Publishes one message with paho's helper for that."""

import json
import sys

from paho.mqtt import publish

job = json.loads(sys.argv[1])
publish.single(
    "iot/user1/temp",
    "21.5",
    hostname="127.0.0.1",
    port=job["port"],
    client_id=job["clientId"],
)
