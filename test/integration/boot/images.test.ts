/** Boot on images of every shape: shells, package managers, users; from nothing to a person logged in. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { LoginUser } from '../../../src/workspace/record.ts';
import { type ImageName, testImage } from '../../support/rootfs/testImages.ts';
import { docker, Keys, TestWorkspace } from './workspace.ts';

const dev: LoginUser = { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' };
let keys: Keys;
before(async () => {
  keys = await Keys.make();
});
after(async () => keys[Symbol.asyncDispose]());

interface Shape {
  readonly image: ImageName;
  readonly login?: LoginUser;
  readonly shell?: readonly string[];
  readonly about: string;
  /** What a person sees of `id -un`, `id -u`, the home and the shell. */
  readonly sees: string;
  readonly says?: RegExp;
}

const shapes: readonly Shape[] = [
  { image: 'debian', about: 'dash, sshd there, root', sees: 'root 0 /root bash' },
  { image: 'bash', about: 'bash as /bin/sh, sshd there', sees: 'root 0 /root bash' },
  { image: 'debian', shell: ['/bin/bash'], about: 'bash in its own mode', sees: 'root 0 /root bash' },
  { image: 'busybox', about: 'busybox ash, sshd there, a locked root', sees: 'root 0 /root ash' },
  { image: 'busybox', login: dev, about: 'busybox ash and a new user', sees: 'dev 1000 /home/dev sh' },
  { image: 'debianBare', about: 'apt', sees: 'root 0 /root bash', says: /installing it with apt-get/ },
  { image: 'apk', about: 'apk', sees: 'root 0 /root ash', says: /installing it with apk/ },
  { image: 'dnf', about: 'dnf, bash only', sees: 'root 0 /root bash', says: /installing it with dnf/ },
  { image: 'yum', about: 'yum', sees: 'root 0 /root bash', says: /installing it with yum/ },
  { image: 'zypper', about: 'zypper', sees: 'root 0 /root bash', says: /installing it with zypper/ },
  { image: 'pacman', about: 'pacman', sees: 'root 0 /root bash', says: /installing it with pacman/ },
  { image: 'userRoot', about: 'USER root', sees: 'root 0 /root bash' },
  {
    image: 'userName',
    login: { name: 'dev', uid: 1234, gid: 1234, home: '/home/dev' },
    about: 'USER name, locked and without a shell',
    sees: 'dev 1234 /home/dev bash',
    says: /the user dev gets the shell \/bin\/bash/,
  },
  {
    image: 'userNumber',
    login: { name: 'user', uid: 4321, gid: 4321, home: '/home/user' },
    about: 'USER number that nobody has',
    sees: 'user 4321 /home/user bash',
    says: /making the user user \(4321\)/,
  },
];

describe('boot opens ssh', { concurrency: 2 }, () => {
  for (const { image, login, shell, about, sees, says } of shapes) {
    it(`with ${about} (${image})`, async () => {
      await using workspace = await TestWorkspace.start(keys, {
        image: await testImage(image),
        ...(login && { login }),
        ...(shell && { shell }),
      });
      const { stdout } = await workspace.ssh('echo "$(id -un) $(id -u) $HOME $(basename "$SHELL")"');
      assert.equal(stdout.trim(), sees);
      const stages = (await workspace.events())
        .filter(({ event }) => event !== 'note')
        .map(({ stage, event }) => `${stage} ${event}`);
      assert.deepEqual(stages.slice(0, 7), [
        'home begin',
        'home ok',
        'hostkey begin',
        'hostkey ok',
        'sshd begin',
        'sshd ok',
        'ready ok',
      ]);
      if (says) assert.match(await workspace.log(), says);
    });
  }
});

describe('boot without root', () => {
  it('opens ssh for the image’s own user, runs the rest as that user, and ends in time', async () => {
    const image = await testImage('fish');
    await using workspace = await TestWorkspace.create(keys, {
      image,
      login: { name: 'fisher', uid: 1400, gid: 1400, home: '/home/fisher' },
      create: ['--user=1400:1400', '--sysctl=net.ipv4.ip_unprivileged_port_start=0'],
      settings: {
        env: [{ name: 'OWN', value: 'own' }],
        initScript: 'id -u',
        apps: [{ id: 'app', command: 'sleep 9' }],
      },
    });
    // As Kubernetes mounts a Secret with fsGroup: root's, readable by the group.
    const prepare =
      'mkdir /berth/run && chown 1400 /berth/run && chgrp -R 1400 /berth && chmod -R g+r /berth';
    await docker([
      ...['run', '--rm', '--user=0', `--volumes-from=${workspace.name}`, '--entrypoint=/bin/sh', image],
      ...['-c', `${prepare} && chmod 440 /berth/ssh_host_ed25519_key`],
    ]);
    await workspace.start();
    assert.equal((await workspace.ssh('echo (id -u) $OWN $PWD')).stdout, '1400 own /home/fisher\n');
    await workspace.event(({ stage, event }) => stage === 'apps' && event === 'ok');
    assert.equal(await workspace.file('/berth/run/init.log'), '1400\n');
    const began = performance.now();
    await docker(['stop', workspace.name]);
    assert.ok(performance.now() - began < 9000, 'it does not wait for its grace of 10 s');
    assert.equal(await workspace.exitCode(), 81);
  });
});

describe('boot says what is in its way', { concurrency: 2 }, () => {
  async function failure(image: string, create: readonly string[] = []) {
    await using workspace = await TestWorkspace.create(keys, { image, create });
    await docker(['start', workspace.name], { mayFail: true });
    const code = await workspace.exitCode();
    const failed = (await workspace.events()).find(({ event }) => event === 'fail');
    return { code, failed, reason: await workspace.stopReason() };
  }

  it('when there is neither sshd nor a package manager', async () => {
    const { code, failed, reason } = await failure(await testImage('busyboxBare'));
    assert.equal(code, 83);
    assert.equal(failed?.stage, 'sshd');
    assert.match(
      failed?.message ?? '',
      /no package manager that Berth knows .*; use an image that has openssh-server$/,
    );
    assert.match(reason, /^boot-failed sshd: the image has no openssh-server/);
  });

  it('when the package manager finds no network', async () => {
    const { code, failed } = await failure(await testImage('debianBare'), ['--network=none']);
    assert.equal(code, 83);
    assert.equal(failed?.stage, 'sshd');
    assert.match(
      failed?.message ?? '',
      /apt-get could not install openssh-server \(.+\); give the workspace access to a network/,
    );
  });

  it('when the package is not to be had', async () => {
    const image = await testImage('dnf');
    await using workspace = await TestWorkspace.create(keys, { image });
    await docker(['start', workspace.name]);
    await workspace.event(({ stage, event }) => stage === 'ready' && event === 'ok');
    await docker(['stop', workspace.name]);
    await using empty = await TestWorkspace.create(keys, { image, create: ['--tmpfs=/opt/packages'] });
    await docker(['start', empty.name]);
    assert.equal(await empty.exitCode(), 83);
    assert.match(
      await empty.stopReason(),
      /dnf could not install openssh-server \(Error: Unable to find a match: openssh-server\)/,
    );
  });

  it('when the root file system is read-only', async () => {
    const image = await testImage('debian');
    await using workspace = await TestWorkspace.create(keys, { image });
    // The record gets its files through a twin, because the engine refuses archives for a read-only container.
    await docker(['rm', '-f', workspace.name]);
    await docker([
      ...['create', `--name=${workspace.name}`, '--read-only', '--tmpfs=/run', '--entrypoint=/bin/sh'],
      ...[`--volume=${workspace.name}-record:/berth`, image, '/berth/boot.sh'],
    ]);
    await docker(['start', workspace.name]);
    assert.equal(await workspace.exitCode(), 83);
    assert.match(await workspace.stopReason(), /^boot-failed home: the root file system is read-only/);
  });

  it('when a process of the image holds port 22', async () => {
    await using workspace = await TestWorkspace.create(keys, {
      image: await testImage('debian'),
      isEntrypoint: false,
      create: ['--entrypoint=/bin/sh'],
    });
    await docker(['rm', '-f', workspace.name]);
    const squat = 'mkdir -p /run/sshd; /usr/sbin/sshd; sleep 0.5; exec /bin/sh /berth/boot.sh';
    await docker([
      ...['create', `--name=${workspace.name}`, '--entrypoint=/bin/sh'],
      ...[`--volume=${workspace.name}-record:/berth`, await testImage('debian'), '-c', squat],
    ]);
    await docker(['start', workspace.name]);
    assert.equal(await workspace.exitCode(), 83);
    assert.match(await workspace.stopReason(), /^boot-failed sshd: port 22 is taken inside the workspace/);
  });

  it('when the record lacks its config or its host key', async () => {
    for (const [missing, stage] of [
      ['config', 'home'],
      ['ssh_host_ed25519_key', 'hostkey'],
    ] as const) {
      await using workspace = await TestWorkspace.create(keys, {
        image: await testImage('debian'),
        files: files => files.filter(({ path }) => path !== missing),
      });
      await docker(['start', workspace.name]);
      assert.equal(await workspace.exitCode(), 83);
      const failed = (await workspace.events()).find(({ event }) => event === 'fail');
      assert.equal(failed?.stage, stage);
      assert.match(failed?.message ?? '', /rebuild the workspace/);
    }
  });

  it('while an image without a shell is refused by the engine itself', async () => {
    await using workspace = await TestWorkspace.create(keys, { image: await testImage('noShell') });
    const { code, stderr } = await docker(['start', workspace.name], { mayFail: true });
    assert.notEqual(code, 0);
    assert.match(stderr, /\/bin\/sh/);
  });
});

describe('the home', { concurrency: 2 }, () => {
  it('that the image filled keeps the image’s content and its owner', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('userName'),
      login: { name: 'dev', uid: 1234, gid: 1234, home: '/home/dev' },
    });
    const { stdout } = await workspace.ssh('cat greeting .config/kept; stat -c %U . greeting');
    assert.equal(stdout, 'from the image\nx\ndev\ndev\n');
  });

  it('elsewhere gets the image’s content of the user’s home, and passwd says so', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('userName'),
      login: { name: 'dev', uid: 1234, gid: 1234, home: '/data/my home' },
    });
    const { stdout } = await workspace.ssh(
      'pwd; cat greeting; stat -c %U . greeting; getent passwd dev | cut -d: -f6',
    );
    assert.equal(stdout, '/data/my home\nfrom the image\ndev\ndev\n/data/my home\n');
  });

  it('of a new user gets the skeleton, and the user passwordless sudo', async () => {
    await using workspace = await TestWorkspace.start(keys, { image: await testImage('debian'), login: dev });
    const { stdout } = await workspace.ssh(
      'ls -A; stat -c %U . .bashrc; sudo -n id -un; stat -c %a /etc/sudoers.d/berth',
    );
    assert.equal(stdout, '.bash_logout\n.bashrc\n.profile\ndev\ndev\nroot\n440\n');
  });

  it('of an image’s own user brings no sudo with it', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('userName'),
      login: { name: 'dev', uid: 1234, gid: 1234, home: '/home/dev' },
    });
    assert.notEqual((await workspace.ssh('sudo -n true', { mayFail: true })).code, 0);
  });

  it('is kept by a second container, and handed over where the uid is another', async () => {
    await using first = await TestWorkspace.start(keys, { image: await testImage('debian'), login: dev });
    await first.ssh('mkdir -p a/b && echo mine >a/b/file && ln -s nowhere link');
    await docker(['stop', first.name]);
    await using second = await TestWorkspace.start(keys, {
      image: await testImage('userName'),
      login: { name: 'dev', uid: 1234, gid: 1234, home: '/home/dev' },
      home: `${first.name}-home`,
    });
    const { stdout } = await second.ssh(
      'cat a/b/file; stat -c %u . a a/b a/b/file link .bashrc; cat greeting 2>&1 | tail -1',
    );
    assert.equal(
      stdout,
      'mine\n1234\n1234\n1234\n1234\n1234\n1234\ncat: greeting: No such file or directory\n',
    );
    assert.match(await second.log(), /handing the files of user 1000/);
    await docker(['rm', '-f', second.name]);
  });

  it('is not unlocked for an account that somebody locked with its password kept', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('locked'),
      login: { name: 'held', uid: 1300, gid: 1300, home: '/home/held' },
    });
    assert.notEqual((await workspace.ssh('true', { mayFail: true })).code, 0);
    assert.match(await workspace.file('/etc/shadow'), /^held:!\$6\$abc\$def:/m);
    assert.match(await workspace.log(), /sshd: .*held/);
  });
});

describe('an installed sudo', () => {
  it('comes after ready, for a user that boot made on an image without it', async () => {
    await using workspace = await TestWorkspace.start(keys, { image: await testImage('dnf'), login: dev });
    await workspace.event(({ stage, event }) => stage === 'apps' && event === 'skip');
    assert.match(
      await workspace.log(),
      /@berth ready ok[\s\S]*the image has no sudo: installing it with dnf/,
    );
    assert.match((await workspace.inside('ls -l /usr/bin/sudo')).stdout, /sudo/);
  });
});
