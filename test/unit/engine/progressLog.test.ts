import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Progress } from '../../../src/engine/engine.ts';
import { appendProgress, outputLimit } from '../../../src/engine/progressLog.ts';

const layer = (id: string, status: string): Progress => ({ kind: 'layer', id, status });
const output = (text: string): Progress => ({ kind: 'output', text });
const step = (message: string): Progress => ({ kind: 'step', step: 'pull', message });
const logOf = (...entries: Progress[]) => entries.reduce<readonly Progress[]>(appendProgress, []);

describe('appendProgress', () => {
  it('keeps the latest word on each layer, in the place of the first', () => {
    assert.deepEqual(logOf(step('pull'), layer('a', 'waiting'), layer('b', 'waiting'), layer('a', 'done')), [
      step('pull'),
      layer('a', 'done'),
      layer('b', 'waiting'),
    ]);
  });

  it('joins output that comes in pieces and keeps it apart from output after a step', () => {
    assert.deepEqual(logOf(output('one\n'), output('two\n'), step('boot'), output('three\n')), [
      output('one\ntwo\n'),
      step('boot'),
      output('three\n'),
    ]);
  });

  it('drops the oldest output first and never a step', () => {
    const half = 'x'.repeat(outputLimit / 2);
    const log = logOf(output(half), step('a'), output(half), step('b'), output('last'));
    assert.deepEqual(log.slice(1), [step('a'), output(half), step('b'), output('last')]);
    assert.deepEqual(log[0], output(half.slice(4)));
  });

  it('cuts a single flood from the front', () => {
    const [entry] = logOf(output('a'.repeat(outputLimit)), output('end'));
    assert.equal(entry?.kind === 'output' && entry.text.length, outputLimit);
    assert.ok(entry?.kind === 'output' && entry.text.endsWith('aend'));
  });

  it('leaves the log it was given as it was', () => {
    const before = logOf(layer('a', 'waiting'));
    appendProgress(before, layer('a', 'done'));
    assert.deepEqual(before, [layer('a', 'waiting')]);
  });
});
