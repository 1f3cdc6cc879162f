/** What boot does once ssh is open: git, dotfiles, init script, apps. None of it may keep anybody out. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BootEvent, BootStage } from '../../../src/boot/bootLine.ts';
import type { SettingsInput } from '../../../src/workspace/settings.ts';
import { eventually, run } from '../../support/command.ts';
import { testImage } from '../../support/rootfs/testImages.ts';
import { docker, Keys, TestWorkspace, tarOf } from './workspace.ts';

const dev = { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' };
let keys: Keys;
before(async () => {
  keys = await Keys.make();
});
after(async () => keys[Symbol.asyncDispose]());

/** The end of a stage, in this run of the workspace. */
function end(workspace: TestWorkspace, stage: BootStage, after = 0): Promise<BootEvent> {
  return workspace.event(line => line.stage === stage && ['ok', 'fail', 'skip'].includes(line.event), {
    after,
  });
}

/** A bare repository of one commit, in a folder of its own under the keys' folder. */
async function repository(name: string, files: Record<string, string>): Promise<string> {
  const work = join(keys.folder, `${name}-work`);
  const bare = join(keys.folder, `${name}.git`);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(work, path, '..'), { recursive: true });
    await writeFile(join(work, path), content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
  }
  const git = (...args: string[]) =>
    run('git', ['-C', work, '-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args]);
  await git('init', '-q', '-b', 'main');
  await git('add', '.');
  await git('commit', '-q', '-m', 'first');
  await run('git', ['clone', '-q', '--bare', work, bare]);
  return bare;
}

async function withRepository(
  bare: string,
  settings: Partial<SettingsInput>,
  image = 'debian' as const,
): Promise<TestWorkspace> {
  const workspace = await TestWorkspace.create(keys, { image: await testImage(image), login: dev, settings });
  await docker(['cp', bare, `${workspace.name}:/srv/`]);
  // Git trusts a folder of somebody else's only when told so.
  await docker(['cp', '-', `${workspace.name}:/etc`], { input: await safeDirectories() });
  return workspace;
}

function safeDirectories(): Promise<Uint8Array> {
  return tarOf([{ path: 'gitconfig', mode: 0o644, content: '[safe]\n\tdirectory = *\n' }]);
}

describe('git', { concurrency: 2 }, () => {
  it('has the identity, the token for its host alone, and the person’s own config over it', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      login: dev,
      settings: {
        gitUserName: 'A "quoted" Name',
        gitUserEmail: 'a@example.org',
        gitAccess: 'token',
        gitToken: 'tok$en"x',
      },
    });
    await end(workspace, 'git');
    const { stdout } = await workspace.ssh('git config user.name; git config user.email');
    assert.equal(stdout, 'A "quoted" Name\na@example.org\n');
    const fill = (host: string) =>
      workspace.ssh(
        `printf 'protocol=https\\nhost=${host}\\n\\n' | GIT_TERMINAL_PROMPT=0 git credential fill`,
        {
          mayFail: true,
        },
      );
    assert.match((await fill('github.com')).stdout, /^username=x-access-token\npassword=tok\$en"x$/m);
    assert.doesNotMatch((await fill('example.org')).stdout, /tok/);
    await workspace.ssh('git config --global user.name Mine');
    assert.equal((await workspace.ssh('git config user.name')).stdout, 'Mine\n');
  });

  it('clones the repository once, and never again into a home that has it', async () => {
    const bare = await repository('project', { 'README.md': 'hello\n' });
    await using workspace = await withRepository(bare, {
      repository: 'file:///srv/project.git',
      repositoryBranch: 'main',
    });
    await workspace.start();
    const { event, message } = await end(workspace, 'git');
    assert.equal(`${event} ${message}`, 'ok project');
    const { stdout } = await workspace.ssh('cat project/README.md; stat -c %U project/.git; ls');
    assert.equal(stdout, 'hello\ndev\nproject\n');
    await workspace.ssh('mv project elsewhere');
    await docker(['stop', workspace.name]);
    const seen = (await workspace.events()).length;
    await workspace.start();
    assert.equal((await end(workspace, 'git', seen)).event, 'skip');
    await assert.rejects(workspace.ssh('ls project'));
  });

  it('begins again after a kill in the middle of a clone', async () => {
    const bare = await repository('again', { 'README.md': 'hello\n' });
    await using workspace = await withRepository(bare, { repository: 'file:///srv/again.git' });
    await docker([
      'run',
      '--rm',
      `--volumes-from=${workspace.name}`,
      '--entrypoint=/bin/sh',
      await testImage('debian'),
      '-c',
      'mkdir -p /home/dev/again.berth-part/.git && echo half >/home/dev/again.berth-part/.git/HEAD && chown -R 1000:1000 /home/dev',
    ]);
    await workspace.start();
    assert.equal((await end(workspace, 'git')).event, 'ok');
    assert.equal((await workspace.ssh('cat again/README.md; ls')).stdout, 'hello\nagain\n');
  });

  it('shows why it could not clone, and everything after it still happens', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      login: dev,
      settings: { repository: 'file:///srv/absent.git', initScript: 'echo after' },
    });
    const { event, message } = await end(workspace, 'git');
    assert.equal(event, 'fail');
    assert.match(
      message,
      /could not clone file:\/\/\/srv\/absent\.git \(.*does not.*\); the next start tries again/,
    );
    assert.equal((await end(workspace, 'init')).event, 'ok');
  });

  it('shows no credentials of an address, neither in its own words nor in git’s', async () => {
    // The form refuses such addresses; a record may have one from elsewhere.
    const smuggle = (text: string) => text.replaceAll('file://localhost/', 'file://me:hush-hush@localhost/');
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      login: dev,
      settings: { repository: 'file://localhost/srv/absent.git', dotfiles: 'file://localhost/srv/dots.git' },
      files: files => files.map(file => ({ ...file, content: smuggle(file.content) })),
    });
    assert.match(
      (await end(workspace, 'git')).message,
      /could not clone file:\/\/localhost\/srv\/absent\.git/,
    );
    assert.equal((await end(workspace, 'dotfiles')).event, 'fail');
    const config = await docker(['exec', workspace.name, 'cat', '/berth/config']);
    assert.match(config.stdout, /me:hush-hush@/);
    const log = await docker(['logs', workspace.name]);
    assert.match(`${log.stdout}${log.stderr}`, /localhost/);
    assert.doesNotMatch(`${log.stdout}${log.stderr}`, /hush/);
  });

  it('clones a private repository over ssh with Berth’s key', async () => {
    const bare = await repository('private', { 'README.md': 'secret plans\n' });
    await using server = await TestWorkspace.create(keys, {
      image: await testImage('debian'),
      settings: { publicKeys: [await keys.read('other', 'public')] },
    });
    await docker(['cp', bare, `${server.name}:/srv/`]);
    await server.start();
    await server.inside('chown -R root:root /srv');
    const address = (
      await docker(['inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', server.name])
    ).stdout.trim();
    const settings = { repository: `ssh://root@${address}/srv/private.git`, gitAccess: 'key' } as const;
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      login: dev,
      settings,
      gitKey: await keys.read('other', 'private'),
    });
    const { event, message } = await end(workspace, 'git');
    assert.equal(event, 'ok', message);
    assert.equal(
      (await workspace.ssh('cat private/README.md && cd private && git fetch')).stdout,
      'secret plans\n',
    );
  });

  it('is installed where the image lacks it', async () => {
    const bare = await repository('bare', { 'README.md': 'hello\n' });
    await using workspace = await TestWorkspace.create(keys, {
      image: await testImage('debianBare'),
      settings: { repository: 'file:///srv/bare.git' },
    });
    await docker(['cp', bare, `${workspace.name}:/srv/`]);
    await docker(['cp', '-', `${workspace.name}:/etc`], { input: await safeDirectories() });
    await workspace.start();
    const { event, message } = await end(workspace, 'git');
    assert.equal(event, 'ok', message);
    assert.match(await workspace.log(), /@berth git note the image has no git: installing it with apt-get/);
  });
});

describe('dotfiles', { concurrency: 2 }, () => {
  it('run their install.sh once for each container', async () => {
    const bare = await repository('dots', { 'install.sh': '#!/bin/sh\necho ran in $PWD >>~/ran\n' });
    await using workspace = await withRepository(bare, { dotfiles: 'file:///srv/dots.git' });
    await workspace.start();
    assert.equal((await end(workspace, 'dotfiles')).event, 'ok');
    await docker(['stop', workspace.name]);
    const seen = (await workspace.events()).length;
    await workspace.start();
    assert.equal((await end(workspace, 'dotfiles', seen)).event, 'skip');
    assert.equal((await workspace.ssh('cat ran')).stdout, 'ran in /home/dev/dotfiles\n');
    await using second = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      login: dev,
      home: `${workspace.name}-home`,
      settings: { dotfiles: 'file:///srv/dots.git' },
    });
    assert.equal((await end(second, 'dotfiles')).event, 'ok');
    assert.match((await second.ssh('cat ran')).stdout, /^(ran in \/home\/dev\/dotfiles\n){2}$/);
    await docker(['rm', '-f', second.name]);
  });

  it('are linked where there is no install.sh, and what was there is kept aside', async () => {
    const bare = await repository('links', {
      '.bashrc': 'mine\n',
      '.config/tool/settings': 'set\n',
      'README.md': 'x',
      '.gitignore': 'x',
    });
    await using workspace = await withRepository(bare, { dotfiles: 'file:///srv/links.git' });
    await workspace.start();
    assert.equal((await end(workspace, 'dotfiles')).event, 'ok');
    const { stdout } = await workspace.ssh('cat .bashrc .config/tool/settings; ls -A | tr "\\n" " "');
    assert.equal(
      stdout,
      'mine\nset\n.bash_logout .bashrc .bashrc.before-dotfiles .config .profile dotfiles ',
    );
  });

  it('that fail are shown and harm nobody', async () => {
    const bare = await repository('broken', { 'install.sh': '#!/bin/sh\necho no such luck; exit 3\n' });
    await using workspace = await withRepository(bare, { dotfiles: 'file:///srv/broken.git' });
    await workspace.start();
    const { event, message } = await end(workspace, 'dotfiles');
    assert.equal(`${event} ${message}`, 'fail install.sh ended with 3: no such luck');
    assert.equal((await workspace.ssh('echo in')).stdout, 'in\n');
  });
});

describe('the init script', { concurrency: 2 }, () => {
  it('runs at every start as root in the home, and its log is kept', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      login: dev,
      settings: {
        initScript: 'echo "$(id -u) $PWD $BERTH_USER $BERTH_HOME"; echo to stderr >&2; echo x >>/root/runs',
      },
    });
    assert.equal((await end(workspace, 'init')).event, 'ok');
    assert.equal(await workspace.file('/berth/run/init.log'), '0 /home/dev dev /home/dev\nto stderr\n');
    assert.match(await workspace.log(), /^0 \/home\/dev dev \/home\/dev$/m);
    await docker(['stop', workspace.name]);
    const seen = (await workspace.events()).length;
    await workspace.start();
    await end(workspace, 'init', seen);
    assert.equal(await workspace.file('/root/runs'), 'x\nx\n');
  });

  it('that fails is shown with its last words and keeps nobody out', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('busybox'),
      settings: {
        initScript: 'echo one\necho it broke\nexit 7',
        apps: [{ id: 'late', command: 'sleep 1000' }],
      },
    });
    const { event, message } = await end(workspace, 'init');
    assert.equal(`${event} ${message}`, 'fail the init script ended with 7: it broke');
    assert.equal((await end(workspace, 'apps')).event, 'ok');
    assert.equal((await workspace.ssh('echo in')).stdout, 'in\n');
  });

  it('that talks like boot is not taken for it', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      settings: { initScript: 'echo "@berth stop ok"; echo "@end 0"; echo "@end x 0"; sleep 0.2; exit 9' },
    });
    assert.match((await end(workspace, 'init')).message, /ended with 9/);
    assert.deepEqual(
      (await workspace.events()).filter(({ stage }) => stage === 'stop'),
      [],
    );
  });

  it('may have its own interpreter, and may leave a program running that goes on talking', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      settings: {
        initScript:
          '#!/bin/bash\n[[ x == x ]] && echo bash\n(for i in 1 2 3 4 5 6; do sleep 0.3; echo tick $i; done; echo alive >/root/alive) &\n',
      },
    });
    assert.equal((await end(workspace, 'init')).event, 'ok');
    await eventually(
      async () => /tick 6/.test(await workspace.file('/berth/run/init.log')),
      'it goes on',
      60_000,
      300,
    );
    assert.match(await workspace.file('/berth/run/init.log'), /^bash\ntick 1\n/);
    assert.equal((await workspace.ssh('cat alive')).stdout, 'alive\n');
  });
});

describe('apps', { concurrency: 2 }, () => {
  const state = async (workspace: TestWorkspace, id: string) =>
    (await workspace.inside(`cat /berth/run/apps/${id}.state`, { mayFail: true })).stdout.trim();

  it('run as their user in their folder with the environment, and are ready when their port listens', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('userRoot'),
      login: dev,
      settings: {
        env: [{ name: 'OWN', value: 'a "b"\nc' }],
        apps: [
          {
            id: 'web',
            command:
              'echo "$(id -un) $PWD $HOME $IMAGE_PLAIN $OWN"; sleep 0.5; exec perl -MIO::Socket::INET -e \'my $s = IO::Socket::INET->new(Listen => 5, LocalPort => 8123, ReuseAddr => 1) or die; while (my $c = $s->accept) { close $c }\'',
            folder: '/tmp',
            port: 8123,
          },
          { id: 'asroot', command: 'id -un; sleep 1000', user: 'root' },
        ],
      },
    });
    await eventually(
      async () => (await state(workspace, 'web')) === 'ready 8123',
      'the app is ready',
      60_000,
    );
    assert.equal(await workspace.file('/berth/run/apps/web.log'), 'dev /tmp /home/dev plain a "b"\nc\n');
    await eventually(async () => (await state(workspace, 'asroot')) === 'running', 'the other runs', 60_000);
    assert.equal(await workspace.file('/berth/run/apps/asroot.log'), 'root\n');
    assert.match(await workspace.log(), /@berth apps note web is ready on port 8123/);
  });

  it('that crash are started again, later each time; those that are not to be are not', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      settings: {
        apps: [
          { id: 'crash', command: 'echo run; exit 3' },
          { id: 'once', command: 'echo done; exit 4', restart: false },
        ],
      },
    });
    await eventually(
      async () => (await workspace.file('/berth/run/apps/crash.log')).split('\n').length >= 4,
      'it was started three times',
      60_000,
    );
    const log = await workspace.log();
    assert.match(log, /crash ended with 3 and is started again in 1 s: run/);
    assert.match(log, /crash ended with 3 and is started again in 2 s: run/);
    assert.match(log, /once ended with 4/);
    assert.equal(await state(workspace, 'once'), 'exited 4 done');
    assert.equal(await workspace.file('/berth/run/apps/once.log'), 'done\n');
  });

  for (const image of ['debian', 'bash', 'busybox'] as const) {
    it(`whose program ${image} lacks are named with it, and not tried again`, async () => {
      await using workspace = await TestWorkspace.start(keys, {
        image: await testImage(image),
        settings: { apps: [{ id: 'lab', command: 'jupyter-lab --port 8888', port: 8888 }] },
      });
      const { message } = await workspace.event(({ stage, event }) => stage === 'apps' && event === 'fail');
      assert.match(message, /^lab: its program cannot be run: jupyter-lab \(/);
      assert.match(await state(workspace, 'lab'), /^missing /);
    });
  }

  it('are ready by their path only when it answers below 400', async () => {
    const server = `perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Listen => 5, LocalPort => 8124, ReuseAddr => 1) or die; my $n = 0; while (my $c = $s->accept) { <$c>; $n++; print $c "HTTP/1.0 ", ($n > 4 ? "200 OK" : "503 Wait"), "\\r\\n\\r\\n"; close $c }'`;
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      settings: { apps: [{ id: 'web', command: server, port: 8124, readyPath: '/health' }] },
    });
    await workspace.event(({ message }) => message === 'web is ready on port 8124', { timeoutMs: 20_000 });
  });

  it('start when they are opened, once, and stop when they are asked to', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      login: dev,
      settings: {
        apps: [{ id: 'lazy', command: 'echo started; sleep 1000 & sleep 1000; echo never', start: 'open' }],
      },
    });
    await end(workspace, 'apps');
    assert.equal(await state(workspace, 'lazy'), '');
    const start = () => workspace.inside('/bin/sh /berth/boot.sh app-start lazy', { timeoutMs: 60_000 });
    await Promise.all([start(), start(), start()]);
    assert.equal(await workspace.file('/berth/run/apps/lazy.log'), 'started\n');
    await workspace.inside('/bin/sh /berth/boot.sh app-stop lazy');
    assert.equal(await state(workspace, 'lazy'), 'stopped');
    assert.equal((await workspace.inside('pgrep -c -f "[s]leep 1000" || true')).stdout, '0\n');
    await start();
    assert.equal(await state(workspace, 'lazy'), 'running');
    const unknown = await workspace.inside('/bin/sh /berth/boot.sh app-start nothing', { mayFail: true });
    assert.equal(unknown.code, 1);
    assert.equal(unknown.stderr, "berth: this workspace has no app 'nothing'\n");
  });

  it('end with the workspace in time, children and all', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      login: dev,
      settings: {
        apps: [
          { id: 'tree', command: 'sleep 1000 & sleep 1000 & wait' },
          { id: 'crash', command: 'exit 1' },
        ],
      },
    });
    await end(workspace, 'apps');
    await sleep(500);
    const began = performance.now();
    await docker(['stop', workspace.name]);
    assert.ok(performance.now() - began < 9000, 'it does not wait for its grace of 10 s');
    assert.equal(await workspace.exitCode(), 81);
  });
});
