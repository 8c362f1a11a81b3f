"""
Records readings as the course document does: the file is opened for each message,
one row is appended, and it is closed again.
"""

from datetime import datetime

from bench_job import FILTER, HOST, JOB, make_client, say

rows = 0


def on_connect(client, *_):
    client.subscribe(FILTER)


def on_message(client, userdata, message):
    global rows
    value = float(message.payload)
    with open(JOB["file"], "at") as file:
        file.write(f"{datetime.now()},{message.topic},{value}\n")
    rows += 1
    if rows == JOB["messages"]:
        client.disconnect()


client = make_client()
client.on_connect = on_connect
client.on_message = on_message
client.connect(HOST, JOB["port"])
client.loop_forever()
say(rows=rows)
