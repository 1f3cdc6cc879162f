/** What policies keep from happening on every engine, and what they leave alone. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CreateRequest } from '../../src/engine/engine.ts';
import { extendTime } from '../../src/engine/timeKeeper.ts';
import { guarded } from '../../src/policy/guarded.ts';
import type { PolicyPlace } from '../../src/policy/places.ts';
import { Policies } from '../../src/policy/policies.ts';
import { PolicyStore } from '../../src/policy/policyStore.ts';
import { type EngineBench, failure, never, silent } from './engineBench.ts';
import { timeOf } from './timeContract.ts';

export interface PolicyBench {
  readonly bench: EngineBench;
  stop(): Promise<void>;
}

const command = '/berth/run/bin/berth';
const hour = 3_600_000;

export function policyContract(what: string, open: () => Promise<PolicyBench>): void {
  describe(`a policy in front of ${what}`, () => {
    let opened: PolicyBench;
    let folder = '';
    /** What stands in the policy's place now. */
    let text = '';
    const hold = (policy: object) => {
      text = JSON.stringify({ name: 'Acme', ...policy });
    };
    /** Of somebody whom no other test knows: theirs are counted. */
    const identity = `${randomBytes(5).toString('hex')}@example.org`;
    const own = (request: CreateRequest): CreateRequest => ({
      ...request,
      maker: { ...request.maker, identity },
    });
    before(
      async () => {
        opened = await open();
        folder = await mkdtemp(join(tmpdir(), 'berth-policy-'));
        const place: PolicyPlace = { address: 'acme', read: async () => ({ text }) };
        const store = new PolicyStore(folder);
        guarded(opened.bench.engine, new Policies({ places: () => [place], own: () => [], store }));
      },
      { timeout: 3_000_000 },
    );
    after(async () => {
      await opened?.bench[Symbol.asyncDispose]();
      await opened?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it('refuses what it does not allow before anything is made', async () => {
      const { bench } = opened;
      hold({ settings: { memoryMiB: { max: 256 } }, images: { allow: ['acme/**'] } });
      const name = bench.newName();
      const error = await failure(
        bench.engine.create(bench.request(name, { memoryMiB: 512 }), silent, never),
        'invalid',
      );
      assert.match(error.message, /Image: Acme does not allow the image/);
      assert.match(error.message, /Memory: At most 256 MiB: set by Acme/);
      assert.equal(await bench.find(name), undefined);
    });

    it('holds over a workspace’s life: its number, its edits, its time, from inside too', async () => {
      const { bench } = opened;
      const { engine } = bench;
      hold({ settings: { memoryMiB: { max: 256 } }, sessionHours: 10, workspacesPerPerson: 1 });
      const name = bench.newName();
      await engine.create(own(bench.request(name, { lifespanHours: 8 })), silent, never);
      assert.equal((await engine.record(name)).capHours, 10);

      const second = own(bench.request(bench.newName()));
      assert.match((await failure(engine.create(second, silent, never))).message, /You have 1 workspaces/);

      const save = async (change: object) => {
        const { settings, revision } = await engine.record(name);
        await engine.edit(name, { settings: { ...settings, ...change }, revision }, silent, never);
      };
      assert.match((await failure(save({ memoryMiB: 512 }), 'invalid')).message, /Cannot save .*Memory/);
      hold({ settings: { memoryMiB: { max: 64 } }, sessionHours: 10 });
      await save({ description: 'what was there before may stay as it is' });

      const time = await timeOf(bench, name);
      assert.ok(Math.abs(time.roomMs - 2 * hour) < hour / 10, `${time.roomMs / hour} h`);
      const workspace = { ...(await bench.find(name)), name, time };
      const refused = await failure(extendTime(engine, workspace, 3 * 3600, never), 'invalid');
      assert.match(refused.message, /Acme lets it run for 10 h at most/);
      assert.ok((await extendTime(engine, workspace, 3600, never)).isDone);
      const inside = await engine.exec(name, [command, 'extend', '100h']);
      const { endsAt = 0 } = await timeOf(bench, name);
      const began = Date.parse((await bench.find(name))?.startedAt ?? '');
      assert.ok(endsAt - began < 10.2 * hour, `${inside.stdout}${inside.stderr}`);
    });

    it('that cannot be read any more stops what makes and changes, and nothing else', async () => {
      const { bench } = opened;
      const { engine } = bench;
      hold({});
      const name = await bench.create();
      text = '{ "name": ';
      const closed: [what: string, call: () => Promise<void>][] = [
        ['create', () => engine.create(bench.request(bench.newName()), silent, never)],
        ['rebuild', () => engine.rebuild(name, { pull: false }, silent, never)],
        [
          'edit',
          async () => {
            const { settings, revision } = await engine.record(name);
            await engine.edit(name, { settings, revision }, silent, never);
          },
        ],
      ];
      for (const [, call] of closed) {
        assert.match(
          (await failure(call())).message,
          /acme was there and cannot be read now: it is not JSON/,
        );
      }
      await engine.start(name, silent, never);
      assert.equal((await engine.exec(name, ['true'])).exitCode, 0);
      await engine.stop(name, { force: false }, silent, never);
      assert.match((await failure(engine.start(name, silent, never))).message, /cannot be read now/);

      hold({ settings: { memoryMiB: { max: 64 } } });
      assert.match((await failure(engine.start(name, silent, never))).message, /Cannot start .*Memory/);
      hold({ sessionHours: 20 });
      await engine.start(name, silent, never);
      assert.equal((await engine.record(name)).capHours, 20);
      // As from a machine that knows of no policy: the cap that another gave stays, until one says another.
      const save = async () => {
        const { settings, revision } = await engine.record(name);
        await engine.edit(name, { settings, revision }, silent, never);
      };
      hold({});
      await save();
      assert.equal((await engine.record(name)).capHours, 20);
      hold({ sessionHours: 120 });
      await save();
      assert.equal((await engine.record(name)).capHours, 120);
      text = '';
      await engine.remove(name, { keepHome: false }, silent, never);
    });
  });
}
