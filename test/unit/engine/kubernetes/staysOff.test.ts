import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { whyItStaysOff } from '../../../../src/engine/kubernetes/staysOff.ts';
import { endedPod, podOf } from './support.ts';

describe('what a Job must not bring back', () => {
  const limit = 'limit idle for 30 min\n';
  const oom = { reason: 'OOMKilled' };
  for (const [what, pod, cause] of [
    ['runs', podOf(), undefined],
    ['a pod that was deleted', podOf(endedPod(143)), undefined],
    ['boot that was told by a drain', podOf(endedPod(81, { message: 'machine it was stopped' })), undefined],
    ['a limit, for which the Job is complete', podOf(endedPod(0, { message: limit })), undefined],
    ['a limit, after a child ran out of memory', podOf(endedPod(0, { message: limit, ...oom })), undefined],
    ['a limit, with the code of the image’s own process', podOf(endedPod(143, { message: limit })), 'limit'],
    ['a limit, and killed while it ended', podOf(endedPod(137, { message: limit, ...oom })), 'limit'],
    ['berth stop', podOf(endedPod(143, { message: 'person stopped from inside' })), 'person'],
    ['want of memory', podOf(endedPod(137, oom)), 'out-of-memory'],
    ['a step of boot that failed', podOf(endedPod(83, { message: 'boot-failed sshd' })), undefined],
  ] as const) {
    it(what, () => assert.equal(whyItStaysOff(pod)?.cause, cause));
  }
});
