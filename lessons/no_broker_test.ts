import { assertEquals } from "@std/assert";
import { lessonAt } from "../testing/project/lessons.ts";
import { temporaryFolder } from "../testing/temporary_folder.ts";
import { pool } from "../workbook/checking/pool.ts";

/** Programs that go on until they are stopped, and may be while they wait. */
const SERVICES: Record<string, string[]> = {
  "02_subscribe": ["subscriber", "receiver"],
  "03_network_loop": ["forever", "background", "one_turn"],
  "06_steady_publisher": ["publisher", "cut"],
  "10_sensors": ["own_sensor", "one_sensor", "four_sensors"],
  "11_csv_monitor": ["sensor_subscriber"],
  "12_monitor_app": ["monitor_app"],
  "13_gate_service": ["gate"],
};

/** Programs that do one thing once their broker is there. */
const OTHERS: Record<string, string[]> = {
  "01_publish": ["publisher", "greeting"],
  "05_publish_once": ["single", "multiple"],
  "07_subscriber_service": ["publisher"],
  "08_authentication": ["login", "environment", "try_login"],
  "09_qos": ["packets", "too_early", "wait_for_publish"],
  "11_csv_monitor": ["who_is_first"],
  "13_gate_service": ["command open"],
  "16_connection_options": ["will", "keepalive", "mqtt5_session"],
};

/** Starts programs, some at a time, and waits until they say that they wait. */
async function eachWaiting(
  programs: Record<string, string[]>,
  end: (program: ReturnType<ReturnType<typeof lessonAt>["start"]>) => unknown,
): Promise<void> {
  await using folder = await temporaryFolder();
  const lines = Object.entries(programs).flatMap(([lesson, programs]) =>
    programs.map((program) => `${lesson}/ ${program}`)
  );
  await pool(lines, 4, async (line) => {
    const [lesson, name, ...args] = line.split(" ");
    const { start } = lessonAt(new URL(lesson!, import.meta.url));
    await using program = start(name!, {
      url: "mqtt://127.0.0.1:1",
      args,
      variables: { MQTT_USER: "alice", MQTT_PASSWORD: "abc-123" },
      folder: folder.path,
    });
    await program.untilLogged(
      "Broker at 127.0.0.1:1 can't be reached: connection refused (is a broker running there?); trying again\n",
    );
    await end(program);
  });
}

Deno.test("services say that they wait for their broker, and can be stopped meanwhile", async () => {
  await eachWaiting(SERVICES, async (service) => {
    const { code, stdout } = await service.stop();
    assertEquals({ code, stdout }, { code: 0, stdout: "" });
  });
});

Deno.test("programs that end by themselves say that they wait for their broker", async () => {
  await eachWaiting(OTHERS, () => {});
});
