/** The rows of registries in the Images view, as plain data. Ids are stable, so that selection and expansion stay. */
import * as z from 'zod';
import type { RateLimit } from '../image/rateLimit.ts';
import type { RegistryKind } from '../image/registryKinds.ts';
import type { TagFacts } from '../image/tagFacts.ts';
import type { BerthError } from '../workspace/error.ts';

export type RegistryTreeNode = RegistryNode | RepositoryNode | TagNode | MoreNode | RegistryNoteNode;

/** A registry, or a repository in it: whatever has a list below it that can be filtered and goes on. */
export interface Place {
  /** Such as 'ghcr.io'. */
  readonly registry: string;
  /** Such as 'library/debian'. */
  readonly repository?: string;
}

export interface RegistryNode extends Place {
  readonly kind: 'registry';
  readonly registryKind: RegistryKind;
  readonly isPlainHttp: boolean;
  /** Whose typed login there is. */
  readonly user: string | undefined;
  readonly filter: string;
  readonly rateLimit: RateLimit | undefined;
}
export interface RepositoryNode extends Place {
  readonly kind: 'repository';
  readonly repository: string;
  /** The person typed it. */
  readonly isRemembered: boolean;
  readonly filter: string;
}
export interface TagNode extends Place {
  readonly kind: 'tag';
  readonly repository: string;
  readonly tag: string;
  /** As far as they are known yet. */
  readonly facts: TagFacts | undefined;
}
/** Shows the next page of the list above it. */
export interface MoreNode extends Place {
  readonly kind: 'more';
  readonly shown: number;
}
/** A line in the place of rows: why there are none, or what went wrong. */
export interface RegistryNoteNode extends Partial<Place> {
  readonly kind: 'note';
  readonly what: NoteKind | BerthError;
}
export type NoteKind =
  /** The registry keeps no list: repositories are typed. */
  | 'unlisted'
  /** It does not show its list, but who knows a name may have it. */
  | 'not-shown'
  /** It keeps none, but it can be searched. */
  | 'searchable'
  | 'no-repositories'
  | 'no-tags'
  | 'nothing-fits';

/** What commands take from a row. */
export const RegistryArgument = z.object({ registry: z.string() });
export const PlaceArgument = z.object({ registry: z.string(), repository: z.string().optional() });
export const RepositoryArgument = z.object({ registry: z.string(), repository: z.string() });
export const TagArgument = z.object({ registry: z.string(), repository: z.string(), tag: z.string() });

export function placeId({ registry, repository }: Place): string {
  return repository === undefined ? registry : `${registry}/${repository}`;
}

export function registryNodeId(node: RegistryTreeNode): string {
  switch (node.kind) {
    case 'registry':
      return `registry:${node.registry}`;
    case 'repository':
      return `repository:${placeId(node)}`;
    case 'tag':
      return `tag:${placeId(node)}:${node.tag}`;
    case 'more':
      return `more:${placeId(node)}`;
    case 'note': {
      const { registry, what } = node;
      const place = registry === undefined ? '' : placeId({ ...node, registry });
      return `note:${place}:${typeof what === 'string' ? what : what.message}`;
    }
  }
}
