/** The APIs that some registries have beside the specification: what to ask, and what their answers say. Pure. */
import * as z from 'zod';
import type { PagedApi } from './pages.ts';
import { isRepository } from './reference.ts';
import type { NamedTag } from './tagFacts.ts';

export interface FoundRepository {
  /** Such as 'library/debian'. */
  readonly repository: string;
  readonly description: string;
}

export interface OwnApi {
  /** Where it is; absent: at the registry itself. */
  readonly base?: string;
  /** Nobody (public only), with the login's own user and password, or with a token as the registry wants it. */
  readonly as: 'nobody' | 'user' | 'registry';
  readonly search?: (text: string) => PagedApi<FoundRepository>;
  /** All of a namespace; '' where nobody named one. */
  readonly repositories?: (namespace: string) => PagedApi<string>;
  /** The newest first, with dates. `filter`: part of the name, which counts only where `filtersTags` says so. */
  readonly tags?: (repository: string, filter: string) => PagedApi<NamedTag>;
  readonly filtersTags?: true;
  /** What a token for its tags has to allow, where that is not to pull. */
  readonly tagScope?: string;
}

const pageSize = 100;
const text = z.string().nullish();
const time = (value: string | number | null | undefined) => {
  const ms = typeof value === 'number' ? value : Date.parse(value ?? '');
  return Number.isFinite(ms) && ms > 0 ? { at: ms } : {};
};
const size = (bytes: number | null | undefined) => (bytes ? { bytes } : {});
const platform = (os: string | null | undefined, architecture: string | null | undefined, variant = '') =>
  os && architecture && os !== 'unknown' && architecture !== 'unknown'
    ? [[os, architecture, variant].filter(Boolean).join('/')]
    : [];
const path = (address: string | null | undefined): { next?: string } => {
  const url = address && URL.canParse(address) ? new URL(address) : undefined;
  return url ? { next: url.pathname + url.search } : {};
};

const HubSearch = z.object({
  next: text,
  results: z.array(z.object({ repo_name: z.string(), short_description: text })),
});
const HubRepositories = z.object({
  next: text,
  results: z.array(z.object({ namespace: z.string(), name: z.string() })),
});
const HubTags = z.object({
  next: text,
  results: z.array(
    z.object({
      name: z.string(),
      digest: text,
      full_size: z.number().nullish(),
      last_updated: text,
      images: z.array(z.object({ os: text, architecture: text, variant: text })).nullish(),
    }),
  ),
});

/** Docker Hub API v2; public without a login. */
export const dockerHub: OwnApi = {
  base: 'https://hub.docker.com',
  as: 'nobody',
  search: words => ({
    first: `/v2/search/repositories/?query=${encodeURIComponent(words)}&page_size=${pageSize}`,
    read: page => {
      const { next, results } = HubSearch.parse(page);
      return {
        entries: results
          .map(({ repo_name: name, short_description }) => ({
            repository: name.includes('/') ? name : `library/${name}`,
            description: short_description ?? '',
          }))
          .filter(({ repository }) => isRepository(repository)),
        ...path(next),
      };
    },
  }),
  repositories: namespace => ({
    first: `/v2/namespaces/${encodeURIComponent(namespace || 'library')}/repositories?page_size=${pageSize}`,
    read: page => {
      const { next, results } = HubRepositories.parse(page);
      const names = results.map(({ namespace: owner, name }) => `${owner}/${name}`);
      return { entries: names.filter(isRepository), ...path(next) };
    },
  }),
  filtersTags: true,
  tags: (repository, filter) => {
    const [namespace = '', name = ''] = repository.split('/');
    const wanted = filter && `&name=${encodeURIComponent(filter)}`;
    return {
      first: `/v2/namespaces/${namespace}/repositories/${name}/tags?page_size=${pageSize}&ordering=last_updated${wanted}`,
      read: page => {
        const { next, results } = HubTags.parse(page);
        const entries = results.map(
          ({ name: tag, digest, full_size, last_updated, images }): NamedTag => ({
            name: tag,
            ...(digest && { digest }),
            ...size(full_size),
            ...time(last_updated),
            ...(images && {
              platforms: [
                ...new Set(
                  images.flatMap(({ os, architecture, variant }) =>
                    platform(os, architecture, variant ?? ''),
                  ),
                ),
              ],
            }),
          }),
        );
        return { entries, ...path(next) };
      },
    };
  },
};

const QuayFound = z.object({
  page: z.int().default(1),
  has_additional: z.boolean().default(false),
  results: z.array(
    z.object({
      name: z.string(),
      namespace: z.object({ name: z.string() }).nullish(),
      description: text,
    }),
  ),
});
const QuayTags = z.object({
  page: z.int().default(1),
  has_additional: z.boolean().default(false),
  tags: z.array(
    z.object({
      name: z.string(),
      manifest_digest: text,
      size: z.number().nullish(),
      /** In s. */
      start_ts: z.number().nullish(),
    }),
  ),
});

/** Quay API v1; public without a login. Its catalogue lists nothing: it is searched. */
export const quay: OwnApi = {
  as: 'nobody',
  search: words => {
    const first = `/api/v1/find/repositories?query=${encodeURIComponent(words)}`;
    return {
      first,
      read: answer => {
        const { page, has_additional, results } = QuayFound.parse(answer);
        const found = results.map(({ name, namespace, description }) => ({
          repository: namespace ? `${namespace.name}/${name}` : name,
          description: description ?? '',
        }));
        return {
          entries: found.filter(({ repository }) => isRepository(repository)),
          ...(has_additional && { next: `${first}&page=${page + 1}` }),
        };
      },
    };
  },
  filtersTags: true,
  tags: (repository, filter) => {
    const wanted = filter && `&filter_tag_name=like:${encodeURIComponent(filter)}`;
    const first = `/api/v1/repository/${repository}/tag/?limit=${pageSize}&onlyActiveTags=true${wanted}`;
    return {
      first,
      read: answer => {
        const { page, has_additional, tags } = QuayTags.parse(answer);
        return {
          entries: tags.map(({ name, manifest_digest, size: bytes, start_ts }) => ({
            name,
            ...(manifest_digest && { digest: manifest_digest }),
            ...size(bytes),
            ...time(start_ts && start_ts * 1000),
          })),
          ...(has_additional && { next: `${first}&page=${page + 1}` }),
        };
      },
    };
  },
};

const HarborRepositories = z.array(z.object({ name: z.string() }));
const HarborArtifacts = z.array(
  z.object({
    digest: text,
    size: z.number().nullish(),
    push_time: text,
    extra_attrs: z.object({ os: text, architecture: text }).nullish(),
    references: z
      .array(z.object({ platform: z.object({ os: text, architecture: text, variant: text }).nullish() }))
      .nullish(),
    tags: z.array(z.object({ name: z.string(), push_time: text })).nullish(),
  }),
);

/** Harbor API v2.0; its catalogue is the administrators' alone. Pages by `Link`. */
export const harbor: OwnApi = {
  as: 'user',
  repositories: () => ({
    first: `/api/v2.0/repositories?page=1&page_size=${pageSize}`,
    read: page => ({
      entries: HarborRepositories.parse(page)
        .map(({ name }) => name)
        .filter(isRepository),
    }),
  }),
  tags: repository => {
    const [project = '', ...rest] = repository.split('/');
    // A slash in a repository's name is encoded twice there.
    const name = encodeURIComponent(encodeURIComponent(rest.join('/')));
    return {
      first: `/api/v2.0/projects/${project}/repositories/${name}/artifacts?page=1&page_size=${pageSize}&sort=-push_time&with_tag=true`,
      read: page => ({
        entries: HarborArtifacts.parse(page).flatMap(artifact => {
          const { digest, size: bytes, push_time, extra_attrs, references, tags } = artifact;
          const listed = (references ?? []).flatMap(({ platform: of }) =>
            platform(of?.os, of?.architecture, of?.variant ?? ''),
          );
          const platforms = listed.length > 0 ? listed : platform(extra_attrs?.os, extra_attrs?.architecture);
          return (tags ?? []).map(({ name: tag, push_time: tagged }) => ({
            name: tag,
            ...(digest && { digest }),
            ...size(bytes),
            ...time(tagged ?? push_time),
            ...(platforms.length > 0 && { platforms: [...new Set(platforms)] }),
          }));
        }),
      }),
    };
  },
};

const AcrTags = z.object({
  tags: z
    .array(z.object({ name: z.string(), digest: text, lastUpdateTime: text, createdTime: text }))
    .nullish(),
});

/** Azure Container Registry's metadata API. Pages by `Link`. */
export const acr: OwnApi = {
  as: 'registry',
  tagScope: 'metadata_read',
  tags: repository => ({
    first: `/acr/v1/${repository}/_tags?n=${pageSize}&orderby=timedesc`,
    read: page => ({
      entries: (AcrTags.parse(page).tags ?? []).map(({ name, digest, lastUpdateTime, createdTime }) => ({
        name,
        ...(digest && { digest }),
        ...time(lastUpdateTime ?? createdTime),
      })),
    }),
  }),
};

const numberText = z.union([z.string(), z.number()]).nullish();
const GarTags = z.object({
  manifest: z
    .record(
      z.string(),
      z.object({
        tag: z.array(z.string()).nullish(),
        imageSizeBytes: numberText,
        timeUploadedMs: numberText,
      }),
    )
    .nullish(),
  tags: z.array(z.string()).nullish(),
});

/** Google's registries say in the list of tags what each one is; all of it is one page. */
export const gar: OwnApi = {
  as: 'registry',
  tags: repository => ({
    first: `/v2/${repository}/tags/list`,
    read: page => {
      const { manifest, tags } = GarTags.parse(page);
      const dated = Object.entries(manifest ?? {}).flatMap(([digest, about]) =>
        (about.tag ?? []).map(
          (name): NamedTag => ({
            name,
            digest,
            ...size(Number(about.imageSizeBytes ?? 0)),
            ...time(Number(about.timeUploadedMs ?? 0)),
          }),
        ),
      );
      const entries = dated.length > 0 ? dated : (tags ?? []).map(name => ({ name }));
      return { entries: entries.sort((a: NamedTag, b: NamedTag) => (b.at ?? 0) - (a.at ?? 0)) };
    },
  }),
};
