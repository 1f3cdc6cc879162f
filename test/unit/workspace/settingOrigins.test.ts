import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kindDefaults } from '../../../src/workspace/kindDefaults.ts';
import { settingOrigins } from '../../../src/workspace/settingOrigins.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../src/workspace/settings.ts';

const inherited = {
  env: [{ name: 'TZ', value: 'UTC', origin: '*' }],
  labels: [{ name: 'team', value: 'a', origin: 'local' }],
};
const originsOf = (settings: Partial<SettingsInput>, engine: 'docker' | 'kubernetes' = 'docker') =>
  settingOrigins(WorkspaceSettings.parse({ image: 'debian', ...settings }), {
    engine,
    presets: [{ name: 'Large', cpus: 2, memoryGiB: 8 }],
    inherited,
    defaultImage: 'debian',
    identity: { name: 'A Developer', email: 'dev@example.com' },
  });

describe('where a setting came from', () => {
  const lab = kindDefaults('jupyter');
  const rows: readonly (readonly [
    string,
    Partial<SettingsInput>,
    keyof ReturnType<typeof originsOf>,
    unknown,
  ])[] = [
    ['the default image', {}, 'image', { origin: 'configuration' }],
    ['another image', { image: 'fedora' }, 'image', { origin: 'typed' }],
    ['a preset', { cpus: 2, memoryMiB: 8192 }, 'memoryMiB', { origin: 'preset', detail: 'Large' }],
    ['half a preset', { cpus: 3, memoryMiB: 8192 }, 'memoryMiB', { origin: 'typed' }],
    ['the schema', {}, 'cpus', { origin: 'default' }],
    ['apps of its kind', { kind: 'jupyter', apps: lab.apps }, 'apps', { origin: 'image' }],
    ['apps of another kind', { kind: 'ssh', apps: lab.apps }, 'apps', { origin: 'typed' }],
    ['no apps', {}, 'apps', { origin: 'default' }],
    [
      'an inherited variable',
      { env: [{ name: 'TZ', value: 'UTC' }] },
      'env',
      { origin: 'target', detail: undefined },
    ],
    ['one of the same name', { env: [{ name: 'TZ', value: 'CET' }] }, 'env', { origin: 'typed' }],
    [
      'some of each',
      {
        env: [
          { name: 'TZ', value: 'UTC' },
          { name: 'A', value: '1' },
        ],
      },
      'env',
      { origin: 'typed', detail: 'TZ' },
    ],
    [
      'an inherited label',
      { labels: [{ name: 'team', value: 'a' }] },
      'labels',
      { origin: 'target', detail: undefined },
    ],
    ['this machine', { gitUserEmail: 'dev@example.com' }, 'gitUserEmail', { origin: 'machine' }],
    ['somebody else', { gitUserEmail: 'other@example.com' }, 'gitUserEmail', { origin: 'typed' }],
  ];
  for (const [what, settings, key, origin] of rows) {
    it(`is known of ${what}`, () => assert.deepEqual(originsOf(settings)[key], origin));
  }
});
