import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { EngineKind } from '../../../../src/workspace/field.ts';
import { boundsOf, combined, noBounds, textOf } from '../../../../src/workspace/policy/bounds.ts';
import { violationsOf } from '../../../../src/workspace/policy/check.ts';
import { fitsPattern } from '../../../../src/workspace/policy/pattern.ts';
import { Policy } from '../../../../src/workspace/policy/policy.ts';
import { Rules, settingFields } from '../../../../src/workspace/policy/rules.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../../src/workspace/settings.ts';

const settings = (input: Partial<SettingsInput> = {}) =>
  WorkspaceSettings.parse({ image: 'debian:bookworm', ...input });
const bounds = (rules: unknown, name = 'Acme') => boundsOf(Policy.parse({ name, settings: rules }));
const refusals = (rules: unknown, input: Partial<SettingsInput>, engine: EngineKind = 'docker') =>
  violationsOf(settings(input), bounds(rules), engine).map(({ key, message }) => `${key}: ${message}`);

describe('the rules of a policy', () => {
  it('are there for every setting but those that only catalogues fill in', () => {
    const without = [...settingFields.keys()].filter(key => !(key in Rules.shape));
    assert.deepEqual(without, ['fromCatalogue', 'overrides']);
  });

  it('take what fits the kind of the setting, and nothing else', () => {
    const good: unknown[] = [
      { cpus: { min: 1, max: 8, default: 2 } },
      { agentForwarding: { fixed: false } },
      { kind: { allowed: ['ssh', 'jupyter'], default: 'ssh' } },
      { user: { allowed: ['dev', 'ci-*'] } },
      { mounts: { allowed: ['volume:*'], max: 2 } },
      { podPatch: { forbidden: true, hidden: true } },
      { gitToken: { forbidden: true } },
      { lifespanHours: { min: 0, max: 12 } },
    ];
    for (const rules of good) assert.ok(Policy.safeParse({ name: 'Acme', settings: rules }).success);
    const bad: unknown[] = [
      { cpus: { maximum: 8 } },
      { cpus: { max: '8' } },
      { cpus: { min: 8, max: 4 } },
      { cpus: { fixed: 0 } },
      { agentForwarding: { allowed: ['on'] } },
      { kind: { allowed: ['windows'] } },
      { gitToken: { fixed: 'hunter2' } },
      { dailyStop: { fixed: '25:00' } },
      { overrides: { forbidden: true } },
      { colour: { fixed: 'red' } },
    ];
    for (const rules of bad) {
      assert.equal(Policy.safeParse({ name: 'Acme', settings: rules }).success, false, JSON.stringify(rules));
    }
  });
});

describe('settings under a policy', () => {
  const table: [rules: unknown, input: Partial<SettingsInput>, refused: string[]][] = [
    [{ cpus: { max: 8 } }, { cpus: 8 }, []],
    [{ cpus: { max: 8 } }, { cpus: 8.5 }, ['cpus: At most 8: set by Acme.']],
    [{ memoryMiB: { min: 1024 } }, { memoryMiB: 512 }, ['memoryMiB: At least 1024 MiB: set by Acme.']],
    [
      { lifespanHours: { max: 12 } },
      { lifespanHours: 0 },
      ['lifespanHours: At most 12 h, and not without an end: set by Acme.'],
    ],
    [{ lifespanHours: { max: 12 } }, { lifespanHours: 12 }, []],
    [{ lifespanHours: { min: 4 } }, { lifespanHours: 0 }, []],
    [{ warningMinutes: { min: 5 } }, { warningMinutes: 0 }, ['warningMinutes: At least 5 min: set by Acme.']],
    [
      { agentForwarding: { fixed: false } },
      { agentForwarding: true },
      ['agentForwarding: It has to be off: set by Acme.'],
    ],
    [
      { kind: { allowed: ['ssh', 'jupyter'] } },
      { kind: 'desktop' },
      ['kind: Acme allows only JupyterLab, Plain, not Desktop.'],
    ],
    [{ user: { allowed: ['dev'] } }, {}, []],
    [{ user: { allowed: ['dev'] } }, { user: 'root' }, ['user: Acme allows only dev, not root.']],
    [{ user: { fixed: 'dev' } }, {}, ['user: It has to be dev: set by Acme.']],
    [{ initScript: { forbidden: true } }, { initScript: '' }, []],
    [
      { initScript: { forbidden: true } },
      { initScript: 'true' },
      ['initScript: It may not be set: Acme forbids it.'],
    ],
    [
      { mounts: { allowed: ['volume:*', 'nfs:files.acme:/**'] } },
      {
        mounts: [
          { type: 'volume', source: 'data' },
          { type: 'nfs', server: 'files.acme', source: '/a/b' },
          { type: 'bind', source: '/etc' },
        ],
      },
      ['mounts: Acme allows only nfs:files.acme:/**, volume:*, not bind:/etc.'],
    ],
    [
      { mounts: { allowed: ['bind:/srv/data/**'] } },
      { mounts: [{ type: 'bind', source: '/srv/data/../../etc' }] },
      ['mounts: Acme allows only bind:/srv/data/**, not bind:/srv/data/../../etc.'],
    ],
    [
      { repository: { allowed: ['git@forge.acme:team/**'] } },
      { repository: 'git@forge.acme:team/../other' },
      ['repository: Acme allows only git@forge.acme:team/**, not git@forge.acme:team/../other.'],
    ],
    [{ mounts: { allowed: ['bind:/srv/**'] } }, { mounts: [{ type: 'bind', source: '/srv/a..b/..c' }] }, []],
    [{ ports: { max: 1 } }, { ports: [{ port: 1 }, { port: 2 }] }, ['ports: At most 1: set by Acme.']],
    [{ ports: { allowed: ['80??'] } }, { ports: [{ port: 8080 }] }, []],
    [
      { env: { allowed: ['APP_*'] } },
      { env: [{ name: 'PATH', value: '/' }] },
      ['env: Acme allows only APP_*, not PATH.'],
    ],
    // What this kind of engine does not use is not held against it.
    [{ podPatch: { fixed: 'a: 1' } }, {}, []],
  ];
  for (const [rules, input, refused] of table) {
    it(`${JSON.stringify(rules)} with ${JSON.stringify(input)}`, () => {
      assert.deepEqual(refusals(rules, input), refused);
    });
  }

  it('are looked at by what their target uses', () => {
    assert.equal(refusals({ service: { fixed: 'none' } }, { service: 'nodePort' }, 'kubernetes').length, 1);
  });

  it('cannot please two policies that contradict each other', () => {
    const both = combined([
      bounds({ kind: { fixed: 'ssh' } }, 'A'),
      bounds({ kind: { fixed: 'desktop' } }, 'B'),
    ]);
    assert.equal(violationsOf(settings({ kind: 'ssh' }), both, 'docker').length, 1);
    assert.equal(violationsOf(settings({ kind: 'desktop' }), both, 'docker').length, 1);
  });

  it('may be extended as long as the lifespan may be, unless the policy says how long', () => {
    assert.deepEqual(bounds({ lifespanHours: { max: 12 } }).sessionHours, { value: 12, by: 'Acme' });
    assert.equal(bounds({ lifespanHours: { fixed: 8 } }).sessionHours?.value, 8);
    assert.equal(bounds({ lifespanHours: { fixed: 0 } }).sessionHours, undefined);
    const said = boundsOf(
      Policy.parse({ name: 'Acme', sessionHours: 24, settings: { lifespanHours: { max: 12 } } }),
    );
    assert.equal(said.sessionHours?.value, 24);
    assert.equal(bounds({ lifespanHours: { default: 8 } }).sessionHours, undefined);
  });
});

const rule = fc.record(
  {
    cpus: fc.record(
      {
        min: fc.integer({ min: 1, max: 4 }),
        max: fc.integer({ min: 4, max: 9 }),
        default: fc.constantFrom(2, 4),
      },
      { requiredKeys: [] },
    ),
    lifespanHours: fc.record(
      { min: fc.integer({ min: 0, max: 4 }), max: fc.constantFrom(0, 4, 8, 12), hidden: fc.constant(true) },
      { requiredKeys: [] },
    ),
    kind: fc.record(
      { fixed: fc.constantFrom('ssh', 'desktop'), allowed: fc.subarray(['ssh', 'jupyter', 'desktop']) },
      { requiredKeys: [] },
    ),
    user: fc.record(
      { allowed: fc.subarray(['dev', 'd*', '*']), forbidden: fc.constant(true) },
      { requiredKeys: [] },
    ),
    ports: fc.record(
      { max: fc.integer({ min: 0, max: 2 }), allowed: fc.subarray(['80', '8*']) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
const policy = fc
  .record({
    name: fc.constantFrom('A', 'B', 'C'),
    settings: rule,
    images: fc.record(
      { allow: fc.subarray(['a', 'b/**']), forbid: fc.subarray(['c']) },
      { requiredKeys: [] },
    ),
    workspacesPerPerson: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
    trust: fc.record({ forbid: fc.subarray(['blocked', 'privileged']) }),
  })
  .map(value => boundsOf(Policy.parse(value)));
const wanted = fc.record({
  cpus: fc.constantFrom(1, 2, 4, 8, 16),
  lifespanHours: fc.constantFrom(0, 1, 4, 8, 12, 120),
  kind: fc.constantFrom('ssh' as const, 'jupyter' as const, 'desktop' as const),
  user: fc.constantFrom(undefined, 'dev', 'root'),
  ports: fc.subarray([{ port: 80 }, { port: 8080 }, { port: 3000 }]),
});
const same = (a: unknown, b: unknown) => assert.equal(textOf(a), textOf(b));

describe('several policies', () => {
  it('allow settings exactly where each of them does', () => {
    fc.assert(
      fc.property(fc.array(policy, { maxLength: 4 }), wanted, (all, input) => {
        const isIn = (one: Parameters<typeof violationsOf>[1]) =>
          violationsOf(settings(input), one, 'docker').length === 0;
        assert.equal(isIn(combined(all)), all.every(isIn));
      }),
    );
  });

  it('come to the same in any order, in any grouping, and twice', () => {
    fc.assert(
      fc.property(policy, policy, policy, (a, b, c) => {
        same(combined([a, b]), combined([b, a]));
        same(combined([combined([a, b]), c]), combined([a, combined([b, c])]));
        same(combined([a, a]), combined([a]));
        same(combined([a, noBounds]), combined([a]));
      }),
    );
  });
});

describe('a pattern', () => {
  const table: [pattern: string, text: string, fits: boolean][] = [
    ['debian', 'debian', true],
    ['debian', 'debian:12', false],
    ['debian:*', 'debian:12', true],
    ['*', 'ghcr.io/acme', false],
    ['**', 'ghcr.io/acme', true],
    ['ghcr.io/*/dev', 'ghcr.io/acme/dev', true],
    ['ghcr.io/*/dev', 'ghcr.io/a/b/dev', false],
    ['ghcr.io/**/dev', 'ghcr.io/a/b/dev', true],
    ['*.acme.example', 'hub.acme.example', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['a.c', 'abc', false],
    ['', '', true],
    ['a**', 'a', true],
    ['**a', 'b/a', true],
    ['(a|b)', 'a', false],
  ];
  for (const [pattern, text, fits] of table) {
    it(`${pattern} ${fits ? 'fits' : 'does not fit'} ${text}`, () => {
      assert.equal(fitsPattern(pattern, text), fits);
    });
  }

  it('made to take long does not', () => {
    assert.equal(fitsPattern('*a'.repeat(200), `${'a'.repeat(500)}b`), false);
  });
});
