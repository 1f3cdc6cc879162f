import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayStart, type StartCircumstances } from '../../../src/ssh/mayStart.ts';

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;
const nobody: StartCircumstances = {
  setting: 'auto',
  wantedAge: undefined,
  atTerminal: false,
  stopAge: undefined,
  refusedAge: undefined,
};

const rows: readonly [
  sentence: string,
  circumstances: Partial<StartCircumstances>,
  expected: true | string,
][] = [
  // An editor or script through the proxy.
  ['one that never ran is started by whoever connects', {}, true],
  ['one that stopped yesterday is started by whoever connects', { stopAge: day }, true],
  ['one that stopped 2 minutes ago is started by whoever connects', { stopAge: 2 * minute }, true],
  ['one that stopped a moment ago is not started by a window', { stopAge: 0 }, 'stopped'],
  ['nor when it stopped just under 2 minutes ago', { stopAge: 2 * minute - 1 }, 'stopped'],
  [
    'a window that was refused a minute ago keeps reconnecting',
    { stopAge: day, refusedAge: minute },
    'reconnecting',
  ],
  ['also where the stop is not known', { refusedAge: 0 }, 'reconnecting'],
  ['after two minutes of silence it is somebody new', { stopAge: day, refusedAge: 2 * minute }, true],
  ['the newer stop is what is told', { stopAge: minute, refusedAge: minute }, 'stopped'],
  // A person at a terminal.
  ['a person may, right after the stop', { atTerminal: true, stopAge: 0 }, true],
  [
    'a person may, while a window is being refused',
    { atTerminal: true, stopAge: minute, refusedAge: 0 },
    true,
  ],
  // Berth's own command.
  ["Berth's command may, right after the stop", { wantedAge: 0, stopAge: minute }, true],
  ['and while a window is being refused', { wantedAge: second, stopAge: minute, refusedAge: second }, true],
  ['its mark holds for five minutes', { wantedAge: 5 * minute - 1, stopAge: day, refusedAge: second }, true],
  ['and no longer', { wantedAge: 5 * minute, stopAge: day, refusedAge: second }, 'reconnecting'],
  ['a stop after the mark takes it back', { wantedAge: 2 * minute, stopAge: minute }, 'stopped'],
  ['whole seconds of the engine’s clock do not', { wantedAge: 2.9 * second, stopAge: 2 * second }, true],
  // The setting.
  ['always: a window too, right after the stop', { setting: 'always', stopAge: 0, refusedAge: 0 }, true],
  ['never: no window', { setting: 'never', stopAge: day }, 'setting'],
  ['never: no person at a terminal', { setting: 'never', atTerminal: true }, 'setting'],
  ["never: Berth's command still", { setting: 'never', wantedAge: second }, true],
  // Clocks.
  ['an engine that is 3 s ahead still has just stopped it', { stopAge: -3 * second }, 'stopped'],
  ['a stop in the future is a clock that was set back', { stopAge: -10 * minute }, true],
  ['a refusal in the future too', { stopAge: day, refusedAge: -day }, true],
  ['and a mark', { wantedAge: -day, stopAge: 0 }, 'stopped'],
];

describe('mayStart', () => {
  for (const [sentence, circumstances, expected] of rows) {
    it(sentence, () => {
      assert.deepEqual(
        mayStart({ ...nobody, ...circumstances }),
        expected === true ? { may: true } : { may: false, because: expected },
      );
    });
  }
});
