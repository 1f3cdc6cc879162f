import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { devcontainerValues } from '../../../src/template/devcontainer.ts';
import { checkDraft, startDraft } from '../../../src/workspace/draft.ts';

const place = {
  file: '.devcontainer/devcontainer.json',
  workspaceFolder: '/home/me/project',
  env: { TOKEN: 'hush', EMPTY: '' },
  repositoryFolder: 'project',
};
const read = (value: unknown) =>
  devcontainerValues(typeof value === 'string' ? value : JSON.stringify(value), place);
const variable = (name: string) => `\${${name}}`;

describe('a devcontainer.json as a workspace', () => {
  const table: readonly (readonly [string, unknown, object, readonly string[]])[] = [
    ['nothing', '{}', {}, []],
    [
      'comments and commas',
      '\uFEFF// mine\n{ "name": "x", "image": "debian:12", }',
      { image: 'debian:12' },
      [],
    ],
    ['the user', { remoteUser: 'dev', containerUser: 'root' }, { user: 'dev' }, ['containerUser']],
    ['the container’s user', { containerUser: 'node' }, { user: 'node' }, []],
    [
      'variables',
      { containerEnv: { A: 'b', 'not one': 'x' } },
      { env: [{ name: 'A', value: 'b', secret: false }] },
      ['containerEnv.not one (it is not what it should be)'],
    ],
    [
      'what is of this machine',
      {
        containerEnv: {
          T: variable('localEnv:TOKEN'),
          U: variable('localEnv:NONE'),
          D: variable('localEnv:NONE:a:b'),
          W: `${variable('localWorkspaceFolder')}/x`,
          N: variable('localWorkspaceFolderBasename'),
          C: variable('containerWorkspaceFolder'),
        },
      },
      {
        env: [
          { name: 'T', value: 'hush', secret: true },
          { name: 'D', value: 'a:b', secret: false },
          { name: 'N', value: 'project', secret: false },
        ],
      },
      [
        'containerEnv.U (NONE is not set on this machine)',
        'containerEnv.W (it is a path of this machine)',
        `containerEnv.C (${variable('containerWorkspaceFolder')} is known only in a running container)`,
      ],
    ],
    [
      'ports',
      { forwardPorts: [3000, '8080', 'localhost:9000', 'db:5432', 99_999, 1.5] },
      {
        ports: [3000, 8080, 9000].map(port => ({ port, label: '', protocol: 'http' })),
      },
      ['forwardPorts: db:5432', 'forwardPorts: 99999', 'forwardPorts: 1.5'],
    ],
    [
      'mounts',
      {
        mounts: [
          'source=cache,target=/cache,type=volume',
          { type: 'bind', source: `${variable('localWorkspaceFolder')}/data`, target: '/data' },
          'type=bind,src=/etc,dst=/host,readonly',
          `source=mods-${variable('devcontainerId')},target=/mods,type=volume`,
          'type=tmpfs,target=/tmp/x',
          'source=rel/ative,target=/x,type=bind',
        ],
      },
      {
        mounts: [
          { type: 'volume', source: 'cache', path: '/cache', readOnly: false },
          { type: 'bind', source: '/home/me/project/data', path: '/data', readOnly: false },
          { type: 'bind', source: '/etc', path: '/host', readOnly: true },
        ],
      },
      [
        `mounts: /mods (${variable('devcontainerId')} is known only in a running container)`,
        'mounts: /tmp/x',
        'mounts: /x',
      ],
    ],
    [
      'everything else',
      {
        features: {},
        customizations: {},
        runArgs: ['--privileged'],
        initializeCommand: 'rm -rf ~',
        image: 'a',
      },
      { image: 'a' },
      ['features', 'customizations', 'runArgs', 'initializeCommand'],
    ],
    [
      'a build, whose image comes first',
      { build: { dockerfile: 'Dockerfile' }, image: 'a', remoteUser: 'dev' },
      { user: 'dev' },
      ['image (an image is built)'],
    ],
    [
      'what is not what it should be',
      { image: 7, remoteUser: [] },
      {},
      ['image (it must be text)', 'remoteUser (it must be text)'],
    ],
    [
      'a command that wants what is private',
      { postCreateCommand: `echo ${variable('localEnv:TOKEN')}` },
      {},
      ['postCreateCommand (it wants a value of this machine’s environment)'],
    ],
    ['an empty command', { postCreateCommand: '' }, {}, []],
  ];
  for (const [what, given, values, notUsed] of table) {
    it(`reads ${what}`, () => {
      const found = read(given);
      assert.deepEqual(found.values, values);
      assert.deepEqual(found.notUsed, notUsed);
    });
  }

  it('says where an image is built', () => {
    assert.deepEqual(
      [{}, { build: {} }, { dockerFile: 'D' }].map(value => read(value).hasBuild),
      [false, true, true],
    );
  });

  for (const text of ['', '[]', 'null', '{', '"x"']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => read(text), { name: 'BerthError', message: /^Cannot read \.devcontainer/ });
    });
  }

  const commands: readonly (readonly [string, unknown, readonly string[]])[] = [
    [
      'a line',
      "npm ci && echo 'done'",
      ["su -s /bin/sh -c 'npm ci && echo '\\''done'\\''' \"$BERTH_USER\" || exit"],
    ],
    [
      'words',
      ['echo', 'a b', '$HOME'],
      [`su -s /bin/sh -c 'echo '\\''a b'\\'' '\\''$HOME'\\''' "$BERTH_USER" || exit`],
    ],
    [
      'some by name',
      { one: 'a', two: ['b', 'c'] },
      [`su -s /bin/sh -c 'a' "$BERTH_USER" || exit`, `su -s /bin/sh -c 'b c' "$BERTH_USER" || exit`],
    ],
  ];
  for (const [what, postCreateCommand, expected] of commands) {
    it(`runs ${what} once, as the person, in the repository`, () => {
      const script = String(read({ postCreateCommand }).values.initScript);
      const lines = script.split('\n');
      assert.deepEqual(
        lines.filter(line => line.startsWith('su ')),
        expected,
      );
      assert.ok(lines.includes('cd "$BERTH_HOME"/project || cd "$BERTH_HOME" || exit'));
      execFileSync('sh', ['-n'], { input: script });
    });
  }

  it('makes nothing that the form would refuse', () => {
    const { values } = read({
      image: 'debian:12',
      remoteUser: 'dev',
      containerEnv: { A: variable('localEnv:TOKEN') },
      forwardPorts: [3000],
      mounts: ['source=cache,target=/cache,type=volume'],
      postCreateCommand: 'true',
    });
    const given = Object.fromEntries(
      Object.entries({ target: 'local', name: 'x', ...values }).map(([key, value]) => [
        key,
        [value, 'typed'] as const,
      ]),
    );
    const none = { env: [], labels: [] };
    const kept = { env: [], cifs: [], gitToken: false };
    const { issues, form } = checkDraft(startDraft(given, 'docker'), none, kept, 'docker');
    assert.deepEqual(issues, []);
    assert.equal(form?.user, 'dev');
  });
});
