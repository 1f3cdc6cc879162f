/** What stands behind the gallery: its catalogues, the review of an entry, and the form that it ends in. */
import * as l10n from '@vscode/l10n';
import { channelNote, channelOf, channelOffers } from '../image/catalogue/channels.ts';
import type { Entry } from '../image/catalogue/entry.ts';
import { channelsOf, chooseImage } from '../image/catalogue/images.ts';
import { pathText } from '../image/catalogue/problem.ts';
import { decide, type EntryReview, reviewEntry } from '../image/catalogue/review.ts';
import type { Scope } from '../image/catalogue/scope.ts';
import { settingsOf } from '../image/catalogue/settingsOf.ts';
import type { Shelf, ShelvedCatalogue, Standing } from '../image/catalogue/shelf.ts';
import { catalogueProblem, policyError } from '../policy/refusal.ts';
import { BerthError } from '../workspace/error.ts';
import { withoutCounterpart } from '../workspace/grantSupport.ts';
import type { TargetId } from '../workspace/name.ts';
import { Channel, type Handlers } from './channel.ts';
import type { Desk } from './desk.ts';
import {
  type CatalogueInfo,
  type Details,
  type EntryInfo,
  type EntryRef,
  galleryProtocol,
  type TargetFit,
} from './galleryMessages.ts';
import type { HostMessage } from './messages.ts';
import type { GalleryRequest, PageServices, TargetStatus } from './services.ts';

/** What of the odd things in a catalogue is worth a look. */
const mostOddities = 50;
/** Many changes in a row become one message. */
const tellAfterMs = 30;

export class GallerySession implements Disposable {
  readonly #services: PageServices;
  readonly #shelf: Shelf;
  readonly #desk: Desk;
  /** What is to be shown and is not yet. */
  #wanted: GalleryRequest;
  readonly #channel: Channel<typeof galleryProtocol>;
  readonly #open = new DisposableStack();
  #telling: NodeJS.Timeout | undefined;
  /** What the page was told of each catalogue, as JSON: it is not told again. */
  readonly #told = new Map<string, string>();

  constructor(
    services: PageServices,
    shelf: Shelf,
    desk: Desk,
    request: GalleryRequest,
    post: (message: HostMessage) => void,
  ) {
    this.#services = services;
    this.#shelf = shelf;
    this.#desk = desk;
    this.#wanted = request;
    const log = (message: string, error?: unknown) => services.log('warn', message, error);
    this.#channel = this.#open.use(new Channel(galleryProtocol, this.#handlers(), { post, log }));
    this.#open.use(services.fleet.look());
    this.#open.use(services.fleet.onDidChange(() => this.#channel.send('targets', this.#targets())));
    this.#open.use(shelf.onDidChange(() => this.#tellSoon()));
    this.#open.defer(() => clearTimeout(this.#telling));
  }

  /** Takes whatever the page posted. */
  receive(message: unknown): Promise<void> {
    return this.#channel.receive(message);
  }

  /** Shows a catalogue or an entry of it in the page that is open already. */
  reveal(ref: GalleryRequest): void {
    this.#wanted = ref;
    if (ref.catalogue !== undefined) this.#channel.send('show', { ...ref, catalogue: ref.catalogue });
  }

  [Symbol.dispose](): void {
    this.#open.dispose();
  }

  #handlers(): Handlers<typeof galleryProtocol> {
    const { operations } = this.#services;
    return {
      open: () => {
        void this.#shelf.load();
        const translations = this.#desk.translations();
        const { catalogue, entry } = this.#wanted;
        this.#wanted = {};
        this.#told.clear();
        return {
          ...(translations && { translations }),
          catalogues: this.#news().changed,
          targets: this.#targets(),
          ...(catalogue !== undefined && { show: { catalogue, ...(entry !== undefined && { entry }) } }),
        };
      },
      shown: () => {
        this.#wanted = {};
        return {};
      },
      icon: async ({ catalogue, entry }) => {
        const source = await this.#shelf.icon(
          catalogue,
          entry === undefined ? undefined : this.#entry({ catalogue, entry }).entry,
        );
        return source === undefined ? {} : { source };
      },
      details: params => this.#details(params),
      use: async params => {
        await this.#use(params);
        return {};
      },
      revoke: async ref => {
        await this.#shelf.revoke(ref);
        return {};
      },
      setChannel: async ({ catalogue, channel }) => {
        await this.#shelf.setChannel(catalogue, channel);
        return {};
      },
      refresh: async ({ catalogue }) => {
        await this.#shelf.refresh(catalogue);
        return {};
      },
      add: async () => {
        await operations.runAction('berth.addCatalogue', []);
        return {};
      },
      remove: async ({ catalogue }) => {
        await operations.runAction('berth.removeCatalogue', [{ catalogue }]);
        return {};
      },
      fix: async ({ catalogue }) => {
        const { action } = this.#catalogue(catalogue).problem ?? {};
        if (action) await operations.runAction(action.command, action.args ?? []);
        return {};
      },
      openLink: async ({ url }) => {
        await this.#desk.openLink(url);
        return {};
      },
    };
  }

  #details({ channel, target, ...ref }: EntryRef & Choice): Details {
    const { entry, catalogue } = this.#entry(ref);
    const review = this.#review(ref, entry);
    const chosen = chooseImage(entry, channel ?? channelOf(catalogue));
    const status = this.#status(target);
    const { warnings } = settingsOf(entry, review, {}, { target: status?.facts });
    const { env, ports } = review.translation;
    const last = this.#shelf
      .approvals()
      .find(other => other.catalogue === ref.catalogue && other.entry === ref.entry);
    return {
      notes: entry.notes ?? '',
      image: chosen.reference,
      ...(chosen.release.sizeMB && { sizeMB: chosen.release.sizeMB }),
      digest: review.origin.digest,
      grants: review.grants.map(({ id, level, verdict, forbiddenBy, words, value, isNew }) => ({
        id,
        level,
        verdict,
        forbiddenBy,
        words,
        value,
        isNew,
      })),
      leftOut: [
        ...review.leftOut.map(({ key, level, words, value }) => ({ key, level, words, value })),
        ...withoutCounterpart(review.translation.overrides, status?.target.kind ?? 'docker').map(
          ({ key, words, value }) => ({ key, level: 'target' as const, words, value }),
        ),
      ],
      gone: review.gone.map(({ words, value }) => ({ words, value })),
      env: env.map(({ name, value = '' }) => ({ name, value })),
      ports: ports.map(({ port, protocol }) => ({ port, protocol })),
      hasChanged: review.hasChanged,
      isSettled: review.isSettled,
      scope: last?.scope ?? 'entry',
      misfits: [...warnings],
    };
  }

  /** Remembers what was allowed, and opens the form with it. */
  async #use({
    channel,
    target,
    digest,
    accepted,
    scope,
    ...ref
  }: EntryRef & Choice & { digest: string; accepted: readonly string[]; scope: Scope }) {
    const { entry, catalogue } = this.#entry(ref);
    if (!entry.isEnabled) {
      throw new BerthError(l10n.t('{0} is not offered by its catalogue any more.', entry.name), {
        code: 'invalid',
      });
    }
    const refused = catalogueProblem(ref.catalogue, (await this.#services.policy.look()).bounds);
    if (refused !== undefined) throw policyError(refused);
    const review = this.#review(ref, entry);
    if (review.origin.digest !== digest) {
      throw new BerthError(l10n.t('{0} has changed meanwhile: look at it once more.', entry.name), {
        code: 'stale',
      });
    }
    const { overrides, approval } = decide(review, new Set(accepted), scope, Date.now());
    const { settings } = settingsOf(entry, review, overrides, {
      channel: channel ?? channelOf(catalogue),
      target: this.#status(target)?.facts,
    });
    await this.#shelf.approve(approval, review.origin);
    this.#desk.openNewForm({
      mode: 'create',
      ...(target !== undefined && { target }),
      given: [{ by: 'catalogue', values: settings }],
    });
  }

  #review(ref: EntryRef, entry: Entry): EntryReview {
    const { trust } = this.#services.policy.known().bounds;
    return reviewEntry(ref.catalogue, entry, this.#shelf.approvals(), { forbidden: trust });
  }

  #catalogue(address: string): ShelvedCatalogue {
    const found = this.#shelf.list().find(other => other.address === address);
    if (found) return found;
    throw new BerthError(l10n.t('The catalogue {0} was removed.', address), { code: 'not-found' });
  }

  #entry({ catalogue: address, entry: id }: EntryRef): { entry: Entry; catalogue: ShelvedCatalogue } {
    const catalogue = this.#catalogue(address);
    const entry = catalogue.copy?.catalogue.entries.find(other => other.id === id);
    if (entry) return { entry, catalogue };
    throw new BerthError(l10n.t('{0} is not in its catalogue any more.', id), { code: 'not-found' });
  }

  /** All that there are, and of those what is not as the page was told last. */
  #news(): { readonly order: string[]; readonly changed: CatalogueInfo[] } {
    const all = this.#shelf.list().map(shelved => this.#info(shelved));
    const changed = all.filter(info => {
      const json = JSON.stringify(info);
      const isNews = this.#told.get(info.address) !== json;
      this.#told.set(info.address, json);
      return isNews;
    });
    return { order: all.map(({ address }) => address), changed };
  }

  #info(shelved: ShelvedCatalogue): CatalogueInfo {
    const { address, isBuiltIn, isReading, copy, problem } = shelved;
    const { catalogue } = copy ?? {};
    const channel = channelOf(shelved);
    const standing = this.#shelf.standing(address);
    return {
      address,
      title: catalogue?.name || address,
      description: catalogue?.description ?? '',
      ...(catalogue?.contactUrl && { contactUrl: catalogue.contactUrl }),
      isBuiltIn,
      isReading,
      ...(problem && {
        problem: {
          message: problem.message,
          ...(problem.action && { action: problem.action.label }),
        },
      }),
      ...(copy && { checkedAt: copy.checkedAt }),
      channels: (copy ? channelOffers(copy) : []).map(offer => ({
        name: offer.channel,
        note: channelNote(offer),
      })),
      ...(channel !== undefined && { channel }),
      hasIcon: Boolean(catalogue?.icon),
      entries: (catalogue?.entries ?? []).map(entry => entryInfo(entry, standing(entry))),
      unusable: (catalogue?.unusable ?? []).map(({ name, reasons }) => ({ name, reasons: [...reasons] })),
      oddities: (catalogue?.problems ?? [])
        .filter(({ severity }) => severity === 'warning')
        .slice(0, mostOddities)
        .map(({ path, message }) => [pathText(path), message].filter(Boolean).join(': ')),
    };
  }

  #targets(): TargetFit[] {
    return this.#services.fleet.targets().map(({ target, health, facts }) => ({
      id: target.id,
      title: target.title,
      kind: target.kind,
      isUp: health === 'up',
      architectures: (facts?.platforms ?? []).flatMap(platform => platform.split('/')[1] ?? []),
      ...(facts && { gpus: facts.gpus }),
      ...(facts?.cpus !== undefined && { cpus: facts.cpus }),
      ...(facts?.memoryBytes !== undefined && { memoryMiB: Math.floor(facts.memoryBytes / 2 ** 20) }),
    }));
  }

  #status(target: TargetId | undefined): TargetStatus | undefined {
    return this.#services.fleet.targets().find(status => status.target.id === target);
  }

  #tellSoon(): void {
    clearTimeout(this.#telling);
    this.#telling = setTimeout(() => this.#channel.send('catalogues', this.#news()), tellAfterMs);
  }
}

interface Choice {
  readonly channel?: string | undefined;
  readonly target?: TargetId | undefined;
}

function entryInfo(entry: Entry, standing: Standing): EntryInfo {
  const { id, name, description, gpuCount, cores, memoryMiB, isEnabled, requiresGpu } = entry;
  return {
    id,
    name,
    description,
    categories: [...entry.categories],
    architectures: [...entry.architectures],
    channels: [...channelsOf(entry)],
    hasIcon: entry.icon !== undefined,
    isEnabled,
    requiresGpu,
    ...(gpuCount && { gpuCount }),
    ...(cores && { cpus: cores }),
    ...(memoryMiB && { memoryMiB }),
    ...standing,
  };
}
