import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod';
import {
  bytesOf,
  Claim,
  coresOf,
  Event,
  Job,
  PlainObject,
  Pod,
  SecretObject,
} from '../../../../src/engine/kubernetes/reports.ts';

const metadata = { name: 'x', uid: 'u', resourceVersion: '7', creationTimestamp: '2026-01-02T03:04:05Z' };
const plain = {
  name: 'x',
  uid: 'u',
  resourceVersion: '7',
  createdAt: '2026-01-02T03:04:05Z',
  isDeleting: false,
  labels: {},
  annotations: {},
};

describe('quantities', () => {
  const table: [string | number | undefined, number][] = [
    ['0', 0],
    ['100', 100],
    [100, 100],
    ['1Ki', 1024],
    ['1.5Gi', 1.5 * 1024 ** 3],
    ['20Gi', 20 * 1024 ** 3],
    ['1Ei', 1024 ** 6],
    ['1k', 1000],
    ['2M', 2_000_000],
    ['1E', 1e18],
    ['1e3', 1000],
    ['1E3', 1000],
    ['129e6', 129_000_000],
    ['1.e2', 100],
    ['.5k', 500],
    ['+4', 4],
    ['128974848000m', 128974848],
    [undefined, 0],
    ['', 0],
    ['Gi', 0],
    ['1.2.3', 0],
    ['1e999', 0],
    ['-5Gi', 0],
    ['12 Gi', 0],
    ['0x10', 0],
    ['1K', 0],
  ];
  for (const [text, bytes] of table) {
    it(`${JSON.stringify(text)} is ${bytes} bytes`, () => assert.equal(bytesOf(text), bytes));
  }
  const cores: [string | number | undefined, number][] = [
    ['2', 2],
    [0.5, 0.5],
    ['500m', 0.5],
    ['1500m', 1.5],
    ['250000000n', 0.25],
    ['1k', 1000],
    ['m', 0],
    ['a lot', 0],
    [undefined, 0],
  ];
  for (const [text, count] of cores) {
    it(`${JSON.stringify(text)} is ${count} cores`, () => assert.ok(Math.abs(coresOf(text) - count) < 1e-9));
  }

  it('are numbers, whatever the text', () => {
    const odd = fc.string({ unit: fc.constantFrom(...'0123456789.eE+-numkKMGTPEi '.split('')) });
    fc.assert(
      fc.property(odd, text => {
        assert.ok(Number.isFinite(bytesOf(text)) && bytesOf(text) >= 0);
        assert.ok(Number.isFinite(coresOf(text)) && coresOf(text) >= 0);
      }),
    );
  });
});

describe('any object', () => {
  it('may leave out all but its name', () => {
    assert.deepEqual(PlainObject.parse({ metadata: { name: 'x' } }), {
      ...plain,
      ...{ uid: '', resourceVersion: '', createdAt: '' },
    });
  });

  it('is being deleted once it has a time for that', () => {
    const deletionTimestamp = '2026-01-02T03:04:05Z';
    assert.equal(PlainObject.parse({ metadata: { ...metadata, deletionTimestamp } }).isDeleting, true);
  });

  it('may have null where it has nothing', () => {
    const nothing = { labels: null, annotations: null, deletionTimestamp: null };
    assert.deepEqual(PlainObject.parse({ metadata: { ...metadata, ...nothing } }), plain);
    assert.deepEqual(SecretObject.parse({ metadata, data: null }), { ...plain, data: {} });
  });
});

describe('a claim', () => {
  it('is cut down to size and phase', () => {
    const claim = Claim.parse({
      metadata,
      spec: { storageClassName: 'fast', resources: { requests: { storage: '20Gi' } } },
      status: {
        phase: 'Bound',
        capacity: { storage: '10Gi' },
        conditions: [{ type: 'FileSystemResizePending', status: 'True' }],
      },
    });
    assert.deepEqual(claim, {
      ...plain,
      storageClass: 'fast',
      phase: 'Bound',
      requestedBytes: 20 * 1024 ** 3,
      capacityBytes: 10 * 1024 ** 3,
      isResizing: true,
    });
  });

  it('may be so new that it has no status', () => {
    const { phase, capacityBytes, isResizing } = Claim.parse({ metadata, spec: {} });
    assert.deepEqual([phase, capacityBytes, isResizing], ['', 0, false]);
  });
});

describe('a Job', () => {
  const at = '2026-01-02T05:00:00Z';
  const ended = (type: string, status = 'True') =>
    Job.parse({
      metadata,
      status: { conditions: [{ type, status, reason: 'R', message: 'm', lastTransitionTime: at }] },
    }).end;
  const table: [string, ReturnType<typeof ended>][] = [
    ['Failed', { is: 'failed', reason: 'R', message: 'm', at }],
    ['FailureTarget', { is: 'failed', reason: 'R', message: 'm', at }],
    ['Complete', { is: 'complete', reason: '', message: '', at }],
    ['SuccessCriteriaMet', { is: 'complete', reason: '', message: '', at }],
    ['Suspended', undefined],
  ];
  for (const [type, end] of table) {
    it(`with the condition ${type} ${end ? `is ${end.is}` : 'goes on'}`, () => {
      assert.deepEqual(ended(type), end);
      assert.equal(ended(type, 'False'), undefined);
    });
  }

  it('goes on without a status', () => assert.equal(Job.parse({ metadata }).end, undefined));
});

describe('a pod', () => {
  const workspace = { name: 'workspace', image: 'debian', ready: false, restartCount: 0 };
  const podOf = (status: object) => Pod.parse({ metadata, spec: { nodeName: 'n' }, status });

  it('runs by its own container, whatever stands beside it', () => {
    const { isRunning, isStarted, startedAt, end } = podOf({
      phase: 'Running',
      containerStatuses: [
        { name: 'fill-home', state: { terminated: { exitCode: 0, finishedAt: 'then' } } },
        { ...workspace, started: true, state: { running: { startedAt: 'now' } } },
        { name: 'sidecar', state: { waiting: { reason: 'ImagePullBackOff' } } },
      ],
    });
    assert.deepEqual([isRunning, isStarted, startedAt, end], [true, true, 'now', undefined]);
  });

  it('waits first for what runs before it', () => {
    const { waiting } = podOf({
      initContainerStatuses: [{ name: 'init', state: { waiting: { reason: 'ErrImagePull', message: 'm' } } }],
      containerStatuses: [{ ...workspace, state: { waiting: { reason: 'PodInitializing' } } }],
    });
    assert.deepEqual(waiting, { reason: 'ErrImagePull', message: 'm' });
  });

  it('ended as its own container did', () => {
    const terminated = {
      ...{ exitCode: 83, reason: 'Error', message: 'boot-failed sshd' },
      ...{ startedAt: 's', finishedAt: 'f' },
    };
    const { end, isRunning, startedAt } = podOf({
      containerStatuses: [{ ...workspace, state: { terminated } }],
    });
    assert.deepEqual(end, { exitCode: 83, reason: 'Error', message: 'boot-failed sshd', at: 'f' });
    assert.deepEqual([isRunning, startedAt], [false, 's']);
  });

  it('tells why it has no node', () => {
    const conditions = [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' },
    ];
    assert.deepEqual(podOf({ conditions }).unscheduled, { reason: 'Unschedulable', message: '0/1 nodes' });
    const scheduled = [{ type: 'PodScheduled', status: 'True' }];
    assert.equal(podOf({ conditions: scheduled }).unscheduled, undefined);
  });

  it('tells what ends it from outside', () => {
    const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }];
    assert.equal(podOf({ conditions }).disruption, 'EvictionByEvictionAPI');
  });

  it('may have no status at all', () => {
    const { phase, isRunning, node } = Pod.parse({ metadata });
    assert.deepEqual([phase, isRunning, node], ['Pending', false, undefined]);
  });
});

describe('an event', () => {
  it('has one time, however it was told', () => {
    const involvedObject = { kind: 'Job', name: 'berth-web' };
    const at = (times: object) => Event.parse({ metadata, involvedObject, ...times }).at;
    assert.equal(at({ lastTimestamp: 'last', firstTimestamp: 'first' }), 'last');
    assert.equal(at({ lastTimestamp: null, eventTime: 'event', firstTimestamp: null }), 'event');
    assert.equal(at({}), '');
  });
});

describe('hostile objects', () => {
  const schemas = { Claim, Event, Job, PlainObject, Pod, SecretObject };
  /** JSON, with the fields that are read among its keys. */
  const key = fc.oneof(
    fc.constantFrom(
      ...['metadata', 'name', 'labels', 'spec', 'status', 'conditions', 'type', 'state', 'waiting'],
      ...['containerStatuses', 'terminated', 'exitCode', 'involvedObject', 'resources', 'requests'],
      ...['__proto__', 'constructor', 'toString'],
    ),
    fc.string(),
  );
  const { value } = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom(null, true, 0, -1, 'True', 'workspace', ''),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map(entries => Object.fromEntries(entries)),
    ),
  }));
  for (const [name, schema] of Object.entries(schemas)) {
    it(`are a ${name} or no such thing, and nothing else comes of them`, () => {
      const before = Object.getOwnPropertyNames(Object.prototype).length;
      const named = fc.record({
        metadata: fc.record({ name: fc.string() }),
        spec: value,
        status: value,
        data: value,
      });
      fc.assert(
        fc.property(fc.oneof(value, named), object => {
          try {
            schema.parse(JSON.parse(JSON.stringify(object)));
          } catch (error) {
            assert.ok(error instanceof z.ZodError, String(error));
          }
        }),
      );
      assert.equal(Object.getOwnPropertyNames(Object.prototype).length, before);
    });
  }
});
