/**
 * What all policies together leave, for each target. One that cannot be read any more closes what it had a say in; one that
 * was never seen leaves things as they are, and is named.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import type { PolicySource } from '../engine/engine.ts';
import { Listeners } from '../engine/listeners.ts';
import { hasCode } from '../ssh/ioError.ts';
import { BerthError } from '../workspace/error.ts';
import type { TargetId } from '../workspace/name.ts';
import { type Bounds, boundsOf, combined, textOf } from '../workspace/policy/bounds.ts';
import type { Policy } from '../workspace/policy/policy.ts';
import { type PolicyPlace, targetPlace } from './places.ts';
import type { PolicyStore } from './policyStore.ts';
import { parsePolicy } from './policyText.ts';

/** What came of looking at one place. */
export type Reading = { readonly address: string } & (
  | { readonly kind: 'none' }
  | { readonly kind: 'good'; readonly policy: Policy }
  | {
      readonly kind: 'broken';
      /** In words that complete 'cannot be read: '. */
      readonly reason: string;
      readonly cause: unknown;
      /** Whether it was read here before. */
      readonly wasSeen: boolean;
      /** The last good copy, and when it was read: Unix time in ms. */
      readonly last?: { readonly policy: Policy; readonly at: number };
    }
);

/** What holds on a target. */
export interface Held {
  /** Of those that cannot be read now, as they were last. */
  readonly bounds: Bounds;
  readonly readings: readonly Reading[];
  /** Policies that come from single settings. */
  readonly own: readonly Policy[];
  /** Why nothing may be made or changed. */
  readonly refusal: BerthError | undefined;
}

/** The target that is asked for; undefined: what holds everywhere. */
export interface Asked {
  readonly id: TargetId;
  readonly source: PolicySource | undefined;
}

export interface PolicyOptions {
  /** Those that hold on every target, in the order in which they are shown. */
  readonly places: () => readonly PolicyPlace[];
  readonly own: () => readonly Policy[];
  readonly store: PolicyStore;
  /** Hears of a copy that this machine did not keep. */
  readonly unkept?: (address: string, cause: unknown) => void;
  readonly now?: () => number;
}

/** A place that has not answered by then cannot be read. */
const readMs = 12_000;

export class Policies implements Disposable {
  readonly #options: PolicyOptions;
  readonly #changes = new Listeners<void>();
  readonly #everywhere = new Map<string, Reading>();
  readonly #targets = new Map<TargetId, Reading>();

  constructor(options: PolicyOptions) {
    this.#options = options;
  }

  /** What holds on some target may be another now. */
  onDidChange(listener: () => void): Disposable {
    return this.#changes.add(listener);
  }

  /** As last read. */
  known(target?: TargetId): Held {
    const here = target && this.#targets.get(target);
    const places = this.#options.places().map(({ address }) => this.#everywhere.get(address));
    return this.#held(
      [...places, here].filter(reading => reading !== undefined),
      target,
    );
  }

  /** Reads all of them anew. Rejects only with the signal's reason. */
  async look(asked: Asked | undefined, signal?: AbortSignal): Promise<Held> {
    const before = newsOf(this.known(asked?.id));
    const places = this.#options.places();
    const own = asked?.source && targetPlace(asked.id, asked.source);
    const [here, ...everywhere] = await Promise.all([
      own && this.#read(own, signal),
      ...places.map(place => this.#read(place, signal)),
    ]);
    const readings = everywhere.filter(reading => reading !== undefined);
    for (const reading of readings) this.#everywhere.set(reading.address, reading);
    if (asked && here) this.#targets.set(asked.id, here);
    const held = this.#held([...readings, ...(here ? [here] : [])], asked?.id);
    if (newsOf(held) !== before) this.#changes.fire();
    return held;
  }

  [Symbol.dispose](): void {
    this.#changes.clear();
  }

  #held(readings: readonly Reading[], target: TargetId | undefined): Held {
    const own = this.#options.own();
    const found = readings.flatMap(reading => {
      if (reading.kind === 'good') return [reading.policy];
      return reading.kind === 'broken' && reading.last ? [reading.last.policy] : [];
    });
    const closing = readings.find(reading => reading.kind === 'broken' && reading.wasSeen);
    return {
      bounds: combined([...own, ...found].map(boundsOf)),
      readings,
      own,
      refusal: closing?.kind === 'broken' ? unreadable(closing, target) : undefined,
    };
  }

  async #read(place: PolicyPlace, signal: AbortSignal | undefined): Promise<Reading> {
    const { store, now = Date.now, unkept } = this.#options;
    const { address } = place;
    // What was read counts, whatever becomes of its copy.
    const keeping = (kept: Promise<void>) => kept.catch((cause: unknown) => unkept?.(address, cause));
    const known = await store.get(address);
    const end = new AbortController();
    const until = AbortSignal.any([end.signal, ...(signal ? [signal] : [])]);
    try {
      // A place that does not heed the signal keeps nobody waiting.
      const text = await Promise.race([place.read(known, until), tooLate(until)]);
      if (!text) {
        await keeping(store.forget(address));
        return { address, kind: 'none' };
      }
      const policy = parsePolicy(text.text);
      await keeping(store.keep({ address, ...text, at: now() }));
      return { address, kind: 'good', policy };
    } catch (cause) {
      signal?.throwIfAborted();
      const last = known && lastOf(known.text);
      return {
        address,
        kind: 'broken',
        reason: reasonOf(cause),
        cause,
        wasSeen: known !== undefined,
        ...(last && { last: { policy: last, at: known.at } }),
      };
    } finally {
      end.abort();
    }
  }
}

function newsOf({ bounds, refusal }: Held): string {
  return textOf([bounds, refusal?.message]);
}

async function tooLate(signal: AbortSignal): Promise<never> {
  await sleep(readMs, undefined, { signal, ref: false });
  throw new BerthError(l10n.t('it did not answer in time.'), { code: 'unreachable' });
}

function lastOf(text: string): Policy | undefined {
  try {
    return parsePolicy(text);
  } catch {
    return undefined;
  }
}

function reasonOf(cause: unknown): string {
  if (hasCode(cause, 'ENOENT', 'ENOTDIR')) return l10n.t('it is not there.');
  if (hasCode(cause, 'EACCES', 'EPERM')) return l10n.t('it may not be read.');
  return cause instanceof Error ? cause.message : String(cause);
}

function unreadable({ address, reason, cause }: Reading & { kind: 'broken' }, target?: TargetId): BerthError {
  return new BerthError(
    l10n.t(
      'The policy {0} was there and cannot be read now: {1} Until it can, no workspace is made, changed or started.',
      address,
      reason,
    ),
    {
      code: 'failed',
      cause,
      action: {
        label: l10n.t('Read the Policy Again'),
        command: 'berth.readPolicy',
        args: target ? [{ target }] : [],
      },
    },
  );
}
