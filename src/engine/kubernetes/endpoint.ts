/** A namespace of a cluster as one line of text. Pure. */
import type { KubernetesEndpoint } from '../target.ts';

/** For words and for telling two apart: `kubernetes:<context>/<namespace>`, with the file where it is a special one. */
export function formatCluster({ context, namespace, kubeconfig }: KubernetesEndpoint): string {
  const file = kubeconfig === undefined ? '' : ` (${kubeconfig})`;
  return `kubernetes:${context ?? 'in-cluster'}/${namespace}${file}`;
}
