/** Follows one kind of objects: one list, then one watch from where it ended (Kubernetes, 'Efficient detection of changes'). */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { type KubeApi, metadataOnly, type Query } from './api.ts';
import { errorOfStatus, isKubeStatus, parseStatus } from './status.ts';

export interface WatchOptions<T> {
  readonly api: KubeApi;
  /** Of the collection, such as '/api/v1/namespaces/default/pods'. */
  readonly path: string;
  /** Such as `labelSelector`. */
  readonly query?: Query;
  /** One object; what does not fit is left out. */
  readonly object: z.ZodType<T>;
  /** Whether the objects' metadata is all that is of interest: saves the server sending Secrets' data. */
  readonly isMetadataOnly?: boolean;
  readonly onChange: (change: Change<T>) => void;
  /** The list or the watch failed and is tried again in a while; not called for a watch's ordinary end. */
  readonly onFailure?: (error: unknown) => void;
  readonly signal?: AbortSignal;
}

export type Change<T> =
  /** All there are, at the beginning and whenever changes may have been missed. */
  | { readonly kind: 'list'; readonly objects: readonly T[] }
  | { readonly kind: 'added' | 'modified' | 'deleted'; readonly object: T };

const firstBackoffMs = 500;
const lastBackoffMs = 30_000;
/** A watch that lived this long was a good one: the next failure is a first one again. */
const settledMs = 10_000;
/** The server ends a watch after 5 to 10 minutes, so that many of them do not end at once. */
const watchSeconds = { least: 300, most: 600 };
const slackSeconds = 60;
/** A bookmark comes every minute: by then even what holds answers back has let the first bytes through. */
const headTimeoutMs = 90_000;

/** Goes on until disposed or aborted, whatever happens to the server. */
export function watchList<T>(options: WatchOptions<T>): Disposable {
  const end = new AbortController();
  const { signal } = options;
  void follow(options, signal ? AbortSignal.any([signal, end.signal]) : end.signal);
  return { [Symbol.dispose]: () => end.abort() };
}

async function follow<T>(options: WatchOptions<T>, signal: AbortSignal): Promise<void> {
  let version: string | undefined;
  let backoffMs = firstBackoffMs;
  while (!signal.aborted) {
    const startedAt = Date.now();
    try {
      version ??= await list(options, signal);
      const step = await watch(options, version, signal);
      version = step.version;
      if (step.error !== undefined) throw step.error;
      // Ends at once, again and again, where something before the server allows no long answers.
      const isSettled = Date.now() - startedAt >= settledMs;
      if (!isSettled) await sleep(jittered(backoffMs), undefined, { signal });
      backoffMs = isSettled ? firstBackoffMs : Math.min(lastBackoffMs, backoffMs * 2);
    } catch (error) {
      if (signal.aborted) return;
      // The list is asked for anew: what changed meanwhile is not known, nor whether the server is still the same.
      version = undefined;
      if (Date.now() - startedAt >= settledMs) backoffMs = firstBackoffMs;
      const isOutdated = isKubeStatus(error) && error.code === 410;
      if (!isOutdated) options.onFailure?.(error);
      await sleep(jittered(backoffMs), undefined, { signal }).catch(() => undefined);
      backoffMs = Math.min(lastBackoffMs, backoffMs * 2);
    }
  }
}

/** The resource version at which the list was true. */
async function list<T>(options: WatchOptions<T>, signal: AbortSignal): Promise<string> {
  const { api, path, query, object, isMetadataOnly, onChange } = options;
  const { metadata, items } = await api.request(List, {
    path,
    ...(query && { query }),
    ...(isMetadataOnly && { accept: metadataOnly.list }),
    signal,
  });
  const objects = (items ?? []).flatMap(item => {
    const { success, data } = object.safeParse(item);
    return success ? [data] : [];
  });
  if (!signal.aborted) onChange({ kind: 'list', objects });
  return metadata.resourceVersion;
}

interface Step {
  /** Where the next watch begins. */
  readonly version: string;
  /** What the server said in the middle of it. */
  readonly error?: Error;
}

async function watch<T>(options: WatchOptions<T>, from: string, signal: AbortSignal): Promise<Step> {
  const { api, path, query, object, isMetadataOnly, onChange } = options;
  const { least, most } = watchSeconds;
  const timeoutSeconds = Math.round(least + Math.random() * (most - least));
  let version = from;
  // Where the server forgets to end it, which would look like nothing happening.
  const late = AbortSignal.timeout((timeoutSeconds + slackSeconds) * 1000);
  const lines = api.lines({
    path,
    query: { ...query, watch: true, allowWatchBookmarks: true, resourceVersion: from, timeoutSeconds },
    ...(isMetadataOnly && { accept: metadataOnly.object }),
    timeoutMs: headTimeoutMs,
    signal: AbortSignal.any([signal, late]),
  });
  for await (const line of lines) {
    const event = Event.parse(JSON.parse(line));
    if (event.type === 'ERROR') {
      const status = parseStatus(JSON.stringify(event.object));
      return { version, error: status ? errorOfStatus(status, 500) : new Error('the watch failed') };
    }
    version = Versioned.safeParse(event.object).data?.metadata.resourceVersion ?? version;
    const kind = kinds[event.type];
    const parsed = object.safeParse(event.object);
    if (kind && parsed.success && !signal.aborted) onChange({ kind, object: parsed.data });
  }
  return { version };
}

const kinds: Readonly<Record<string, 'added' | 'modified' | 'deleted'>> = {
  ADDED: 'added',
  MODIFIED: 'modified',
  DELETED: 'deleted',
};

const Versioned = z.object({ metadata: z.object({ resourceVersion: z.string() }) });
const List = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  items: z.array(z.unknown()).nullish(),
});
const Event = z.object({ type: z.string(), object: z.unknown() });

function jittered(ms: number): number {
  return ms * (0.75 + Math.random() / 2);
}
