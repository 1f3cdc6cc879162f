/** A registry of images (OCI distribution 1.1): what it has, and what an image in it is. Nothing is pulled or changed. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { BerthError } from '../workspace/error.ts';
import { digestOf, verifyDigest } from './digest.ts';
import { nextPage } from './link.ts';
import { type Descriptor, type Manifest, manifestAccept, parseManifest } from './manifest.ts';
import { headerText, type Page, type PagedApi, pagesOf, readPage } from './pages.ts';
import { type RateLimit, rateLimitOf } from './rateLimit.ts';
import { formatReference, type ImageReference, isDigest, isRepository, parseRegistry } from './reference.ts';
import type { Purpose } from './registryAuth.ts';
import { RegistryProblem, saying } from './registryProblem.ts';
import { type RegistryOptions, RegistryRequests } from './registryRequests.ts';

export interface RegistryClientOptions extends RegistryOptions {
  /** How many entries of a list to ask for at once. */
  readonly pageSize?: number;
}

const mebibyte = 1024 * 1024;
/** OCI distribution 1.1 has registries take manifests of 4 MiB at least; hardly any takes more. */
const limits = { list: 16 * mebibyte, manifest: 4 * mebibyte, config: 8 * mebibyte, ping: 64 * 1024 };
export class RegistryClient implements Disposable {
  /** As references have it, such as 'docker.io' or 'localhost:5000'. */
  readonly registry: string;
  readonly #requests: RegistryRequests;
  readonly #pageSize: number;

  /** Throws 'invalid' for what is no host. */
  constructor(registry: string, { pageSize = 1000, ...options }: RegistryClientOptions = {}) {
    this.registry = parseRegistry(registry);
    this.#pageSize = pageSize;
    this.#requests = new RegistryRequests(this.registry, options);
  }

  /** Ends the connections that are kept. */
  [Symbol.dispose](): void {
    this.#requests[Symbol.dispose]();
  }

  /** How it asked for a login the last time (`WWW-Authenticate`); undefined where it has not. */
  get challenge(): string | undefined {
    return this.#requests.challenge;
  }

  /** Returns where it is a registry and lets us in (end-1). */
  ping(signal: AbortSignal): Promise<void> {
    const say = (why: string) => l10n.t('Cannot reach the registry {0}: {1}', this.registry, why);
    return saying(say, signal, async () => {
      const request = { path: '/v2/', purpose: { scope: '' }, maxBytes: limits.ping };
      const { status } = await this.#requests.send(request, signal);
      if (status === 404) {
        throw new RegistryProblem(l10n.t('what answers there is no registry of images.'), 'unsupported');
      }
    });
  }

  /** Page by page. Many registries, Docker Hub among them, keep no such list: 'unsupported' or 'pull-refused' then. */
  repositories(signal: AbortSignal): AsyncIterable<readonly string[]> {
    return this.#pages(
      () => `/v2/_catalog?n=${this.#pageSize}`,
      { scope: 'registry:catalog:*' },
      page => ({
        entries: z.object({ repositories: z.array(z.string()).nullable() }).parse(page).repositories ?? [],
      }),
      why => l10n.t('Cannot list the images of {0}: {1}', this.registry, why),
      new RegistryProblem(l10n.t('it keeps no list of them. Name the image instead.'), 'unsupported'),
      signal,
    );
  }

  /** Page by page (end-8), in the order of the registry. */
  tags(repository: string, signal: AbortSignal): AsyncIterable<readonly string[]> {
    const read = (page: unknown) => ({
      entries: z.object({ tags: z.array(z.string()).nullish() }).parse(page).tags ?? [],
    });
    const first = `/v2/${repository}/tags/list?n=${this.#pageSize}`;
    return this.tagsFrom({ first, read }, repository, 'pull', signal);
  }

  /** The same from a list that this registry keeps beside the specification; `right`: what a token for it must allow. */
  tagsFrom<T>(
    api: PagedApi<T>,
    repository: string,
    right: string,
    signal: AbortSignal,
  ): AsyncIterable<readonly T[]> {
    const name = `${this.registry}/${repository}`;
    return this.#pages(
      () => this.#checked(repository) && api.first,
      { scope: `repository:${repository}:${right}`, repository },
      api.read,
      why => l10n.t('Cannot list the tags of {0}: {1}', name, why),
      new RegistryProblem(l10n.t('{0} has no such image.', this.registry), 'not-found'),
      signal,
    );
  }

  /** How often one may still pull; undefined where the registry says nothing of it. Asking is not counted (HEAD). */
  rateLimit(reference: ImageReference, signal: AbortSignal): Promise<RateLimit | undefined> {
    return saying(this.#lookingUp(reference), signal, async () =>
      rateLimitOf((await this.#manifest(reference, 'HEAD', signal)).headers),
    );
  }

  /** What the reference stands for now, without fetching it (HEAD, end-3): not counted as a pull. */
  digest(reference: ImageReference, signal: AbortSignal): Promise<string> {
    return saying(this.#lookingUp(reference), signal, async () => {
      const head = await this.#manifest(reference, 'HEAD', signal).catch((error: unknown) => {
        // Some old registries know no HEAD.
        if (error instanceof RegistryProblem && error.code === 'failed') return undefined;
        throw error;
      });
      const digest = head?.headers['docker-content-digest'];
      if (typeof digest !== 'string' || !isDigest(digest))
        return (await this.#fetch(reference, signal)).digest;
      if (reference.digest !== undefined && digest !== reference.digest) {
        throw new RegistryProblem(
          l10n.t('the registry has {0} where {1} was asked for.', digest, reference.digest),
          'invalid',
        );
      }
      return digest;
    });
  }

  /** The index or image that the reference stands for, and its digest; what was received is checked against it. */
  manifest(
    reference: ImageReference,
    signal: AbortSignal,
  ): Promise<{ readonly digest: string; readonly manifest: Manifest }> {
    return saying(this.#lookingUp(reference), signal, async () => {
      const { digest, content, type } = await this.#fetch(reference, signal);
      return { digest, manifest: parseManifest(content, type) };
    });
  }

  /** A small blob such as an image's config (end-2), as text; checked against its descriptor. */
  blob(repository: string, { digest, size }: Descriptor, signal: AbortSignal): Promise<string> {
    const reference = { registry: this.registry, repository, digest };
    return saying(this.#lookingUp(reference), signal, async () => {
      if (size > limits.config) {
        throw new RegistryProblem(l10n.t('its config has {0} bytes, which cannot be.', size), 'invalid');
      }
      const path = `/v2/${this.#checked(repository)}/blobs/${digest}`;
      const request = { path, purpose: pulling(repository), maxBytes: size };
      const { status, body } = await this.#requests.send(request, signal);
      if (status === 404) {
        throw new RegistryProblem(l10n.t('{0} has lost a part of it.', this.registry), 'not-found');
      }
      verifyDigest(body, digest);
      return body.toString('utf8');
    });
  }

  async #fetch(reference: ImageReference, signal: AbortSignal) {
    const { headers, body } = await this.#manifest(reference, 'GET', signal);
    const told = headers['docker-content-digest'];
    const digest = reference.digest ?? (typeof told === 'string' && isDigest(told) ? told : digestOf(body));
    verifyDigest(body, digest);
    return { digest, content: body.toString('utf8'), type: headers['content-type'] ?? '' };
  }

  async #manifest(reference: ImageReference, method: 'GET' | 'HEAD', signal: AbortSignal) {
    const { repository, tag = 'latest', digest = tag } = reference;
    const answer = await this.#requests.send(
      {
        path: `/v2/${this.#checked(repository)}/manifests/${encodeURIComponent(digest).replace('%3A', ':')}`,
        method,
        accept: manifestAccept,
        purpose: pulling(repository),
        maxBytes: limits.manifest,
      },
      signal,
    );
    if (answer.status !== 404) return answer;
    throw new RegistryProblem(l10n.t('{0} has no such image or tag.', this.registry), 'not-found');
  }

  #pages<T>(
    first: () => string,
    purpose: Purpose,
    read: (page: unknown) => Page<T>,
    say: (why: string) => string,
    missing: RegistryProblem,
    signal: AbortSignal,
  ): AsyncIterable<readonly T[]> {
    return pagesOf(first, (at, guard) =>
      saying(say, signal, async () => {
        guard();
        const answer = await this.#requests.send({ path: at, purpose, maxBytes: limits.list }, signal);
        if (answer.status === 404) throw missing;
        const next = nextPage(headerText(answer.headers.link), answer.url);
        return { ...(next !== undefined && { next }), ...readPage(answer.body, read) };
      }),
    );
  }

  #lookingUp(reference: ImageReference): (why: string) => string {
    return why => l10n.t('Cannot look up {0}: {1}', formatReference(reference), why);
  }

  /** For a path: nothing that would lead elsewhere. */
  #checked(repository: string): string {
    if (isRepository(repository)) return repository;
    throw new BerthError(l10n.t("'{0}' cannot be the name of a repository.", repository.slice(0, 80)), {
      code: 'invalid',
    });
  }
}

function pulling(repository: string): Purpose {
  return { scope: `repository:${repository}:pull`, repository };
}
