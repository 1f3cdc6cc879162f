/** Tells when the list of workspaces may have changed. The engine's events are hints: what they say is never believed. */
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import * as z from 'zod';
import { parseJson } from '../labels.ts';
import { decoded, linesOf } from '../lines.ts';
import { endOnAbort } from './output.ts';

/** At most one call in this time. */
const debounceMs = 100;
/** A list is asked for now and then though no event came. */
const resyncMs = 60_000;
/** Boot's getting ready is no event: while something is on its way, it is looked for. */
const unsettledMs = 500;
const firstBackoffMs = 500;
const lastBackoffMs = 30_000;

export class EngineWatch implements Disposable {
  readonly #docker: Dockerode;
  readonly #onChange: () => void;
  readonly #isUnsettled: () => boolean;
  readonly #end = new AbortController();
  #hint: NodeJS.Timeout | undefined;
  #resync: NodeJS.Timeout | undefined;

  /** `isUnsettled` says whether the last list showed something on its way. */
  constructor(docker: Dockerode, onChange: () => void, isUnsettled: () => boolean) {
    this.#docker = docker;
    this.#onChange = onChange;
    this.#isUnsettled = isUnsettled;
    this.#tick();
    void this.#follow();
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    clearTimeout(this.#hint);
    clearTimeout(this.#resync);
  }

  async #follow(): Promise<void> {
    const { signal } = this.#end;
    let backoffMs = firstBackoffMs;
    while (!signal.aborted) {
      try {
        const events = await this.#docker.getEvents({
          filters: { type: ['container', 'volume'] },
          abortSignal: signal,
        });
        // What happened while nobody listened, the engine's own return among it.
        this.#changed();
        backoffMs = firstBackoffMs;
        for await (const line of linesOf(decoded(endOnAbort(events as Readable, signal)))) {
          if (isOfInterest(line)) this.#changed();
        }
      } catch {
        // The engine is away: the list that the hint brings about says so.
      }
      if (signal.aborted) return;
      this.#changed();
      await sleep(backoffMs, undefined, { signal }).catch(() => undefined);
      backoffMs = Math.min(lastBackoffMs, backoffMs * 2);
    }
  }

  #changed(): void {
    if (this.#end.signal.aborted) return;
    this.#hint ??= setTimeout(() => {
      this.#hint = undefined;
      this.#onChange();
    }, debounceMs);
  }

  #tick(): void {
    const startedAt = performance.now();
    const look = () => {
      const isDue = performance.now() - startedAt >= resyncMs;
      if (isDue || this.#isUnsettled()) this.#changed();
      if (isDue) this.#tick();
      else this.#resync = setTimeout(look, unsettledMs);
    };
    this.#resync = setTimeout(look, unsettledMs);
  }
}

const Event = z.object({
  Action: z.string().default(''),
  Actor: z.object({ Attributes: z.record(z.string(), z.string()).nullish() }).nullish(),
});

/** Pure. Reading files and running programs raise events too, our own lists among them: these change nothing. */
export function isOfInterest(line: string): boolean {
  const event = parseJson(Event, line);
  if (!event) return false;
  return !/^(archive-path|extract-to-dir|exec_|attach|detach|top|resize|mount|unmount|init|sync|prune)/.test(
    event.Action,
  );
}
