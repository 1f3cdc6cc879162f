/** The Include line in files as people have them, read by OpenSSH itself. */
import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Target } from '../../../src/engine/target.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import { WorkspaceSettings } from '../../../src/workspace/settings.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { run } from '../../support/command.ts';

const folders: string[] = [];
after(() => Promise.all(folders.map(folder => rm(folder, { recursive: true, force: true }))));

const target = Target.parse({
  kind: 'docker',
  id: 't',
  title: 'Test',
  endpoint: { type: 'unix', path: '/nowhere.sock' },
  origin: 'by hand',
});
const workspace: Workspace = {
  target: TargetId.parse('t'),
  name: WorkspaceName.parse('yak'),
  state: { kind: 'Running', reason: '' },
  createdBy: 'tester@example.org',
  createdAt: '2026-01-01T00:00:00Z',
  settings: WorkspaceSettings.parse({ image: 'x' }),
  image: 'x',
  hostKey: generateKey('').publicKey,
  login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' },
};

/** A `.ssh` with one target's config in Berth's folder; `exists: false` leaves `.ssh` itself out. */
async function sshHome(): Promise<{ home: SshHome; folder: string; config: string }> {
  const parent = await mkdtemp(join(tmpdir(), 'berth-person-'));
  folders.push(parent);
  const folder = join(parent, '.ssh');
  return { home: new SshHome({ sshFolder: folder }), folder, config: join(folder, 'config') };
}

/** What ssh makes of it for the workspace; the person's own system-wide settings stay out. */
async function seenBySsh(config: string, host = 'yak.t.berth'): Promise<Map<string, string>> {
  const { code, stdout, stderr } = await run('ssh', ['-G', '-F', config, host], { mayFail: true });
  assert.equal(code, 0, stderr);
  const seen = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [name = '', ...value] = line.split(' ');
    // ssh lists several of some; the first is the one it tries first.
    if (!seen.has(name)) seen.set(name, value.join(' '));
  }
  return seen;
}

async function assertReaches(home: SshHome, config: string): Promise<void> {
  const seen = await seenBySsh(config);
  assert.equal(seen.get('hostname'), 'yak.t.berth');
  assert.equal(seen.get('user'), 'dev');
  assert.equal(seen.get('port'), '22');
  assert.equal(seen.get('proxycommand'), `'${home.folder.launcher('linux')}' %h`);
  assert.equal(seen.get('proxyusefdpass'), 'yes');
  assert.equal(seen.get('forwardagent'), 'no');
  assert.equal(seen.get('identityfile'), home.folder.identity);
  assert.equal(seen.get('identitiesonly'), 'yes');
  assert.equal(seen.get('userknownhostsfile'), home.folder.knownHosts);
  assert.equal(seen.get('stricthostkeychecking'), 'true');
  assert.equal(seen.get('controlmaster'), 'false');
  assert.equal(seen.get('controlpath') ?? 'none', 'none');
  assert.equal(seen.get('canonicalizehostname'), 'false');
  assert.equal(seen.get('remotecommand') ?? 'none', 'none');
  assert.equal(seen.get('hostkeyalias'), 'yak.t.berth');
}

const nasty = `Host *
  ForwardAgent yes
  ProxyUseFdpass no
  ProxyCommand nc %h %p
  ControlMaster auto
  ControlPath ~/.ssh/sockets/%r@%h:%p
  User somebody
  Port 2222
  IdentityFile ~/.ssh/id_other
  IdentitiesOnly no
  UserKnownHostsFile /dev/null
  StrictHostKeyChecking no
  PreferredAuthentications password
  PubkeyAuthentication no
  HostKeyAlgorithms ssh-rsa
  CanonicalizeHostname always
  RemoteCommand tmux attach
  HostName elsewhere
  HostKeyAlias other
`;

describe('the person’s config', () => {
  const contents: readonly [sentence: string, content: string | Buffer | undefined][] = [
    ['there is none, nor a .ssh', undefined],
    ['it is empty', ''],
    ['a Host * stands first and sets everything', nasty],
    ['it has CRLF', nasty.replaceAll('\n', '\r\n')],
    ['it has Match blocks', `Match all\n  User somebody\nMatch exec "true"\n  Port 99\n${nasty}`],
    ['it is not UTF-8', Buffer.from(`# Grüße aus Köln\n${nasty}`, 'latin1')],
    ['it ends without a line end', 'Host foo\n  User me'],
    ['ours stands at the wrong place', `Host foo\n  Include berth/*.conf\n${nasty}`],
    ['it includes others', `Include nothing/*.conf\n${nasty}`],
  ];
  for (const [sentence, content] of contents) {
    it(`gets its line where ${sentence}; ssh then sees ours, and nothing of theirs changed`, async () => {
      const { home, folder, config } = await sshHome();
      if (content !== undefined) {
        await mkdir(folder, { mode: 0o700 });
        await writeFile(config, content, { mode: 0o640 });
      }
      await home.identity();
      await home.writeTargetConfig(target, [workspace]);
      assert.equal(await home.ensureInclude(), 'written');
      await assertReaches(home, config);
      const written = await readFile(config);
      const theirs = Buffer.from(content ?? '');
      assert.ok(written.subarray(written.length - theirs.length).equals(theirs));
      assert.equal((await stat(config)).mode & 0o777, content === undefined ? 0o600 : 0o640);
      assert.equal((await stat(folder)).mode & 0o777, 0o700);
      // Once is enough.
      assert.equal(await home.ensureInclude(), 'present');
      assert.ok((await readFile(config)).equals(written));
    });
  }

  it('is written through links, which stay links', async () => {
    const { home, folder, config } = await sshHome();
    const dotfiles = join(folder, '..', 'dotfiles');
    await mkdir(folder, { mode: 0o700 });
    await mkdir(dotfiles);
    await writeFile(join(dotfiles, 'ssh_config'), nasty, { mode: 0o600 });
    await symlink('ssh_config', join(dotfiles, 'link'));
    await symlink('../dotfiles/link', config);
    await home.writeTargetConfig(target, [workspace]);
    assert.equal(await home.ensureInclude(), 'written');
    assert.ok((await lstat(config)).isSymbolicLink());
    assert.match(await readFile(join(dotfiles, 'ssh_config'), 'utf8'), /^Include .*\nHost \*\n/);
    await assertReaches(home, config);
  });

  it('is made where a link points to nothing yet', async () => {
    const { home, folder, config } = await sshHome();
    await mkdir(folder, { mode: 0o700 });
    await symlink('../later', config);
    await home.writeTargetConfig(target, [workspace]);
    assert.equal(await home.ensureInclude(), 'written');
    assert.ok((await lstat(config)).isSymbolicLink());
    await assertReaches(home, config);
  });

  const leftAlone: readonly [sentence: string, content: string | Buffer, mode: number, reason: RegExp][] = [
    ['is read-only', nasty, 0o400, /read-only/],
    ['begins with a byte order mark', `\ufeff${nasty}`, 0o600, /byte order mark/],
    ['is UTF-16', Buffer.from(`\ufeff${nasty}`, 'utf16le'), 0o600, /byte order mark/],
    ['cannot be parsed', `Host "open\n`, 0o600, /parsed/],
  ];
  for (const [sentence, content, mode, reason] of leftAlone) {
    it(`is left alone where it ${sentence}; the line is there to paste`, async () => {
      const { home, folder, config } = await sshHome();
      await mkdir(folder, { mode: 0o700 });
      await writeFile(config, content);
      await chmod(config, mode);
      const result = await home.ensureInclude();
      assert.ok(typeof result === 'object');
      assert.equal(result.file, config);
      assert.match(result.reason, reason);
      assert.ok((await readFile(config)).equals(Buffer.from(content)));
      assert.equal((await stat(config)).mode & 0o777, mode);
      // Pasted by hand, it works.
      await home.writeTargetConfig(target, [workspace]);
      await chmod(config, 0o600);
      await writeFile(config, `${result.paste}\n${nasty}`);
      await assertReaches(home, config);
      assert.equal(await home.ensureInclude(), 'present');
    });
  }

  it('is left alone where its place cannot be written', async () => {
    const { home, folder } = await sshHome();
    await mkdir(folder, { mode: 0o700 });
    await mkdir(join(folder, 'config'));
    const result = await home.ensureInclude();
    assert.ok(typeof result === 'object');
    assert.match(result.paste, /^Include /);
  });

  it('may stand elsewhere (remote.SSH.configFile); then that file gets the line', async () => {
    const { home, folder } = await sshHome();
    await mkdir(folder, { mode: 0o700 });
    const elsewhere = join(folder, '..', 'etc', 'my config');
    await home.writeTargetConfig(target, [workspace]);
    assert.equal(await home.ensureInclude(elsewhere), 'written');
    await assertReaches(home, elsewhere);
    await assert.rejects(stat(join(folder, 'config')), { code: 'ENOENT' });
  });

  it('says why a workspace that is gone is not found, instead of looking up its name', async () => {
    const { home, config } = await sshHome();
    await home.writeTargetConfig(target, []);
    await home.ensureInclude();
    const seen = await seenBySsh(config, 'gone.t.berth');
    assert.equal(seen.get('proxycommand'), `'${home.folder.launcher('linux')}' %h`);
  });

  it('is as it was for every other host', async () => {
    const { home, folder, config } = await sshHome();
    await mkdir(folder, { mode: 0o700 });
    await writeFile(config, nasty, { mode: 0o600 });
    const before = await seenBySsh(config, 'example.org');
    await home.writeTargetConfig(target, [workspace]);
    await home.ensureInclude();
    assert.deepEqual(await seenBySsh(config, 'example.org'), before);
  });
});
