/** Imports MQTT.js, and does nothing with it. */
import "mqtt";
