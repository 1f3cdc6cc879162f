/**
 * The catalogues that a person has: which ones, the last copy of each, what was allowed to whose entries. Each is read when
 * somebody looks; one that cannot be read hides none of the others.
 */
import * as l10n from '@vscode/l10n';
import type * as z from 'zod';
import { Listeners } from '../../engine/listeners.ts';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import { CatalogueOrigin } from '../../workspace/overrides.ts';
import { type Approval, withApproval, withoutApprovals } from './approvals.ts';
import type { Entry } from './entry.ts';
import { type Icon, iconSource } from './icon.ts';
import type { CatalogueCopy } from './reader.ts';
import { entryDigest } from './review.ts';

/** An entry as it was when it was used. */
export const Use = CatalogueOrigin.pick({ catalogue: true, entry: true, digest: true, sha: true });
export type Use = z.infer<typeof Use>;

/** A catalogue that the person has. */
export interface Kept {
  readonly url: string;
  /** Their choice for all its entries. */
  readonly channel?: string | undefined;
}

/** Where it is kept which ones there are, what was allowed to entries (approvals.ts), and how each was used last. */
export interface ShelfMemory {
  catalogues(): readonly Kept[];
  setCatalogues(catalogues: readonly Kept[]): Promise<void>;
  approvals(): readonly Approval[];
  setApprovals(approvals: readonly Approval[]): Promise<void>;
  uses(): readonly Use[];
  setUses(uses: readonly Use[]): Promise<void>;
}

/** As much of CatalogueReader as is needed here. */
export interface Reading {
  read(address: string, options: { readonly freshMs?: number }, signal: AbortSignal): Promise<CatalogueCopy>;
  icon(
    copy: Pick<CatalogueCopy, 'list' | 'catalogue'>,
    entry: Entry | undefined,
    signal: AbortSignal,
  ): Promise<Icon | undefined>;
  forget(address: string): Promise<void>;
}

export interface ShelvedCatalogue {
  readonly address: string;
  readonly isBuiltIn: boolean;
  /** The person's choice for all its entries. */
  readonly channel: string | undefined;
  readonly isReading: boolean;
  readonly copy: CatalogueCopy | undefined;
  /** Why there is none, or not the newest. */
  readonly problem: BerthError | undefined;
}

/** One spelling for each: with or without a slash at its end it is the same catalogue. */
export function canonicalAddress(address: string): string {
  const text = address.trim();
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return text;
  url.hash = '';
  return url.href.replace(/\/+$/, '');
}

/** How long a list counts as the newest while somebody only looks. */
const freshMs = 3_600_000;
/** How long one that could not be read is left alone while somebody only looks. */
const retryMs = 60_000;
const readTimeoutMs = 60_000;
const iconTimeoutMs = 20_000;
const mostUses = 500;
const mostKept = 100;

export interface Standing {
  /** Something was allowed to it, as it is or as it was. */
  readonly isAllowed: boolean;
  /** It was used before, and is not what it was then. */
  readonly hasChanged: boolean;
}

interface Read {
  readonly copy?: CatalogueCopy;
  readonly problem?: BerthError;
  /** Unix time in ms. */
  readonly triedAt: number;
}

export class Shelf {
  readonly #reader: Reading;
  readonly #memory: ShelfMemory;
  readonly #builtIn: readonly string[];
  readonly #now: () => number;
  readonly #read = new Map<string, Read>();
  /** One reading of each at a time, with how old what it finds may be. */
  readonly #reading = new Map<string, { readonly freshMs: number; readonly done: Promise<void> }>();
  readonly #changes = new Listeners<void>();

  constructor(
    reader: Reading,
    memory: ShelfMemory,
    {
      builtIn = [],
      now = Date.now,
    }: { readonly builtIn?: readonly string[]; readonly now?: () => number } = {},
  ) {
    this.#reader = reader;
    this.#memory = memory;
    this.#builtIn = builtIn;
    this.#now = now;
  }

  /** In the person's order. */
  list(): readonly ShelvedCatalogue[] {
    return this.#memory.catalogues().map(({ url: address, channel }) => {
      const { copy, problem } = this.#read.get(address) ?? {};
      return {
        address,
        isBuiltIn: this.#builtIn.includes(address),
        channel: channel || undefined,
        isReading: this.#reading.has(address),
        copy,
        problem: problem ?? copy?.problem,
      };
    });
  }

  has(address: string): boolean {
    return this.list().some(other => other.address === address);
  }

  /** One came, went, was read or reviewed. */
  onDidChange(listener: () => void): Disposable {
    return this.#changes.add(listener);
  }

  /** Reads what was not read lately. Never rejects: what went wrong stands with its catalogue. */
  async load(): Promise<void> {
    const stale = this.list().filter(({ address }) => this.#isStale(address));
    await Promise.all(stale.map(({ address }) => this.#readOne(address, freshMs)));
  }

  /** Reads this one anew, or all of them. */
  async refresh(address?: string): Promise<void> {
    const addresses = address === undefined ? this.list().map(other => other.address) : [address];
    await Promise.all(addresses.map(one => this.#readOne(one, 0)));
  }

  /** The list of them was changed elsewhere. */
  changed(): void {
    this.#changes.fire();
  }

  /** Reads it first: what is no catalogue is not added. Throws BerthError. */
  async add(address: string, signal: AbortSignal): Promise<CatalogueCopy> {
    if (this.#memory.catalogues().length >= mostKept) {
      throw new BerthError(l10n.t('There are {0} catalogues already, the most there may be.', mostKept), {
        code: 'invalid',
      });
    }
    const copy = await this.#reader.read(address, {}, signal);
    this.#read.set(address, { copy, triedAt: this.#now() });
    if (!this.has(address))
      await this.#memory.setCatalogues([...this.#memory.catalogues(), { url: address }]);
    this.#changes.fire();
    return copy;
  }

  /** Forgets what was allowed to its entries. Workspaces that came from it stay as they are. */
  async remove(address: string): Promise<void> {
    await this.#memory.setApprovals(withoutApprovals(this.approvals(), { catalogue: address }));
    await this.#memory.setUses(this.#memory.uses().filter(({ catalogue }) => catalogue !== address));
    await this.#memory.setCatalogues(this.#memory.catalogues().filter(({ url }) => url !== address));
    this.#read.delete(address);
    await this.#reader.forget(address);
    this.#changes.fire();
  }

  /** Built-in ones that were removed. */
  missing(): readonly string[] {
    return this.#builtIn.filter(address => !this.has(address));
  }

  async restore(): Promise<void> {
    const missing = this.missing().map(url => ({ url }));
    await this.#memory.setCatalogues([...this.#memory.catalogues(), ...missing]);
    this.#changes.fire();
    await this.load();
  }

  /** For all entries of the catalogue; undefined: its own default. */
  async setChannel(address: string, channel: string | undefined): Promise<void> {
    const all = this.#memory.catalogues();
    await this.#memory.setCatalogues(
      all.map(kept => (kept.url === address ? { url: address, ...(channel && { channel }) } : kept)),
    );
    this.#changes.fire();
  }

  approvals(): readonly Approval[] {
    return this.#memory.approvals();
  }

  /** What the person said in a review, and that the entry is used as it is now. */
  async approve(approval: Approval, origin: CatalogueOrigin): Promise<void> {
    const others = this.#memory
      .uses()
      .filter(({ catalogue, entry }) => catalogue !== origin.catalogue || entry !== origin.entry);
    await this.#memory.setApprovals(withApproval(this.approvals(), approval));
    await this.#memory.setUses([Use.parse(origin), ...others].slice(0, mostUses));
    this.#changes.fire();
  }

  async revoke(of: { readonly catalogue: string; readonly entry?: string | undefined }): Promise<void> {
    const { catalogue, entry } = of;
    const kept = withoutApprovals(this.approvals(), { catalogue, ...(entry !== undefined && { entry }) });
    await this.#memory.setApprovals(kept);
    this.#changes.fire();
  }

  /** How the person stands to the catalogue's entries, as it is now: one look for all of them. */
  standing(catalogue: string): (entry: Entry) => Standing {
    const allowed = new Set(
      this.approvals()
        .filter(approval => approval.catalogue === catalogue && approval.allowed.length > 0)
        .map(({ entry }) => entry),
    );
    const uses = new Map(
      this.#memory
        .uses()
        .filter(use => use.catalogue === catalogue)
        .map(use => [use.entry, use]),
    );
    return entry => {
      const use = uses.get(entry.id);
      return {
        isAllowed: allowed.has(entry.id),
        hasChanged: use !== undefined && (use.sha !== entry.sha || use.digest !== entryDigest(entry)),
      };
    };
  }

  /** For the `src` of an <img>; undefined where there is none that can be shown. */
  async icon(address: string, entry: Entry | undefined): Promise<string | undefined> {
    const copy = this.#read.get(address)?.copy;
    const icon = copy && (await this.#reader.icon(copy, entry, AbortSignal.timeout(iconTimeoutMs)));
    return icon && iconSource(icon);
  }

  #isStale(address: string): boolean {
    const read = this.#read.get(address);
    if (!read) return true;
    const isBad = read.problem !== undefined || read.copy?.problem !== undefined;
    return this.#now() - read.triedAt >= (isBad ? retryMs : freshMs);
  }

  async #readOne(address: string, fresh: number): Promise<void> {
    const begun = this.#reading.get(address);
    if (begun && begun.freshMs <= fresh) return await begun.done;
    const reading = (begun?.done ?? Promise.resolve())
      .then(() => this.#tryOne(address, fresh))
      .finally(() => {
        if (this.#reading.get(address)?.done === reading) this.#reading.delete(address);
        this.#changes.fire();
      });
    this.#reading.set(address, { freshMs: fresh, done: reading });
    await reading;
  }

  async #tryOne(address: string, fresh: number): Promise<void> {
    const triedAt = this.#now();
    try {
      const copy = await this.#reader.read(address, { freshMs: fresh }, AbortSignal.timeout(readTimeoutMs));
      this.#read.set(address, { copy, triedAt });
    } catch (cause) {
      const problem = isBerthError(cause)
        ? cause
        : new BerthError(l10n.t('Cannot read the catalogue {0}', address), { cause });
      const { copy } = this.#read.get(address) ?? {};
      this.#read.set(address, { ...(copy && { copy }), problem, triedAt });
    }
  }
}
