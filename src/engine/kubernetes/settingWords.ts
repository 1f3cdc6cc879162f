/** Which setting a resource or a field of Kubernetes' objects stands for, in the words of the form. Pure. */
import * as l10n from '@vscode/l10n';

/** Such as 'requests.memory', 'cpu', 'limits.nvidia.com/gpu', 'count/jobs.batch'; itself where there is no word for it. */
export function resourceWords(resource: string): string {
  const name = resource.trim().replace(/^(requests|limits)\./, '');
  if (name === 'cpu') return l10n.t('CPUs');
  if (name === 'memory') return l10n.t('memory');
  if (/^hugepages-/.test(name)) return l10n.t('huge pages');
  if (name === 'ephemeral-storage') return l10n.t('temporary disk space');
  if (name === 'storage' || /\.storageclass\.storage\.k8s\.io\/requests\.storage$/.test(name))
    return l10n.t('disk');
  if (/persistentvolumeclaims$/.test(name)) return l10n.t('disks');
  if (/^pods$|^count\/(pods|jobs\.batch)$/.test(name)) return l10n.t('running workspaces');
  if (/^services(\.nodeports|\.loadbalancers)?$|^count\/services$/.test(name))
    return l10n.t('published ports');
  if (/gpu|^(amd|nvidia|intel|habana)\.[\w.]+\/|\/mig-/.test(name)) return l10n.t('GPUs');
  return resource;
}

/** Such as 'spec.template.spec.containers[0].resources.limits[memory]'; undefined where there is no word for it. */
export function fieldWords(field: string): string | undefined {
  const resource = /resources\.(?:requests|limits)(?:\[([^\]]+)\]|\.(\S+))/.exec(field);
  if (resource) return resourceWords(resource[1] ?? resource[2] ?? '');
  return table.find(({ pattern }) => pattern.test(field))?.say();
}

const table: readonly { readonly pattern: RegExp; readonly say: () => string }[] = [
  { pattern: /nodeSelector/, say: () => l10n.t('node selector') },
  { pattern: /tolerations/, say: () => l10n.t('tolerations') },
  { pattern: /imagePullSecrets/, say: () => l10n.t('pull secrets') },
  { pattern: /imagePullPolicy/, say: () => l10n.t('pull policy') },
  { pattern: /\.image$/, say: () => l10n.t('image') },
  { pattern: /\.env(\[|$)/, say: () => l10n.t('environment variables') },
  { pattern: /volumeMounts|volumes/, say: () => l10n.t('volumes') },
  { pattern: /storageClassName/, say: () => l10n.t('storage class') },
  { pattern: /accessModes/, say: () => l10n.t('access mode') },
  { pattern: /priorityClassName/, say: () => l10n.t('priority class') },
  { pattern: /runtimeClassName/, say: () => l10n.t('runtime class') },
  { pattern: /serviceAccountName/, say: () => l10n.t('service account') },
  { pattern: /nodePort/, say: () => l10n.t('node port') },
  { pattern: /metadata\.labels/, say: () => l10n.t('labels') },
  { pattern: /metadata\.annotations/, say: () => l10n.t('annotations') },
  { pattern: /securityContext/, say: () => l10n.t('security context') },
];
