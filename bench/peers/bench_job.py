"""What the Python programs of this folder share."""

import json
import sys

import paho.mqtt.client as mqtt

HOST = "127.0.0.1"
TOPIC = "iot/user1/temp"
END = "iot/end"
FILTER = "iot/#"
READINGS = [f"{20 + (index * 37 % 1000) / 100:.2f}" for index in range(1000)]
JOB = {
    **{"qos": 0, "messages": 1, "end": False, "ownWindow": False, "file": ""},
    **json.loads(sys.argv[1]),
}


def make_client(client_id=""):
    """A client of paho 1 or of paho 2 in the manner of paho 1."""
    if hasattr(mqtt, "CallbackAPIVersion"):
        return mqtt.Client(mqtt.CallbackAPIVersion.VERSION1, client_id)
    return mqtt.Client(client_id)


def say(**facts):
    """Prints what the benchmark wants to know, as a line of JSON."""
    print(json.dumps(facts), flush=True)
