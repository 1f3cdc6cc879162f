/** What a workspace prints, with the values of its secrets struck out: for whoever may read a log and know no secret. Pure. */
import type { WorkspaceSettings } from './settings.ts';

const struckOut = '•••';
/** Anything shorter stands in a log by chance more often than not, and protects nothing. */
const shortestSecret = 4;

/** Every secret value of the settings as the record has them, the longest first. */
export function secretValues(settings: Pick<WorkspaceSettings, 'env' | 'mounts' | 'gitToken'>): string[] {
  const values = [
    settings.gitToken,
    ...settings.env.map(({ secret, value }) => (secret ? value : undefined)),
    ...settings.mounts.flatMap(mount =>
      mount.type === 'cifs' ? [mount.password] : mount.type === 'driver' ? Object.values(mount.options) : [],
    ),
  ];
  // A log has lines: of a value of several, each line may stand alone.
  const lines = values.flatMap(value => value?.split(/\r?\n/) ?? []).map(line => line.trim());
  return [...new Set(lines)]
    .filter(line => line.length >= shortestSecret)
    .sort((a, b) => b.length - a.length);
}

/** `secrets`: the longest first, so that one which contains another goes whole. Also as they stand in an address, and every login there. */
export function redacted(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap(secret => [secret, encodeURIComponent(secret)])
    .reduce((rest, secret) => rest.replaceAll(secret, struckOut), text)
    .replaceAll(/(https?:\/\/)[^/@\s'"]+@/g, `$1${struckOut}@`);
}
