/**
 * What the tests' Python programs begin with. They are written for paho 1, as the
 * course documents' are; paho 2 runs them, too, if it is told so, and warns.
 */
export const PAHO = `
import sys, warnings
import paho.mqtt.client as mqtt

def new_client(*values, **options):
    if not hasattr(mqtt, "CallbackAPIVersion"):
        return mqtt.Client(*values, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        version = mqtt.CallbackAPIVersion.VERSION1
        return mqtt.Client(version, *values, **options)
`;
