/** What a Berth does to a workspace at random: any action at any time, whether it fits or not. */
import { hostname } from 'node:os';
import type { Engine } from '../../src/engine/engine.ts';
import { generateKey } from '../../src/ssh/key.ts';
import type { WorkspaceName } from '../../src/workspace/name.ts';
import { WorkspaceSettings } from '../../src/workspace/settings.ts';
import type { Dice } from './dice.ts';
import type { Ground } from './messages.ts';

export const actions = [
  'create',
  'add',
  'start',
  'stop',
  'kill',
  'restart',
  'rebuild',
  'edit',
  'delete',
  'deleteKeepingHome',
  'run',
  'log',
] as const;
export type Action = (typeof actions)[number];

const silent = () => {};

/** More of what fits the state that this Berth sees, and some of everything else. */
export function chooseAction(dice: Dice, seen: string | undefined): Action {
  if (dice.chance(0.1)) return dice.pick(actions);
  switch (seen) {
    case undefined:
      return dice.choose([
        ['create', 8],
        ['add', 1],
      ]);
    case 'Running':
      return dice.choose([
        ['run', 4],
        ['stop', 4],
        ['log', 2],
        ['restart', 2],
        ['edit', 2],
        ['kill', 1],
        ['rebuild', 1],
        ['delete', 1],
        ['deleteKeepingHome', 1],
      ]);
    default:
      return dice.choose([
        ['start', 6],
        ['edit', 1],
        ['rebuild', 1],
        ['delete', 2],
        ['deleteKeepingHome', 1],
      ]);
  }
}

export async function act(
  action: Action,
  engine: Engine,
  name: WorkspaceName,
  { settings, who }: { readonly settings: Ground['settings']; readonly who: string },
  signal: AbortSignal,
): Promise<void> {
  switch (action) {
    case 'create':
    case 'add':
      return await engine.create(
        {
          name,
          settings: WorkspaceSettings.parse(settings),
          maker: { identity: who, host: hostname(), pid: process.pid },
          hostKey: generateKey(name),
          authorizedKeys: [],
          start: action === 'create',
        },
        silent,
        signal,
      );
    case 'start':
      return await engine.start(name, silent, signal);
    case 'stop':
    case 'kill':
      return await engine.stop(name, { force: action === 'kill' }, silent, signal);
    case 'restart':
      await engine.stop(name, { force: false }, silent, signal);
      return await engine.start(name, silent, signal);
    case 'rebuild':
      return await engine.rebuild(name, { pull: false }, silent, signal);
    case 'edit': {
      const { settings, revision } = await engine.record(name, signal);
      const edited = { ...settings, description: `${who} ${revision}` };
      return await engine.edit(name, { settings: edited, revision }, silent, signal);
    }
    case 'delete':
    case 'deleteKeepingHome':
      return await engine.remove(name, { keepHome: action === 'deleteKeepingHome' }, silent, signal);
    case 'run':
      await engine.exec(name, ['sh', '-c', 'echo here; sleep 0.2'], { signal });
      return;
    case 'log':
      for await (const _ of engine.log(name, { follow: false, tail: 50 }, signal));
      return;
  }
}
