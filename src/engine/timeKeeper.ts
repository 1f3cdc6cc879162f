/**
 * How long the running workspaces of a target have left, asked of their own watchdogs now and then. One that has not
 * stopped its workspace though it was time, or that looks no more, is helped (lateStop.ts): nobody else would notice.
 */
import type { WorkspaceName } from '../workspace/name.ts';
import { parseTimeLeft, type TimeLeft } from '../workspace/timeLeft.ts';
import { hasTimeLimit } from '../workspace/timeLimits.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Engine } from './engine.ts';
import { askTime, command, helpToEnd, timeCommand } from './lateStop.ts';
import { mapWide } from './waiting.ts';

/**
 * An answer is good for this long, and where the end is near for less. Targets are listed anew every minute: one that was
 * good for as long would miss that look by moments, and an extension elsewhere would not be known for two.
 */
const goodMs = 45_000;
const nearMs = 15 * 60_000;
const goodNearMs = 15_000;

interface Answer {
  /** Of which run. */
  readonly startedAt: string;
  /** By performance.now(). */
  readonly at: number;
  readonly time: TimeLeft | undefined;
  /** It is over, though what the engine reports does not show that. */
  readonly isEnding: boolean;
}

export class TimeKeeper {
  readonly #answers = new Map<WorkspaceName, Answer>();

  /** The workspaces with what is known of their time. */
  on(workspaces: readonly Workspace[]): readonly Workspace[] {
    return workspaces.map(workspace => {
      const { time, isEnding } = this.#answerOf(workspace) ?? {};
      if (isEnding) return { ...workspace, state: { kind: 'Turning off', reason: '' } };
      return time ? { ...workspace, time } : workspace;
    });
  }

  /** All answers count as old. */
  expire(): void {
    for (const [name, answer] of this.#answers) this.#answers.set(name, { ...answer, at: -Infinity });
  }

  /** Asks those whose answer is too old. True where something is known now that was not before. Never rejects. */
  async renew(engine: Engine, workspaces: readonly Workspace[], signal: AbortSignal): Promise<boolean> {
    const names = new Set(workspaces.map(({ name }) => name));
    for (const name of this.#answers.keys()) if (!names.has(name)) this.#answers.delete(name);
    const due = workspaces.filter(workspace => this.#isDue(workspace));
    const news = await mapWide(due, async workspace => {
      const { name, startedAt = '' } = workspace;
      const before = this.#answerOf(workspace);
      // Marked first, so that a slow answer is not asked for twice.
      const asked: Answer = {
        isEnding: false,
        time: undefined,
        ...before,
        startedAt,
        at: performance.now(),
      };
      this.#answers.set(name, asked);
      const { time, isEnding } = await ask(engine, workspace, signal);
      // It expired while it was on its way: whoever asked since has the newer one.
      if (signal.aborted || this.#answers.get(name) !== asked) return false;
      const news = isNews(before?.time, time) || isEnding !== (before?.isEnding ?? false);
      // What did not change stays to the millisecond, so that no page is drawn anew for it.
      const endsAt = news ? time?.endsAt : before?.time?.endsAt;
      const kept = time && { ...time, endsAt };
      this.#answers.set(name, { startedAt, at: performance.now(), time: kept, isEnding });
      return news;
    });
    return news.includes(true);
  }

  #isDue(workspace: Workspace): boolean {
    const { state, settings } = workspace;
    if (!settings || !isUp(workspace)) return false;
    // A first process of the image's own may go on though boot has ended it all.
    const isAsked = hasTimeLimit(settings) || settings.firstProcess === 'image';
    if (state.kind === 'Running' && !isAsked) return false;
    const answer = this.#answerOf(workspace);
    if (!answer) return true;
    const { at, time, isEnding } = answer;
    const isNear = time?.endsAt !== undefined && time.endsAt - Date.now() < nearMs;
    const isOver = isEnding || state.kind === 'Turning off';
    return performance.now() - at >= (isNear || isOver ? goodNearMs : goodMs);
  }

  #answerOf(workspace: Workspace): Answer | undefined {
    const { name, startedAt = '' } = workspace;
    const answer = this.#answers.get(name);
    return isUp(workspace) && answer?.startedAt === startedAt ? answer : undefined;
  }
}

function isUp({ state }: Workspace): boolean {
  return state.kind === 'Running' || state.kind === 'Turning off';
}

/** What its watchdog says; nothing where it has none, as after a start by an older Berth. */
async function ask(
  engine: Engine,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<Pick<Answer, 'time' | 'isEnding'>> {
  try {
    const said = await askTime(engine, workspace.name, signal);
    return {
      time: parseTimeLeft(said, Date.now()),
      isEnding: await helpToEnd(engine, workspace, said, signal),
    };
  } catch {
    // It went off meanwhile, or the target did: the next list says so.
    return { time: undefined, isEnding: false };
  }
}

/** Two answers that tell of the same end differ by what asking took. */
function isNews(before: TimeLeft | undefined, after: TimeLeft | undefined): boolean {
  if (before?.limit !== after?.limit || before?.isWarned !== after?.isWarned) return true;
  return Math.abs((before?.endsAt ?? 0) - (after?.endsAt ?? 0)) > 5_000;
}

/** Gives a running workspace more time, for this session. What may end it from outside is put off first. */
export async function extendTime(
  engine: Engine,
  workspace: Pick<Workspace, 'name' | 'time' | 'startedAt'>,
  seconds: number,
  signal: AbortSignal,
): Promise<{ readonly isDone: boolean; readonly words: string }> {
  const { name, time } = workspace;
  await engine.mayExtend?.(workspace, seconds, signal);
  const from = Math.max(time?.endsAt ?? 0, Date.now());
  await engine.putOffDeadline?.(name, from + seconds * 1000, signal);
  const argv = [command, 'extend', `${seconds}s`, 'outside'];
  const { exitCode, stdout, stderr } = await engine.exec(name, argv, { signal });
  const words = (exitCode === 0 ? stdout : stderr).trim().replace(/^berth: /, '');
  if (exitCode === 0) await followDeadline(engine, name, signal);
  return { isDone: exitCode === 0, words };
}

/** Somebody else may have extended it meanwhile: what ends it from outside goes by what came of both. */
async function followDeadline(engine: Engine, name: WorkspaceName, signal: AbortSignal): Promise<void> {
  if (!engine.putOffDeadline) return;
  const { stdout } = await engine.exec(name, timeCommand, { signal });
  const endsAt = parseTimeLeft(stdout, Date.now())?.endsAt;
  if (endsAt !== undefined) await engine.putOffDeadline(name, endsAt, signal);
}
