import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import type { Engine } from '../../../src/engine/engine.ts';
import { underPolicies } from '../../../src/proxy/startPolicy.ts';
import { BerthFolder } from '../../../src/ssh/folder.ts';
import { sampleSettings, sampleWorkspace } from '../views/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-start-policy-'));
after(() => rmSync(folder, { recursive: true }));
const never = new AbortController().signal;

it('a start by ssh heeds the policy of the machine, and one that it had once and cannot read', async () => {
  const workspace = sampleWorkspace('brave-otter', { settings: sampleSettings({ cpus: 8 }) });
  const file = join(folder, 'policy.json');
  const berth = new BerthFolder(join(folder, '.ssh', 'berth'));
  let starts = 0;
  const start = async () => {
    const engine = {
      target: { id: 'local', kind: 'docker', title: 'Local' },
      find: async () => workspace,
      create: async () => undefined,
      edit: async () => undefined,
      start: async () => void starts++,
      rebuild: async () => undefined,
    } as unknown as Engine;
    // Each connection is a process of its own.
    const under = underPolicies(engine, berth, file);
    await under.start(workspace.name, () => {}, never);
  };
  await start();
  writeFileSync(file, '{"name": "Acme", "settings": {"cpus": {"max": 2}}}');
  await assert.rejects(start(), /Cannot start “brave-otter”\. CPUs: At most 2: set by Acme/);
  writeFileSync(file, '{');
  await assert.rejects(start(), /was there and cannot be read now/);
  assert.equal(starts, 1);
  rmSync(file);
  await start();
  assert.equal(starts, 2);
  // Who comes first makes ssh's own folder, too.
  for (const path of [join(folder, '.ssh'), berth.path, berth.policies]) {
    assert.equal(statSync(path).mode & 0o777, 0o700, path);
  }
});
