/** Named things of a cluster that settings refer to; what may not be listed is typed. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import type { OfferKind } from '../../workspace/field.ts';
import type { Offer, Offers } from '../engine.ts';
import { labelKeys } from '../labels.ts';
import { metadataOnly } from './api.ts';
import type { Objects } from './objects.ts';
import { isKubeStatus } from './status.ts';

const Item = z.object({
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
  provisioner: z.string().nullish(),
  allowVolumeExpansion: z.boolean().nullish(),
  globalDefault: z.boolean().nullish(),
  value: z.number().nullish(),
  handler: z.string().nullish(),
  type: z.string().nullish(),
  status: z.object({ allocatable: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});
type Item = z.infer<typeof Item>;
const Items = z.object({ items: z.array(Item).nullish() });

const isDefaultClass = 'storageclass.kubernetes.io/is-default-class';
/** Resources that every node has: the others are devices. */
const plainResource = /^(?:cpu|memory|pods|ephemeral-storage|hugepages-.*|attachable-volumes-.*)$/;

export class ClusterOffers implements Offers {
  readonly #objects: Objects;

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  async list(kind: OfferKind, signal?: AbortSignal): Promise<readonly Offer[] | undefined> {
    const { path, query = {}, read, isNameOnly } = this.#way(kind);
    const accept = isNameOnly ? { accept: metadataOnly.list } : {};
    try {
      const { items } = await this.#objects.api.request(Items, {
        path,
        query,
        ...accept,
        ...(signal && { signal }),
      });
      const offers = (items ?? []).flatMap(read);
      return offers.filter(({ name }, at) => offers.findIndex(other => other.name === name) === at);
    } catch (error) {
      if (isKubeStatus(error) && (error.code === 403 || error.code === 404)) return undefined;
      throw error;
    }
  }

  /** `isNameOnly`: content, such as that of Secrets, is not even asked for. */
  #way(kind: OfferKind): {
    path: string;
    query?: Record<string, string>;
    read: (item: Item) => Offer[];
    isNameOnly?: true;
  } {
    const here = `/api/v1/namespaces/${encodeURIComponent(this.#objects.namespace)}`;
    const named = ({ metadata: { name } }: Item): Offer[] => [{ name }];
    switch (kind) {
      case 'storageClass':
        return { path: '/apis/storage.k8s.io/v1/storageclasses', read: storageClass };
      case 'priorityClass':
        return { path: '/apis/scheduling.k8s.io/v1/priorityclasses', read: priorityClass };
      case 'runtimeClass':
        return {
          path: '/apis/node.k8s.io/v1/runtimeclasses',
          read: ({ metadata: { name }, handler }) => [{ name, ...(handler && { note: handler }) }],
        };
      case 'serviceAccount':
        return { path: `${here}/serviceaccounts`, read: named, isNameOnly: true };
      case 'pullSecret':
        return {
          path: `${here}/secrets`,
          query: { fieldSelector: 'type=kubernetes.io/dockerconfigjson' },
          read: named,
          isNameOnly: true,
        };
      case 'configMap':
        return { path: `${here}/configmaps`, read: named, isNameOnly: true };
      case 'secret':
        return {
          path: `${here}/secrets`,
          query: { labelSelector: `!${labelKeys.name}` },
          read: named,
          isNameOnly: true,
        };
      case 'gpuResource':
        return { path: '/api/v1/nodes', read: devices };
      case 'nodeLabel':
        return {
          path: '/api/v1/nodes',
          read: ({ metadata: { labels } }) =>
            // With its value: one name has another on each node.
            Object.entries(labels ?? {}).map(([name, value]) => ({ name: `${name}=${value}` })),
        };
      case 'namespace':
        return { path: '/api/v1/namespaces', read: named, isNameOnly: true };
    }
  }
}

/** Of provisioners that give a folder, of whatever size: nobody holds a home to the one that was asked for. */
const unenforced = /host-?path|local-path|no-provisioner|\bnfs\b|openebs\.io\/local/i;

function storageClass({ metadata: { name, annotations }, provisioner, allowVolumeExpansion }: Item): Offer[] {
  const isDefault = annotations?.[isDefaultClass] === 'true';
  const notes = [
    ...(provisioner ? [provisioner] : []),
    ...(allowVolumeExpansion ? [l10n.t('can grow')] : []),
    ...(unenforced.test(provisioner ?? '') ? [l10n.t('its size is advisory')] : []),
  ];
  return [{ name, note: notes.join(', '), isDefault }];
}

function priorityClass({ metadata: { name }, value, globalDefault }: Item): Offer[] {
  return [{ name, note: String(value ?? 0), isDefault: globalDefault === true }];
}

function devices({ status }: Item): Offer[] {
  const resources = Object.entries(status?.allocatable ?? {});
  return resources
    .filter(([name]) => !plainResource.test(name))
    .map(([name, count]) => ({ name, note: String(count) }));
}
