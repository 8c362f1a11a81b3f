"""Exercise 03 in Python, as the French course teaches it."""
import os
import socket
import threading

import paho.mqtt.client as mqtt

BROKER = os.environ.get("MQTT_HOST", "localhost")
PORT = int(os.environ.get("MQTT_PORT", "1883"))
TOPIC = "exercice3"
NAME = socket.gethostname()


def connexion(client, userdata, flags, code):
    if code == 0:
        print("Connecté")
        client.subscribe(TOPIC)
        client.publish(TOPIC, NAME + " est arrivé")
    else:
        print("Erreur code", code)


def reception_msg(client, userdata, msg):
    print("\t\t", msg.payload.decode())


def envoi_msg():
    while True:
        client.publish(TOPIC, input())


client = mqtt.Client()
client.on_connect = connexion
client.on_message = reception_msg
thread_entree_message = threading.Thread(target=envoi_msg, daemon=True)

try:
    client.connect(BROKER, PORT)
    thread_entree_message.start()
    client.loop_forever()
except KeyboardInterrupt:
    client.publish(TOPIC, NAME + " a quitté")
    client.disconnect()
