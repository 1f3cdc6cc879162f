/** Which channels a catalogue offers, the ones worth choosing first, and which of them counts. Pure. */
import * as l10n from '@vscode/l10n';
import { newestFirst } from './images.ts';
import type { CatalogueCopy } from './reader.ts';

export interface ChannelOffer {
  readonly channel: string;
  /** Of Kasm, the newest first, such as '1.18.x'; empty where entries name none. */
  readonly releases: readonly string[];
  /** False: only for releases that the catalogue's versions.json does not list (any more). */
  readonly isListed: boolean;
}

type Read = Pick<CatalogueCopy, 'catalogue' | 'versions'>;

/** Those for releases that the catalogue lists first, in its own order; all are listed where it does not say. */
export function channelOffers({ catalogue, versions }: Read): readonly ChannelOffer[] {
  const releases = newestFirst(catalogue.entries.flatMap(entry => entry.releases));
  const offers = catalogue.channels.map(channel => {
    const own = releases.filter(({ tags }) => tags.includes(channel)).map(({ version }) => version);
    const isListed = !versions || own.some(release => versions.some(version => covers(version, release)));
    return { channel, releases: [...new Set(own)].filter(Boolean), isListed };
  });
  return [...offers.filter(({ isListed }) => isListed), ...offers.filter(({ isListed }) => !isListed)];
}

/** What to know of it when it is chosen, in words; '' for nothing. */
export function channelNote({ releases, isListed }: ChannelOffer): string {
  const words = releases.slice(0, 3).join(', ');
  return isListed ? words : [words, l10n.t('not listed any more')].filter(Boolean).join(', ');
}

/** The person's choice as long as the catalogue has it, else its default. */
export function channelOf({
  channel,
  copy,
}: {
  readonly channel: string | undefined;
  readonly copy: Read | undefined;
}): string | undefined {
  const { channels = [], defaultChannel } = copy?.catalogue ?? {};
  return channel !== undefined && channels.includes(channel) ? channel : defaultChannel;
}

/** '1.18.x' stands for 1.18.0 as well; an entry that names no release is for all. */
function covers(version: string, release: string): boolean {
  return release === '' || version === release || version === release.replace(/\.\d+$/, '.x');
}
