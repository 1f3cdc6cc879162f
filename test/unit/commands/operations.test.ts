import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, describe, it } from 'node:test';
import { writeBackup } from '../../../src/backup/backupWriter.ts';
import { Activities } from '../../../src/engine/activities.ts';
import { BerthError, isBerthError } from '../../../src/workspace/error.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import { underEditor } from '../../support/fakeEditor.ts';

const { Operations } = await underEditor(() => import('../../../src/commands/operations.ts'));

const ref = { target: TargetId.parse('local'), name: WorkspaceName.parse('otter') };

const folder = await mkdtemp(join(tmpdir(), 'berth-operations-'));
after(() => rm(folder, { recursive: true }));
const path = join(folder, 'x.berth.tar');
await writeBackup(
  path,
  {
    format: 'berth-backup',
    version: 1,
    madeAt: '2026-01-02T03:04:05.000Z',
    madeBy: 'Berth',
    workspace: { name: 'fox', target: 'local', engine: 'docker' },
    settings: {},
    image: { reference: 'debian', digest: '' },
    login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' },
    compression: 'gzip',
  },
  Readable.from([Buffer.alloc(1024)]),
  { signal: new AbortController().signal },
);

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
  const fleet = { engine: async () => engine, refresh: async () => {}, workspace: () => undefined };
  const upkeep = { follow: async () => {} };
  const nothing = undefined as never;
  const operations = new Operations(fleet as never, new Activities(), nothing, upkeep as never, nothing);
  return { operations, done, engine };
}

describe('a restore', () => {
  const codes = [
    ['invalid', ['stopped', 'started']],
    ['unreachable', ['stopped']],
  ] as const;
  for (const [code, expected] of codes) {
    it(`that fails as ${code} leaves what ran ${expected.at(-1)}`, async () => {
      const { operations, done, engine } = open();
      const failed = new BerthError('it failed', { code });
      const restore = operations.restore(ref, path, { startAgain: true });
      Object.assign(engine, {
        homes: { replace: () => Promise.reject(failed) },
        start: async () => void done.push('started'),
      });
      await assert.rejects(restore.succeeded(), failed);
      assert.deepEqual(done, expected);
    });
  }
});

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
