import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { describe, it } from 'node:test';
import { Activities } from '../../../src/engine/activities.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';

/** The editor, which is asked nothing. */
const hooks = registerHooks({
  resolve: (name, context, next) =>
    name === 'vscode'
      ? { url: 'data:text/javascript,export const workspace = {};', shortCircuit: true }
      : next(name, context),
});
const { Operations } = await import('../../../src/commands/operations.ts');
hooks.deregister();

const ref = { target: TargetId.parse('local'), name: WorkspaceName.parse('otter') };

/** Of an engine that takes its time over everything but a stop and a deletion. */
function open() {
  const done: string[] = [];
  const untilCancelled = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const engine = {
    record: (_name: string, signal: AbortSignal) => untilCancelled(signal),
    start: (_name: string, _report: unknown, signal: AbortSignal) => untilCancelled(signal),
    stop: async () => void done.push('stopped'),
    remove: async () => void done.push('removed'),
  };
  const fleet = { engine: async () => engine, refresh: async () => {} };
  const upkeep = { follow: async () => {} };
  const nothing = undefined as never;
  const operations = new Operations(fleet as never, new Activities(), nothing, upkeep as never, nothing);
  return { operations, done };
}

describe('a stop or a deletion', () => {
  it('cancels a start that is under way', async () => {
    const { operations, done } = open();
    const start = operations.start(ref);
    const stop = await operations.stop(ref, { force: false });
    await stop.succeeded();
    assert.equal(start.state, 'cancelled');
    assert.deepEqual(done, ['stopped']);
  });

  it('never gives up a backup that is being made, and says so', async () => {
    const { operations, done } = open();
    const backup = operations.backUp(ref, '/nowhere', 'Berth');
    for (const tried of [
      () => operations.stop(ref, { force: false }),
      () => operations.stop(ref, { force: true }),
      () => operations.remove(ref, { keepHome: false }),
    ]) {
      await assert.rejects(tried(), error => {
        assert.ok(isBerthError(error, 'conflict'));
        assert.match(error.message, /Backing up otter: still under way/);
        return true;
      });
    }
    assert.equal(backup.state, 'running');
    assert.deepEqual(done, []);
    backup.cancel();
    await backup.finished;
  });
});
