/** Who gets in through boot's sshd, what it forwards, and what it keeps to itself. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Background, eventually, freePort, run } from '../../support/command.ts';
import { testImage } from '../../support/rootfs/testImages.ts';
import { docker, Keys, TestWorkspace } from './workspace.ts';

const dev = { name: 'dev', uid: 1234, gid: 1234, home: '/home/dev' };
let keys: Keys;
let workspace: TestWorkspace;
before(async () => {
  keys = await Keys.make();
  workspace = await TestWorkspace.start(keys, {
    image: await testImage('userName'),
    login: dev,
    settings: {
      env: [{ name: 'SECRET', value: 'very-secret-value', secret: true }],
      gitAccess: 'token',
      gitToken: 'very-secret-token',
    },
  });
});
after(async () => {
  await workspace?.[Symbol.asyncDispose]();
  await keys?.[Symbol.asyncDispose]();
});

describe('sshd', () => {
  it('offers keys and nothing else', async () => {
    const options = await workspace.sshOptions();
    const { code, stderr } = await run(
      'ssh',
      [...options, '-o', 'PreferredAuthentications=none', `${dev.name}@127.0.0.1`, 'true'],
      { mayFail: true },
    );
    assert.equal(code, 255);
    assert.match(stderr, /Permission denied \(publickey\)\./);
  });

  it('refuses a key that is not in the record', async () => {
    const options = await workspace.sshOptions('other');
    const { code, stderr } = await run('ssh', [...options, `${dev.name}@127.0.0.1`, 'true'], {
      mayFail: true,
    });
    assert.equal(code, 255);
    assert.match(stderr, /Permission denied/);
  });

  it('refuses root and everybody else, where somebody else works here', async () => {
    for (const user of ['root', 'nobody', 'sshd'])
      assert.equal((await workspace.ssh('true', { user, mayFail: true })).code, 255, user);
  });

  it('runs with every protection that the config asks for', async () => {
    const { stdout } = await workspace.inside('/usr/sbin/sshd -T -f /berth/run/sshd_config');
    const settings = new Map(
      stdout.split('\n').map(line => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
    );
    const expected = {
      passwordauthentication: 'no',
      kbdinteractiveauthentication: 'no',
      permitemptypasswords: 'no',
      permitrootlogin: 'no',
      authenticationmethods: 'publickey',
      usepam: 'no',
      allowtcpforwarding: 'yes',
      allowagentforwarding: 'yes',
      clientaliveinterval: '30',
      clientalivecountmax: '4',
      strictmodes: 'yes',
      hostkey: '/berth/ssh_host_ed25519_key',
      authorizedkeysfile: '/berth/authorized_keys',
      subsystem: 'sftp internal-sftp',
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(settings.get(name), value, name);
    assert.ok(Number(settings.get('maxstartups')?.split(':')[0]) >= 100);
  });

  it('shows one host key, the record’s', async () => {
    const { stdout } = await run('ssh-keyscan', ['-p', String(await workspace.port()), '127.0.0.1']);
    const shown = stdout.split('\n').filter(line => line !== '' && !line.startsWith('#'));
    assert.equal(shown.length, 1);
    assert.ok((await keys.read('host', 'public')).startsWith(shown[0]?.split(' ').slice(1).join(' ') ?? '?'));
  });

  it('takes twenty-five connections at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 25 }, () => workspace.ssh('echo in', { timeoutMs: 60_000 })),
    );
    assert.ok(all.every(({ stdout }) => stdout === 'in\n'));
  });

  it('forwards to a port of the workspace and back from it', async () => {
    const [local, remote] = [await freePort(), 40_000 + Math.floor(Math.random() * 20_000)];
    const options = await workspace.sshOptions();
    const forward = new Background('ssh', [
      ...[...options, '-N', '-o', 'ExitOnForwardFailure=yes', '-L', `127.0.0.1:${local}:127.0.0.1:22`],
      ...['-R', `127.0.0.1:${remote}:127.0.0.1:${await workspace.port()}`, `${dev.name}@127.0.0.1`],
    ]);
    try {
      const banner = () =>
        run('ssh-keyscan', ['-T', '5', '-p', String(local), '127.0.0.1'], { mayFail: true });
      await eventually(
        async () => (await banner()).stdout.includes('ssh-ed25519'),
        'the forward answers',
        60_000,
        300,
      );
      const { stdout } = await workspace.inside(`ssh-keyscan -T 5 -p ${remote} 127.0.0.1 2>/dev/null`);
      assert.match(stdout, /ssh-ed25519/);
    } finally {
      await forward.stop();
    }
  });

  it('hands the agent on', async () => {
    const socket = `${keys.folder}/agent`;
    const agent = new Background('ssh-agent', ['-D', '-a', socket]);
    try {
      const env = { SSH_AUTH_SOCK: socket };
      await eventually(
        async () => (await run('ssh-add', ['-l'], { env, mayFail: true })).code === 1,
        'the agent is up',
      );
      await run('ssh-add', ['-q', `${keys.folder}/other`], { env });
      const { stdout } = await workspace.ssh('ssh-add -L', { args: ['-A'], env });
      assert.equal(stdout.trim(), await keys.read('other', 'public'));
    } finally {
      await agent.stop();
    }
  });

  it('gives one session over standard input and output', async () => {
    const proxy = `docker exec -i ${workspace.name} /bin/sh /berth/boot.sh sshd-i`;
    const { stdout } = await run('ssh', [
      ...(await workspace.sshOptions()),
      ...['-o', `ProxyCommand=${proxy}`, `${dev.name}@127.0.0.1`, 'echo $SECRET'],
    ]);
    assert.equal(stdout, 'very-secret-value\n');
  });
});

describe('secrets', () => {
  it('are nobody’s but root’s and stand in no argument list, log or environment of boot', async () => {
    const { stdout: modes } = await workspace.inside(
      'cd /berth && stat -c "%a %U %n" config env ssh_host_ed25519_key run/sshd_config authorized_keys git_token',
    );
    assert.deepEqual(modes.trim().split('\n'), [
      '600 root config',
      '600 root env',
      '600 root ssh_host_ed25519_key',
      '600 root run/sshd_config',
      '644 root authorized_keys',
      '600 dev git_token',
    ]);
    const { stdout: arguments_ } = await workspace.inside('cat /proc/[0-9]*/cmdline | tr "\\0" " "');
    assert.doesNotMatch(arguments_, /very-secret/);
    assert.doesNotMatch(await workspace.log(), /very-secret/);
    assert.doesNotMatch((await docker(['inspect', workspace.name])).stdout, /very-secret/);
    assert.equal(
      (await workspace.ssh('cat /berth/env /berth/config /berth/run/sshd_config', { mayFail: true })).stdout,
      '',
    );
  });

  it('get their modes back where an archive lost them', async () => {
    await using careless = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      files: files => files.map(file => ({ ...file, mode: 0o644 })),
    });
    const { stdout } = await careless.inside('stat -c %a /berth/ssh_host_ed25519_key');
    assert.equal(stdout, '600\n');
    assert.equal((await careless.ssh('echo in')).stdout, 'in\n');
  });
});
