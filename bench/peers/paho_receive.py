"""
Receives readings with paho, and records them if it is to, as the course document
does: the file is opened for each message, one row is appended, and it is closed again.
"""

import time
from datetime import datetime

from bench_job import END, FILTER, HOST, JOB, make_client, say

path = JOB["file"]
received = 0
ended = 0.0


def on_connect(client, *_):
    client.subscribe(FILTER, JOB["qos"])


def on_subscribe(*_):
    say(event="subscribed")


def on_message(client, userdata, message):
    global received, ended
    if JOB["end"] and message.topic == END:
        ended = time.time() * 1000
        client.disconnect()
        return
    if path:
        value = float(message.payload)
        with open(path, "at") as file:
            file.write(f"{datetime.now()},{message.topic},{value}\n")
    received += 1
    if received == JOB["messages"] and not JOB["end"]:
        client.disconnect()


client = make_client()
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.connect(HOST, JOB["port"])
client.loop_forever()
say(ended=ended, received=received)
