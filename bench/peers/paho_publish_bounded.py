"""
Publishes readings with paho, whose own window is off: a semaphore lets no more
than the window be unacknowledged. Searching its own queue is what slows paho down
when that queue is long.
"""

import threading
import time

from bench_job import HOST, JOB, READINGS, TOPIC, make_client, say

room = threading.Semaphore(JOB["window"])
client = make_client(JOB["clientId"])
client.max_queued_messages_set(0)
client.max_inflight_messages_set(0)
client.on_publish = lambda *_: room.release()
client.connect(HOST, JOB["port"])
client.loop_start()
while not client.is_connected():
    time.sleep(0.001)

started = time.time() * 1000
for index in range(JOB["messages"]):
    room.acquire()
    client.publish(TOPIC, READINGS[index % 1000], JOB["qos"])
for _ in range(JOB["window"]):
    room.acquire()
client.disconnect()
client.loop_stop()
say(started=started)
