"""Exercise 02 in Python, as the French course teaches it."""
import os
import time

import paho.mqtt.client as mqtt
import pigpio

BROKER = os.environ.get("MQTT_HOST", "localhost")
PORT = int(os.environ.get("MQTT_PORT", "1883"))
TOPIC = "exercice2"
BTN = 26


def connexion(client, userdata, flags, code):
    if code == 0:
        print("Connecté")
    else:
        print("Erreur code", code)


# The variables PIGPIO_ADDR and PIGPIO_PORT say where the daemon is.
pi = pigpio.pi()
pi.set_mode(BTN, pigpio.INPUT)
pi.set_pull_up_down(BTN, pigpio.PUD_UP)

client = mqtt.Client()
client.on_connect = connexion
client.connect(BROKER, PORT)
client.loop_start()

try:
    etat_bouton = 1
    while True:
        val_lue = pi.read(BTN)
        if val_lue != etat_bouton:
            etat_bouton = val_lue
            if etat_bouton == 0:
                client.publish(TOPIC, "clic")
        time.sleep(0.01)
except KeyboardInterrupt:
    client.disconnect()
    client.loop_stop()
    pi.stop()
