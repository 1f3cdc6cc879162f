import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineClock } from '../../../../src/engine/clock.ts';
import { stopNote } from '../../../../src/engine/kubernetes/manifests.ts';
import { objectLabels } from '../../../../src/engine/kubernetes/names.ts';
import {
  factsOf,
  type NamespaceObjects,
  partsOfAll,
  partsOfOne,
  workspaceOf,
} from '../../../../src/engine/kubernetes/parts.ts';
import { makerLabels } from '../../../../src/engine/maker.ts';
import { TargetId, WorkspaceName } from '../../../../src/workspace/name.ts';
import { publicKey, recordOf, web } from '../records.ts';
import { claimOf, endedPod, jobOf, jobUid, podOf, secretOf } from './support.ts';

const yak = WorkspaceName.parse('yak');
const target = TargetId.parse('test');
const none: NamespaceObjects = { secrets: [], claims: [], jobs: [], pods: [] };
const whole: NamespaceObjects = {
  secrets: [secretOf()],
  claims: [claimOf()],
  jobs: [jobOf()],
  pods: [podOf()],
};
const both: NamespaceObjects = {
  secrets: [...whole.secrets, secretOf(recordOf({}, { name: yak }))],
  claims: [...whole.claims, claimOf(yak)],
  jobs: [...whole.jobs, jobOf(yak)],
  pods: [...whole.pods, podOf({}, yak)],
};
const controller = 'batch.kubernetes.io/controller-uid';
const podOfJob = (uid: string, more: Parameters<typeof podOf>[0] = {}) =>
  podOf({ labels: { ...objectLabels(web, 'run'), [controller]: uid }, ...more });
const quiet = { isMakerAlive: false, activity: undefined, isReady: false, clock: new EngineClock() } as const;
const shown = (objects: NamespaceObjects) => workspaceOf(target, partsOfOne(web, objects), quiet);

describe('the objects of a namespace', () => {
  it('are sorted to their workspaces', () => {
    const parts = partsOfAll(both);
    assert.deepEqual(parts.map(({ name }) => name).sort(), ['web', 'yak']);
    for (const { name, record, claim, job, pods, foreign } of parts) {
      assert.equal(foreign, undefined);
      assert.deepEqual(
        [record?.name, claim?.name, job?.name, pods.map(pod => pod.name)],
        [`berth-${name}`, `berth-${name}-home`, `berth-${name}`, [`berth-${name}-x7k2p`]],
      );
    }
  });

  it('are no workspace where only a home was kept, or only a pod is left', () => {
    assert.deepEqual(partsOfAll({ ...none, claims: [claimOf()], pods: [podOf()] }), []);
  });

  it('are one where the Job is all that is left', () => {
    assert.deepEqual(
      partsOfAll({ ...none, jobs: [jobOf()] }).map(({ name }) => name),
      ['web'],
    );
  });

  it('are none where a Secret of Berth’s is no record', () => {
    const login = secretOf(recordOf(), { name: 'acme', labels: { 'app.kubernetes.io/managed-by': 'berth' } });
    const copy = secretOf(recordOf(), { name: 'copy-of-berth-web' });
    assert.deepEqual(partsOfAll({ ...none, secrets: [login, copy] }), []);
  });

  it('leave a strange name alone', () => {
    const odd = secretOf(recordOf(), { name: 'berth-A/../b', labels: { 'workspace.berth/name': 'A/../b' } });
    assert.deepEqual(partsOfAll({ ...none, secrets: [odd] }), []);
  });

  it('say which of them is a stranger’s', () => {
    const stranger = { labels: {} };
    const table: [Partial<NamespaceObjects>, string][] = [
      [{ secrets: [secretOf(recordOf(), stranger)] }, 'the Secret berth-web'],
      [{ claims: [claimOf(web, stranger)] }, 'the PersistentVolumeClaim berth-web-home'],
      [{ jobs: [jobOf(web, stranger)] }, 'the Job berth-web'],
      [{ jobs: [jobOf(web, { labels: objectLabels(yak, 'run') })] }, 'the Job berth-web'],
    ];
    for (const [more, words] of table) {
      const parts = partsOfOne(web, { ...whole, ...more });
      assert.equal(parts.foreign, words);
      const { record, claim, job } = parts;
      assert.equal([record, claim, job].filter(part => part === undefined).length, 1, words);
    }
  });

  it('say who is at work on them', () => {
    const maker = { identity: 'ann@example.org', host: 'laptop', pid: 7 };
    const secret = secretOf();
    const marked = {
      ...secret,
      annotations: { ...secret.annotations, ...makerLabels(maker, 'token', { now: Date.now() }) },
    };
    const parts = partsOfOne(web, { ...none, secrets: [marked] });
    assert.deepEqual(parts.building?.maker, maker);
    const workspace = workspaceOf(target, parts, { ...quiet, isMakerAlive: true });
    assert.equal(workspace.state.kind, 'Building');
    assert.equal(workspace.createdBy, 'ann@example.org');
  });
});

describe('the pods of a workspace', () => {
  const namesOf = (objects: NamespaceObjects) => partsOfOne(web, objects).pods.map(({ name }) => name);

  it('are the newest first', () => {
    const pods = [
      podOf({ name: 'old', createdAt: '2026-01-02T03:00:00Z' }),
      podOf({ name: 'new', createdAt: '2026-01-02T04:00:00Z' }),
    ];
    assert.deepEqual(namesOf({ ...whole, pods }), ['new', 'old']);
  });

  it('are those of its Job, not of an earlier one that is still ending', () => {
    const pods = [
      podOfJob('job-0', { name: 'late', createdAt: '2026-01-02T05:00:00Z', isDeleting: true }),
      podOfJob(jobUid, { name: 'now', createdAt: '2026-01-02T05:00:00Z' }),
    ];
    assert.deepEqual(namesOf({ ...whole, pods }), ['now']);
    assert.deepEqual(namesOf({ ...whole, jobs: [], pods }), ['late', 'now']);
  });

  it('are not the one that only looked into its image', () => {
    assert.deepEqual(namesOf({ ...whole, pods: [podOf({ labels: objectLabels(web, 'probe') })] }), []);
  });

  it('are not those of another workspace', () => {
    assert.deepEqual(namesOf({ ...whole, pods: [podOf({}, yak)] }), []);
  });
});

describe('a workspace', () => {
  it('is what its record and its pod say', () => {
    const { settings, ...workspace } = shown(whole);
    assert.equal(settings?.image, 'debian:bookworm');
    assert.deepEqual(workspace, {
      target,
      name: web,
      state: { kind: 'Running', reason: '' },
      createdBy: 'ann@example.org',
      createdAt: '2026-01-02T03:04:05.000Z',
      image: 'debian:bookworm',
      resolved: { reference: 'debian:bookworm', digest: '' },
      hostKey: publicKey,
      login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' },
      startedAt: '2026-01-02T03:04:06.000Z',
    });
  });

  it('says since when it is off', () => {
    const stopped = stopNote({ cause: 'person', words: 'Ann stopped it', at: '2026-01-02T05:00:00.000Z' });
    const secret = secretOf();
    const secrets = [{ ...secret, annotations: { ...secret.annotations, ...stopped } }];
    const { state, stoppedAt, startedAt } = shown({ ...whole, secrets, jobs: [], pods: [] });
    assert.deepEqual(
      [state.kind, state.reason, stoppedAt, startedAt],
      ['Off', 'Ann stopped it', '2026-01-02T05:00:00.000Z', undefined],
    );
  });

  it('says since when it has crashed', () => {
    const end = {
      is: 'failed',
      reason: 'PodFailurePolicy',
      message: '',
      at: '2026-01-02T06:00:00Z',
    } as const;
    const { state, stoppedAt } = shown({
      ...whole,
      jobs: [jobOf(web, { end })],
      pods: [podOf(endedPod(7))],
    });
    assert.deepEqual([state.kind, stoppedAt], ['Error', '2026-01-02T04:00:00.000Z']);
    // The Job's controller has not said so yet; a window that reconnects comes sooner than that.
    const soon = shown({ ...whole, jobs: [jobOf(web)], pods: [podOf(endedPod(82))] });
    assert.deepEqual([soon.state.kind, soon.stoppedAt], ['Off', '2026-01-02T04:00:00.000Z']);
    const back = shown({ ...whole, jobs: [jobOf(web)], pods: [podOf(endedPod(81))] });
    assert.deepEqual([back.state.kind, back.stoppedAt], ['Initializing', undefined]);
  });

  it('was never off before its first start', () => {
    const never = stopNote({ cause: 'never-started', words: '', at: '2026-01-02T05:00:00.000Z' });
    const secret = secretOf();
    const secrets = [{ ...secret, annotations: { ...secret.annotations, ...never } }];
    assert.equal(shown({ ...whole, secrets, jobs: [], pods: [] }).stoppedAt, undefined);
  });

  it('stands in the list though nothing of its record can be read', () => {
    const secrets = [secretOf(recordOf(), { annotations: { 'workspace.berth/settings': '{' } })];
    const { state, settings, createdAt } = shown({ ...whole, secrets });
    assert.deepEqual([state.kind, state.cause, settings], ['Unknown', 'unreadable', undefined]);
    assert.equal(createdAt, '2026-01-02T03:04:05.000Z');
    assert.ok(factsOf(partsOfOne(web, { ...whole, secrets })).problem);
  });
});
