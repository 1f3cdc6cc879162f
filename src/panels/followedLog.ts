/** One log after the other for a page, in pieces of a batch each. */
import * as l10n from '@vscode/l10n';
import { appLog, bootOutputs } from '../boot/bootFiles.ts';
import { bootStages } from '../boot/bootLine.ts';
import { readableLog } from '../boot/readableLog.ts';
import type { Engine } from '../engine/engine.ts';
import type { WorkspaceName } from '../workspace/name.ts';
import type { WorkspaceSettings } from '../workspace/settings.ts';
import type { LogSource } from './messages.ts';

/** How much of the past a log begins with, in lines. */
const tail = 5000;
/** The stage in whose name the watchdog speaks. */
const watchdogStage = 'time';

export interface LogPiece {
  readonly text: string;
  /** The log begins again. */
  readonly reset: boolean;
  /** No more comes. */
  readonly ended: boolean;
}

/** The logs that a workspace of these settings has. */
export function logSourcesOf(settings: WorkspaceSettings | undefined): LogSource[] {
  const hasWatchdog = bootStages.map(String).includes(watchdogStage);
  return [
    { kind: 'workspace' },
    { kind: 'boot' },
    ...(hasWatchdog ? [{ kind: 'watchdog' } as const] : []),
    ...(settings?.initScript ? [{ kind: 'init' } as const] : []),
    ...(settings?.apps ?? []).map(({ id }) => ({ kind: 'app', id }) as const),
  ];
}

export class FollowedLog implements Disposable {
  readonly #engine: () => Promise<Engine>;
  readonly #name: WorkspaceName;
  readonly #send: (piece: LogPiece) => void;
  readonly #batchMs: number;
  #run: AbortController | undefined;

  constructor(
    engine: () => Promise<Engine>,
    name: WorkspaceName,
    batchMs: number,
    send: (piece: LogPiece) => void,
  ) {
    this.#engine = engine;
    this.#name = name;
    this.#batchMs = batchMs;
    this.#send = send;
  }

  /** Follows that log and no other; undefined: none. */
  follow(source: LogSource | undefined): void {
    this.#run?.abort();
    this.#run = source && new AbortController();
    if (source && this.#run) void this.#follow(source, this.#run.signal);
  }

  [Symbol.dispose](): void {
    this.#run?.abort();
  }

  async #follow(source: LogSource, signal: AbortSignal): Promise<void> {
    let pending = '';
    let reset = true;
    const send = (ended: boolean) => {
      if (signal.aborted || (!reset && !ended && pending === '')) return;
      this.#send({ text: pending, reset, ended });
      [pending, reset] = ['', false];
    };
    const timer = setInterval(() => send(false), this.#batchMs);
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    try {
      const engine = await this.#engine();
      for await (const text of textOf(engine, this.#name, source, signal)) pending += text;
    } catch (error) {
      if (!signal.aborted) {
        const message = error instanceof Error ? error.message : String(error);
        pending += `\n${l10n.t('The log ends here: {0}', message)}\n`;
      }
    } finally {
      clearInterval(timer);
      send(true);
    }
  }
}

function textOf(
  engine: Engine,
  name: WorkspaceName,
  source: LogSource,
  signal: AbortSignal,
): AsyncIterable<string> {
  const follow = (file?: string) =>
    engine.log(name, { follow: true, tail, ...(file !== undefined && { file }) }, signal);
  switch (source.kind) {
    case 'workspace':
      return readableLog(follow());
    case 'boot':
      return readableLog(linesThat(follow(), line => line.startsWith('@berth ')));
    case 'watchdog':
      return readableLog(linesThat(follow(), line => line.startsWith(`@berth ${watchdogStage} `)));
    case 'init':
      return follow(bootOutputs.initLog);
    case 'app':
      return follow(appLog(source.id));
  }
}

/** Whole lines alone: a piece of one cannot be judged. */
export async function* linesThat(
  log: AsyncIterable<string>,
  isWanted: (line: string) => boolean,
): AsyncIterable<string> {
  let rest = '';
  for await (const piece of log) {
    const lines = (rest + piece).split('\n');
    // What never ends its line is none of boot's.
    rest = (lines.pop() ?? '').slice(0, 65_536);
    const wanted = lines.filter(isWanted);
    if (wanted.length > 0) yield `${wanted.join('\n')}\n`;
  }
}
