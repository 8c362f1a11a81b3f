"""Sends one message at a time with paho, over two connections."""

import threading
import time

from bench_job import HOST, JOB, TOPIC, make_client, say

arrived = threading.Semaphore(0)
subscribed = threading.Event()
subscriber = make_client()
subscriber.on_connect = lambda client, *_: client.subscribe(TOPIC, 1)
subscriber.on_subscribe = lambda *_: subscribed.set()
subscriber.on_message = lambda *_: arrived.release()
subscriber.connect(HOST, JOB["port"])
subscriber.loop_start()
subscribed.wait()
publisher = make_client()
publisher.connect(HOST, JOB["port"])
publisher.loop_start()

messages = JOB["messages"]
warm_up = -(-messages // 10)
times = []
for count in range(warm_up + messages):
    start = time.perf_counter()
    published = publisher.publish(TOPIC, "21.5", 1)
    arrived.acquire()
    if count >= warm_up:
        times.append((time.perf_counter() - start) * 1e6)
    published.wait_for_publish()
times.sort()
for client in (publisher, subscriber):
    client.disconnect()
    client.loop_stop()
say(median=times[int(0.5 * messages)], p99=times[int(0.99 * messages)])
