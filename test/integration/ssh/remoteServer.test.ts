import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { ensureBaseImage } from '../../support/baseImage.ts';
import { Berth } from '../../support/berth.ts';
import { assertServes } from '../vscodeServer.ts';

it('a VS Code server is copied, started and asked for its version through the generated config', async () => {
  const name = `t-e2e-${randomBytes(3).toString('hex')}-server`;
  const folder = await mkdtemp(join(tmpdir(), 'berth-server-'));
  await using berth = await Berth.open(folder);
  try {
    await berth.create(name, { image: await ensureBaseImage(() => {}), memoryMiB: 2048 });
    await assertServes(berth, name);
  } finally {
    await berth.remove(name).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }
});
