import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Defaults, defaultsFor, inheritedFor, withInherited } from '../../../src/workspace/inherited.ts';

describe('inherited environment and labels', () => {
  const defaults = Defaults.parse({
    '*': { env: { TZ: 'UTC', A: '1' }, labels: { team: 'web', 'workspace.berth/name': 'x' } },
    local: { env: { TZ: 'Europe/Berlin' } },
    other: { env: { B: '2' } },
  });

  it('are those of all targets, and of the target on top', () => {
    assert.deepEqual(inheritedFor(defaults, 'local').env, [
      { name: 'TZ', value: 'Europe/Berlin', origin: 'local' },
      { name: 'A', value: '1', origin: '*' },
    ]);
  });

  it('leave out labels that are Berth’s own', () => {
    assert.deepEqual(
      inheritedFor(defaults, 'local').labels.map(({ name }) => name),
      ['team'],
    );
  });

  it('stand before the workspace’s own, which win', () => {
    const own = [{ name: 'A', value: 'own', secret: true }];
    assert.deepEqual(withInherited(own, inheritedFor(defaults, 'x').env), [
      { name: 'TZ', value: 'UTC' },
      ...own,
    ]);
  });

  it('refuse names that no variable may have', () => {
    assert.equal(Defaults.safeParse({ '*': { env: { 'A-B': '1' } } }).success, false);
  });
});

describe('defaults of settings', () => {
  const defaults = Defaults.parse({
    '*': { cpus: 4, idleMinutes: 60, env: { TZ: 'UTC' }, colour: 'red', gitToken: 'hush', overrides: {} },
    local: { cpus: 8, memoryMiB: 'much', user: 'dev' },
  });

  it('are those of all targets, and of the target on top', () => {
    assert.deepEqual(defaultsFor(defaults, 'local'), { cpus: 8, idleMinutes: 60, user: 'dev' });
    assert.deepEqual(defaultsFor(defaults, 'other'), { cpus: 4, idleMinutes: 60 });
    assert.deepEqual(defaultsFor({}, 'other'), {});
  });
});
