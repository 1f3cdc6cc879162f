import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  labelKeys,
  nameOf,
  partLabels,
  readLabels,
  roleOf,
  workspaceLabels,
} from '../../../src/engine/labels.ts';
import { withoutSecrets } from '../../../src/workspace/secrets.ts';
import { WorkspaceSettings } from '../../../src/workspace/settings.ts';
import { publicKey, recordOf, web } from './docker/support.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter(value => !/\p{Cc}/u.test(value));
const envName = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,10}$/);
const settings = fc
  .record({
    image: fc.stringMatching(/^[a-z]{1,10}(:[a-z0-9]{1,5})?$/),
    description: text,
    cpus: fc.integer({ min: 1, max: 64 }),
    env: fc.array(
      fc.record({
        name: envName,
        value: fc.string().filter(value => !value.includes('\0')),
        secret: fc.boolean(),
      }),
    ),
    labels: fc.array(fc.record({ name: fc.stringMatching(/^[a-z]{1,10}$/), value: text })),
    initScript: fc.string(),
    // No word of ours looks like it.
    gitToken: fc.stringMatching(/^ghp_[a-z0-9]{8,20}$/),
  })
  .map(value => WorkspaceSettings.parse(value));

describe('labels', () => {
  it('carry the settings there and back, without secrets', () => {
    fc.assert(
      fc.property(settings, value => {
        const labels = workspaceLabels({ ...recordOf(), settings: value });
        const facts = readLabels(JSON.parse(JSON.stringify(labels)));
        assert.deepEqual(facts.settings, JSON.parse(JSON.stringify(withoutSecrets(value))));
        assert.equal(facts.problem, undefined);
        assert.ok(!JSON.stringify(labels).includes(`"${value.gitToken}"`));
      }),
    );
  });

  it('carry identity', () => {
    const facts = readLabels(workspaceLabels(recordOf()));
    assert.equal(facts.createdBy, 'ann@example.org');
    assert.equal(facts.createdAt, '2026-01-02T03:04:05.000Z');
    assert.equal(facts.revision, 3);
    assert.equal(facts.hostKey, publicKey);
    assert.deepEqual(facts.login, { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' });
    assert.equal(nameOf(workspaceLabels(recordOf())), web);
  });

  it('a person’s own labels never replace Berth’s', () => {
    const record = recordOf({ labels: [{ name: 'team', value: 'red' }] });
    assert.equal(workspaceLabels(record).team, 'red');
    assert.equal(workspaceLabels(record)[labelKeys.name], 'web');
  });

  it('a newer version’s are said to be that, and read as far as they go', () => {
    const facts = readLabels({ ...workspaceLabels(recordOf()), [labelKeys.schema]: '2' });
    assert.match(facts.problem ?? '', /newer Berth/);
    assert.equal(facts.createdBy, 'ann@example.org');
  });

  it('whatever stands in them, reading never throws', () => {
    const keys = fc.constantFrom(...Object.values(labelKeys));
    const values = fc.oneof(fc.string(), fc.json(), fc.constantFrom('99', '-1', 'null', '{', '[]'));
    fc.assert(
      fc.property(fc.dictionary(keys, values), labels => {
        const facts = readLabels(labels);
        nameOf(labels);
        roleOf(labels);
        return facts.settings !== undefined || facts.problem !== undefined;
      }),
    );
  });

  it('tell the parts of a workspace apart by their role', () => {
    assert.equal(roleOf(partLabels(web, 'home')), 'home');
    assert.equal(roleOf(workspaceLabels(recordOf())), undefined);
    assert.equal(roleOf({ [labelKeys.role]: 'somebody’s' }), undefined);
  });
});
