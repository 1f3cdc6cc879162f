/** A person who does not know of Berth, or does not care: kills, removes and pauses what it made, by docker and kubectl. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../support/cluster.ts';
import { type CommandResult, run } from '../support/command.ts';
import type { Dice } from './dice.ts';

/** Between two deeds. */
const restMs = 1_500;

type Deed = () => Promise<CommandResult>;

/** `names`: of workspaces; what is not there is not there. Until the signal aborts. Answers how much was done. */
export async function person(
  dice: Dice,
  deeds: (name: string) => readonly [Deed, ...Deed[]],
  names: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<number> {
  let done = 0;
  while (!signal.aborted) {
    const { code } = await dice.pick(deeds(dice.pick(names)))();
    if (code === 0) done++;
    await sleep(dice.next() * 2 * restMs, undefined, { signal }).catch(() => {});
  }
  return done;
}

export function dockerDeeds(socketPath: string): (name: string) => readonly [Deed, ...Deed[]] {
  const docker =
    (...args: string[]): Deed =>
    () =>
      run('docker', args, {
        env: { DOCKER_HOST: `unix://${socketPath}` },
        mayFail: true,
        timeoutMs: 120_000,
      });
  return name => {
    const container = `berth-${name}`;
    return [
      docker('kill', container),
      docker('stop', '-t', '1', container),
      docker('start', container),
      docker('restart', '-t', '1', container),
      docker('rm', '-f', container),
      docker('pause', container),
      docker('unpause', container),
    ];
  };
}

export function clusterDeeds(
  cluster: Cluster,
  namespace: string,
): (name: string) => readonly [Deed, ...Deed[]] {
  const kubectl =
    (...args: string[]): Deed =>
    () =>
      cluster.kubectl([...args, '-n', namespace], { mayFail: true, timeoutMs: 120_000 });
  return name => {
    const selector = ['-l', `workspace.berth/name=${name}`];
    return [
      kubectl('delete', 'pods', ...selector, '--wait=false'),
      kubectl('delete', 'pods', ...selector, '--force', '--grace-period=0', '--wait=false'),
      kubectl('delete', 'jobs', ...selector, '--wait=false'),
      kubectl('exec', `job/berth-${name}`, '--', 'sh', '-c', 'kill -KILL -1'),
    ];
  };
}
