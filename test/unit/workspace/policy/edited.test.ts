import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundsOf } from '../../../../src/workspace/policy/bounds.ts';
import { answerable } from '../../../../src/workspace/policy/edited.ts';
import { Policy } from '../../../../src/workspace/policy/policy.ts';
import { WorkspaceSettings } from '../../../../src/workspace/settings.ts';

const [ada, bob, eve] = ['ada', 'bob', 'eve'].map(name => `ssh-ed25519 AAAA${name} ${name}`);

describe('what an edit answers for under a policy', () => {
  const table: [before: object, after: object, settings: object, keys: string[]][] = [
    [{ cpus: 8 }, { cpus: 8 }, { cpus: { max: 2 } }, []],
    [{ cpus: 8 }, { cpus: 4 }, { cpus: { max: 2 } }, ['cpus']],
    [{ publicKeys: [ada, bob] }, { publicKeys: [bob] }, { publicKeys: { forbidden: true } }, []],
    [{ publicKeys: [ada, bob] }, { publicKeys: [] }, { publicKeys: { max: 0 } }, []],
    [{ publicKeys: [ada, bob] }, { publicKeys: [ada] }, { publicKeys: { fixed: [] } }, []],
    [{ publicKeys: [ada, bob] }, { publicKeys: [ada] }, { publicKeys: { fixed: [ada] } }, []],
    // What a policy wants to be there is not taken away.
    [{ publicKeys: [ada, bob] }, { publicKeys: [bob] }, { publicKeys: { fixed: [ada] } }, ['publicKeys']],
    [{ publicKeys: [ada] }, { publicKeys: [ada, eve] }, {}, ['publicKeys']],
    [{ publicKeys: [ada] }, { publicKeys: [eve] }, {}, ['publicKeys']],
    [
      { env: [{ name: 'A', value: '1' }] },
      { env: [{ name: 'A', value: '2' }] },
      { env: { forbidden: true } },
      ['env'],
    ],
  ];
  for (const [before, after, settings, keys] of table) {
    it(`${JSON.stringify(settings)}: ${keys.join() || 'nothing'}`, () => {
      const [old, now] = [before, after].map(some => WorkspaceSettings.parse({ image: 'debian', ...some }));
      assert.ok(old && now);
      const bounds = boundsOf(Policy.parse({ name: 'Acme', settings }));
      assert.deepEqual([...answerable(old, now, bounds)], keys);
    });
  }
});
