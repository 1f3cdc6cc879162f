/** Starts and stops of a workspace: a text in its Secret that is never mounted, written by whoever starts or stops it. */
import { type HistoryEntry, parseHistory, withEntry } from '../../workspace/history.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { objectName } from './names.ts';
import type { SecretObject } from './reports.ts';
import { isKubeStatus } from './status.ts';
import type { Workbench } from './workbench.ts';

const key = 'history';
/** Others write at the same time, if seldom. */
const maxTries = 4;

/** The oldest first, with the times as this machine's clock showed them. */
export async function historyOf(
  { objects }: Workbench,
  name: WorkspaceName,
  signal: AbortSignal,
): Promise<HistoryEntry[]> {
  const secret = await objects.get('secret', objectName(name), signal);
  const { clock } = objects.api;
  return parseHistory(textIn(secret)).map(entry => ({
    ...entry,
    at: entry.at === undefined ? undefined : clock.here(entry.at).getTime(),
  }));
}

/** Adds an entry of now, unless the workspace is as it says already. Nothing fails for want of it. */
export async function addHistory(
  { objects, log }: Workbench,
  name: WorkspaceName,
  entry: Omit<HistoryEntry, 'at'> & { readonly at?: number },
): Promise<void> {
  try {
    for (let tries = 0; tries < maxTries; tries++) {
      const secret = await objects.get('secret', objectName(name));
      if (!secret) return;
      const text = textIn(secret);
      if (entry.kind === 'stop' && parseHistory(text).at(-1)?.kind === 'stop') return;
      const changed = withEntry(text, { at: objects.api.clock.now(), ...entry });
      const isWritten = await objects
        .patch('secret', secret.name, {
          metadata: { resourceVersion: secret.resourceVersion },
          data: { [key]: Buffer.from(changed).toString('base64') },
        })
        .then(
          () => true,
          error => {
            if (isKubeStatus(error, 'Conflict')) return false;
            throw error;
          },
        );
      if (isWritten) return;
    }
  } catch (error) {
    log('debug', `the history of ${name} was not written: ${error}`);
  }
}

function textIn(secret: SecretObject | undefined): string {
  return Buffer.from(secret?.data[key] ?? '', 'base64').toString();
}
