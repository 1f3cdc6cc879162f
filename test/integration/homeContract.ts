/** What every engine does with homes: clones, backups, restores, kept ones. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { type Backup, openBackup } from '../../src/backup/backupReader.ts';
import type { Engine, Progress, TarSource } from '../../src/engine/engine.ts';
import { backupSource, homesOf } from '../../src/engine/homeSources.ts';
import { isBerthError } from '../../src/workspace/error.ts';
import type { WorkspaceName } from '../../src/workspace/name.ts';
import type { SettingsInput } from '../../src/workspace/settings.ts';
import { backUp } from '../support/backups.ts';
import { eventually } from '../support/command.ts';
import type { EngineBench } from './engineBench.ts';
import { abortAt, failure, never, silent } from './engineBench.ts';
import { makeTree, shell, sumOfTree } from './homeTree.ts';

export interface HomesUnderTest {
  readonly bench: EngineBench;
  /** Where another process finds the same engine: see restorer.ts. */
  readonly place: readonly string[];
  /** With these a clone's files are copied, where the storage would clone them by itself. */
  readonly copied?: Partial<SettingsInput>;
  /** What the target has of a workspace, past Berth's own eyes. */
  leftovers(name: WorkspaceName): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const restorer = join(import.meta.dirname, 'restorer.ts');

/** What comes from a backup until the signal is aborted in the middle, and nothing after that. */
function leftInTheMiddle(backup: Backup): { readonly source: TarSource; readonly signal: AbortSignal } {
  const cancel = new AbortController();
  const open = async (signal: AbortSignal) => {
    const home = await backupSource(backup).open(signal);
    async function* half() {
      let passed = 0;
      for await (const chunk of home.tar) {
        yield chunk;
        passed += chunk.length;
        if (passed > 8 << 20) {
          cancel.abort();
          await new Promise(() => {});
        }
      }
    }
    const tar = Readable.from(half(), { objectMode: false });
    tar.once('close', () => home.tar.destroy());
    return { ...home, tar };
  };
  return { source: { open }, signal: cancel.signal };
}

export function homeContract(title: string, prepare: () => Promise<HomesUnderTest>): void {
  describe(`homes on ${title}`, () => {
    let under: HomesUnderTest;
    let bench: EngineBench;
    let engine: Engine;
    let folder: string;
    let name: WorkspaceName;
    let sum: string;
    let backup: Backup;
    let clone: WorkspaceName;

    before(async () => {
      under = await prepare();
      bench = under.bench;
      engine = bench.engine;
      folder = await mkdtemp(join(tmpdir(), 'berth-homes-'));
      name = await bench.create();
      await makeTree(engine, name);
      sum = await sumOfTree(engine, name);
    });
    after(async () => {
      await bench?.[Symbol.asyncDispose]();
      await under?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it('leaves nothing of a clone that is cancelled in the middle, and its source as it was', async () => {
      clone = bench.newName();
      const { report, signal } = abortAt(progress => progress.kind === 'home');
      const request = { ...bench.request(clone, under.copied), home: { kind: 'workspace', name } } as const;
      await assert.rejects(engine.create(request, report, signal), error => isBerthError(error, 'cancelled'));
      assert.ok(signal.aborted, 'it was being copied');
      assert.deepEqual(await under.leftovers(clone), []);
      assert.equal((await bench.state(name))?.kind, 'Running');
      assert.equal(await sumOfTree(engine, name), sum);
      assert.equal(await shell(engine, name, 'ls -d ~/.berth-swap 2>/dev/null || echo none'), 'none');
    });

    it('clones the home of a workspace that runs, which stays as it is', async () => {
      const seen: Progress[] = [];
      await engine.create(
        { ...bench.request(clone), home: { kind: 'workspace', name } },
        progress => seen.push(progress),
        never,
      );
      assert.ok(seen.some(progress => progress.kind === 'step' && progress.step === 'home'));
      assert.equal(await sumOfTree(engine, clone), sum);
      assert.equal(await sumOfTree(engine, name), sum);
      await shell(engine, clone, 'echo changed > ~/tree/plain; test ! -e ~/.berth-swap');
      assert.equal(await sumOfTree(engine, name), sum);
      await engine.remove(clone, { keepHome: false }, silent, never);
      assert.deepEqual(await under.leftovers(clone), []);
    });

    it('backs up a workspace that runs, and makes another of it that is the same', async () => {
      backup = await backUp(engine, name, join(folder, 'backup.tar'));
      const restored = bench.newName();
      const seen: Progress[] = [];
      await engine.create(
        { ...bench.request(restored), home: { kind: 'tar', source: backupSource(backup) } },
        progress => seen.push(progress),
        never,
      );
      assert.ok(seen.some(progress => progress.kind === 'home' && progress.total === backup.sums.tar.bytes));
      assert.equal(await sumOfTree(engine, restored), sum);
      assert.equal(
        await shell(engine, restored, 'test $(du -sk ~/tree/holes | cut -f1) -lt 1024 && echo sparse'),
        'sparse',
      );
      await engine.remove(restored, { keepHome: false }, silent, never);
    });

    describe('a home that is replaced', () => {
      let other: WorkspaceName;
      const content = () =>
        shell(engine, other, 'cat ~/mine ~/tree/plain 2>/dev/null; ls -d ~/.berth-swap 2>/dev/null; true');
      const whileOff = async (action: () => Promise<unknown>) => {
        await engine.stop(other, { force: true }, silent, never);
        try {
          await action();
        } finally {
          await engine.start(other, silent, never);
        }
      };

      before(async () => {
        other = await bench.create();
        await shell(engine, other, 'echo mine > ~/mine');
      });

      it('is not touched while it runs', async () => {
        await assert.rejects(homesOf(engine).replace(other, backupSource(backup), silent, never), error =>
          isBerthError(error, 'conflict'),
        );
      });

      it('stays as it was where the backup is damaged', async () => {
        const path = join(folder, 'damaged.tar');
        await copyFile(backup.path, path);
        const file = await open(path, 'r+');
        await file.write(Buffer.from('damage'), 0, 6, backup.dataAt + backup.sums.data.bytes - 1000);
        await file.close();
        const damaged = await openBackup(path);
        await whileOff(() =>
          assert.rejects(homesOf(engine).replace(other, backupSource(damaged), silent, never), error => {
            assert.ok(isBerthError(error, 'invalid'), String(error));
            assert.match(error.message, /damaged/);
            return true;
          }),
        );
        assert.equal(await content(), 'mine');
      });

      it('stays as it was where the restore is cancelled in the middle', async () => {
        const { source, signal } = leftInTheMiddle(backup);
        await whileOff(() =>
          assert.rejects(homesOf(engine).replace(other, source, silent, signal), error =>
            isBerthError(error, 'cancelled'),
          ),
        );
        assert.equal(await content(), 'mine');
      });

      it('stays as it was where the process that restores is killed', async () => {
        await whileOff(async () => {
          for (const moment of ['middle', 'end']) {
            const argv = [restorer, moment, backup.path, other, ...under.place];
            const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
            const [, signal] = await once(child, 'exit');
            assert.equal(signal, 'SIGKILL', moment);
          }
        });
        assert.equal(await shell(engine, other, 'cat ~/mine ~/tree/plain 2>/dev/null; true'), 'mine');
      });

      it('is not worked in while it is half of each, and whole again after another restore', async () => {
        const half = 'mkdir -p ready old && touch ready/late && mv ~/mine old/';
        await shell(engine, other, `mkdir -p ~/.berth-swap && cd ~/.berth-swap && ${half}`);
        await engine.stop(other, { force: true }, silent, never);
        const refusal = await failure(engine.start(other, silent, never), 'boot-failed');
        assert.match(refusal.message, /restore the backup again/);
        await engine.stop(other, { force: true }, silent, never);
        await homesOf(engine).replace(other, backupSource(backup), silent, never);
        await engine.start(other, silent, never);
        assert.equal(await content(), 'one');
        await shell(engine, other, 'test ! -e ~/late && rm -r ~/tree && echo mine > ~/mine');
      });

      it('is the other one afterwards, and nothing of the old is left', async () => {
        await whileOff(() => homesOf(engine).replace(other, backupSource(backup), silent, never));
        assert.equal(await content(), 'one');
        assert.equal(await sumOfTree(engine, other), sum);
      });

      it('goes with all that stood beside it, whoever was killed there', async () => {
        await engine.remove(other, { keepHome: false }, silent, never);
        const left = async () => (await under.leftovers(other)).length;
        // A cluster removes what belonged to it in its own time.
        await eventually(async () => (await left()) === 0, 'nothing is left of it', 120_000);
      });
    });

    it('leaves nothing of a restore that is cancelled in the middle', async () => {
      const cancelled = bench.newName();
      const { source, signal } = leftInTheMiddle(backup);
      const request = { ...bench.request(cancelled), home: { kind: 'tar', source } } as const;
      await assert.rejects(engine.create(request, silent, signal), error => isBerthError(error, 'cancelled'));
      assert.deepEqual(await under.leftovers(cancelled), []);
    });

    it('lists homes that were kept, with what they take, and none that is in use', async () => {
      const kept = await bench.create();
      await shell(engine, kept, 'head -c 3000000 /dev/urandom > ~/random');
      const listed = async () => (await homesOf(engine).kept()).map(home => home.name);
      assert.ok(!(await listed()).includes(kept));
      await engine.remove(kept, { keepHome: true }, silent, never);
      assert.ok((await listed()).includes(kept));
      assert.ok(!(await listed()).includes(name));
      const { createdBy } = (await homesOf(engine).kept()).find(home => home.name === kept) ?? {};
      assert.equal(createdBy, bench.request(kept).maker.identity);
      const bytes = (await homesOf(engine).keptBytes()).get(kept);
      assert.ok(bytes !== undefined && bytes > 3_000_000, String(bytes));
      await assert.rejects(
        engine.create({ ...bench.request(kept), home: { kind: 'workspace', name } }, silent, never),
        error => isBerthError(error, 'conflict'),
      );
      await engine.volumes?.removeKeptHome(kept);
      assert.ok(!(await listed()).includes(kept));
    });

    it('backs up a workspace that is off, and clones it', async () => {
      await engine.stop(name, { force: true }, silent, never);
      const clone = bench.newName();
      await engine.create({ ...bench.request(clone), home: { kind: 'workspace', name } }, silent, never);
      assert.equal((await bench.state(name))?.kind, 'Off');
      assert.equal(await sumOfTree(engine, clone), sum);
      await engine.remove(clone, { keepHome: false }, silent, never);
      const { sums } = await backUp(engine, name, join(folder, 'off.tar'));
      assert.ok(sums.tar.bytes > 50 << 20);
      await engine.start(name, silent, never);
      assert.equal(await sumOfTree(engine, name), sum);
    });
  });
}
