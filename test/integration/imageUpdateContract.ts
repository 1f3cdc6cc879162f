/** A newer image under the same tag, on every engine: the mark comes, a rebuild takes the image, the mark goes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ImageUpdates } from '../../src/engine/imageUpdates.ts';
import { RegistryClient } from '../../src/image/registryClient.ts';
import type { RegistryOptions } from '../../src/image/registryRequests.ts';
import type { WorkspaceName } from '../../src/workspace/name.ts';
import type { Workspace } from '../../src/workspace/workspace.ts';
import { type EngineBench, never, silent } from './engineBench.ts';

export interface UpdatesUnderTest {
  readonly bench: EngineBench;
  /** In a real registry that the target pulls from. */
  readonly image: string;
  /** Puts an image under that name which runs with VERSION set. */
  publish(version: string): Promise<void>;
  /** How this machine asks the registry. */
  readonly registry: RegistryOptions;
  stop(): Promise<void>;
}

export function imageUpdateContract(title: string, prepare: () => Promise<UpdatesUnderTest>): void {
  describe(`image updates on ${title}`, () => {
    let under: UpdatesUnderTest;
    let name: WorkspaceName;
    let asked = 0;
    before(async () => {
      under = await prepare();
      await under.publish('one');
    });
    after(async () => {
      await under?.bench[Symbol.asyncDispose]();
      await under?.stop();
    });

    /** As a window that has just been opened. */
    async function look(): Promise<{ updates: ImageUpdates; workspace: Workspace }> {
      const workspace = await under.bench.find(name);
      assert.ok(workspace);
      const updates = new ImageUpdates(
        {
          workspaces: () => [workspace],
          onDidChange: () => ({ [Symbol.dispose]: () => {} }),
          engine: async () => under.bench.engine,
        },
        {
          newest: async (reference, signal) => {
            asked++;
            using client = new RegistryClient(reference.registry, under.registry);
            return await client.digest(reference, signal);
          },
          log: (message, error) => assert.fail(`${message}: ${error}`),
        },
      );
      await updates.ask([workspace]);
      return { updates, workspace };
    }
    const version = async () => {
      const { stdout } = await under.bench.engine.exec(name, ['sh', '-c', 'cat ~/kept; echo $VERSION']);
      return stdout.trim();
    };

    it('a workspace on the newest image has no mark', async () => {
      name = await under.bench.create({ image: under.image });
      await under.bench.engine.exec(name, ['sh', '-c', 'printf kept: > ~/kept']);
      const { updates, workspace } = await look();
      assert.match(workspace.resolved?.digest ?? '', /^sha256:/);
      assert.equal(updates.of(workspace), undefined);
    });

    it('one whose tag has moved on is marked, with both digests, and its registry is asked once', async () => {
      await under.publish('two');
      asked = 0;
      const { updates, workspace } = await look();
      const update = updates.of(workspace);
      assert.equal(update?.from, workspace.resolved?.digest);
      assert.match(update?.to ?? '', /^sha256:/);
      assert.notEqual(update?.from, update?.to);
      await updates.ask([workspace]);
      assert.equal(asked, 1);
      assert.equal(await version(), 'kept:one');
    });

    it('a rebuild on the newest image takes it, the home stays, and the mark goes', async () => {
      const { updates, workspace } = await look();
      const to = updates.of(workspace)?.to;
      await under.bench.engine.rebuild(name, { pull: true }, silent, never);
      const after = await under.bench.find(name);
      assert.ok(after);
      assert.equal(after.resolved?.digest, to);
      assert.equal(updates.of(after), undefined, 'without another question');
      assert.equal(await version(), 'kept:two');
    });

    it('an image that is named by its digest is never asked about', async () => {
      const { workspace } = await look();
      const pinned = `${under.image.replace(/:[^:/]*$/, '')}@${workspace.resolved?.digest}`;
      name = await under.bench.create({ image: pinned }, false);
      await under.publish('three');
      asked = 0;
      const { updates, workspace: other } = await look();
      assert.deepEqual([asked, updates.of(other)], [0, undefined]);
    });
  });
}
