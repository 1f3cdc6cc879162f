import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { editedDeadline, secondsUntil } from '../../../../src/engine/kubernetes/deadline.ts';

const startedAt = '2026-06-01T12:00:00Z';
const start = Date.parse(startedAt);
const hour = 3600;
const here = { here: (time: string) => new Date(time) };
const after = (hours: number) => ({ now: () => start + hours * hour * 1000 });

describe('the deadline of a Job', () => {
  for (const [what, job, untilHours, expected, capHours] of [
    ['is left where it is late enough', { startedAt, deadlineSeconds: 33 * hour }, 32, undefined],
    [
      'is put off no further than a policy’s cap',
      { startedAt, deadlineSeconds: 32 * hour },
      40,
      36 * hour + 600,
      36,
    ],
    ['is not brought nearer by a cap', { startedAt, deadlineSeconds: 32 * hour }, 40, undefined, 12],
    [
      'is put off with time to spare for the watchdog',
      { startedAt, deadlineSeconds: 32 * hour },
      40,
      40 * hour + 600,
    ],
    ['is none where there is none', { startedAt, deadlineSeconds: undefined }, 40, undefined],
    [
      'waits for a Job that has not begun',
      { startedAt: undefined, deadlineSeconds: 32 * hour },
      40,
      undefined,
    ],
  ] as const) {
    it(what, () =>
      assert.equal(secondsUntil(job, start + untilHours * hour * 1000, here, capHours), expected),
    );
  }

  for (const [what, job, lifespanHours, ran, expected, capHours] of [
    ['follows a longer lifespan', { startedAt, deadlineSeconds: 32 * hour + 600 }, 20, 1, 44 * hour + 600],
    ['stays behind what an extension asked for', { startedAt, deadlineSeconds: 90 * hour }, 20, 1, 90 * hour],
    ['goes with the lifespan', { startedAt, deadlineSeconds: 32 * hour }, 0, 1, null],
    [
      'leaves a run that is older than its new lifespan its warning',
      { startedAt, deadlineSeconds: undefined },
      1,
      60,
      62 * hour,
    ],
    [
      'comes as near as a policy’s cap, whatever extensions have put off',
      { startedAt, deadlineSeconds: 90 * hour },
      20,
      1,
      24 * hour + 600,
      24,
    ],
    [
      'leaves a run that is older than a new cap its warning',
      { startedAt, deadlineSeconds: 90 * hour },
      20,
      60,
      62 * hour,
      24,
    ],
  ] as const) {
    it(what, () =>
      assert.equal(editedDeadline(job, { settings: { lifespanHours }, capHours }, after(ran)), expected),
    );
  }
});
