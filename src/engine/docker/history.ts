/** Starts and stops of a workspace, as boot wrote them down in its record. */
import { bootOutputs } from '../../boot/bootFiles.ts';
import { type HistoryEntry, parseHistory } from '../../workspace/history.ts';
import { readFile } from './archive.ts';
import { inRecord } from './observe.ts';
import type { Parts } from './parts.ts';
import type { Workbench } from './workbench.ts';

const maxBytes = 64 * 1024;

/** The oldest first, with the times as this machine's clock showed them; none where the record is gone. */
export async function historyOf(
  { records, clock }: Workbench,
  parts: Parts,
  signal: AbortSignal,
): Promise<HistoryEntry[]> {
  if (!parts.record) return [];
  const file = await records.through(parts, container =>
    readFile(container, inRecord(bootOutputs.history), maxBytes, signal),
  );
  return parseHistory(file?.content ?? '').map(entry => ({
    ...entry,
    at: entry.at === undefined ? undefined : clock.here(entry.at).getTime(),
  }));
}
