import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { editPlan } from '../../../src/workspace/editCost.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../src/workspace/settings.ts';
import { ownCommand, toolPortOf, withToolPort } from '../../../src/workspace/studio.ts';

const client = '/usr/bin/connect-client';

describe('the own command of an image', () => {
  for (const [entrypoint, command, own] of [
    [
      [client, '--entrypoint'],
      ['serve', '--all'],
      ['serve', '--all'],
    ],
    [[client, '--entrypoint', '/wrap'], ['serve'], ['/wrap', 'serve']],
    [['/tini', '--', client, '--entrypoint'], ['serve'], ['/tini', '--', 'serve']],
    [[], ['connect-client', '--entrypoint', 'serve'], ['serve']],
    [[client], ['serve'], ['serve']],
    [[client, '--entrypoint'], [], []],
    [['/start'], ['--entrypoint', 'x'], ['/start', '--entrypoint', 'x']],
    [['/opt/disconnect-client'], ['x'], ['/opt/disconnect-client', 'x']],
    [[], [], []],
  ] as const) {
    it(`${JSON.stringify([entrypoint, command])} is ${JSON.stringify(own)}`, () =>
      assert.deepEqual(ownCommand({ entrypoint, command }), own));
  }
});

describe('the port of a Studio’s tool', () => {
  const settings = (more: Partial<SettingsInput>) => WorkspaceSettings.parse({ image: 'x', ...more });
  const told = (more: Partial<SettingsInput>) =>
    withToolPort(settings(more)).env.map(({ name, value }) => `${name}=${value}`);

  it('is told to it: the first port, 8888 where there is none, and what was set by hand before both', () => {
    const ports = [{ port: 9000 }, { port: 1 }];
    assert.deepEqual(told({ kind: 'studio', ports }), ['CONNECT_TOOL_PORT=9000']);
    assert.deepEqual(told({ kind: 'studio' }), ['CONNECT_TOOL_PORT=8888']);
    const env = [{ name: 'CONNECT_TOOL_PORT', value: '7' }];
    assert.deepEqual(told({ kind: 'studio', ports, env }), ['CONNECT_TOOL_PORT=7']);
  });

  it('is told to no other kind', () => assert.deepEqual(told({ kind: 'jupyter', ports: [{ port: 1 }] }), []));

  it('that is edited costs a restart, which other ports do not', () => {
    const before = settings({ kind: 'studio', ports: [{ port: 1 }] });
    assert.equal(
      editPlan(before, settings({ kind: 'studio', ports: [{ port: 2 }] }), 'docker').cost,
      'restart',
    );
    const more = [{ port: 1 }, { port: 2 }];
    assert.equal(editPlan(before, settings({ kind: 'studio', ports: more }), 'docker').cost, 'live');
  });

  for (const [env, port] of [
    [['PATH=/bin', 'CONNECT_TOOL_PORT=9000'], 9000],
    [['CONNECT_TOOL_PORT='], undefined],
    [['CONNECT_TOOL_PORT=70000'], undefined],
    [['CONNECT_TOOL_PORT=$PORT'], undefined],
    [['MY_CONNECT_TOOL_PORT=1'], undefined],
    [[], undefined],
  ] as const) {
    it(`is ${port} where the image has ${JSON.stringify(env)}`, () => assert.equal(toolPortOf(env), port));
  }
});
