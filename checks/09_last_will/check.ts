import type { Exercise } from "../../workbook/checking/requirement.ts";
import type { StudentProgram } from "../../workbook/checking/student_program.ts";
import type { Trial } from "../../workbook/checking/trial.ts";

/** How long a message that is one too many may take to come, in milliseconds. */
const WATCHED = 500;

/** Starts a device with a name by chance. */
function startDevice(
  trial: Trial,
): { program: StudentProgram; topic: string } {
  const [name = ""] = trial.random.hosts(1);
  const program = trial.start("main", { args: [name] });
  return { program, topic: `devices/${name}/status` };
}

/** Waits until these, and no others, have been published on a topic. */
async function untilStatuses(
  trial: Trial,
  topic: string,
  statuses: string[],
): Promise<void> {
  const seen = () =>
    trial.broker.messages
      .filter((message) => message.topic === topic)
      .map(({ text }) => text);
  const expected = `${
    statuses.map((text) => `"${text}"`).join(", ")
  } on ${topic}`;
  await trial.until(expected, () => seen().length >= statuses.length, () => [{
    when: trial.broker.messages.length > seen().length,
    words: "There is a message on another topic.",
  }]);
  await trial.remains(
    `${expected}, and nothing else`,
    WATCHED,
    () => seen().join() === statuses.join(),
  );
}

/** Waits for what a new subscriber is told. */
async function expectKept(
  trial: Trial,
  topic: string,
  status: string,
): Promise<void> {
  const kept = await trial.broker.retained(topic);
  trial.expect(
    kept?.text === status && kept.retain,
    `"${status}" for whoever subscribes to ${topic} later`,
    () => [{
      when: kept === undefined,
      words: "The broker has kept nothing: is the message retained?",
    }, {
      when: true,
      words: `The broker has kept "${kept?.text}".`,
    }],
  );
}

/** What exercise 09 asks for. */
export const exercise: Exercise = {
  name: "09_last_will",
  programs: ["main"],
  requirements: [
    {
      id: "online",
      words: 'The device publishes "online" on devices/NAME/status, retained ' +
        "and at QoS 1",
      hint: 1,
      async check(trial) {
        const { topic } = startDevice(trial);
        await untilStatuses(trial, topic, ["online"]);
        const online = trial.sent("publish")
          .find((packet) => packet.topic === topic);
        trial.expect(online?.qos === 1, "QoS 1");
        trial.expect(online?.retain === true, "a retained message");
        await expectKept(trial, topic, "online");
      },
    },
    {
      id: "will",
      words: 'Its will is "offline" on the same topic, retained and at QoS 1',
      hint: 1,
      async check(trial) {
        const { topic } = startDevice(trial);
        const { will } = await trial.packet(
          "connect",
          (packet) => packet.will !== undefined,
          "a CONNECT packet with a will",
        );
        trial.expect(will?.topic === topic, `the will to be on ${topic}`);
        trial.expect(`${will?.payload}` === "offline", 'the payload "offline"');
        trial.expect(will?.qos === 1, "a will at QoS 1");
        trial.expect(will?.retain === true, "a retained will", () => [{
          when: true,
          words: 'Who comes after its death would still be told "online".',
        }]);
      },
    },
    {
      id: "covered",
      words: 'It publishes "online" on the connection that its will is for',
      hint: 2,
      async check(trial) {
        const { topic } = startDevice(trial);
        await untilStatuses(trial, topic, ["online"]);
        const { packets } = trial.broker;
        const connections = packets
          .filter(({ packet }) => packet.cmd === "connect" && packet.will)
          .map(({ connection }) => connection);
        const isCovered = packets.some(({ packet, connection }) =>
          packet.cmd === "publish" && packet.topic === topic &&
          connections.includes(connection)
        );
        trial.expect(
          isCovered,
          "a CONNECT with the will, and then online",
          () => [{
            when: true,
            words: 'If it dies between the two, it is "online" for ever.',
          }],
        );
      },
    },
    {
      id: "dies",
      words: "When it dies, everyone learns once that it is offline, also " +
        "who comes later",
      hint: 1,
      async check(trial) {
        const { program, topic } = startDevice(trial);
        await untilStatuses(trial, topic, ["online"]);
        program.kill("SIGKILL");
        await untilStatuses(trial, topic, ["online", "offline"]);
        await expectKept(trial, topic, "offline");
      },
    },
    {
      id: "leaves",
      words: 'On Ctrl-C it publishes "offline" itself, retained, disconnects ' +
        "and ends with exit code 0",
      hint: 2,
      needsSignals: true,
      async check(trial) {
        const { program, topic } = startDevice(trial);
        await untilStatuses(trial, topic, ["online"]);
        program.kill("SIGINT");
        const code = await trial.ended(program);
        await untilStatuses(trial, topic, ["online", "offline"]);
        const last = trial.sent("publish").at(-1);
        trial.expect(
          `${last?.payload}` === "offline" && last?.retain === true,
          'a retained "offline" of its own',
          () => [{
            when: trial.sent("disconnect").length === 0,
            words: "It leaves all to its will, as if it had died.",
          }],
        );
        await trial.packet("disconnect", () => true, "DISCONNECT", () => [{
          when: true,
          words: "Without DISCONNECT, the broker publishes the will, too.",
        }]);
        await expectKept(trial, topic, "offline");
        trial.expect(code === 0, "exit code 0");
      },
    },
    {
      id: "returns",
      words: 'When a lost connection is back, it says "online" again, and ' +
        "its death is announced again",
      hint: 3,
      async check(trial) {
        const { program, topic } = startDevice(trial);
        await untilStatuses(trial, topic, ["online"]);
        trial.broker.cut();
        const statuses = ["online", "offline", "online"];
        await untilStatuses(trial, topic, statuses);
        await expectKept(trial, topic, "online");
        program.kill("SIGKILL");
        await untilStatuses(trial, topic, [...statuses, "offline"]);
      },
    },
    {
      id: "name",
      words: "A name that is missing, or has /, + or # in it, ends it with " +
        "one line and exit code 2",
      extra: true,
      hint: 3,
      async check(trial) {
        for (const args of [[], [""], ["lamp/1"], ["+"], ["#"]]) {
          const program = trial.start("main", { args });
          const code = await trial.ended(program);
          trial.expect(code === 2, `exit code 2 for ${JSON.stringify(args)}`);
          trial.expect(
            program.stderr.trim().split("\n").length === 1 &&
              program.stderr.trim() !== "",
            "one line on standard error",
          );
        }
        trial.expect(trial.sent("connect").length === 0, "no connection");
      },
    },
  ],
};
