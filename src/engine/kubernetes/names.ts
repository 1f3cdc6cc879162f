/** What the objects of a workspace are called, and by which labels they are found. Pure. */
import type { WorkspaceName } from '../../workspace/name.ts';
import { labelKeys, nameOf } from '../labels.ts';

/** The Secret (the record), the Job and the Service, each of its own kind, have the same name. */
export function objectName(name: WorkspaceName): string {
  return `berth-${name}`;
}

/** The PersistentVolumeClaim of the home. */
export function homeClaim(name: WorkspaceName): string {
  return `berth-${name}-home`;
}

/** The container of a workspace's pod. */
export const containerName = 'workspace';

const managedBy = 'app.kubernetes.io/managed-by';

/** Finds all that Berth made in a namespace. */
export const allOfBerth = `${managedBy}=berth`;

/** Finds all that belongs to one workspace. */
export function allOf(name: WorkspaceName): string {
  return `${allOfBerth},${labelKeys.name}=${name}`;
}

/** Finds the pods in which a workspace runs, and none that only looks into its image. */
export function runsOf(name: WorkspaceName): string {
  return `${allOf(name)},${labelKeys.role}=run`;
}

/** Whether an object with one of a workspace's names is Berth's. */
export function isOurs(
  { labels }: { readonly labels: Readonly<Record<string, string>> },
  name: WorkspaceName,
): boolean {
  return nameOf(labels) === name && labels[managedBy] === 'berth';
}

/**
 * record: the Secret. home: its claim. run: Job, its pods and the Service. probe: a pod that only looks into an image.
 * transfer: a pod that only stands beside homes.
 */
export type Role = 'record' | 'home' | 'run' | 'probe' | 'transfer';

/** Of what Berth made for any number of workspaces. */
export const sharedLabels: Readonly<Record<string, string>> = { [managedBy]: 'berth' };

/** The recommended labels of Kubernetes and Berth's own. */
export function objectLabels(name: WorkspaceName, role: Role): Record<string, string> {
  return {
    'app.kubernetes.io/name': 'berth-workspace',
    'app.kubernetes.io/instance': objectName(name),
    [managedBy]: 'berth',
    [labelKeys.name]: name,
    [labelKeys.role]: role,
  };
}
