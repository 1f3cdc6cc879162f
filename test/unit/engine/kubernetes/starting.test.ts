import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Parts } from '../../../../src/engine/kubernetes/parts.ts';
import { nextStep } from '../../../../src/engine/kubernetes/starting.ts';
import { web } from '../records.ts';
import { claimOf, endedPod, jobOf, pendingPod, podOf, secretOf } from './support.ts';

function partsOf(more: Partial<Parts> = {}): Parts {
  return {
    name: web,
    record: secretOf(),
    claim: claimOf(),
    job: jobOf(),
    pods: [podOf()],
    events: [],
    building: undefined,
    foreign: undefined,
    ...more,
  };
}
const pod = (more: Parameters<typeof podOf>[0]) => ({ pods: [podOf(more)] });
const end = { is: 'failed', reason: '', message: '', at: '' } as const;
const maker = { identity: 'ann', host: 'h', pid: 1 };

const table: [string, Partial<Parts>, ReturnType<typeof nextStep>][] = [
  ['runs already', {}, 'await'],
  ['is on its way', pod(pendingPod), 'await'],
  ['has a new Job, which has no pod yet', { pods: [] }, 'await'],
  ['is off', { job: undefined, pods: [] }, 'start'],
  ['is being stopped', { job: undefined }, 'settle'],
  ['is being stopped, its Job too', { job: jobOf(web, { isDeleting: true }) }, 'settle'],
  ['has crashed', { job: jobOf(web, { end }), ...pod(endedPod(7)) }, 'again'],
  ['has crashed, its pod is gone', { job: jobOf(web, { end }), pods: [] }, 'again'],
  ['has crashed, the Job does not say so yet', pod(endedPod(7)), 'again'],
  ['was drained and would come back late', pod({ isDeleting: true }), 'again'],
  [
    'was evicted and would come back late',
    pod({ phase: 'Failed', isRunning: false, reason: 'Evicted' }),
    'again',
  ],
  ['is on a node that does not answer', pod({ isLost: true }), 'again'],
  ['was left half made', { job: undefined, pods: [], building: { maker, at: 0, token: 't' } }, 'finish'],
  [
    'was left half made without a home',
    { claim: undefined, building: { maker, at: 0, token: 't' } },
    'finish',
  ],
  ['has no record', { record: undefined }, 'no-record'],
  ['has no home', { job: undefined, pods: [], claim: undefined }, 'no-home'],
];

describe('starting a workspace that', () => {
  for (const [what, more, step] of table) {
    it(`${what}: ${step}`, () => assert.equal(nextStep(partsOf(more), Date.now()), step));
  }
});
