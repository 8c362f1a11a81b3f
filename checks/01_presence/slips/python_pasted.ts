import paho.mqtt.client as mqtt

def on_message(client, userdata, message):
    print("Reçu:", message.payload.decode())

client = mqtt.Client()
client.on_message = on_message
client.connect("localhost", 1883)
client.subscribe("exercice1")
client.publish("exercice1", "10.10.10.23 connecté")
client.loop_forever()
