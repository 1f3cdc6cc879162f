/** What Berth calls its objects on a Docker engine. Pure, and free of any library: the proxy's fast path uses it too. */
import { WorkspaceName } from '../../workspace/name.ts';

const prefix = 'berth-';

/** Its creation is the final lock on the workspace's name. */
export function containerName(name: WorkspaceName): string {
  return `${prefix}${name}`;
}

/** A container on its way in or out; `_` never stands in a workspace's name, so it is no workspace's container. */
export function interimContainerName(name: WorkspaceName, token: string): string {
  return `${prefix}${name}_${token}`;
}

/** Whether a container has such a name. */
export function isInterimName(container: string): boolean {
  return /^berth-[a-z0-9-]+_[0-9a-f]{16}$/.test(container);
}

export function homeVolume(name: WorkspaceName): string {
  return `${prefix}${name}-home`;
}

export function recordVolume(name: WorkspaceName): string {
  return `${prefix}${name}-record`;
}

/** What a mark says: a creation goes on, the record is being written, or what an edit changed (one volume a revision). */
export type MarkKind = 'building' | 'writing' | `edit-${number}`;

export function markVolume(name: WorkspaceName, what: MarkKind): string {
  return `${prefix}${name}-mark-${what}`;
}

/** A volume made for a mount with a driver of its own; the same driver and options make the same name. */
export function dataVolume(name: WorkspaceName, fingerprint: string): string {
  return `${prefix}${name}-data-${fingerprint}`;
}

/** The workspace whose container this would be by its name (with or without the API's leading slash). */
export function workspaceOfContainer(container: string): WorkspaceName | undefined {
  return nameBetween(container.replace(/^\//, ''), '');
}

/** The workspace whose home this would be by its name: people make such volumes by hand too. */
export function workspaceOfHome(volume: string): WorkspaceName | undefined {
  return nameBetween(volume, '-home');
}

function nameBetween(text: string, suffix: string): WorkspaceName | undefined {
  return text.startsWith(prefix) && text.endsWith(suffix)
    ? WorkspaceName.safeParse(text.slice(prefix.length, text.length - suffix.length)).data
    : undefined;
}
