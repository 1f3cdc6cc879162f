import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JobReport, PodReport } from '../../../../src/engine/kubernetes/reports.ts';
import { stateOf, type WorkspaceReport } from '../../../../src/engine/kubernetes/stateOf.ts';
import { type StateCause, type StateKind, stateCauses, stateKinds } from '../../../../src/workspace/state.ts';
import { claimOf, endedPod, eventOf, jobOf, pendingPod, podOf } from './support.ts';

function reportOf(more: Partial<WorkspaceReport> = {}): WorkspaceReport {
  return {
    hasRecord: true,
    isRecordDeleting: false,
    foreign: undefined,
    claim: claimOf(),
    job: jobOf(),
    pods: [podOf()],
    events: [],
    stopped: undefined,
    building: undefined,
    unreadable: undefined,
    activity: undefined,
    isReady: false,
    ...more,
  };
}

const pod = (more: Partial<PodReport>) => ({ pods: [podOf(more)] });
const jobEnd = (more: Partial<NonNullable<JobReport['end']>> = {}) =>
  jobOf(undefined, { end: { is: 'failed', reason: 'PodFailurePolicy', message: '', at: '', ...more } });
/** The Job has failed by what its pod ended with. */
const failed = (...of: Parameters<typeof endedPod>) => ({ job: jobEnd(), ...pod(endedPod(...of)) });
const off = { job: undefined, pods: [] };
const at = '2026-01-02T04:00:00Z';

const table: [string, Partial<WorkspaceReport>, StateKind, StateCause | undefined, RegExp?][] = [
  ['runs and ssh is open', {}, 'Running', undefined, /^$/],
  ['runs, ssh not open yet', pod({ isStarted: false }), 'Initializing', undefined, /starting/],
  [
    'runs, boot has said before the kubelet',
    { ...pod({ isStarted: false }), isReady: true },
    'Running',
    undefined,
  ],
  ['is being stopped here', { activity: 'stopping' }, 'Turning off', undefined],
  ['is being deleted here', { activity: 'removing' }, 'Deleting', undefined],
  ['its record is being deleted', { isRecordDeleting: true }, 'Deleting', undefined],
  ['its Job is being deleted', { job: jobOf(undefined, { isDeleting: true }) }, 'Turning off', undefined],
  ['its Job is gone, its pod not yet', { job: undefined }, 'Turning off', undefined],
  [
    'is created by somebody at work',
    { ...off, building: { by: 'ann', isAlive: true } },
    'Building',
    undefined,
    /ann/,
  ],
  ['its maker is gone', { ...off, building: { by: 'ann', isAlive: false } }, 'Error', 'interrupted'],
  [
    'made, not started',
    { ...off, stopped: { cause: 'never-started', words: '', at } },
    'Off',
    'never-started',
    /not started/,
  ],
  [
    'a person stopped it',
    { ...off, stopped: { cause: 'person', words: 'Ann stopped it', at } },
    'Off',
    'person',
    /Ann/,
  ],
  ['its Job was removed by hand', off, 'Off', 'removed'],
  ['the record is gone', { hasRecord: false }, 'Error', 'unreadable', /Secret/],
  ['the home is gone', { ...off, claim: undefined }, 'Error', 'home-missing', /rebuild/],
  [
    'the home is being removed',
    { ...off, claim: claimOf(undefined, { isDeleting: true }) },
    'Error',
    'home-missing',
  ],
  [
    'the home is to be removed once it stops',
    { claim: claimOf(undefined, { isDeleting: true }) },
    'Running',
    undefined,
    /Copy what you need/,
  ],
  [
    'the disk is growing',
    { claim: claimOf(undefined, { isResizing: true }) },
    'Running',
    undefined,
    /growing/,
  ],
  ['the volume is lost', { claim: claimOf(undefined, { phase: 'Lost' }) }, 'Error', 'home-missing', /volume/],
  [
    'a stranger has the name',
    { ...off, foreign: 'the Secret berth-web' },
    'Error',
    'foreign',
    /the Secret berth-web/,
  ],
  ['its annotations are unreadable', { unreadable: 'newer' }, 'Unknown', 'unreadable', /newer/],
  [
    'a stopping one whose record is unreadable',
    { unreadable: 'newer', activity: 'stopping' },
    'Unknown',
    'unreadable',
  ],

  ['has no pod yet', { pods: [] }, 'Initializing', undefined, /pod/],
  [
    'its pod is refused',
    { pods: [], events: [eventOf({ message: 'exceeded quota: q' })] },
    'Error',
    'forbidden',
    /exceeded quota: q/,
  ],
  ['waits for a node', pod(pendingPod), 'Initializing', undefined, /node/],
  [
    'has a node, not its image',
    pod({ ...pendingPod, node: 'n' }),
    'Initializing',
    undefined,
    /image and volumes/,
  ],
  [
    'its container is being made',
    pod({ ...pendingPod, node: 'n', waiting: { reason: 'ContainerCreating', message: '' } }),
    'Initializing',
    undefined,
  ],
  [
    'no node takes it',
    pod({
      ...pendingPod,
      unscheduled: { reason: 'Unschedulable', message: '0/1 nodes are available: 1 Insufficient cpu.' },
    }),
    'Error',
    'unschedulable',
    /CPUs/,
  ],
  [
    'the scheduler has not looked at it for a gate',
    pod({ ...pendingPod, unscheduled: { reason: 'SchedulingGated', message: '' } }),
    'Initializing',
    undefined,
  ],
  [
    'its image is not to be had',
    pod({ ...pendingPod, node: 'n', waiting: { reason: 'ImagePullBackOff', message: 'not found' } }),
    'Error',
    'image-missing',
  ],
  ['its node does not answer', pod({ isLost: true }), 'Unknown', 'unreachable', /node-1/],

  ['its pod is being deleted by hand', pod({ isDeleting: true }), 'Initializing', undefined, /comes back/],
  [
    'its node is drained',
    pod({ isDeleting: true, disruption: 'EvictionByEvictionAPI' }),
    'Initializing',
    undefined,
    /EvictionByEvictionAPI/,
  ],
  [
    'evicted for want of disk',
    pod({
      ...endedPod(137),
      reason: 'Evicted',
      message: 'The node was low on resource',
      disruption: 'TerminationByKubelet',
    }),
    'Initializing',
    undefined,
    /Evicted: The node was low/,
  ],
  ['ended by TERM, the next pod not there yet', pod(endedPod(81)), 'Initializing', undefined, /comes back/],
  ['killed, the next pod not there yet', pod(endedPod(137)), 'Initializing', undefined, /comes back/],
  [
    'killed for want of memory, which the Job takes for a pod to bring back',
    pod(endedPod(137, { reason: 'OOMKilled' })),
    'Error',
    'out-of-memory',
  ],
  [
    'killed for want of memory, its Job is being ended',
    { ...pod(endedPod(137, { reason: 'OOMKilled' })), job: jobOf(undefined, { isDeleting: true }) },
    'Error',
    'out-of-memory',
  ],
  [
    'killed for want of memory, its Job was ended by who looked',
    { ...off, stopped: { cause: 'out-of-memory', words: 'it ran out', at } },
    'Error',
    'out-of-memory',
    /it ran out/,
  ],
  [
    'back after it was killed for want of memory',
    { pods: [podOf(), podOf(endedPod(137, { reason: 'OOMKilled' }))] },
    'Running',
    undefined,
    /ran out of memory.*came back/,
  ],
  [
    'a child ran out of memory before its pod was deleted',
    pod(endedPod(81, { reason: 'OOMKilled' })),
    'Initializing',
    undefined,
  ],
  [
    'failed without a word of its container',
    pod({ phase: 'Failed', isRunning: false }),
    'Initializing',
    undefined,
  ],
  ['crashed, the Job does not say so yet', pod(endedPod(7)), 'Error', 'exit', /7/],
  ['stopped by its limit, the Job does not say so yet', pod(endedPod(82)), 'Off', 'limit'],
  [
    'a child ran out of memory a while before its limit, the Job does not say so yet',
    pod(endedPod(0, { reason: 'OOMKilled', message: 'limit stopped at its 8 h lifespan\n' })),
    'Off',
    'limit',
    /8 h lifespan/,
  ],
  [
    'stopped by its limit with the code of a first process of the image',
    pod(endedPod(143, { message: 'limit idle for 30 min\n' })),
    'Off',
    'limit',
    /30 min/,
  ],
  [
    'stopped by its limit, and killed before all had ended',
    pod(endedPod(137, { message: 'limit idle for 30 min\n' })),
    'Off',
    'limit',
    /30 min/,
  ],
  [
    'ended from outside, as boot says too',
    pod(endedPod(143, { message: 'machine the engine or the machine stopped it\n' })),
    'Initializing',
    undefined,
  ],

  [
    'stopped at its deadline',
    { job: jobEnd({ reason: 'DeadlineExceeded' }), pods: [] },
    'Off',
    'limit',
    /deadline/,
  ],
  [
    'ended by itself',
    { job: jobEnd({ is: 'complete', reason: '' }), ...pod(endedPod(0)) },
    'Off',
    'exit',
    /by itself/,
  ],
  [
    'ended with 0 because its pod was deleted',
    { job: jobEnd({ is: 'complete' }), pods: [] },
    'Off',
    'exit',
    /deleted or evicted.*Start it again/,
  ],
  [
    'ended with 0 because its node is drained',
    {
      job: jobEnd({ is: 'complete' }),
      ...pod({ ...endedPod(0), isDeleting: true, disruption: 'EvictionByEvictionAPI' }),
    },
    'Off',
    'exit',
    /deleted or evicted/,
  ],
  [
    'stopped by its limit, for good to the Job',
    {
      job: jobEnd({ is: 'complete', reason: '' }),
      ...pod(endedPod(0, { message: 'limit daily stop at 19:00 UTC\n' })),
    },
    'Off',
    'limit',
    /^daily stop at 19:00 UTC$/,
  ],
  [
    'stopped from inside, for good to the Job',
    {
      job: jobEnd({ is: 'complete', reason: '' }),
      ...pod(endedPod(0, { message: 'person stopped from inside\n' })),
    },
    'Off',
    'person',
    /^stopped from inside$/,
  ],
  ['a person stopped it from within', failed(80), 'Off', 'person', /person/],
  [
    'a person stopped it from within, with words',
    failed(80, { message: 'person Ann did' }),
    'Off',
    'person',
    /Ann did/,
  ],
  ['a limit stopped it', failed(82, { message: 'limit stopped at its 8 h' }), 'Off', 'limit', /8 h/],
  ['a limit stopped it, no words kept', failed(82), 'Off', 'limit', /time limit/],
  [
    'a stage of boot failed',
    failed(83, { message: 'boot-failed sshd: no network' }),
    'Error',
    'boot-failed',
    /no network/,
  ],
  ['a stage of boot failed, no words kept', failed(83), 'Error', 'boot-failed', /log/],
  ['out of memory', failed(137, { reason: 'OOMKilled' }), 'Error', 'out-of-memory', /memory/],
  [
    'a child ran out of memory before a person stopped it',
    failed(80, { reason: 'OOMKilled' }),
    'Off',
    'person',
  ],
  ['killed', failed(137), 'Error', 'exit', /137/],
  ['its command is missing', failed(127), 'Error', 'exit', /127/],
  [
    'its image has no shell',
    failed(128, {
      reason: 'StartError',
      message:
        'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown',
    }),
    'Error',
    'boot-failed',
    /no shell/,
  ],
  [
    'it cannot be started for another reason',
    failed(128, { reason: 'StartError', message: 'cgroup' }),
    'Error',
    'exit',
    /128/,
  ],
  ['ended with a code of its own', failed(7), 'Error', 'exit', /7/],
  [
    'its pod is gone, the Job says why',
    { job: jobEnd({ message: 'Container workspace failed' }), pods: [] },
    'Error',
    'exit',
    /Container workspace failed/,
  ],
  [
    'its pod is gone, the Job says by which rule of its own it gave up',
    {
      job: jobEnd({
        message:
          'Container workspace for pod ns/berth-web-x failed with exit code 7 matching FailJob rule at index 1',
      }),
      pods: [],
    },
    'Error',
    'exit',
    /^its first process ended with exit code 7, and its pod is gone$/,
  ],
  [
    'its pod never ran',
    {
      job: jobEnd(),
      ...pod({
        phase: 'Failed',
        isRunning: false,
        reason: 'UnexpectedAdmissionError',
        message: 'no devices',
      }),
    },
    'Error',
    'exit',
    /no devices/,
  ],
];

describe('stateOf', () => {
  for (const [what, more, kind, cause, words] of table) {
    it(`${what}: ${kind}${cause ? ` (${cause})` : ''}`, () => {
      const state = stateOf(reportOf(more));
      assert.equal(state.kind, kind, state.reason);
      assert.equal(state.cause, cause);
      if (words) assert.match(state.reason, words);
    });
  }

  it('has words and a cause for everything that is off or wrong', () => {
    for (const [what, more] of table) {
      const { kind, reason, cause } = stateOf(reportOf(more));
      if (kind !== 'Off' && kind !== 'Error' && kind !== 'Unknown') continue;
      assert.ok(reason !== '' && cause !== undefined, what);
    }
  });

  it('is a state whatever is reported', () => {
    const text = fc.string();
    const object = { isDeleting: fc.boolean() };
    const end = fc.option(fc.record({ exitCode: fc.integer(), reason: text, message: text, at: text }), {
      nil: undefined,
    });
    const said = fc.option(fc.record({ reason: text, message: text }), { nil: undefined });
    const pods = fc.array(
      fc
        .record({
          ...object,
          ...{ phase: text, reason: text, message: text, isRunning: fc.boolean(), isStarted: fc.boolean() },
          ...{ isLost: fc.boolean(), waiting: said, unscheduled: said, end },
        })
        .map(({ waiting, ...more }) => podOf({ ...more, ...(waiting && { waiting }) })),
      { maxLength: 2 },
    );
    const job = fc.option(
      fc
        .record({
          ...object,
          end: fc.option(
            fc.record({ is: fc.constantFrom('failed', 'complete'), reason: text, message: text, at: text }),
            { nil: undefined },
          ),
        })
        .map(more => jobOf(undefined, more)),
      { nil: undefined },
    );
    fc.assert(
      fc.property(pods, job, fc.boolean(), fc.boolean(), (pods, job, hasRecord, isReady) => {
        const { kind, cause } = stateOf(reportOf({ pods, job, hasRecord, isReady }));
        assert.ok(stateKinds.includes(kind));
        assert.ok(cause === undefined || stateCauses.includes(cause));
      }),
    );
  });
});
