/** Who else is there: the image's own command beside boot, and images that keep PID 1 for themselves. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/command.ts';
import { testImage } from '../../support/rootfs/testImages.ts';
import { docker, Keys, TestWorkspace } from './workspace.ts';

const dev = { name: 'dev', uid: 1234, gid: 1234, home: '/home/dev' };
let keys: Keys;
before(async () => {
  keys = await Keys.make();
});
after(async () => keys[Symbol.asyncDispose]());

describe('the image’s own command', { concurrency: 2 }, () => {
  it('runs beside boot as the image’s user, where the image wants it, and may end', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('userName'),
      login: dev,
      create: ['--workdir=/opt'],
      bootArgs: [
        'beside',
        'dev',
        '/bin/sh',
        '-c',
        'echo "own: $(id -un) $PWD $IMAGE_PLAIN $0 $1"; sleep 0.3; exit 5',
        'a b',
        "c'd",
      ],
    });
    await workspace.event(
      ({ message }) => message === 'the image’s own command ended with 5'.replace('’', "'"),
    );
    assert.match(await workspace.log(), /^own: dev \/opt plain a b c'd$/m);
    assert.equal((await workspace.ssh('echo in')).stdout, 'in\n');
  });

  it('that insists on PID 1 says so, and keeps nobody out', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('s6'),
      bootArgs: ['beside', '', '/init'],
    });
    await workspace.event(({ message }) => message === "the image's own command ended with 100");
    assert.equal((await workspace.ssh('echo in')).stdout, 'in\n');
  });
});

describe('an image that keeps PID 1', { concurrency: 2 }, () => {
  const attach = (workspace: TestWorkspace) =>
    docker(['exec', '-d', workspace.name, '/bin/sh', '/berth/boot.sh', 'attach']);
  const isReady = (workspace: TestWorkspace, after = 0) =>
    workspace.event(({ stage, event }) => stage === 'ready' && event === 'ok', { after });

  it('has boot put in by exec, once, with its words in the container’s log', async () => {
    await using workspace = await TestWorkspace.create(keys, {
      image: await testImage('s6'),
      isEntrypoint: false,
      login: { name: 'worker', uid: 1000, gid: 1000, home: '/home/worker' },
      settings: { env: [{ name: 'OWN', value: 'own' }], apps: [{ id: 'app', command: 'sleep 1000' }] },
    });
    await docker(['start', workspace.name]);
    await Promise.all([attach(workspace), attach(workspace)]);
    await isReady(workspace);
    assert.equal(
      (await workspace.ssh('echo $(id -un) $OWN $IMAGE_PLAIN $(cat /proc/1/comm)')).stdout,
      'worker own plain supervisor\n',
    );
    await workspace.event(({ stage, event }) => stage === 'apps' && event === 'ok');
    await attach(workspace);
    await sleep(500);
    const ready = (await workspace.events()).filter(
      ({ stage, event }) => stage === 'ready' && event === 'ok',
    );
    assert.equal(ready.length, 1);
    assert.match(await workspace.log(), /^supervisor is up$/m);
    assert.equal((await workspace.inside('pgrep -c -x sshd')).stdout, '1\n');
  });

  it('comes up again after a restart and after a kill of boot alone', async () => {
    await using workspace = await TestWorkspace.create(keys, {
      image: await testImage('s6'),
      isEntrypoint: false,
    });
    await docker(['start', workspace.name]);
    await attach(workspace);
    await isReady(workspace);
    await docker(['kill', workspace.name]);
    let seen = (await workspace.events()).length;
    await docker(['start', workspace.name]);
    await attach(workspace);
    await isReady(workspace, seen);
    seen = (await workspace.events()).length;
    await workspace.inside('kill -9 $(cat /run/berth/attached.*/pid | tail -1); pkill -9 sshd; sleep 0.3', {
      mayFail: true,
    });
    await attach(workspace);
    await isReady(workspace, seen);
    assert.equal((await workspace.ssh('echo in')).stdout, 'in\n');
  });

  it('stops by TERM to its PID 1, with the reason that was written down before', async () => {
    await using workspace = await TestWorkspace.create(keys, {
      image: await testImage('s6'),
      isEntrypoint: false,
    });
    await docker(['start', workspace.name]);
    await attach(workspace);
    await isReady(workspace);
    await workspace.inside('/bin/sh /berth/boot.sh stopping person "a person stopped it"');
    const began = performance.now();
    await docker(['stop', workspace.name]);
    assert.ok(performance.now() - began < 9000, 'it does not wait for its grace of 10 s');
    assert.equal(await workspace.stopReason(), 'person a person stopped it');
  });

  it('with an ssh server of its own on port 22 is told so', async () => {
    await using workspace = await TestWorkspace.create(keys, {
      image: await testImage('s6'),
      isEntrypoint: false,
    });
    await docker(['start', workspace.name]);
    await workspace.inside('mkdir -p /run/sshd && /usr/sbin/sshd');
    await attach(workspace);
    await eventually(
      async () => (await workspace.events()).some(({ event }) => event === 'fail'),
      'boot says it',
    );
    const failed = (await workspace.events()).find(({ event }) => event === 'fail');
    assert.match(
      failed?.message ?? '',
      /port 22 is taken inside the workspace, it seems by the image's own ssh server/,
    );
    assert.equal(await workspace.status(), 'running');
  });
});
