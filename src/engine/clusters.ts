/** Clusters as a person picks one: the contexts of the kubeconfigs, and what has to be granted there. */
import type { KubeContext } from './kubernetes/kubeconfig.ts';
import { roleYaml } from './kubernetes/role.ts';
import type { KubernetesEndpoint } from './target.ts';

export type { KubeContext };
export { roleYaml };

/** All that kubectl would offer; of one kubeconfig alone where its path is given. Loaded at its first use. */
export async function loadContexts(kubeconfig?: string): Promise<readonly KubeContext[]> {
  const kubeconfigs = await import('./kubernetes/kubeconfig.ts');
  return await kubeconfigs.loadContexts(kubeconfig);
}

/**
 * The current one first, the others by name. In a list of what kubectl reads, the cluster in which this very program
 * runs has no file.
 */
export function inOrder(contexts: readonly KubeContext[]): readonly KubeContext[] {
  return contexts.toSorted(
    (a, b) => Number(b.isCurrent) - Number(a.isCurrent) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
}

/** Where the context leads. `isOwnFile`: it stands in a kubeconfig that kubectl would not read by itself. */
export function endpointOf(
  { name, file }: Pick<KubeContext, 'name' | 'file'>,
  namespace: string,
  isOwnFile: boolean,
): KubernetesEndpoint {
  return {
    type: 'kubernetes',
    namespace,
    ...(file !== undefined && { context: name }),
    ...(file !== undefined && isOwnFile && { kubeconfig: file }),
  };
}
