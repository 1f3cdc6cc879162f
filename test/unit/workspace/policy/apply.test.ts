import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Draft, startDraft } from '../../../../src/workspace/draft.ts';
import {
  allowedPresets,
  boundWords,
  filledIn,
  inheritable,
  lockedBy,
  withBounds,
} from '../../../../src/workspace/policy/apply.ts';
import { boundsOf, noBounds } from '../../../../src/workspace/policy/bounds.ts';
import { Policy } from '../../../../src/workspace/policy/policy.ts';
import type { SettingKey } from '../../../../src/workspace/policy/rules.ts';

const bounds = (settings: unknown) => boundsOf(Policy.parse({ name: 'Acme', settings }));
const filling = (touched: readonly SettingKey[] = [], isEdit = false) => ({
  engine: 'docker' as const,
  isTouched: (key: SettingKey) => touched.includes(key),
  isEdit,
});
const at = ({ values, origins }: Draft, key: SettingKey) => [values[key], origins[key]];

describe('a form under a policy', () => {
  const draft = startDraft(
    { image: ['debian', 'typed'], cpus: [2, 'preset'], memoryMiB: [4096, 'image'], user: ['me', 'link'] },
    'docker',
  );

  it('has what is fixed, whatever was chosen before', () => {
    const filled = withBounds(
      draft,
      bounds({ image: { fixed: 'acme/dev' }, user: { fixed: 'dev' } }),
      filling(),
    );
    assert.deepEqual(at(filled, 'image'), ['acme/dev', 'policy']);
    assert.deepEqual(at(filled, 'user'), ['dev', 'policy']);
  });

  it('has nothing that is forbidden, wherever it came from, since nobody could take it out', () => {
    const rules = bounds({ initScript: { forbidden: true }, mounts: { forbidden: true } });
    for (const origin of ['template', 'configuration', 'workspace'] as const) {
      const given = startDraft(
        {
          image: ['debian', 'typed'],
          initScript: ['apt update', origin],
          mounts: [[{ type: 'bind', source: '/srv' }], origin],
        },
        'docker',
      );
      for (const isEdit of [false, true]) {
        const filled = withBounds(given, rules, filling([], isEdit));
        assert.deepEqual(at(filled, 'initScript'), ['', 'policy']);
        assert.deepEqual(at(filled, 'mounts'), [[], 'policy']);
        assert.equal(withBounds(filled, rules, filling([], isEdit)), filled, 'once is enough');
      }
    }
    assert.equal(withBounds(draft, rules, filling()), draft, 'what is not set stays as it is');
  });

  it('has a default where nobody chose', () => {
    const rules = bounds({ cpus: { default: 4 }, memoryMiB: { default: 1024 }, user: { default: 'dev' } });
    const filled = withBounds(draft, rules, filling());
    assert.deepEqual(at(filled, 'cpus'), [4, 'policy']);
    assert.deepEqual(at(filled, 'memoryMiB'), [4096, 'image']);
    assert.deepEqual(at(filled, 'user'), ['me', 'link']);
    assert.deepEqual(at(withBounds(draft, rules, filling(['cpus'])), 'cpus'), [2, 'preset']);
  });

  it('keeps sizes that nobody chose within the bounds, and leaves the others to be said', () => {
    const rules = bounds({ cpus: { max: 1 }, memoryMiB: { max: 2048 }, lifespanHours: { max: 4 } });
    const filled = withBounds(draft, rules, filling(['cpus']));
    assert.deepEqual(at(filled, 'cpus'), [2, 'preset']);
    assert.deepEqual(at(filled, 'memoryMiB'), [2048, 'policy']);
    assert.deepEqual(at(filled, 'lifespanHours'), [4, 'policy']);
  });

  it('goes back to the defaults when the policy is another', () => {
    const filled = withBounds(draft, bounds({ cpus: { default: 4 }, kind: { fixed: 'jupyter' } }), filling());
    const after = withBounds(filled, noBounds, filling());
    assert.deepEqual(at(after, 'cpus'), [2, 'default']);
    assert.deepEqual(at(after, 'kind'), ['ssh', 'default']);
  });

  it('is left as it is where there is nothing to change', () => {
    assert.equal(withBounds(draft, noBounds, filling()), draft);
    const rules = bounds({
      cpus: { default: 4, max: 8 },
      mounts: { fixed: [{ type: 'volume', source: 'data' }] },
    });
    const filled = withBounds(draft, rules, filling());
    assert.equal(withBounds(filled, rules, filling()), filled);
  });

  it('does not change of an edit what cannot be changed', () => {
    const filled = withBounds(
      draft,
      bounds({ diskGiB: { fixed: 5 }, kind: { fixed: 'rstudio' } }),
      filling([], true),
    );
    assert.deepEqual(at(filled, 'diskGiB'), [20, 'default']);
    assert.deepEqual(at(filled, 'kind'), ['rstudio', 'policy']);
  });
});

describe('a workspace that no form shows', () => {
  it('is filled in the same way, but for what the person chose', () => {
    const rules = bounds({
      cpus: { max: 1 },
      image: { default: 'acme/dev' },
      lifespanHours: { max: 6, default: 12 },
      user: { fixed: 'dev' },
      idleMinutes: { max: 30 },
    });
    const filled = filledIn({ image: 'debian', cpus: 4 }, rules, 'docker', new Set(['image']));
    assert.deepEqual(filled, { image: 'debian', cpus: 1, lifespanHours: 6, user: 'dev', idleMinutes: 30 });
    const forbidden = bounds({ initScript: { forbidden: true }, dotfiles: { forbidden: true } });
    const given = { image: 'debian', initScript: 'a', dotfiles: 'https://a.example/b' };
    assert.deepEqual(
      filledIn(given, forbidden, 'docker', new Set(['image', 'initScript'])),
      { image: 'debian', initScript: 'a' },
      'what was chosen is refused, not dropped',
    );
  });
});

it('what all workspaces inherit comes to none where a policy says what there is', () => {
  const all = [{ name: 'TZ', value: 'UTC', origin: '*' }];
  const table: [settings: object, env: unknown, labels: unknown][] = [
    [{ env: { max: 3 } }, all, all],
    [{ env: { fixed: [{ name: 'HTTP_PROXY', value: 'http://p' }] } }, [], all],
    [{ labels: { forbidden: true } }, all, []],
  ];
  for (const [settings, env, labels] of table) {
    assert.deepEqual(inheritable({ env: all, labels: all }, bounds(settings)), { env, labels });
  }
});

describe('what the form says of a policy', () => {
  const rules = bounds({
    cpus: { min: 1, max: 8 },
    kind: { allowed: ['ssh', 'jupyter'] },
    user: { fixed: 'dev' },
    initScript: { forbidden: true },
  });
  const words = (key: SettingKey) => boundWords(key, rules.settings[key]);

  it('names the bounds and who set them', () => {
    assert.equal(words('cpus'), 'At most 8, says Acme. At least 1, says Acme.');
    assert.equal(words('kind'), 'Acme allows: JupyterLab, Plain.');
    assert.equal(words('user'), '', 'that has a lock beside it');
    assert.equal(words('memoryMiB'), '');
    assert.equal(lockedBy(rules.settings.initScript), 'Acme');
    assert.equal(lockedBy(rules.settings.cpus), undefined);
  });

  it('offers the presets that are within them', () => {
    const presets = [
      { name: 'S', cpus: 2, memoryGiB: 2 },
      { name: 'L', cpus: 16, memoryGiB: 2 },
    ];
    assert.deepEqual(
      allowedPresets(presets, rules, 'docker').map(({ name }) => name),
      ['S'],
    );
  });
});
