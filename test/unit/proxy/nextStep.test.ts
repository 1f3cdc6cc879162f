import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextStep, type Situation, type Step } from '../../../src/proxy/nextStep.ts';
import type { StateCause, StateKind } from '../../../src/workspace/state.ts';

const state = (kind: StateKind, cause?: StateCause) => ({ kind, reason: '', ...(cause ? { cause } : {}) });
const refused = { may: false, because: 'stopped' } as const;

const rows: readonly [sentence: string, situation: Partial<Situation>, expected: Step][] = [
  ['one that is not there', { state: undefined }, { do: 'fail', because: 'missing' }],
  ['one that runs', { state: state('Running') }, { do: 'dial' }],
  ['one that runs, whoever asks', { state: state('Running'), decision: refused }, { do: 'dial' }],
  ['one that boots', { state: state('Initializing') }, { do: 'await' }],
  ['one that boots, whoever asks', { state: state('Initializing'), decision: refused }, { do: 'await' }],
  ['one that is being made', { state: state('Building') }, { do: 'wait', for: 'creation' }],
  ['one that is stopping', { state: state('Turning off') }, { do: 'wait', for: 'stop' }],
  ['one that is being deleted', { state: state('Deleting') }, { do: 'fail', because: 'deleting' }],
  ['one that is off', { state: state('Off', 'person') }, { do: 'start' }],
  ['one whose container was pruned', { state: state('Off', 'removed') }, { do: 'start' }],
  [
    'one that is off, asked by a window',
    { state: state('Off'), decision: refused },
    { do: 'refuse', because: 'stopped' },
  ],
  ['one that crashed', { state: state('Error', 'out-of-memory') }, { do: 'start' }],
  ['one whose boot failed', { state: state('Error', 'boot-failed') }, { do: 'start' }],
  ['a container that is not ours', { state: state('Error', 'foreign') }, { do: 'fail', because: 'state' }],
  ['labels of a newer Berth', { state: state('Error', 'unreadable') }, { do: 'fail', because: 'state' }],
  ['one half made', { state: state('Error', 'interrupted') }, { do: 'fail', because: 'state' }],
  ['one whose home is gone', { state: state('Error', 'home-missing') }, { do: 'fail', because: 'state' }],
  ['one of which nothing is known', { state: state('Unknown') }, { do: 'fail', because: 'state' }],
];

describe('nextStep', () => {
  for (const [sentence, situation, expected] of rows) {
    it(`${sentence}: ${Object.values(expected).join(' ')}`, () => {
      const usual: Situation = { state: undefined, decision: { may: true } };
      assert.deepEqual(nextStep({ ...usual, ...situation }), expected);
    });
  }
});
