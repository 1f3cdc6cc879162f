/** What is measured the same way on every engine: Berth's way and, in turns, the same done by hand. */
import { randomBytes } from 'node:crypto';
import { WorkspaceName } from '../../src/workspace/name.ts';
import type { SettingsInput } from '../../src/workspace/settings.ts';
import type { Berth } from '../support/berth.ts';
import { run } from '../support/command.ts';
import { type Figure, figure, inTurns, timed } from './benchmark.ts';

/** A container or a pod made by hand that answers ssh. */
export interface Raw {
  createUntilAnswered(): Promise<void>;
  startUntilAnswered(): Promise<void>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** From nothing until ssh has answered. */
export async function createBeside(
  raw: Raw,
  berth: Berth,
  settings: SettingsInput,
  rounds: number,
): Promise<Figure> {
  const name = benchName();
  const create = async () => {
    await berth.create(name, settings);
    await berth.ssh(name, 'true');
  };
  return await inTurns(
    'ms',
    rounds,
    async () => {
      const ms = await timed(create);
      await berth.remove(name);
      return ms;
    },
    async () => {
      const ms = await timed(() => raw.createUntilAnswered());
      await raw.remove();
      return ms;
    },
  );
}

/** A workspace that is off, started by ssh, until that has answered. */
export async function connectStoppedBeside(
  raw: Raw,
  berth: Berth,
  name: string,
  rounds: number,
): Promise<Figure> {
  await raw.createUntilAnswered();
  return await inTurns(
    'ms',
    rounds,
    async () => {
      const signal = AbortSignal.timeout(60_000);
      await berth.engine.stop(WorkspaceName.parse(name), { force: false }, () => {}, signal);
      await berth.sshHome.markWanted(berth.alias(name));
      return await timed(() => berth.ssh(name, 'true'));
    },
    async () => {
      await raw.stop();
      return await timed(() => raw.startUntilAnswered());
    },
  );
}

/** What Berth's way costs above ssh straight to the port, per connection. `direct`: the arguments of the latter. */
export async function connectAbove(
  berth: Berth,
  name: string,
  direct: readonly string[],
  rounds: number,
): Promise<Figure> {
  const extra: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const floor = await timed(() => run('ssh', [...direct, 'true']));
    extra.push((await timed(() => berth.ssh(name, 'true'))) - floor);
  }
  return figure('ms', extra);
}

export function benchName(): string {
  return `t-bench-${randomBytes(3).toString('hex')}`;
}
