import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProgressItem } from '../../../src/panels/messages.ts';
import { advance, logTextOf, noProgress, pullTotals } from '../../../webview/workspace/progress.ts';

const boot = (stage: string, event: string, message = ''): ProgressItem => ({
  kind: 'boot',
  event: { stage, event, message },
});
const layer = (id: string, status: string, current?: number, total?: number): ProgressItem => ({
  kind: 'layer',
  id,
  status,
  ...(current === undefined ? {} : { current }),
  ...(total === undefined ? {} : { total }),
});
const all = (...items: ProgressItem[]) => items.reduce(advance, noProgress);

describe('the progress of an activity', () => {
  it('knows the stages of boot and how each ended', () => {
    const { stages } = all(
      boot('home', 'begin'),
      boot('home', 'ok'),
      boot('sshd', 'begin', 'installing'),
      boot('sshd', 'note', 'by apt'),
      boot('git', 'skip'),
      boot('init', 'fail', 'exit code 3'),
    );
    assert.deepEqual(
      [...stages].map(([stage, { state, message }]) => `${stage} ${state} ${message}`.trim()),
      ['home done', 'sshd running by apt', 'git skipped', 'init failed exit code 3'],
    );
  });

  it('sums up the pull, finished layers in full', () => {
    const { layers } = all(
      layer('a', 'Downloading', 5, 10),
      layer('b', 'Downloading', 9, 30),
      layer('c', 'Waiting'),
    );
    assert.deepEqual(pullTotals(layers), { current: 14, total: 40 });
    assert.deepEqual(
      pullTotals(advance({ ...noProgress, layers }, layer('b', 'Pull complete', 30, 30)).layers),
      { current: 35, total: 40 },
    );
    assert.equal(pullTotals(new Map()), undefined);
  });

  it('writes a layer’s end into the log once, and not its bytes', () => {
    const done = layer('a', 'Pull complete');
    assert.equal(logTextOf(layer('a', 'Downloading', 1, 2), noProgress), '');
    assert.equal(logTextOf(done, noProgress), 'a: Pull complete\n');
    assert.equal(logTextOf(done, all(done)), '');
  });

  it('writes output as it is, whole lines', () => {
    assert.equal(logTextOf({ kind: 'output', text: 'a\nb' }, noProgress), 'a\nb\n');
    assert.equal(logTextOf({ kind: 'output', text: 'a\n' }, noProgress), 'a\n');
    assert.equal(logTextOf(boot('init', 'fail', 'exit 3'), noProgress), '── Init script failed: exit 3\n');
  });
});
