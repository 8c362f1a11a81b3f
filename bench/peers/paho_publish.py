"""
Publishes readings with paho, whose own in-flight window is set, or off: then a
semaphore lets no more than the window be unacknowledged. Searching its own queue is
what slows paho down when that queue is long.
"""

import threading
import time

from bench_job import END, HOST, JOB, READINGS, TOPIC, make_client, say

qos = JOB["qos"]
client = make_client(JOB["clientId"])
client.max_queued_messages_set(0)
room = None
if JOB["ownWindow"]:
    room = threading.Semaphore(JOB["window"])
    client.max_inflight_messages_set(0)
    client.on_publish = lambda *_: room.release()
elif qos > 0:
    client.max_inflight_messages_set(JOB["window"])
client.connect(HOST, JOB["port"])
client.loop_start()
while not client.is_connected():
    time.sleep(0.001)

started = time.time() * 1000
for index in range(JOB["messages"]):
    if room:
        room.acquire()
    published = client.publish(TOPIC, READINGS[index % 1000], qos)
published.wait_for_publish()
if JOB["end"]:
    client.publish(END, "", qos or 1).wait_for_publish()
client.disconnect()
client.loop_stop()
say(started=started)
