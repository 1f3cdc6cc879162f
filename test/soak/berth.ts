/**
 * A program: one Berth of the soak, with a fleet and engines of its own, which works at random until it is told to rest.
 * Run with --expose-gc and a channel; it ends with the channel.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Activities } from '../../src/engine/activities.ts';
import { Fleet } from '../../src/engine/fleet.ts';
import { openEngine } from '../../src/engine/load.ts';
import { targetNodes } from '../../src/views/tree.ts';
import { isBerthError } from '../../src/workspace/error.ts';
import { projectRoot } from '../support/vsix.ts';
import { act, chooseAction } from './actions.ts';
import { Dice } from './dice.ts';
import { type Ground, Orders, type Reply, type Report, Request, type Row } from './messages.ts';

/** A hand that is held up by a target must let go of what it has. */
const patienceMs = 120_000;
/** Of those that are cancelled, within this time. */
const cancelWithinMs = 4_000;

const orders = Orders.parse(JSON.parse(process.argv[2] ?? ''));
const tally: Record<string, number> = {};
const problems: string[] = [];
const failures: string[] = [];
const count = (what: string) => {
  tally[what] = (tally[what] ?? 0) + 1;
};
for (const event of ['unhandledRejection', 'uncaughtException', 'warning'] as const)
  process.on(event, (error: unknown) => problems.push(`${event}: ${wordsOf(error)}`));

const bootScript = await readFile(join(projectRoot, 'src', 'boot', 'boot.sh'), 'utf8');
const activities = new Activities();
const fleet = new Fleet(
  {
    read: async () => orders.grounds.map(({ target }) => target),
    discover: async () => {},
    onChange: () => ({ [Symbol.dispose]: () => {} }),
  },
  target => openEngine(target, { bootScript, log: () => {} }),
);
const look = fleet.look();
const resting = new AbortController();
const dice = new Dice(orders.seed);
const hands = Array.from({ length: orders.hands }, work);

process.on('message', (message: unknown) => {
  answer(Request.parse(message)).then(
    reply => process.send?.(reply),
    (error: unknown) => problems.push(`${String(message)}: ${wordsOf(error)}`),
  );
});
// Whoever began this is gone.
process.on('disconnect', () => process.exit());

async function work(): Promise<void> {
  while (!resting.signal.aborted) {
    const ground = dice.pick(some(orders.grounds));
    const name = dice.pick(some(ground.names));
    const seen = fleet.workspace(ground.target.id, name)?.state.kind;
    const action = chooseAction(dice, seen);
    const limit = dice.chance(0.1) ? dice.next() * cancelWithinMs : patienceMs;
    await once(ground, name, action, limit);
    await sleep(dice.next() * 300, undefined, { signal: resting.signal }).catch(() => {});
  }
}

async function once(
  { target, settings }: Ground,
  name: Ground['names'][number],
  action: ReturnType<typeof chooseAction>,
  limit: number,
): Promise<void> {
  const timer = new AbortController();
  try {
    const activity = activities.run(
      { kind: 'edit', target: target.id, name, title: action },
      async (_report, signal) => {
        const engine = await fleet.engine(target.id);
        await act(action, engine, name, { settings, who: orders.who }, signal);
        await fleet.refresh(target.id);
      },
    );
    void sleep(limit, undefined, { signal: timer.signal }).then(
      () => activity.cancel(),
      () => {},
    );
    await activity.finished;
    const { error, state } = activity;
    count(`${action}: ${error?.code ?? state}`);
    if (error?.code === 'failed' && failures.length < 20) failures.push(`${action}: ${error.message}`);
    // An Activity makes a BerthError of anything: what came from outside of Berth's own words is its cause alone.
    if (error?.message.startsWith(`${action}: `)) problems.push(`${action} of ${name}: ${wordsOf(error)}`);
  } catch (error) {
    // Another hand of this Berth has it.
    if (!isBerthError(error, 'conflict')) problems.push(`${action} of ${name}: ${wordsOf(error)}`);
  } finally {
    timer.abort();
  }
}

async function answer(request: Request): Promise<Reply> {
  switch (request) {
    case 'rest':
      resting.abort();
      await Promise.all(hands);
      return { to: 'rest' };
    case 'tree':
      return { to: 'tree', rows: rowsNow() };
    case 'heap':
      return { to: 'heap', bytes: await heap() };
    case 'end': {
      look[Symbol.dispose]();
      fleet[Symbol.dispose]();
      process.removeAllListeners('disconnect');
      setImmediate(() => process.disconnect());
      const report: Report = { tally, failures, problems };
      return { to: 'end', report };
    }
  }
}

/** As the view draws it. */
function rowsNow(): Row[] {
  const input = {
    targets: fleet.targets(),
    loadError: fleet.loadError,
    running: activities.running,
    arrangement: { order: 'name', filter: '', favourites: new Set<string>() },
    updateOf: () => undefined,
    madeBy: () => undefined,
    keptHomes: () => [],
    keptBytes: () => undefined,
  } as const;
  return input.targets
    .flatMap(target => targetNodes(input, target))
    .flatMap(node =>
      node.kind === 'workspace'
        ? [{ target: node.target, name: node.name, state: node.of.state.kind, reason: node.of.state.reason }]
        : [],
    );
}

async function heap(): Promise<number> {
  for (let turn = 0; turn < 4; turn++) {
    globalThis.gc?.();
    await sleep(50);
  }
  return process.memoryUsage().heapUsed;
}

function some<T>([first, ...rest]: readonly T[]): readonly [T, ...T[]] {
  if (first === undefined) throw new Error('there is none');
  return [first, ...rest];
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause instanceof Error ? `\n caused by ${error.cause.stack ?? error.cause.message}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
