import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { labelKeys, readLabels } from '../../../src/engine/labels.ts';
import { Target } from '../../../src/engine/target.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';

const sshFolder = mkdtempSync(join(tmpdir(), 'berth-hostile-'));
after(() => rmSync(sshFolder, { recursive: true }));
const id = TargetId.parse('local');
const target = Target.parse({
  kind: 'docker',
  id,
  title: 'Local',
  endpoint: { type: 'unix', path: '/x' },
  origin: 'test',
});
const hostKey = generateKey('test').publicKey;

/** As a list has it, with whatever somebody wrote where Berth reads. */
const workspace = (name: string, more: Partial<Workspace> = {}): Workspace => ({
  target: id,
  name: WorkspaceName.parse(name),
  state: { kind: 'Off', reason: '' },
  createdBy: '',
  createdAt: '',
  settings: undefined,
  image: '',
  hostKey,
  login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' },
  ...more,
});

const hostileNames = [
  'x"\nHost *\n  ProxyCommand touch /tmp/taken',
  'x\n  LocalCommand touch /tmp/taken',
  'x\\',
  '-oProxyCommand=x',
  '$(id)',
  'a b',
  '',
];

describe('the labels of a workspace', () => {
  const login = (name: string, home = '/home/dev') =>
    readLabels({ [labelKeys.login]: JSON.stringify({ name, uid: 1000, gid: 1000, home }) }).login;

  for (const name of hostileNames) {
    it(`name no user ${JSON.stringify(name)}`, () => assert.equal(login(name), undefined));
  }

  it('name users as boot lets them in', () => {
    for (const name of ['dev', 'Some.One@example.org', '_svc', 'host$'])
      assert.equal(login(name)?.name, name);
    assert.equal(login('dev', '/home/a\nb'), undefined);
  });
});

describe('the files for ssh', () => {
  it('leave out what cannot be written, and hold for all others', async () => {
    const home = new SshHome({ sshFolder });
    const list = [
      workspace('good'),
      ...hostileNames.slice(0, 3).map((name, index) =>
        workspace(`bad-${index}`, {
          login: { name, uid: 1000, gid: 1000, home: '/' },
          hostKey: `${hostKey}\n* ${generateKey('other').publicKey}`,
        }),
      ),
    ];
    await home.writeTargetConfig(target, list);

    const knownHosts = readFileSync(home.folder.knownHosts, 'utf8');
    assert.deepEqual(
      knownHosts.split('\n').map(line => line.split(' ')[0]),
      ['good.local.berth', ''],
    );
    const config = readFileSync(home.folder.config(id), 'utf8');
    assert.deepEqual(config.match(/^Host .*$/gm), ['Host good.local.berth', 'Host *.local.berth']);
    for (const name of ['good.local.berth', 'bad-0.local.berth', 'elsewhere.example.org']) {
      const { status, stdout, stderr } = spawnSync('ssh', ['-G', '-F', home.folder.config(id), name], {
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
      assert.ok(!stdout.includes('taken'), stdout);
      assert.equal(/^user dev$/m.test(stdout), name === 'good.local.berth');
    }
  });
});
