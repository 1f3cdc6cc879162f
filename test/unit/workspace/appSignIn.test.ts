import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { signInTo, withAppSecret } from '../../../src/workspace/appSignIn.ts';
import { kindDefaults } from '../../../src/workspace/kindDefaults.ts';
import { withoutSecrets } from '../../../src/workspace/secrets.ts';
import { type ImageKind, imageKinds, WorkspaceSettings } from '../../../src/workspace/settings.ts';

const of = (kind: ImageKind, more: object = {}) =>
  WorkspaceSettings.parse({
    image: kind === 'desktop' ? 'kasmweb/desktop:1.16.0' : 'x',
    kind,
    ...kindDefaults(kind),
    ...more,
  });
const secret = () => 'a+b';

describe('the door of a default app', () => {
  const rows: readonly (readonly [ImageKind, string, object])[] = [
    ['jupyter', 'JUPYTER_TOKEN', { query: 'token=a%2Bb' }],
    ['rstudio', 'PASSWORD', { password: 'a+b' }],
    ['desktop', 'VNC_PW', { basic: { user: 'kasm_user', password: 'a+b' } }],
  ];
  for (const [kind, variable, signIn] of rows) {
    it(`of ${kind} has a secret of its own in ${variable}, which lets a browser in`, () => {
      const settings = withAppSecret(of(kind), secret);
      assert.deepEqual(settings.env, [{ name: variable, value: 'a+b', secret: true }]);
      const [app, { port = 0 } = {}] = [settings.apps[0], settings.ports[0]];
      assert.deepEqual(signInTo(settings, { app, port }), signIn);
      assert.equal(signInTo(settings, { port: 4321 }), undefined);
      assert.ok(!JSON.stringify(withoutSecrets(settings)).includes('a+b'));
      assert.deepEqual(
        withAppSecret(settings, () => 'other'),
        settings,
      );
    });

    it(`of ${kind} has another secret in every workspace`, () => {
      const values = [1, 2].map(() => withAppSecret(of(kind)).env[0]?.value ?? '');
      for (const value of values) assert.match(value, /^[\w-]{32}$/);
      assert.notEqual(values[0], values[1]);
    });

    it(`of ${kind} is what the person set, where they did`, () => {
      const own = of(kind, { env: [{ name: variable, value: 'mine' }] });
      assert.deepEqual(withAppSecret(own, secret), own);
    });
  }

  it('is left alone where the app is not there', () => {
    for (const kind of imageKinds)
      assert.deepEqual(withAppSecret(of(kind, { apps: [], ports: [] }), secret).env, []);
    assert.deepEqual(withAppSecret(of('ssh'), secret).env, []);
    assert.deepEqual(withAppSecret(of('desktop', { image: 'lscr.io/linuxserver/webtop' }), secret).env, []);
  });

  it('stands open in no command: no empty token, no switched-off sign-in', () => {
    for (const kind of imageKinds)
      for (const { command } of of(kind).apps) {
        assert.doesNotMatch(command, /token=|auth-none/);
        execFileSync('/bin/sh', ['-n', '-c', command]);
      }
  });

  it('of RStudio does not open without a password, and hands it to chpasswd alone', () => {
    const command = of('rstudio').apps[0]?.command.replace('exec ', 'echo ') ?? '';
    const fakes = 'id() { echo rstudio; }; chpasswd() { cat; };';
    const run = (env: Record<string, string>) =>
      spawnSync('/bin/sh', ['-c', `${fakes}\n${command}`], { env, encoding: 'utf8' });
    assert.match(run({ PASSWORD: 'a+b' }).stdout, /^rstudio:a\+b\n\/usr\/lib\/rstudio-server/);
    const shut = run({});
    assert.deepEqual([shut.status, shut.stdout], [1, '']);
    assert.match(shut.stderr, /PASSWORD is not set/);
  });
});
