/**
 * Steps that several checks of the button share.
 *
 * @module
 */
import type { KnownMistake } from "../../workbook/checking/finding.ts";
import type { Trial } from "../../workbook/checking/trial.ts";

/** Where the presses are told. */
export const TOPIC = "exercice2";

const TEXT = "clic";

/** How long a finger stays down, and then up, in milliseconds. */
const CALM = 300;

/**
 * Waits for the message of each press so far, and watches for a while that no
 * other one comes.
 *
 * @param presses How often the button was pressed so far.
 * @param options How long to watch, in milliseconds, and which mistakes it looks
 * like if too few or too many messages come.
 */
export async function untilTold(
  trial: Trial,
  presses: number,
  {
    watch = CALM,
    tooFew = "It overlooks a press that follows soon after another.",
    tooMany = "It publishes more than once for a press: only the change from " +
      "up to down counts.",
  } = {},
): Promise<void> {
  const messages = presses === 1 ? "1 message" : `${presses} messages`;
  const expected = `${messages} "${TEXT}" on ${TOPIC} in all`;
  const mistakes = (): KnownMistake[] => {
    const { length } = trial.published(TOPIC);
    return [
      ...otherMessages(trial),
      { when: length > presses, words: tooMany },
      { when: length > 0 && length < presses, words: tooFew },
    ];
  };
  await trial.until(
    expected,
    () => trial.published(TOPIC).length >= presses,
    mistakes,
  );
  await trial.remains(
    expected,
    watch,
    () => {
      const texts = trial.published(TOPIC);
      return texts.length === presses && texts.every((text) => text === TEXT);
    },
    mistakes,
  );
}

/** Watches for a while that nothing comes when the button was let go. */
export async function remainsTold(
  trial: Trial,
  presses: number,
): Promise<void> {
  const tooMany = "It publishes also when the button is let go.";
  await untilTold(trial, presses, { tooMany });
}

function otherMessages(trial: Trial): KnownMistake[] {
  const elsewhere = trial.sent("publish").find(({ topic }) => topic !== TOPIC);
  const other = trial.published(TOPIC).find((text) => text !== TEXT);
  return [
    {
      when: elsewhere !== undefined,
      words: `It publishes on "${elsewhere?.topic}".`,
    },
    {
      when: other !== undefined,
      words: `The message is "${other}": each letter counts.`,
    },
  ];
}
