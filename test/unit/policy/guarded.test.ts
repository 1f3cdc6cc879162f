/** In front of an engine of which only the record and what is asked of it are there. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EditRequest, Engine } from '../../../src/engine/engine.ts';
import { guarded } from '../../../src/policy/guarded.ts';
import type { Held } from '../../../src/policy/policies.ts';
import { BerthError } from '../../../src/workspace/error.ts';
import { boundsOf } from '../../../src/workspace/policy/bounds.ts';
import { Policy } from '../../../src/workspace/policy/policy.ts';
import { sampleSettings, sampleWorkspace } from '../views/samples.ts';

const never = new AbortController().signal;
const silent = () => {};
const [ada, bob, eve] = ['ada', 'bob', 'eve'].map(name => `ssh-ed25519 AAAA${name} ${name}`) as [
  string,
  string,
  string,
];
const unreadable = new BerthError('The policy acme was there and cannot be read now.');

function scene(settings: Parameters<typeof sampleSettings>[0], policy: object, refusal?: BerthError) {
  const workspace = sampleWorkspace('brave-otter', {
    state: { kind: 'Running', reason: '' },
    settings: sampleSettings(settings),
  });
  const record = {
    settings: workspace.settings,
    revision: 3,
    capHours: 12,
    authorizedKeys: [{ key: ada, owner: 'ada' }],
  };
  const done: string[] = [];
  const finds: string[] = [];
  const edits: EditRequest[] = [];
  const engine = {
    target: { id: 'local', kind: 'docker', title: 'Local' },
    find: async () => {
      finds.push(workspace.name);
      return workspace;
    },
    record: async () => record,
    create: async () => void done.push('create'),
    edit: async (_: string, request: EditRequest) => {
      done.push('edit');
      edits.push(request);
    },
    start: async () => void done.push('start'),
    rebuild: async () => void done.push('rebuild'),
  } as unknown as Engine;
  const held: Held = {
    bounds: boundsOf(Policy.parse({ name: 'Acme', ...policy })),
    readings: [],
    own: [],
    refusal,
  };
  const { name } = workspace;
  const guard = guarded(engine, { look: async () => held });
  const edit = (change: Parameters<typeof sampleSettings>[0], more: Partial<EditRequest> = {}) =>
    guard.edit(
      name,
      { settings: sampleSettings({ ...settings, ...change }), revision: 3, ...more },
      silent,
      never,
    );
  return { guard, edit, done, edits, name, finds };
}

describe('keys under a policy', () => {
  for (const rule of [{ forbidden: true }, { max: 0 }, { fixed: [] }]) {
    it(`that says ${JSON.stringify(rule)} can be taken away one by one, and not added`, async () => {
      const { edit, done } = scene({ publicKeys: [bob, eve] }, { settings: { publicKeys: rule } });
      await edit({ publicKeys: [bob] });
      assert.deepEqual(done, ['edit']);
      await assert.rejects(edit({ publicKeys: [bob, eve, ada] }), /Cannot save .*Acme/);
      assert.deepEqual(done, ['edit']);
    });
  }

  it('that cannot be read can be taken away too, with nothing else', async () => {
    const { edit, done, edits } = scene({ publicKeys: [bob, eve] }, {}, unreadable);
    await edit({ publicKeys: [eve] });
    await edit({}, { authorizedKeys: [] });
    assert.deepEqual(done, ['edit', 'edit']);
    assert.equal(edits[0]?.capHours, undefined, 'its cap stays as it was');
    const refused: [string, Parameters<typeof edit>][] = [
      ['nothing is taken away', [{}]],
      ['something else changes', [{ publicKeys: [eve], cpus: 8 }]],
      ['one is exchanged', [{ publicKeys: [eve, `ssh-ed25519 AAAAmal`] }]],
      [
        'a machine comes in',
        [{ publicKeys: [] }, { authorizedKeys: [{ key: `ssh-ed25519 AAAAmal`, owner: '' }] }],
      ],
    ];
    for (const [why, args] of refused) await assert.rejects(edit(...args), unreadable, why);
    assert.equal(done.length, 2);
  });
});

it('an edit answers for nothing that it leaves as it was, secrets included', async () => {
  const env = [{ name: 'TOKEN', secret: true, value: 'hush-hush' }];
  const { edit, done } = scene({ env }, { settings: { env: { forbidden: true } } });
  await edit({ env: [{ name: 'TOKEN', secret: true }], description: 'mine' });
  assert.deepEqual(done, ['edit']);
});

it('an edit where no policy speaks of sessions leaves the cap that another machine’s policy gave', async () => {
  for (const [policy, expected] of [
    [{}, undefined],
    [{ settings: { cpus: { max: 8 } } }, undefined],
    [{ sessionHours: 120 }, 120],
  ] as const) {
    const { edit, edits } = scene({}, policy);
    await edit({ description: 'mine' });
    assert.equal(edits[0]?.capHours, expected, JSON.stringify(policy));
  }
});

it('a workspace that may not start again is known for it before it is stopped', async () => {
  const { guard, name } = scene({ cpus: 8 }, { settings: { cpus: { max: 2 } } });
  await assert.rejects(guard.mayStart?.(name, never) ?? Promise.resolve(), /Cannot start .*At most 2/);
  const allowed = scene({ cpus: 2 }, { settings: { cpus: { max: 2 } } });
  await allowed.guard.mayStart?.(name, never);
  const closed = scene({}, {}, unreadable);
  await assert.rejects(closed.guard.mayStart?.(name, never) ?? Promise.resolve(), unreadable);
});

it('a workspace is looked up for a policy that has a say in it, and for no other', async () => {
  const free = scene({}, {});
  await free.guard.start(free.name, silent, never);
  await free.guard.mayStart?.(free.name, never);
  await free.guard.rebuild(free.name, { pull: false }, silent, never);
  assert.deepEqual([free.done, free.finds], [['start', 'rebuild'], []]);
  // What runs is not asked about, whatever cannot be read.
  const closed = scene({}, {}, unreadable);
  await closed.guard.start(closed.name, silent, never);
  assert.deepEqual([closed.done, closed.finds.length], [['start'], 1]);
});

it('a rebuild begins a session as long as the policy says', async () => {
  const { guard, name, done, edits } = scene({}, { sessionHours: 4 });
  await guard.rebuild(name, { pull: false }, silent, never);
  assert.deepEqual(done, ['edit', 'rebuild']);
  assert.equal(edits[0]?.capHours, 4);
});
