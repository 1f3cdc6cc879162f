/**
 * How long the running workspaces of a target have left, asked of their own watchdogs now and then. A watchdog that has
 * not stopped its workspace though it was time is helped: nobody else would notice.
 */
import { bootInputs, bootOutputs, recordFolder } from '../boot/bootFiles.ts';
import type { WorkspaceName } from '../workspace/name.ts';
import { isOverdue, parseTimeLeft, type TimeLeft } from '../workspace/timeLeft.ts';
import { hasTimeLimit } from '../workspace/timeLimits.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Engine } from './engine.ts';
import { mapWide } from './waiting.ts';

/** An answer is good for this long, and where the end is near for less. */
const goodMs = 60_000;
const nearMs = 15 * 60_000;
const goodNearMs = 15_000;
const askMs = 10_000;
/** It asks the watchdog first, and waits for that. */
const overdueMs = 60_000;

const command = `${recordFolder}/${bootOutputs.command}`;

interface Answer {
  /** Of which run. */
  readonly startedAt: string;
  /** By performance.now(). */
  readonly at: number;
  readonly time: TimeLeft | undefined;
}

export class TimeKeeper {
  readonly #answers = new Map<WorkspaceName, Answer>();

  /** The workspaces with what is known of their time. */
  on(workspaces: readonly Workspace[]): readonly Workspace[] {
    return workspaces.map(workspace => {
      const time = this.#answerOf(workspace)?.time;
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
      this.#answers.set(name, { startedAt, at: performance.now(), time: before?.time });
      const time = await ask(engine, name, signal);
      if (signal.aborted) return false;
      const news = isNews(before?.time, time);
      // What did not change stays to the millisecond, so that no page is drawn anew for it.
      const endsAt = news ? time?.endsAt : before?.time?.endsAt;
      const kept = time && { ...time, endsAt };
      this.#answers.set(name, { startedAt, at: performance.now(), time: kept });
      return news;
    });
    return news.includes(true);
  }

  #isDue(workspace: Workspace): boolean {
    const { state, settings } = workspace;
    if (state.kind !== 'Running' || !settings || !hasTimeLimit(settings)) return false;
    const answer = this.#answerOf(workspace);
    if (!answer) return true;
    const { at, time } = answer;
    const isNear = time?.endsAt !== undefined && time.endsAt - Date.now() < nearMs;
    return performance.now() - at >= (isNear ? goodNearMs : goodMs);
  }

  #answerOf({ name, startedAt, state }: Workspace): Answer | undefined {
    const answer = this.#answers.get(name);
    return state.kind === 'Running' && answer?.startedAt === startedAt ? answer : undefined;
  }
}

/** What its watchdog says; undefined where it has none, as after a start by an older Berth. */
async function ask(engine: Engine, name: WorkspaceName, signal: AbortSignal): Promise<TimeLeft | undefined> {
  const within = (ms: number) => AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  try {
    const { stdout } = await engine.exec(name, [command, 'time'], { signal: within(askMs) });
    const time = parseTimeLeft(stdout, Date.now());
    if (time && isOverdue(time, Date.now())) {
      // Whether it really is, is looked at once more inside.
      const boot = ['/bin/sh', `${recordFolder}/${bootInputs.boot}`, 'overdue'];
      await engine.exec(name, boot, { signal: within(overdueMs), user: '0:0' });
    }
    return time;
  } catch {
    // It went off meanwhile, or the target did: the next list says so.
    return undefined;
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
  const { stdout } = await engine.exec(name, [command, 'time'], { signal });
  const endsAt = parseTimeLeft(stdout, Date.now())?.endsAt;
  if (endsAt !== undefined) await engine.putOffDeadline(name, endsAt, signal);
}
