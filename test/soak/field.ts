/** Where the soak takes place: what the engines really have, past Berth's own eyes, and its end, which leaves nothing. */
import type { Engine } from '../../src/engine/engine.ts';
import { WorkspaceName } from '../../src/workspace/name.ts';
import type { Cluster } from '../support/cluster.ts';
import { run } from '../support/command.ts';

/** Something on a target that is a workspace's. */
export interface Thing {
  readonly workspace: string;
  /** Such as 'container' or 'secret'. */
  readonly kind: string;
  readonly name: string;
  readonly isUp: boolean;
}

export interface Field {
  readonly engine: Engine;
  /** Everything that Berth made under the names of this soak. */
  things(): Promise<readonly Thing[]>;
}

/** A container is up where it runs; whatever else there is lies still. */
export function dockerField(engine: Engine, socketPath: string, prefix: string): Field {
  const docker = async (...args: string[]) => {
    const env = { DOCKER_HOST: `unix://${socketPath}` };
    const { stdout } = await run('docker', args, { env, timeoutMs: 120_000 });
    return stdout.split('\n').filter(line => line.startsWith(`berth-${prefix}`));
  };
  return {
    engine,
    things: async () => {
      const [containers, volumes] = await Promise.all([
        docker('ps', '-a', '--format', '{{.Names}} {{.State}}'),
        docker('volume', 'ls', '-q'),
      ]);
      return [
        ...containers.map(line => {
          const [name = '', state = ''] = line.split(' ');
          const workspace = name.replace(/^berth-/, '');
          return { workspace, kind: 'container', name, isUp: state === 'running' };
        }),
        ...volumes.map(name => {
          const [, workspace = name, kind = 'volume'] =
            /^berth-(t-soak-\d+-[dk]-\d+)-(home|record|mark|data)/.exec(name) ?? [];
          return { workspace, kind, name, isUp: false };
        }),
      ];
    },
  };
}

/** A pod is up where it runs and nobody has deleted it. */
export function clusterField(engine: Engine, cluster: Cluster, namespace: string): Field {
  const kinds = 'secrets,persistentvolumeclaims,jobs,pods,services';
  const columns = [
    'WORKSPACE:.metadata.labels.workspace\\.berth/name',
    'KIND:.kind',
    'NAME:.metadata.name',
    'PHASE:.status.phase',
    'GOING:.metadata.deletionTimestamp',
  ].join(',');
  return {
    engine,
    things: async () => {
      const selector = ['-n', namespace, '-l', 'app.kubernetes.io/managed-by=berth'];
      const format = ['-o', `custom-columns=${columns}`, '--no-headers'];
      const { stdout } = await cluster.kubectl(['get', kinds, ...selector, ...format], {
        timeoutMs: 120_000,
      });
      return stdout
        .split('\n')
        .filter(line => line.trim() !== '' && !line.startsWith('No resources'))
        .map(line => {
          const [workspace = '', kind = '', name = '', phase = '', going = ''] = line.trim().split(/\s+/);
          const isUp = kind === 'Pod' && phase === 'Running' && going === '<none>';
          const words = kind === 'PersistentVolumeClaim' ? 'home' : kind.toLowerCase();
          return { workspace, kind: words, name, isUp };
        });
    },
  };
}

/**
 * What is there and should not be: things of workspaces that nobody can see, and workspaces that are said to be up, or off,
 * and are not.
 */
export async function contradictions(
  { engine, things }: Field,
  isOurs: (name: string) => boolean,
): Promise<string[]> {
  const [listed, volumes, there] = await Promise.all([engine.list(), engine.volumes?.list(), things()]);
  const kept = new Set((volumes ?? []).map(({ homeOf }) => homeOf));
  const states = new Map(listed.map(({ name, state }) => [String(name), state]));
  const up = new Set(there.filter(({ isUp }) => isUp).map(({ workspace }) => workspace));
  const orphans = there
    .filter(({ workspace }) => isOurs(workspace) && !states.has(workspace))
    .filter(({ workspace, kind }) => kind !== 'home' || !kept.has(WorkspaceName.parse(workspace)))
    .map(({ kind, name }) => `${kind} ${name} is nobody's`);
  const wrong = [...states]
    .filter(([name]) => isOurs(name))
    .flatMap(([name, { kind, reason }]) => {
      if (kind === 'Running' && !up.has(name)) return [`${name} is said to run and does not`];
      if (kind === 'Off' && up.has(name)) return [`${name} is said to be off and runs`];
      return ['Running', 'Off', 'Error'].includes(kind) ? [] : [`${name} stays ${kind} (${reason})`];
    });
  return [...orphans, ...wrong];
}

/** Deletes the workspaces and the homes that were kept. */
export async function clearField({ engine }: Field, isOurs: (name: string) => boolean): Promise<void> {
  const signal = AbortSignal.timeout(300_000);
  for (const { name } of await engine.list(signal)) {
    if (isOurs(name)) await engine.remove(name, { keepHome: false }, () => {}, signal);
  }
  for (const { homeOf } of (await engine.volumes?.list(signal)) ?? []) {
    if (homeOf !== undefined && isOurs(homeOf)) await engine.volumes?.removeKeptHome(homeOf);
  }
}
