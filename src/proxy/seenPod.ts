/**
 * What the proxy remembers of a workspace that it joined in a cluster: while its pod is the same, the next connection
 * needs no question. Losing the file costs some tens of milliseconds, nothing else.
 */

export interface SeenPod {
  readonly pod: string;
  /** The host key of the workspace that this machine's key was found to be welcome in. */
  readonly hostKey: string;
  /** The pod's own, where it was reached directly. */
  readonly address: string | undefined;
}

export function formatSeenPod({ pod, hostKey, address = '' }: SeenPod): string {
  return `${pod}\n${hostKey}\n${address}\n`;
}

export function parseSeenPod(text: string | undefined): SeenPod | undefined {
  const [pod, hostKey, address, end, ...rest] = (text ?? '').split('\n');
  const isWhole = pod && hostKey && address !== undefined && end === '' && rest.length === 0;
  if (!isWhole || !/^[a-z0-9][a-z0-9.-]*$/.test(pod)) return undefined;
  return { pod, hostKey, address: address === '' ? undefined : address };
}

/** Pure: whether this is still how pods are to be reached; `settings` is the text of settings.json (ssh/settingsFile.ts). */
export function isWanted({ address }: SeenPod, settings: string | undefined): boolean {
  const way = connectWayIn(settings);
  return way === 'auto' || (way === 'direct') === (address !== undefined);
}

/** As parseProxySettings reads it, which would load its library. */
function connectWayIn(settings: string | undefined): unknown {
  try {
    return JSON.parse(settings ?? '{}')?.kubernetesConnect ?? 'forward';
  } catch {
    return 'forward';
  }
}
