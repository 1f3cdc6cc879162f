/** What limits of a workspace's life do on every engine. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assignments } from '../../src/boot/shell.ts';
import { extendTime } from '../../src/engine/timeKeeper.ts';
import type { WorkspaceName } from '../../src/workspace/name.ts';
import { parseTimeLeft, type TimeLeft } from '../../src/workspace/timeLeft.ts';
import { eventually } from '../support/command.ts';
import { type EngineBench, never, silent } from './engineBench.ts';

const hour = 3_600_000;
const command = '/berth/run/bin/berth';

export interface TimeBench {
  readonly bench: EngineBench;
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

async function timeOf(bench: EngineBench, name: WorkspaceName): Promise<TimeLeft> {
  let time: TimeLeft | undefined;
  await eventually(async () => {
    const { stdout } = await bench.engine.exec(name, [command, 'time']);
    time = parseTimeLeft(stdout, Date.now());
    return time !== undefined;
  }, 'the watchdog has begun');
  assert.ok(time);
  return time;
}
