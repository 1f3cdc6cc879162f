/** The images that a Docker engine keeps itself. */
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import * as z from 'zod';
import { RunConfigSchema, runConfig } from '../../image/imageConfig.ts';
import { familiarReference, isImageId, parseReference, withDefaultTag } from '../../image/reference.ts';
import { BerthError } from '../../workspace/error.ts';
import type { ImageDetails, ImageStore, LocalImage, Report } from '../engine.ts';
import { engineError } from './errors.ts';
import { containersUsing, statusOf } from './inUse.ts';
import { type PullOptions, pullImage, pullQuery } from './pull.ts';
import { pushImage } from './push.ts';

export class DockerImageStore implements ImageStore {
  readonly #docker: Dockerode;
  readonly #pullOptions: PullOptions;

  constructor(docker: Dockerode, pullOptions: PullOptions = {}) {
    this.#docker = docker;
    this.#pullOptions = pullOptions;
  }

  async list(signal?: AbortSignal): Promise<LocalImage[]> {
    return localImages(await this.#docker.listImages({ ...(signal && { abortSignal: signal }) }));
  }

  async details(reference: string, signal?: AbortSignal): Promise<ImageDetails | undefined> {
    try {
      const image = this.#docker.getImage(nameIn(reference));
      const inspect = image.inspect.bind(image) as (options: object) => Promise<unknown>;
      return imageDetails(reference, await inspect({ ...(signal && { abortSignal: signal }) }));
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async pull(reference: string, report: Report, signal: AbortSignal): Promise<void> {
    await pullImage(this.#docker, reference, report, signal, this.#pullOptions);
  }

  async tag(reference: string, name: string, signal?: AbortSignal): Promise<void> {
    const { fromImage: repo, tag } = pullQuery(withDefaultTag(parseReference(name)));
    try {
      const image = this.#docker.getImage(nameIn(reference));
      await image.tag({ repo, tag, ...(signal && { abortSignal: signal }) });
    } catch (cause) {
      throw engineError(cause, l10n.t('Cannot call {0} {1}', reference, name), signal);
    }
  }

  async push(reference: string, report: Report, signal: AbortSignal): Promise<string | undefined> {
    return await pushImage(this.#docker, reference, report, signal, this.#pullOptions.credentials);
  }

  async remove(reference: string): Promise<void> {
    const image = this.#docker.getImage(nameIn(reference));
    try {
      await image.remove();
    } catch (cause) {
      switch (statusOf(cause)) {
        case 404:
          throw new BerthError(l10n.t('There is no image {0} any more', reference), {
            code: 'not-found',
            cause,
          });
        case 409: {
          const users = await containersUsing(this.#docker, { image: (await image.inspect()).Id });
          const why =
            users.length > 0
              ? l10n.t('it is used by {0}. Delete them first.', users.join(', '))
              : l10n.t('other images or names depend on it.');
          throw new BerthError(l10n.t('Cannot remove the image {0}: {1}', reference, why), {
            code: 'conflict',
            cause,
          });
        }
        default:
          throw cause;
      }
    }
  }
}

/** What goes into the path of a request: an id, or a reference whose grammar leaves no room for anything else. */
function nameIn(reference: string): string {
  const trimmed = reference.trim();
  if (isImageId(trimmed)) return trimmed;
  const { tag, digest, ...name } = withDefaultTag(parseReference(trimmed));
  // Engines find an image by tag or by digest, not by both at once.
  return familiarReference(
    digest === undefined ? { ...name, ...(tag !== undefined && { tag }) } : { ...name, digest },
  );
}

const nullableStrings = z.array(z.string()).nullish();
const ListedImage = z.object({
  Id: z.string(),
  RepoTags: nullableStrings,
  RepoDigests: nullableStrings,
  Size: z.number().default(0),
  /** Unix time in s. */
  Created: z.number().default(0),
});

/** Pure: one for each name of an image, newest first; nameless ones by their id. */
export function localImages(answer: unknown): LocalImage[] {
  return z
    .array(ListedImage)
    .parse(answer)
    .flatMap(image => {
      const digests = named(image.RepoDigests);
      const rest = { id: image.Id, digests, bytes: image.Size, createdAt: image.Created * 1000 };
      const tags = named(image.RepoTags);
      const names = tags.length > 0 ? tags : digests.slice(0, 1);
      return (names.length > 0 ? names : [image.Id]).map(reference => ({ reference, ...rest }));
    })
    .sort((a, b) => b.createdAt - a.createdAt || a.reference.localeCompare(b.reference));
}

const InspectedImage = z.object({
  Id: z.string(),
  RepoDigests: nullableStrings,
  Size: z.number().default(0),
  Created: z.string().nullish(),
  Os: z.string().default(''),
  Architecture: z.string().default(''),
  Variant: z.string().nullish(),
  Config: RunConfigSchema.nullish(),
});

/** Pure: the parts of an inspected image that people and settings care about. */
export function imageDetails(reference: string, answer: unknown): ImageDetails {
  const image = InspectedImage.parse(answer);
  return {
    reference,
    id: image.Id,
    digests: named(image.RepoDigests),
    bytes: image.Size,
    createdAt: Date.parse(image.Created ?? '') || 0,
    platform: [image.Os, image.Architecture, image.Variant].filter(Boolean).join('/'),
    ...runConfig(image.Config),
  };
}

function named(names: readonly string[] | null | undefined): string[] {
  return (names ?? []).filter(name => !name.includes('<none>'));
}
