"""Exercise 01 in Python, as the French course teaches it."""
import os
import socket

import paho.mqtt.client as mqtt

BROKER = os.environ.get("MQTT_HOST", "localhost")
PORT = int(os.environ.get("MQTT_PORT", "1883"))
TOPIC = "exercice1"


def own_address():
    """The address from which this machine reaches the broker."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((BROKER, PORT))
        return probe.getsockname()[0]


def connexion(client, userdata, flags, code):
    if code == 0:
        print("Connecté", flush=True)
        client.subscribe(TOPIC)
    else:
        print("Erreur code", code, flush=True)


def abonnement(client, userdata, mid, granted_qos):
    client.publish(TOPIC, own_address() + " connecté")


def reception_msg(client, userdata, msg):
    print("Reçu:", msg.payload.decode(), flush=True)


client = mqtt.Client()
client.on_connect = connexion
client.on_subscribe = abonnement
client.on_message = reception_msg

client.connect(BROKER, PORT)
try:
    client.loop_forever()
except KeyboardInterrupt:
    client.disconnect()
