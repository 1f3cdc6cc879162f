/** A namespace of a cluster as text. Pure. */
import type { KubernetesEndpoint } from '../target.ts';

/** For words and for telling two apart: `kubernetes:<context>/<namespace>`, with the file where it is a special one. */
export function formatCluster({ context, namespace, kubeconfig }: KubernetesEndpoint): string {
  const file = kubeconfig === undefined ? '' : ` (${kubeconfig})`;
  return `kubernetes:${context ?? 'in-cluster'}/${namespace}${file}`;
}

/** What people call the cluster, out of what the clouds' tools write into a kubeconfig. */
export function clusterName({ context = 'in-cluster' }: Pick<KubernetesEndpoint, 'context'>): string {
  const rules = [
    /^arn:[^/]*:cluster\/(.+)$/, // EKS: arn:aws:eks:<region>:<account>:cluster/<name>
    /^gke_[^_]+_[^_]+_(.+)$/, // GKE: gke_<project>_<zone>_<name>
    /^[^@]+@(.+)$/, // kubeadm and eksctl: <user>@<name>
    /^[^/]+\/([^/:]+):\d+\/[^/]*$/, // oc: <namespace>/<host>:<port>/<user>
  ];
  for (const rule of rules) {
    const [, name] = rule.exec(context) ?? [];
    if (name !== undefined) return name;
  }
  return context;
}
