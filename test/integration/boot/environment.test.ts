/** The image's ENV and the workspace's environment, in every kind of session. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { run } from '../../support/command.ts';
import { testImage } from '../../support/rootfs/testImages.ts';
import { hostileText } from '../../unit/boot/hostile.ts';
import { docker, Keys, TestWorkspace } from './workspace.ts';

let keys: Keys;
before(async () => {
  keys = await Keys.make();
});
after(async () => keys[Symbol.asyncDispose]());

const value = `two  spaces "quotes" it's $HOME \\back\\\\slash #hash %d é 漢字 *`;
const toolPath = '/opt/tools/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a session sees, by name. */
function parse(nulSeparated: string): Record<string, string> {
  return Object.fromEntries(
    nulSeparated
      .split('\0')
      .filter(Boolean)
      .map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

/** `ssh host` without a command: the login shell, fed through its standard input. */
async function loginShell(workspace: TestWorkspace, input: string): Promise<string> {
  const options = await workspace.sshOptions();
  return (await run('ssh', [...options, '-T', `${workspace.user}@127.0.0.1`], { input: `${input}\n` }))
    .stdout;
}

describe('the environment of a session', { concurrency: 2 }, () => {
  it('is the image’s, with the workspace’s own over it, by command and by login shell', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('userRoot'),
      create: ['--env=IMAGE_ODD=a "b" \\ c', '--env=BOTH=image'],
      settings: {
        env: [
          { name: 'OWN', value },
          { name: 'BOTH', value: 'workspace' },
          { name: 'SECRET', value: 's3cret', secret: true },
          { name: 'EMPTY', value: '' },
        ],
      },
    });
    const byCommand = parse((await workspace.ssh('env -0')).stdout);
    const byLogin = parse(await loginShell(workspace, 'exec env -0'));
    for (const seen of [byCommand, byLogin]) {
      assert.equal(seen.IMAGE_PLAIN, 'plain');
      assert.equal(seen.IMAGE_SPACES, 'two  spaces');
      assert.equal(seen.IMAGE_ODD, 'a "b" \\ c');
      assert.equal(seen.OWN, value);
      assert.equal(seen.BOTH, 'workspace');
      assert.equal(seen.SECRET, 's3cret');
      assert.equal(seen.EMPTY, '');
      assert.equal(seen.HOME, '/root');
      assert.equal(seen.HOSTNAME, undefined);
      assert.ok(seen.PATH?.startsWith(toolPath), seen.PATH);
    }
    assert.equal((await workspace.ssh('image-tool')).stdout, 'image tool\n');
    assert.equal(await loginShell(workspace, 'image-tool'), 'image tool\n');
  });

  it('takes the PATH of the workspace where it has one', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('userRoot'),
      settings: { env: [{ name: 'PATH', value: "/it's mine:/usr/bin:/bin" }] },
    });
    assert.match(
      (await workspace.ssh('echo "$PATH"')).stdout,
      /^\/it's mine:\/usr\/bin:\/bin:\/berth\/run\/bin\n/,
    );
    assert.match(
      await loginShell(workspace, 'echo "$PATH"'),
      /^\/it's mine:\/usr\/bin:\/bin:\/berth\/run\/bin:\/usr\/local\/sbin/,
    );
  });

  it('reaches fish, as login shell and by command', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('fish'),
      login: { name: 'fisher', uid: 1400, gid: 1400, home: '/home/fisher' },
      // Without a locale fish itself takes UTF-8 apart when it hands its environment on.
      settings: {
        env: [
          { name: 'OWN', value },
          { name: 'LANG', value: 'C.UTF-8' },
        ],
      },
    });
    for (const text of [(await workspace.ssh('env -0')).stdout, await loginShell(workspace, 'exec env -0')]) {
      const seen = parse(text);
      assert.equal(seen.OWN, value);
      assert.equal(seen.IMAGE_PLAIN, 'plain');
      assert.ok(seen.PATH?.startsWith('/opt/tools/bin:'), seen.PATH);
    }
    assert.match((await workspace.ssh('echo $FISH_VERSION$version')).stdout, /^3\./);
  });

  it('reaches a login shell of busybox', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('busybox'),
      create: ['--env=PATH=/opt/tools/bin:/usr/bin:/bin'],
      settings: { env: [{ name: 'OWN', value }] },
    });
    assert.equal(
      await loginShell(workspace, 'echo "$PATH|$OWN"'),
      `/opt/tools/bin:/usr/bin:/bin:/berth/run/bin:/usr/local/bin|${value}\n`,
    );
  });

  it('leaves sftp and scp working', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('busybox'),
      settings: { env: [{ name: 'OWN', value }] },
    });
    const [local, back] = [join(keys.folder, 'sent'), join(keys.folder, 'back')];
    await writeFile(local, value);
    const options = await workspace.sshOptions();
    await run('sftp', [...options, '-b', '-', `${workspace.user}@127.0.0.1`], {
      input: `put ${local} sent\nget sent ${back}\n`,
    });
    await run('scp', [...options, `${workspace.user}@127.0.0.1:sent`, `${back}2`]);
    assert.equal((await workspace.ssh('cat sent')).stdout, value);
    assert.equal((await run('cmp', [local, back])).code, 0);
    assert.equal((await run('cmp', [local, `${back}2`])).code, 0);
  });

  it('goes without values of many lines, which are named, and apps still get them', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      create: ['--env=IMAGE_LINES=a\nb', '--env=AFTER=kept'],
      settings: {
        env: [
          { name: 'KEY_FILE', value: '-----BEGIN\nx\n' },
          { name: 'HOME', value: '/nowhere' },
        ],
        initScript: 'printf "%s|" "$KEY_FILE" "$IMAGE_LINES"; echo "$HOME"',
      },
    });
    const notes = (await workspace.events())
      .filter(({ event }) => event === 'note')
      .map(({ message }) => message);
    assert.ok(
      notes.some(note => /line break: IMAGE_LINES KEY_FILE$/.test(note)),
      notes.join('\n'),
    );
    assert.ok(
      notes.some(note => /left out.*: HOME$/.test(note)),
      notes.join('\n'),
    );
    const seen = parse((await workspace.ssh('env -0')).stdout);
    assert.equal(seen.KEY_FILE, undefined);
    assert.equal(seen.AFTER, 'kept');
    await workspace.event(({ stage, event }) => stage === 'init' && event === 'ok');
    assert.equal(await workspace.file('/berth/run/init.log'), '-----BEGIN\nx\n|a\nb|/root\n');
  });

  it('takes 200 KB', async () => {
    const env = Array.from({ length: 20 }, (_, index) => ({
      name: `BIG_${index}`,
      value: `"\\${'x'.repeat(10_000)}`,
    }));
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      settings: { env },
    });
    const seen = parse((await workspace.ssh('env -0')).stdout);
    for (const { name, value } of env) assert.equal(seen[name], value);
  });
});

describe('hostile values', () => {
  const isOneLine = (text: string) => !/[\n\r]/.test(text);
  const samples = fc.sample(hostileText.filter(isOneLine), { numRuns: 120, seed: 20_260_101 });

  for (const image of ['debian', 'bash', 'busybox'] as const) {
    it(`arrive unchanged in sessions of ${image}, from the image and from the workspace`, async () => {
      const own = samples.slice(0, 60).map((value, index) => ({ name: `OWN_${index}`, value }));
      const images = samples.slice(60).map((value, index) => [`IMAGE_${index}`, value] as const);
      await using workspace = await TestWorkspace.start(keys, {
        image: await testImage(image),
        settings: { env: own },
        create: images.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      });
      const seen = parse((await workspace.ssh('env | tr "\\n" "\\0"')).stdout);
      for (const [name, value] of [...own.map(({ name, value }) => [name, value] as const), ...images])
        assert.equal(seen[name], value, name);
    });
  }
});

describe('an older sshd', () => {
  /** Answers for its version as an old one does; everything else is the real sshd. */
  const pretend = (version: string) => `#!/bin/sh
case $1 in -V) printf 'unknown option -- V\\nOpenSSH_${version} Debian, OpenSSL\\n' >&2; exit 1 ;; esac
exec /usr/sbin/sshd.real "$@"`;

  it('before 8.7 gets no escapes, and what it cannot say is named', async () => {
    await using workspace = await TestWorkspace.create(keys, {
      image: await testImage('debian'),
      settings: {
        env: [
          { name: 'BACK', value: 'a\\b' },
          { name: 'QUOTE', value: 'a"b' },
          { name: 'HASH', value: 'a #b' },
          { name: 'LAST', value: 'kept' },
        ],
      },
    });
    await replaceSshd(workspace, pretend('8.4p1'));
    await workspace.start();
    const config = await workspace.file('/berth/run/sshd_config');
    assert.match(config, /^SetEnv .*"BACK=a\\b"/m);
    assert.match(config, /^SetEnv .*"LAST=kept"/m);
    assert.doesNotMatch(config, /QUOTE|HASH/);
    assert.match(await workspace.log(), /cannot pass on values with a double quote or a '#': QUOTE HASH$/m);
  });

  it('older still, without SetEnv and ExposeAuthInfo, gets the environment through a file in the home', async () => {
    await using workspace = await TestWorkspace.create(keys, {
      image: await testImage('debian'),
      login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' },
      settings: { env: [{ name: 'OWN', value }] },
    });
    const refuses = `#!/bin/sh
for option in ExposeAuthInfo SetEnv; do
  if grep -q "^$option" /berth/run/sshd_config; then
    printf "/berth/run/sshd_config: line 30: Bad configuration option: $option\\r\\n" >&2
    exit 255
  fi
done
exec /usr/sbin/sshd.real "$@"`;
    await replaceSshd(workspace, refuses);
    await workspace.start();
    const seen = parse((await workspace.ssh('env -0')).stdout);
    assert.equal(seen.OWN, value);
    assert.equal((await workspace.inside('stat -c "%a %U" /home/dev/.ssh/environment')).stdout, '600 dev\n');
  });

  /** sshd starts its own path again for each connection, so the real one must keep a name of its own. */
  async function replaceSshd(workspace: TestWorkspace, script: string): Promise<void> {
    const folder = join(keys.folder, workspace.name);
    await run('mkdir', ['-p', folder]);
    await docker(['cp', `${workspace.name}:/usr/sbin/sshd`, join(folder, 'sshd.real')]);
    await writeFile(join(folder, 'sshd'), script, { mode: 0o755 });
    await docker(['cp', `${folder}/.`, `${workspace.name}:/usr/sbin/`]);
  }
});
