/** A rotation that waits for a target which does not answer; with workspaces it is proved in integration/ssh/keys.test.ts. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import type { Engine } from '../../../src/engine/engine.ts';
import { Target } from '../../../src/engine/target.ts';
import { KeyRotation, type Place } from '../../../src/ssh/keyRotation.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';

const sshFolder = mkdtempSync(join(tmpdir(), 'berth-rotation-'));
after(() => rmSync(sshFolder, { recursive: true }));

function place(id: string, engine: () => Promise<Engine>): Place {
  const endpoint = { type: 'unix', path: `/${id}` };
  return { target: Target.parse({ kind: 'docker', id, title: id, endpoint, origin: 'test' }), engine };
}

it('ends once the target that it waits for is no longer in the list', async () => {
  const empty = { list: async () => [] };
  const near = place('near', async () => empty as unknown as Engine);
  const far = place('far', () => Promise.reject(new Error('no answer')));
  const home = new SshHome({ sshFolder });
  const rotation = new KeyRotation(home);
  const signal = AbortSignal.timeout(60_000);
  const { pending } = await rotation.run([near, far], () => {}, signal);
  assert.deepEqual(
    pending.map(({ title }) => title),
    ['far'],
  );
  const { id } = near.target;
  assert.equal(await rotation.isWanted([near, far], id), false);
  assert.equal(await rotation.goOn([near, far], id, signal), false);
  await access(home.folder.formerIdentity);

  assert.equal(await rotation.isWanted([near], id), true);
  assert.equal(await rotation.goOn([near], id, signal), true);
  assert.equal((await rotation.state()).kind, 'none');
  await assert.rejects(access(home.folder.formerIdentity), { code: 'ENOENT' });
});
