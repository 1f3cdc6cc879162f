/** How workspaces end and begin again: stops with their reasons and times, kills at any moment, what PID 1 owes others. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootExitCodes } from '../../../src/boot/bootLine.ts';
import { Background, eventually } from '../../support/command.ts';
import { testImage } from '../../support/rootfs/testImages.ts';
import { docker, Keys, TestWorkspace, tarOf } from './workspace.ts';

let keys: Keys;
before(async () => {
  keys = await Keys.make();
});
after(async () => keys[Symbol.asyncDispose]());

/** Stops and answers how long it took, in ms. */
async function stop(workspace: TestWorkspace, seconds = 10): Promise<number> {
  const began = performance.now();
  await docker(['stop', '-t', String(seconds), workspace.name]);
  return performance.now() - began;
}

describe('a stop', { concurrency: 2 }, () => {
  for (const image of ['debian', 'bash', 'busybox'] as const) {
    it(`ends ${image} in under three seconds, with a session open, and says that the machine did it`, async () => {
      await using workspace = await TestWorkspace.start(keys, { image: await testImage(image) });
      const options = await workspace.sshOptions();
      const session = new Background('ssh', [...options, '-tt', `${workspace.user}@127.0.0.1`], {
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      try {
        await eventually(
          async () =>
            /sh/.test((await workspace.inside('cat /proc/[0-9]*/comm | tr "\\n" " "; ls /dev/pts')).stdout),
          'the session is open',
        );
        await sleep(500);
        const ms = await stop(workspace);
        assert.ok(ms < 3000, `${ms} ms`);
        assert.equal(await workspace.exitCode(), bootExitCodes.machine);
        assert.equal(await workspace.stopReason(), 'machine the engine or the machine stopped it');
        assert.deepEqual(
          (await workspace.events()).slice(-2).map(({ stage, event }) => `${stage} ${event}`),
          ['stop begin', 'stop ok'],
        );
      } finally {
        await session.stop();
      }
    });
  }

  it('by a person is told from one by the machine, and the first reason stays', async () => {
    await using workspace = await TestWorkspace.start(keys, { image: await testImage('debian') });
    await docker(['kill', '-s', 'USR1', workspace.name]);
    assert.equal((await workspace.ssh('echo still here')).stdout, 'still here\n');
    await stop(workspace);
    assert.equal(await workspace.exitCode(), bootExitCodes.person);
    assert.equal(await workspace.stopReason(), 'person a person stopped it');
  });

  it('by a limit, written down by whoever watches it, has a code of its own', async () => {
    await using workspace = await TestWorkspace.start(keys, { image: await testImage('busybox') });
    await workspace.inside('/bin/sh /berth/boot.sh stopping limit "stopped at its 8 h lifespan"');
    await stop(workspace);
    assert.equal(await workspace.exitCode(), bootExitCodes.limit);
    assert.equal(await workspace.stopReason(), 'limit stopped at its 8 h lifespan');
  });

  it('forgets the last reason and its readiness at the next start', async () => {
    await using workspace = await TestWorkspace.start(keys, { image: await testImage('debian') });
    await workspace.inside('test -e /berth/run/ready');
    await stop(workspace);
    const { stdout } = await docker(['cp', `${workspace.name}:/berth/run/ready`, '-'], { mayFail: true });
    assert.equal(stdout, '');
    await workspace.start();
    await workspace.inside('test -e /berth/run/ready && test ! -e /berth/run/stop-reason');
    await docker(['kill', workspace.name]);
    assert.equal(await workspace.stopReason(), '');
  });

  it('waits for a program that ends in its own time, and kills one that does not just before the engine would', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      settings: { stopGraceSeconds: 3 },
    });
    await workspace.inside(
      `sh -c 'trap "sleep 1; echo ended >/root/ended; exit" TERM; while :; do sleep 0.1; done' >/dev/null 2>&1 &
       sh -c 'trap "" TERM HUP; while :; do sleep 0.1; done' >/dev/null 2>&1 &`,
    );
    await sleep(300);
    const ms = await stop(workspace, 20);
    assert.ok(ms > 1900 && ms < 4500, `${ms} ms`);
    assert.equal(await workspace.exitCode(), bootExitCodes.machine);
    assert.match(await workspace.log(), /stop note killed what did not end by itself/);
    await workspace.start();
    assert.equal((await workspace.ssh('cat ended')).stdout, 'ended\n');
  });

  it('ends a shell at a terminal of the engine, which heeds no TERM', async () => {
    await using workspace = await TestWorkspace.start(keys, { image: await testImage('debian') });
    const shell = new Background('docker', ['exec', '-t', workspace.name, '/bin/bash', '-i']);
    try {
      await eventually(() => shell.output.includes('#'), 'the shell is up');
      const ms = await stop(workspace);
      assert.ok(ms < 3000, `${ms} ms`);
      assert.equal(await workspace.exitCode(), bootExitCodes.machine);
    } finally {
      await shell.stop();
    }
  });

  it('does not wait for an installation under way', async () => {
    await using workspace = await TestWorkspace.create(keys, { image: await testImage('dnf') });
    const content = '#!/bin/sh\necho began\nsleep 100\n';
    await docker(['cp', '-', `${workspace.name}:/usr/bin`], {
      input: await tarOf([{ path: 'dnf', mode: 0o755, content }]),
    });
    await docker(['start', workspace.name]);
    await eventually(async () => (await workspace.log()).includes('began'), 'the installation is under way');
    const ms = await stop(workspace);
    assert.ok(ms < 3000, `${ms} ms`);
    assert.equal(await workspace.exitCode(), bootExitCodes.machine);
  });
});

describe('a kill', { concurrency: 2 }, () => {
  for (const image of ['debian', 'busybox'] as const) {
    it(`at any moment leaves a workspace of ${image} that starts again`, async () => {
      await using workspace = await TestWorkspace.create(keys, {
        image: await testImage(image),
        login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' },
        settings: { env: [{ name: 'OWN', value: 'kept' }], initScript: 'sleep 0.1; echo init ran' },
      });
      for (const ms of [0, 1, 2, 4, 6, 8, 10, 13, 17, 22, 30, 50, 120]) {
        await docker(['start', workspace.name]);
        await sleep(ms);
        await docker(['kill', '-s', 'KILL', workspace.name], { mayFail: true });
      }
      await workspace.start();
      const { stdout } = await workspace.ssh(
        'id -u; pwd; echo $OWN; grep -c "^dev:" /etc/passwd; grep -c "^sshd:" /etc/passwd; stat -c %U . ; touch works && echo writable',
      );
      assert.equal(stdout, '1000\n/home/dev\nkept\n1\n1\ndev\nwritable\n');
      if (image === 'debian') {
        assert.equal(
          (await workspace.ssh('sudo -n id -u; ls -A')).stdout,
          '0\n.bash_logout\n.bashrc\n.profile\nworks\n',
        );
        assert.equal((await workspace.inside('grep -c "^dev:" /etc/shadow')).stdout, '1\n');
      }
    });
  }

  it('in the middle of filling the home has it filled by the next start', async () => {
    await using workspace = await TestWorkspace.create(keys, {
      image: await testImage('debian'),
      login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' },
    });
    // As a killed copy leaves it: the mark, and a part of the content.
    await workspace.write([{ path: 'filling', mode: 0o644, content: '' }]);
    await docker(['start', workspace.name]);
    await workspace.event(({ stage, event }) => stage === 'ready' && event === 'ok');
    assert.equal((await workspace.ssh('ls -A')).stdout, '.bash_logout\n.bashrc\n.profile\n');
    assert.equal((await workspace.inside('ls /berth/filling', { mayFail: true })).stdout, '');
  });

  it('of sshd brings it back, and its readiness is as old as the boot: no clock set back meanwhile hides it', async () => {
    await using workspace = await TestWorkspace.start(keys, { image: await testImage('debian') });
    const readyAt = async () => (await workspace.inside('stat -c %y /berth/run/ready')).stdout;
    const before = await readyAt();
    await workspace.inside('kill -9 $(pgrep -o -x sshd)');
    await workspace.event(({ stage, event }) => stage === 'sshd' && event === 'note');
    await eventually(
      async () => (await workspace.ssh('echo back', { mayFail: true })).stdout === 'back\n',
      'ssh is open again',
      60_000,
      200,
    );
    assert.equal(await readyAt(), before);
  });
});

describe('PID 1', { concurrency: 2 }, () => {
  for (const image of ['debian', 'bash', 'busybox'] as const) {
    it(`takes up orphans in ${image}`, async () => {
      await using workspace = await TestWorkspace.start(keys, { image: await testImage(image) });
      await workspace.ssh('for i in 1 2 3 4 5 6 7 8; do (sleep 0.2 & sleep 0.3 &) ; done');
      await sleep(1000);
      const { stdout } = await workspace.inside('cat /proc/[0-9]*/stat 2>/dev/null | grep -c ") Z " || true');
      assert.equal(stdout.trim(), '0');
    });
  }

  it('is idle when nothing happens', async () => {
    await using workspace = await TestWorkspace.start(keys, { image: await testImage('debian') });
    const ticks = async () =>
      (await workspace.inside('cut -d" " -f14,15 /proc/1/stat')).stdout
        .trim()
        .split(' ')
        .reduce((sum, ticks) => sum + Number(ticks), 0);
    const before = await ticks();
    await sleep(2000);
    assert.ok((await ticks()) - before <= 2);
  });
});
