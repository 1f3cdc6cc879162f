/** What boot writes down of starts and stops, its own and those that ended it without a word. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../support/command.ts';
import { testImage } from '../../support/rootfs/testImages.ts';
import { docker, Keys, TestWorkspace } from './workspace.ts';

let keys: Keys;
before(async () => {
  keys = await Keys.make();
});
after(async () => keys[Symbol.asyncDispose]());

describe('the history', { concurrency: 2 }, () => {
  for (const image of ['debian', 'bash', 'busybox'] as const) {
    it(`of ${image} has a line for each start and stop, and those that were before boot knew`, async () => {
      await using workspace = await TestWorkspace.start(keys, { image: await testImage(image) });
      const lines = async () => (await workspace.file('/berth/history')).trim().split('\n');
      const has = (count: number) =>
        eventually(async () => (await lines()).length === count, `${count} lines of history`);
      await has(1);
      await docker(['kill', '-s', 'USR1', workspace.name]);
      await docker(['stop', workspace.name]);
      await workspace.start();
      await has(3);
      // Killed by Berth, which says why; then by a stranger, who does not.
      await workspace.inside("printf 'person #forced\\n' >/berth/run/stop-reason");
      await docker(['kill', workspace.name]);
      await workspace.start();
      await has(5);
      await docker(['kill', workspace.name]);
      await workspace.start();
      await has(7);
      const history = await lines();
      assert.deepEqual(
        history.map(line => line.replace(/ [1-9]\d{9}\b/, ' T')),
        [
          'start T',
          'stop T person #person',
          'start T',
          'stop T person #forced',
          'start T',
          'stop 0 unknown',
          'start T',
        ],
      );
    });
  }

  it('has no stop where boot alone died in an image that keeps PID 1, and was put in again', async () => {
    await using workspace = await TestWorkspace.create(keys, {
      image: await testImage('s6'),
      isEntrypoint: false,
    });
    await docker(['start', workspace.name]);
    const attach = () => docker(['exec', '-d', workspace.name, '/bin/sh', '/berth/boot.sh', 'attach']);
    await attach();
    const history = async () =>
      (await workspace.inside('cat /berth/history', { mayFail: true })).stdout.trim().split('\n');
    await eventually(async () => (await history())[0]?.startsWith('start ') === true, 'the first line');
    await workspace.inside('kill -9 $(cat /run/berth/attached.*/pid | tail -1); pkill -9 sshd; sleep 0.3', {
      mayFail: true,
    });
    const seen = (await workspace.events()).length;
    await attach();
    await workspace.event(({ stage, event }) => stage === 'apps' && event === 'skip', { after: seen });
    assert.equal((await history()).length, 1, (await history()).join());
  });

  it('keeps fifty lines', async () => {
    await using workspace = await TestWorkspace.start(keys, { image: await testImage('busybox') });
    await workspace.inside(
      'i=0; while [ $i -lt 99 ]; do echo "stop $i person x"; i=$((i+1)); done >/berth/history',
    );
    await docker(['stop', workspace.name]);
    await workspace.start();
    const count = async () => (await workspace.file('/berth/history')).trim().split('\n').length;
    await eventually(async () => (await count()) === 50, 'the oldest lines are gone');
  });
});
