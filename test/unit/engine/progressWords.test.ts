import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Progress } from '../../../src/engine/engine.ts';
import { progressWords } from '../../../src/engine/progressWords.ts';

const step: Progress = { kind: 'step', step: 'pull', message: 'Pulling debian' };
const layer = (id: string, current?: number, total?: number): Progress => ({
  kind: 'layer',
  id,
  status: 'Downloading',
  ...(current !== undefined && { current }),
  ...(total !== undefined && { total }),
});
const boot = (event: 'begin' | 'fail', message = ''): Progress => ({
  kind: 'boot',
  event: { stage: 'sshd', event, message },
});
const output: Progress = { kind: 'output', text: 'noise' };

describe('progressWords', () => {
  for (const [title, log, expected] of [
    ['nothing yet', [], undefined],
    ['only output', [output], undefined],
    ['a step', [step, output], 'Pulling debian'],
    ['layers without sizes', [step, layer('a'), layer('b')], 'pulling 2 layers'],
    [
      'layers with sizes',
      [step, layer('a', 2 ** 20, 4 * 2 ** 20), layer('b', 0, 2 ** 20)],
      'pulling 2 layers: 1 MiB of 5 MiB',
    ],
    ['boot after the layers', [step, layer('a'), boot('begin')], 'starting the ssh server'],
    ['a failed stage says why', [boot('fail', 'no package manager')], 'no package manager'],
  ] as const) {
    it(title, () => assert.equal(progressWords(log), expected));
  }
});
