import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Activities, type ActivitySubject } from '../../../src/engine/activities.ts';
import { BerthError, isBerthError } from '../../../src/workspace/error.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';

const subject: ActivitySubject = {
  kind: 'start',
  target: TargetId.parse('local'),
  name: WorkspaceName.parse('brave-otter'),
  title: 'Starting brave-otter',
};

/** Work that only ends when its signal does, as an engine's does. */
const untilCancelled = (_: unknown, signal: AbortSignal) =>
  new Promise<void>((_, reject) =>
    signal.addEventListener('abort', () => reject(new BerthError('cancelled', { code: 'cancelled' }))),
  );

describe('Activities', () => {
  it('lets one overtake another, which is cancelled and not waited for', async () => {
    const activities = new Activities();
    // Work that is deaf to its signal, as a stop that waits out its grace would be.
    let end = () => {};
    const slow = activities.run(
      subject,
      () =>
        new Promise(resolve => {
          end = resolve;
        }),
    );
    await Promise.resolve();
    assert.throws(
      () => activities.run(subject, untilCancelled),
      error => isBerthError(error, 'conflict'),
    );
    let began = false;
    const swift = activities.run(
      { ...subject, kind: 'stop' },
      async () => {
        began = true;
      },
      { overtakes: true },
    );
    await swift.succeeded();
    assert.ok(began);
    assert.equal(slow.state, 'running');
    assert.equal(activities.of(subject.target, subject.name), swift);
    end();
    await slow.finished;
    assert.equal(activities.of(subject.target, subject.name), swift);

    const stop = activities.run(subject, untilCancelled);
    await Promise.resolve();
    activities.run(subject, untilCancelled, { overtakes: true }).cancel();
    await stop.finished;
    assert.equal(stop.state, 'cancelled');
  });

  it('tells listeners of every report, the first one included, and keeps them', async () => {
    const activity = new Activities().run(subject, async report => {
      report({ kind: 'step', step: 'start', message: 'one' });
      await Promise.resolve();
      report({ kind: 'step', step: 'boot', message: 'two' });
    });
    const heard: unknown[] = [];
    activity.onDidReport(progress => heard.push(progress));
    await activity.succeeded();
    assert.equal(heard.length, 2);
    assert.deepEqual(activity.progress, heard);
    assert.equal(activity.state, 'done');
  });

  it('keeps the error of a failure and hands it to whoever goes on after success only', async () => {
    const failure = new BerthError('no space', { code: 'no-space' });
    const activity = new Activities().run(subject, () => Promise.reject(failure));
    await activity.finished;
    assert.equal(activity.state, 'failed');
    assert.equal(activity.error, failure);
    await assert.rejects(activity.succeeded(), failure);
  });

  it('counts an end after cancel() as cancelled, but not a failure of another kind', async () => {
    const activities = new Activities();
    const calm = activities.run(subject, untilCancelled);
    await Promise.resolve();
    calm.cancel();
    await calm.finished;
    assert.equal(calm.state, 'cancelled');
    await assert.rejects(calm.succeeded(), error => isBerthError(error, 'cancelled'));

    const stormy = activities.run(subject, async (report, signal) => {
      await untilCancelled(report, signal).catch(() => undefined);
      throw new BerthError('cannot clean up');
    });
    await Promise.resolve();
    stormy.cancel();
    await stormy.finished;
    assert.equal(stormy.state, 'failed');
  });

  it('does not begin work that was cancelled before it began', async () => {
    let hasBegun = false;
    const activity = new Activities().run(subject, async () => {
      hasBegun = true;
    });
    activity.cancel();
    await activity.finished;
    assert.deepEqual([activity.state, hasBegun], ['cancelled', false]);
  });

  it('refuses a second one on the same workspace until the first has ended', async () => {
    const activities = new Activities();
    const first = activities.run(subject, untilCancelled);
    assert.throws(
      () => activities.run({ ...subject, kind: 'stop' }, () => Promise.resolve()),
      error => isBerthError(error, 'conflict'),
    );
    const other = activities.run({ ...subject, name: WorkspaceName.parse('calm-fox') }, () =>
      Promise.resolve(),
    );
    await other.finished;
    first.cancel();
    await first.finished;
    await activities.run(subject, () => Promise.resolve()).succeeded();
  });

  it('says when one begins and ends, and which one was the last of a workspace', async () => {
    const activities = new Activities();
    const heard: string[] = [];
    activities.onDidChange(activity => heard.push(`${activity.title} ${activity.state}`));
    const activity = activities.run(subject, () => Promise.resolve());
    assert.deepEqual(activities.running, [activity]);
    await activity.finished;
    assert.deepEqual(heard, ['Starting brave-otter running', 'Starting brave-otter done']);
    assert.deepEqual(activities.running, []);
    assert.equal(activities.of(subject.target, WorkspaceName.parse('brave-otter')), activity);
    assert.equal(activities.byId(activity.id), activity);
  });
});
