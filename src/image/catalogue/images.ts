/** Which image an entry means: its registry, and the tag of the channel that was chosen. Pure. */
import { defaultRegistry, formatReference, parseReference, parseRegistry } from '../reference.ts';

/** A release of Kasm that an entry is for, with its image and the tags that image has beside its own. */
export interface Release {
  /** Such as '1.18.x'; '' where the entry names none. */
  readonly version: string;
  /** A full reference, registry included. */
  readonly image: string;
  /** Channels: any of them may take the place of the image's own tag. */
  readonly tags: readonly string[];
  /** On disk, in MB; absent where it is not known. */
  readonly sizeMB?: number;
}

/** As much of an entry as decides; its releases are the newest first. */
interface Released {
  readonly releases: readonly [Release, ...Release[]];
}

/**
 * The host of a `docker_registry` with the path behind it, such as 'ghcr.io' or 'registry.acme.org/team'; undefined where
 * it is none. '' means Docker Hub, and the version of an API (`/v1/`) is no path.
 */
export function registryPrefix(text: string): string | undefined {
  const plain = text.trim().replace(/^https?:\/\//i, '');
  if (plain === '') return defaultRegistry;
  const [host = '', ...rest] = plain.split('/');
  const path = rest.filter(part => part !== '' && !/^v[12]$/.test(part));
  try {
    return [parseRegistry(host.toLowerCase()), ...path].join('/');
  } catch {
    return undefined;
  }
}

/** A full reference; an image with a host of its own keeps that. Throws 'invalid' with words. */
export function imageOf(image: string, prefix: string | undefined): string {
  const own = parseReference(image);
  const hasHost = image.trim().startsWith(`${own.registry}/`) || image.trim().startsWith('index.docker.io/');
  if (hasHost || prefix === undefined || prefix === defaultRegistry) return formatReference(own);
  const [, ...path] = prefix.split('/');
  const name = image.trim();
  const isThere = path.length === 0 || name.startsWith(`${path.join('/')}/`);
  return formatReference(parseReference(`${isThere ? prefix.split('/')[0] : prefix}/${name}`));
}

/** What was chosen of an entry: a release and the tag of a channel, or what comes nearest. */
export interface ChosenImage {
  readonly reference: string;
  readonly release: Release;
  /** Absent where the image's own tag stays. */
  readonly channel?: string;
}

/** The newest release that has the channel, with that tag; without such a one the newest release, with its own tag. */
export function chooseImage({ releases }: Released, channel?: string): ChosenImage {
  const [newest] = releases;
  const release = channel === undefined ? undefined : releases.find(({ tags }) => tags.includes(channel));
  if (channel === undefined || release === undefined) return { reference: newest.image, release: newest };
  const { digest: _, ...name } = parseReference(release.image);
  return { reference: formatReference({ ...name, tag: channel }), release, channel };
}

/** The channels that an entry has, in the order of its releases. */
export function channelsOf({ releases }: Released): readonly string[] {
  return [...new Set(releases.flatMap(({ tags }) => tags))];
}

/** '1.18.x' stands before any exact 1.18; what has no number comes last. */
export function newestFirst(releases: readonly Release[]): Release[] {
  const ranked = releases.map(release => ({
    release,
    rank: release.version.split('.').map(part => (part === 'x' ? Number.MAX_SAFE_INTEGER : Number(part))),
  }));
  return ranked
    .toSorted((a, b) => {
      for (let part = 0; part < 3; part++) {
        const [left = -1, right = -1] = [a.rank[part], b.rank[part]];
        const difference = (Number.isNaN(right) ? -1 : right) - (Number.isNaN(left) ? -1 : left);
        if (difference !== 0) return difference;
      }
      return 0;
    })
    .map(({ release }) => release);
}
