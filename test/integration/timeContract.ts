/** What limits of a workspace's life do on every engine. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assignments } from '../../src/boot/shell.ts';
import { extendTime, TimeKeeper } from '../../src/engine/timeKeeper.ts';
import type { WorkspaceName } from '../../src/workspace/name.ts';
import type { SettingsInput } from '../../src/workspace/settings.ts';
import type { StateKind } from '../../src/workspace/state.ts';
import { parseStopping, parseTimeLeft, type TimeLeft } from '../../src/workspace/timeLeft.ts';
import { eventually } from '../support/command.ts';
import { type EngineBench, never, silent } from './engineBench.ts';

const hour = 3_600_000;
const command = '/berth/run/bin/berth';

export interface TimeBench {
  readonly bench: EngineBench;
  /** Of a workspace whose own first process does not heed TERM. */
  readonly stubborn: Partial<SettingsInput>;
  stop(): Promise<void>;
}

export function timeContract(what: string, open: () => Promise<TimeBench>): void {
  describe(`limits on ${what}`, () => {
    let opened: TimeBench;
    before(
      async () => {
        opened = await open();
      },
      { timeout: 3_000_000 },
    );
    after(async () => {
      await opened?.bench[Symbol.asyncDispose]();
      await opened?.stop();
    });

    it('are told, extended for one session, edited while it runs, and stand as set at the next start', async () => {
      const { bench } = opened;
      const { engine } = bench;
      const name = await bench.create({ lifespanHours: 8 });
      const leftIs = async (hours: number) => {
        const { endsAt = 0, what } = await timeOf(bench, name);
        assert.ok(
          Math.abs(endsAt - Date.now() - hours * hour) < hour / 20,
          `${(endsAt - Date.now()) / hour} h`,
        );
        return what;
      };
      assert.equal(await leftIs(8), '8 h lifespan');
      const time = await timeOf(bench, name);
      assert.ok(Math.abs(time.roomMs - 112 * hour) < hour / 20);
      const { isDone, words } = await extendTime(engine, { name, time }, 7200, never);
      assert.ok(isDone, words);
      await leftIs(10);
      const { settings, revision } = await engine.record(name);
      await engine.edit(name, { settings: { ...settings, lifespanHours: 20 }, revision }, silent, never);
      await eventually(
        async () => (await timeOf(bench, name)).what === '20 h lifespan',
        'it is noticed',
        120_000,
      );
      await leftIs(20);
      await engine.stop(name, { force: false }, silent, never);
      await engine.start(name, silent, never);
      await leftIs(20);
    });

    it('stop it with their reason, and it starts again', async () => {
      const { bench } = opened;
      const name = await bench.create({ lifespanHours: 8 });
      await limitTo(bench, name, { berth_lifespan: 4, berth_warning: 1 });
      await bench.untilState(name, 'Off', 60_000);
      const { state, stoppedAt } = (await bench.find(name)) ?? {};
      assert.deepEqual([state?.cause, state?.reason], ['limit', 'stopped at its 4 s lifespan']);
      assert.ok(Math.abs(Date.parse(stoppedAt ?? '') - Date.now()) < 60_000, stoppedAt);
      await bench.engine.start(name, silent, never);
      await timeOf(bench, name);
      await bench.engine.exec(name, [command, 'stop']);
      await bench.untilState(name, 'Off', 60_000);
      assert.equal((await bench.state(name))?.cause, 'person');
    });

    it('end one too whose own first process goes on, by whoever looks next; not before its grace, and started again meanwhile it runs anew', async () => {
      const { bench, stubborn } = opened;
      const { engine } = bench;
      const name = await bench.create({ ...stubborn, stopGraceSeconds: 1, lifespanHours: 8 });
      const window = new TimeKeeper();
      const seen = async () => {
        window.expire();
        const listed = (await engine.list()).filter(workspace => workspace.name === name);
        await window.renew(engine, listed, never);
        return window.on(listed)[0]?.state;
      };
      const isShown = (kind: StateKind, boundMs: number) =>
        eventually(async () => (await seen())?.kind === kind, `it is shown as ${kind}`, boundMs);
      await engine.exec(name, [command, 'stop']);
      await isShown('Turning off', 30_000);
      // By somebody who wants it: what is left of the run before is ended first.
      const before = (await bench.find(name))?.startedAt;
      await engine.start(name, silent, never);
      const after = await bench.find(name);
      assert.equal(after?.state.kind, 'Running');
      assert.notEqual(after?.startedAt, before);
      await limitTo(bench, name, { berth_lifespan: 4, berth_warning: 1 });
      await isShown('Turning off', 60_000);
      const stopping = await engine.exec(name, [command, 'time']);
      const { seconds = Infinity, reason } = parseStopping(stopping.stdout) ?? {};
      assert.equal(reason, 'limit #lifespan 0 4');
      // Nobody has ended it, who looked before its grace and half a minute were over.
      if (seconds < 25) assert.equal((await seen())?.kind, 'Turning off');
      await isShown('Off', 120_000);
      assert.deepEqual(await bench.state(name), {
        kind: 'Off',
        cause: 'limit',
        reason: 'stopped at its 4 s lifespan',
      });
      const ends = (await engine.history(name)).filter(({ kind }) => kind === 'stop');
      assert.deepEqual(
        ends.map(({ words }) => words),
        ['stopped from inside', 'stopped at its 4 s lifespan'],
      );
    });

    it('are looked at again where boot alone has died that was put into an image', async () => {
      const { bench, stubborn } = opened;
      const { engine } = bench;
      const name = await bench.create({ ...stubborn, stopGraceSeconds: 1, idleMinutes: 30 });
      await limitTo(bench, name, { berth_idle: 4, berth_warning: 1 });
      const asRoot = async (script: string) =>
        (await engine.exec(name, ['/bin/sh', '-c', script], { user: '0:0' })).stdout.trim();
      const boot = 'cat /run/berth/attached.*/pid | tail -n 1';
      // And as if nobody had looked for an hour, in which somebody was connected: no stop was planned.
      await asRoot(
        `kill -9 $(${boot}); sleep 1; echo "b_stop='' b_limit='' b_idle=0" >>/berth/run/time; echo 1 >/berth/run/looked`,
      );
      const window = new TimeKeeper();
      await eventually(
        async () => {
          window.expire();
          const listed = (await engine.list()).filter(workspace => workspace.name === name);
          await window.renew(engine, listed, never);
          return window.on(listed)[0]?.state.kind === 'Turning off';
        },
        'its idle stop has come all the same',
        120_000,
      );
      const { stdout } = await engine.exec(name, [command, 'time']);
      assert.equal(parseStopping(stdout)?.reason, 'limit #idle 0 4');
    });
  });
}

/** In seconds, as no setting can have it: the file is taken up at the watchdog's next look. */
export async function limitTo(
  bench: EngineBench,
  name: WorkspaceName,
  limits: Readonly<Record<string, number>>,
): Promise<void> {
  await timeOf(bench, name);
  const file = assignments({ berth_longest: 3600, berth_inside: 3600, ...limits });
  const script = 'cat >/berth/limits.new && mv -f /berth/limits.new /berth/limits';
  const written = await bench.engine.exec(name, ['/bin/sh', '-c', script], { user: '0:0', stdin: file });
  assert.equal(written.exitCode, 0, written.stderr);
}

/** As the watchdog tells it, once it has begun. */
export async function timeOf(bench: EngineBench, name: WorkspaceName): Promise<TimeLeft> {
  let time: TimeLeft | undefined;
  await eventually(async () => {
    const { stdout } = await bench.engine.exec(name, [command, 'time']);
    time = parseTimeLeft(stdout, Date.now());
    return time !== undefined;
  }, 'the watchdog has begun');
  assert.ok(time);
  return time;
}
