/** More time for a workspace that a limit is about to stop. */
import * as l10n from '@vscode/l10n';
import { extendTime } from '../engine/timeKeeper.ts';
import { extensionRoomMs } from '../policy/guarded.ts';
import { askText, type Choice, pick } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { BerthError } from '../workspace/error.ts';
import { spanWords } from '../workspace/span.ts';
import { extensionHours, parseSpan, stopWords } from '../workspace/timeLeft.ts';
import { hasTimeLimit } from '../workspace/timeLimits.ts';
import { type Workspace, workspaceAlias } from '../workspace/workspace.ts';
import { chooseWorkspace } from './choose.ts';
import type { Commands, Parts } from './parts.ts';

const extendMs = 30_000;
const hour = 3600;

export function timeCommands(parts: Parts): Commands {
  return {
    /** Handed a workspace, and perhaps how many hours it is to get. */
    extend: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Extend'), isLimited);
      if (!workspace) return;
      const [, hours] = args;
      const seconds = typeof hours === 'number' ? hours * hour : await askSpan(parts, workspace);
      if (seconds !== undefined) await extend(parts, workspace, seconds);
    },
  };
}

function isLimited({ state, settings }: Workspace): boolean {
  return state.kind === 'Running' && settings !== undefined && hasTimeLimit(settings);
}

/** In seconds; undefined when the person left. */
async function askSpan({ policyDesk }: Parts, workspace: Workspace): Promise<number | undefined> {
  const { name, time, target } = workspace;
  const { sessionHours } = (await policyDesk.look(target)).bounds;
  const capMs = extensionRoomMs(workspace, sessionHours?.value, Date.now());
  const roomMs = Math.max(0, Math.min(time?.roomMs ?? Infinity, capMs));
  const most = l10n.t('For this session, by at most {0}', spanWords(roomMs));
  const room = !Number.isFinite(roomMs)
    ? l10n.t('For this session')
    : sessionHours && roomMs === Math.max(0, capMs)
      ? l10n.t('{0}: set by {1}', most, sessionHours.by)
      : most;
  const offered: Choice<number>[] = extensionHours
    .filter(hours => hours * hour * 1000 <= roomMs)
    .map(hours => ({ label: l10n.t('{0} h', hours), value: hours * hour }));
  const other = { label: l10n.t('Other…'), value: 0 };
  const title = [l10n.t('Extend {0}', name), stopWords(time, Date.now())].filter(Boolean).join(' · ');
  const chosen = await pick([...offered, other], title, room);
  return chosen === 0 ? await typeSpan(name, roomMs, room) : chosen;
}

async function typeSpan(name: string, roomMs: number, prompt: string): Promise<number | undefined> {
  const text = await askText({
    title: l10n.t('Extend {0}', name),
    prompt,
    placeHolder: '2h, 90m, 1h30m',
    validateInput: typed => {
      const seconds = parseSpan(typed);
      if (seconds === undefined) return l10n.t('Hours and minutes, such as 2h, 90m or 1h30m.');
      return seconds * 1000 > roomMs ? l10n.t('At most {0}.', spanWords(roomMs)) : undefined;
    },
  });
  return text === undefined ? undefined : parseSpan(text);
}

async function extend(parts: Parts, workspace: Workspace, seconds: number): Promise<void> {
  const { target, name } = workspace;
  const failed = (error: unknown) =>
    parts.log.write('warn', `other windows were not told that ${name} has more time`, error);
  const engine = await parts.fleet.engine(target);
  const { isDone, words } = await extendTime(engine, workspace, seconds, AbortSignal.timeout(extendMs));
  // Other windows show it too. They find out by themselves where this cannot be written.
  if (isDone) await parts.machine.ssh.markExtended(workspaceAlias(workspace)).catch(failed);
  await parts.fleet.refresh(target);
  if (!isDone) throw new BerthError(l10n.t('Cannot extend “{0}”: {1}', name, words), { code: 'failed' });
  void showMessage(
    'information',
    l10n.t('“{0}” has {1} more, for this session.', name, spanWords(seconds * 1000)),
  );
}
