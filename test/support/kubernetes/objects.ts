/** What is put into a cluster before tests come: namespaces, their rules, an ordinary user, storage, metrics. Pure. */
import { nodeName, provisionerName } from './components.ts';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** Names of the namespaces, by what is special in each. */
export interface Namespaces {
  /** Pods may do what they like. */
  readonly usual: string;
  /** Pod Security `restricted`, `baseline`. */
  readonly restricted: string;
  readonly baseline: string;
  /** With a ResourceQuota and a LimitRange. */
  readonly quota: string;
}

export function namespacesOf(prefix: string): Namespaces {
  return {
    usual: `${prefix}-test`,
    restricted: `${prefix}-restricted`,
    baseline: `${prefix}-baseline`,
    quota: `${prefix}-quota`,
  };
}

/** The ordinary user: a service account, so that it can be had on every cluster. */
export const userName = 'berth-user';

/** For any cluster. */
export function commonObjects(namespaces: Namespaces): KubernetesObject[] {
  const level = { usual: 'privileged', restricted: 'restricted', baseline: 'baseline', quota: 'privileged' };
  const made = Object.entries(namespaces).map(([what, name]) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { 'pod-security.kubernetes.io/enforce': level[what as keyof Namespaces] },
    },
  }));
  return [
    ...made,
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: userName, namespace: namespaces.usual },
      automountServiceAccountToken: false,
    },
    ...Object.values(namespaces).map(namespace => roleBinding(namespaces, namespace)),
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'berth-quota', namespace: namespaces.quota },
      spec: {
        hard: {
          pods: '4',
          persistentvolumeclaims: '3',
          'requests.cpu': '1',
          'requests.memory': '1Gi',
          'limits.cpu': '2',
          'limits.memory': '2Gi',
          'requests.storage': '5Gi',
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'berth-limits', namespace: namespaces.quota },
      spec: {
        limits: [
          {
            type: 'Container',
            default: { cpu: '250m', memory: '256Mi' },
            defaultRequest: { cpu: '50m', memory: '64Mi' },
            max: { cpu: '1', memory: '1Gi' },
          },
        ],
      },
    },
  ];
}

/** Until a test binds a narrower Role, the user may do what Kubernetes' own ClusterRole `edit` allows. */
export function roleBinding(
  namespaces: Namespaces,
  namespace: string,
  role: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string } = {
    kind: 'ClusterRole',
    name: 'edit',
  },
): KubernetesObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: userName, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...role },
    subjects: [{ kind: 'ServiceAccount', name: userName, namespace: namespaces.usual }],
  };
}

/** The storage classes of a cluster made here; `usual` is its default. */
export const storageClasses = {
  /** Expands and clones; waits for the first pod. */
  usual: 'berth-csi',
  /** The same, at once. */
  immediate: 'berth-csi-immediate',
  /** Neither expands nor clones, and pays no heed to fsGroup. */
  fixed: 'berth-hostpath',
  /** Volumes that an administrator made beforehand; heed fsGroup. */
  local: 'berth-local',
} as const;

const localVolumes = 6;
export const localVolumesFolder = '/var/lib/local-volumes';
export const localVolumeNames = Array.from({ length: localVolumes }, (_, index) => `berth-local-${index}`);

/** For a cluster made here. */
export function ownObjects(metricsPort: number): KubernetesObject[] {
  return [...storage(), ...metrics(metricsPort)];
}

function storage(): KubernetesObject[] {
  const csi = { provisioner: provisionerName, reclaimPolicy: 'Delete', allowVolumeExpansion: true };
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: { name: provisionerName },
      spec: { attachRequired: false, podInfoOnMount: false, fsGroupPolicy: 'File' },
    },
    storageClass(storageClasses.usual, { ...csi, volumeBindingMode: 'WaitForFirstConsumer' }, true),
    storageClass(storageClasses.immediate, { ...csi, volumeBindingMode: 'Immediate' }),
    storageClass(storageClasses.fixed, {
      provisioner: 'kubernetes.io/host-path',
      reclaimPolicy: 'Delete',
      allowVolumeExpansion: false,
      volumeBindingMode: 'Immediate',
    }),
    storageClass(storageClasses.local, {
      provisioner: 'kubernetes.io/no-provisioner',
      reclaimPolicy: 'Retain',
      volumeBindingMode: 'WaitForFirstConsumer',
    }),
    ...localVolumeNames.map(localVolume),
  ];
}

function storageClass(name: string, fields: object, isDefault = false): KubernetesObject {
  const annotations = isDefault ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {};
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations },
    ...fields,
  };
}

function localVolume(name: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: storageClasses.local,
      local: { path: `${localVolumesFolder}/${name}` },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] },
          ],
        },
      },
    },
  };
}

/** The metrics server is a process on this machine: its Service is a name for this machine. */
function metrics(port: number): KubernetesObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'metrics-server', namespace: 'kube-system' },
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ name: 'https', port }] },
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { name: 'metrics-server', namespace: 'kube-system', port },
      },
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: {
        name: 'system:aggregated-metrics-reader',
        labels: {
          'rbac.authorization.k8s.io/aggregate-to-view': 'true',
          'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
          'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
        },
      },
      rules: [
        { apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
      ],
    },
  ];
}
