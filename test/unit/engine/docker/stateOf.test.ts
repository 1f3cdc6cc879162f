import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ContainerReport, containerStatuses } from '../../../../src/engine/docker/reports.ts';
import { stateOf, type WorkspaceReport } from '../../../../src/engine/docker/stateOf.ts';
import { type StateCause, type StateKind, stateCauses, stateKinds } from '../../../../src/workspace/state.ts';
import { containerOf } from './support.ts';

function reportOf(more: Partial<WorkspaceReport> = {}): WorkspaceReport {
  return {
    container: containerOf(),
    isForeign: false,
    hasHome: true,
    hasRecord: true,
    building: undefined,
    unreadable: undefined,
    boot: 'ready',
    stopReason: undefined,
    failure: undefined,
    activity: undefined,
    ...more,
  };
}
const container = (more: Partial<ContainerReport>) => ({ container: containerOf(more) });
const exited = (exitCode: number, more: Partial<ContainerReport> = {}) =>
  container({ status: 'exited', exitCode, ...more });

const table: [string, Partial<WorkspaceReport>, StateKind, StateCause | undefined, RegExp?][] = [
  ['runs and ssh is open', {}, 'Running', undefined],
  ['runs, ssh not open yet', { boot: 'starting' }, 'Initializing', undefined, /starting/],
  ['runs, boot is ending', { boot: 'stopping' }, 'Turning off', undefined],
  ['is being stopped here', { activity: 'stopping' }, 'Turning off', undefined],
  ['is being deleted here', { activity: 'removing' }, 'Deleting', undefined],
  ['the engine is removing it', container({ status: 'removing' }), 'Deleting', undefined],
  ['the engine restarts it', container({ status: 'restarting' }), 'Initializing', undefined],
  [
    'is created by somebody at work',
    { building: { by: 'ann', isAlive: true } },
    'Building',
    undefined,
    /ann/,
  ],
  ['its maker is gone', { building: { by: 'ann', isAlive: false } }, 'Error', 'interrupted'],
  ['made, not started', container({ status: 'created', startedAt: undefined }), 'Off', 'never-started'],
  ['paused', container({ status: 'paused' }), 'Error', 'paused'],
  ['the container is gone', { container: undefined }, 'Off', 'removed'],
  ['the home is gone', { container: undefined, hasHome: false }, 'Error', 'home-missing'],
  ['the record is gone', { hasRecord: false }, 'Error', 'unreadable'],
  ['a stranger has the name', { container: undefined, isForeign: true }, 'Error', 'foreign'],
  ['its labels are unreadable', { unreadable: 'newer' }, 'Unknown', 'unreadable', /newer/],
  ['could not be removed', container({ status: 'dead' }), 'Error', 'exit'],
  ['a person stopped it', exited(80), 'Off', 'person'],
  ['the machine stopped it', exited(81), 'Off', 'machine'],
  [
    'a limit stopped it',
    { ...exited(82), stopReason: { cause: 'limit', words: 'stopped at its 8 h' } },
    'Off',
    'limit',
    /8 h/,
  ],
  [
    'a stage of boot failed',
    { ...exited(83), stopReason: { cause: 'boot-failed', words: 'sshd: no network' } },
    'Error',
    'boot-failed',
    /no network/,
  ],
  ['a stage of boot failed, no words kept', exited(83), 'Error', 'boot-failed', /log/],
  [
    'forced off by a person',
    { ...exited(137), stopReason: { cause: 'person', words: 'forced' } },
    'Off',
    'person',
    /forced/,
  ],
  ['out of memory', exited(137, { oomKilled: true }), 'Error', 'out-of-memory', /memory/],
  ['a child ran out of memory before a person stopped it', exited(80, { oomKilled: true }), 'Off', 'person'],
  ['killed by hand', exited(137), 'Error', 'exit', /137/],
  ['ended by the engine’s end', exited(255), 'Off', 'machine'],
  ['ended by TERM', exited(143), 'Off', 'machine'],
  ['ended by itself', exited(0), 'Off', 'exit'],
  ['its command is missing', exited(127), 'Error', 'exit', /127/],
  ['ended with a code of its own', exited(7), 'Error', 'exit', /7/],
  [
    'port taken',
    container({
      status: 'created',
      error:
        'driver failed programming external connectivity: Bind for 127.0.0.1:32768 failed: port is already allocated',
    }),
    'Error',
    'port-taken',
  ],
  [
    'no space',
    container({ status: 'created', error: 'mkdir /var/lib/docker/x: no space left on device' }),
    'Error',
    'no-space',
  ],
  [
    'no shell',
    container({
      status: 'created',
      error: 'OCI runtime create failed: exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown',
    }),
    'Error',
    'boot-failed',
    /shell/,
  ],
  [
    'image missing',
    { container: undefined, failure: { code: 'not-found', cause: 'image-missing', words: 'gone' } },
    'Error',
    'image-missing',
    /gone/,
  ],
  [
    'pull refused',
    { container: undefined, failure: { code: 'pull-refused', cause: 'pull-refused', words: 'refused' } },
    'Error',
    'pull-refused',
    /refused/,
  ],
  [
    'an unknown failure to start',
    container({ status: 'created', error: 'odd words' }),
    'Error',
    'exit',
    /odd words/,
  ],
];

describe('stateOf', () => {
  for (const [what, more, kind, cause, words] of table) {
    it(`${what}: ${kind}${cause ? ` (${cause})` : ''}`, () => {
      const state = stateOf(reportOf(more));
      assert.equal(state.kind, kind);
      assert.equal(state.cause, cause);
      if (words) assert.match(state.reason, words);
    });
  }

  it('any report gives a state, never an exception', () => {
    const words = fc.string();
    const reports = fc.record({
      container: fc.option(
        fc.record({
          status: fc.constantFrom(...containerStatuses),
          exitCode: fc.integer(),
          oomKilled: fc.boolean(),
          error: words,
        }),
        { nil: undefined },
      ),
      isForeign: fc.boolean(),
      hasHome: fc.boolean(),
      hasRecord: fc.boolean(),
      building: fc.option(fc.record({ by: words, isAlive: fc.boolean() }), { nil: undefined }),
      unreadable: fc.option(words, { nil: undefined }),
      boot: fc.constantFrom('ready' as const, 'stopping' as const, 'starting' as const),
      stopReason: fc.option(fc.record({ cause: fc.constantFrom(...stateCauses), words }), { nil: undefined }),
      failure: fc.constant(undefined),
      activity: fc.constantFrom('stopping' as const, 'removing' as const, undefined),
    });
    fc.assert(
      fc.property(reports, ({ container, ...rest }) => {
        const state = stateOf({ ...rest, container: container && containerOf(container) });
        assert.ok(stateKinds.includes(state.kind));
        if (state.kind === 'Off' || state.kind === 'Error') assert.ok(state.cause !== undefined);
      }),
    );
  });
});
