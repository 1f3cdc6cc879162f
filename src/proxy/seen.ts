/**
 * What the proxy remembers of a workspace that it joined: while nothing of it has changed, the next connection needs
 * no questions but one. Losing the file costs a few milliseconds, nothing else.
 */

export interface Seen {
  /** The engine's word for the run, by which a new one is told. */
  readonly startedAt: string;
  /** The loopback port behind which sshd answered in that run. */
  readonly port: number;
  /** The host key of the workspace that this machine's key was found to be welcome in. */
  readonly hostKey: string;
}

export function formatSeen({ startedAt, port, hostKey }: Seen): string {
  return `${startedAt}\n${port}\n${hostKey}\n`;
}

export function parseSeen(text: string | undefined): Seen | undefined {
  const [startedAt, port, hostKey, end, ...rest] = (text ?? '').split('\n');
  return startedAt && hostKey && end === '' && rest.length === 0 && /^\d{1,5}$/.test(port ?? '')
    ? { startedAt, port: Number(port), hostKey }
    : undefined;
}
