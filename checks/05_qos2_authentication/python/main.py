"""Exercise 05 in Python, as the French course teaches it."""
import os
import sys
import threading

import paho.mqtt.client as mqtt
import pigpio

BROKER = os.environ.get("MQTT_HOST", "localhost")
PORT = int(os.environ.get("MQTT_PORT", "1883"))
USER = os.environ.get("MQTT_USER", "info")
PASSWORD = os.environ.get("MQTT_PASSWORD", "Password1234")
TOPIC = "exercice5"
BTN = 26

refus = threading.Event()


def connexion(client, userdata, flags, code):
    if code == 0:
        print("Connecté")
    else:
        print("Erreur code", code, file=sys.stderr)
        refus.set()


def publication(client, userdata, mid):
    print("Message envoyé")


# The variables PIGPIO_ADDR and PIGPIO_PORT say where the daemon is.
pi = pigpio.pi()
pi.set_mode(BTN, pigpio.INPUT)
pi.set_pull_up_down(BTN, pigpio.PUD_UP)

client = mqtt.Client()
client.on_connect = connexion
client.on_publish = publication
client.username_pw_set(USER, PASSWORD)
client.connect(BROKER, PORT)
client.loop_start()

envoi = None
try:
    etat_bouton = 1
    while not refus.wait(0.01):
        val_lue = pi.read(BTN)
        if val_lue != etat_bouton:
            etat_bouton = val_lue
            if etat_bouton == 0:
                envoi = client.publish(TOPIC, "clic", qos=2)
    sys.exit(1)
except KeyboardInterrupt:
    if envoi is not None:
        envoi.wait_for_publish(5)
    client.disconnect()
finally:
    client.loop_stop()
    pi.stop()
