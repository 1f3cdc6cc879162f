/** Against an engine of which only `exec` answers: what is asked, and when. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Engine, ExecOptions } from '../../../src/engine/engine.ts';
import { extendTime, TimeKeeper } from '../../../src/engine/timeKeeper.ts';
import { sampleSettings, sampleWorkspace } from '../views/samples.ts';

const never = new AbortController().signal;
const started = { state: { kind: 'Running', reason: '' }, startedAt: '2026-06-01T12:00:00Z' } as const;
const limited = sampleWorkspace('brave-otter', {
  ...started,
  settings: sampleSettings({ lifespanHours: 8 }),
});

function engineThat(answer: (argv: readonly string[], options: ExecOptions) => string | Error) {
  const asked: string[] = [];
  const engine: Pick<Engine, 'exec' | 'putOffDeadline' | 'stop'> = {
    exec: async (name, argv, options = {}) => {
      asked.push([name, ...argv, ...(options.user === undefined ? [] : [options.user])].join(' '));
      const stdout = answer(argv, options);
      if (stdout instanceof Error) throw stdout;
      return { exitCode: stdout === '' ? 1 : 0, stdout, stderr: 'berth: no' };
    },
    stop: async (name, { force, why }) => {
      asked.push(`${name} stop ${force} ${why?.cause} ${why?.words}`);
    },
    putOffDeadline: async (name, until) => {
      asked.push(`${name} until ${Math.round((until - Date.now()) / 1000)}`);
    },
  };
  return { engine: engine as Engine, asked };
}

describe('the time of workspaces', () => {
  it('is asked of those that run and have a limit, and not again at once', async () => {
    const { engine, asked } = engineThat(() => 'berth-time 7200 lifespan 0 100 8 h lifespan\n');
    const keeper = new TimeKeeper();
    const free = sampleWorkspace('free-owl', started);
    const off = sampleWorkspace('off-elk', { settings: sampleSettings({ lifespanHours: 8 }) });
    assert.equal(await keeper.renew(engine, [limited, free, off], never), true);
    assert.equal(await keeper.renew(engine, [limited, free, off], never), false);
    assert.deepEqual(asked, ['brave-otter /berth/run/bin/berth time']);
    assert.equal(keeper.on([limited])[0]?.time?.what, '8 h lifespan');
    assert.equal(keeper.on([free])[0]?.time, undefined);
    // Of the run before.
    assert.equal(keeper.on([{ ...limited, startedAt: '2026-06-02T12:00:00Z' }])[0]?.time, undefined);
    keeper.expire();
    assert.equal(await keeper.renew(engine, [limited], never), false);
    assert.equal(asked.length, 2);
  });

  it('is what was asked for last, though an answer from before it was changed comes later', async () => {
    const waiting: ((seconds: number) => void)[] = [];
    const { engine } = engineThat(() => '');
    const slow = {
      ...engine,
      exec: () =>
        new Promise(resolve => {
          waiting.push(seconds =>
            resolve({ exitCode: 0, stdout: `berth-time ${seconds} lifespan 0 100 8 h\n`, stderr: '' }),
          );
        }),
    } as unknown as Engine;
    const keeper = new TimeKeeper();
    const before = keeper.renew(slow, [limited], never);
    keeper.expire();
    const after = keeper.renew(slow, [limited], never);
    waiting[1]?.(7200);
    assert.equal(await after, true);
    waiting[0]?.(60);
    assert.equal(await before, false);
    const { endsAt = 0 } = keeper.on([limited])[0]?.time ?? {};
    assert.equal(Math.round((endsAt - Date.now()) / 3_600_000), 2);
  });

  it('is unknown where there is no watchdog, and nothing is stopped for that', async () => {
    for (const answer of ['', new Error('not found')]) {
      const { engine, asked } = engineThat(() => answer);
      const keeper = new TimeKeeper();
      await keeper.renew(engine, [limited], never);
      assert.equal(keeper.on([limited])[0]?.time, undefined);
      assert.equal(asked.length, 1);
    }
  });

  it('has those stopped, by themselves and as root, that their watchdogs have failed', async () => {
    for (const [said, isStopped] of [
      ['berth-time -400 lifespan 77 100 8 h lifespan\n', true],
      // Whether its watchdog is dead or has only slept, boot finds out inside.
      ['berth-time -400 lifespan 0 100 8 h lifespan\n', true],
      ['berth-time -200 lifespan 77 100 8 h lifespan\n', false],
    ] as const) {
      const { engine, asked } = engineThat(() => said);
      await new TimeKeeper().renew(engine, [limited], never);
      assert.deepEqual(
        asked.slice(1),
        isStopped ? ['brave-otter /bin/sh /berth/boot.sh overdue 0:0'] : [],
        said,
      );
    }
  });

  it('is stopped by the engine where its own stop does not come to an end, with the reason that it has', async () => {
    const keeping = { ...limited, settings: sampleSettings({ firstProcess: 'image', stopGraceSeconds: 20 }) };
    const off = { ...limited, state: { kind: 'Turning off', reason: '' } } as const;
    for (const [workspace, said, stops] of [
      [keeping, 'berth-stopping 50 limit #idle 0 60\n', []],
      [keeping, 'berth-stopping 51 limit #idle 0 60\n', ['brave-otter stop false limit #idle 0 60']],
      [off, 'berth-stopping 41 person #inside\n', ['brave-otter stop false person #inside']],
      [keeping, 'berth-stopping 99 nonsense\n', ['brave-otter stop false machine #machine']],
    ] as const) {
      const { engine, asked } = engineThat(() => said);
      const keeper = new TimeKeeper();
      assert.equal(await keeper.renew(engine, [workspace], never), true);
      assert.deepEqual(asked.slice(1), stops, said);
      assert.equal(keeper.on([workspace])[0]?.state.kind, 'Turning off');
    }
  });

  it('is looked at again inside where nobody has for a while', async () => {
    const { engine, asked } = engineThat(() => 'berth-time  none 0 432000 \nberth-silent 301\n');
    await new TimeKeeper().renew(engine, [limited], never);
    assert.deepEqual(asked.slice(1), ['brave-otter /bin/sh /berth/boot.sh tend 0:0']);
  });

  it('is extended inside, after the engine’s own end was put off', async () => {
    const { engine, asked } = engineThat(() => 'It stops in 10 h\n');
    const time = {
      endsAt: Date.now() + 600_000,
      limit: 'lifespan',
      what: '',
      isWarned: false,
      roomMs: 1,
    } as const;
    const done = await extendTime(engine, { name: limited.name, time }, 7200, never);
    assert.deepEqual(done, { isDone: true, words: 'It stops in 10 h' });
    assert.deepEqual(asked, [
      'brave-otter until 7800',
      'brave-otter /berth/run/bin/berth extend 7200s outside',
      'brave-otter /berth/run/bin/berth time',
    ]);
    const refused = await extendTime(engineThat(() => '').engine, { name: limited.name }, 60, never);
    assert.deepEqual(refused, { isDone: false, words: 'no' });
  });

  it('has the engine’s own end put off by what two made of it who extended it at once', async () => {
    const { engine, asked } = engineThat(argv =>
      argv.includes('time') ? 'berth-time 15000 lifespan 0 100 8 h lifespan\n' : 'It stops in 4 h 10 min\n',
    );
    await extendTime(engine, { name: limited.name }, 7200, never);
    assert.deepEqual(
      asked.filter(each => each.includes(' until ')),
      ['brave-otter until 7200', 'brave-otter until 15000'],
    );
  });
});
