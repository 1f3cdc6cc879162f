/** A record as files: what boot reads, and the whole as JSON. Pure. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { type BootFile, bootFilesOf } from '../boot/bootConfig.ts';
import { bootInputs } from '../boot/bootFiles.ts';
import { BerthError } from '../workspace/error.ts';
import type { WorkspaceName } from '../workspace/name.ts';
import { recordSchema, Record as WorkspaceRecord } from '../workspace/record.ts';

/** All files of the record folder but boot.sh. */
export function recordFiles(record: WorkspaceRecord): readonly BootFile[] {
  // The record last: where it can be read, everything is there.
  return [...bootFilesOf(record), { path: bootInputs.record, mode: 0o600, content: JSON.stringify(record) }];
}

const AnyRecord = z.object({ schema: z.number() });

/** Pure. Says which of the two it is: damaged, or written by a newer Berth. */
export function parseRecord(name: WorkspaceName, text: string | undefined): WorkspaceRecord {
  const damaged = (cause: unknown) =>
    new BerthError(l10n.t('The record of “{0}” cannot be read: it is damaged or was never written.', name), {
      code: 'invalid',
      cause,
    });
  if (text === undefined) throw damaged(undefined);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Not as the cause: its message would show a piece of the record.
    throw damaged(undefined);
  }
  const { success, data } = AnyRecord.safeParse(json);
  if (success && data.schema > recordSchema) {
    throw new BerthError(l10n.t('“{0}” was written by a newer Berth: update the extension.', name), {
      code: 'unsupported',
    });
  }
  const record = WorkspaceRecord.safeParse(json);
  if (!record.success) throw damaged(record.error);
  return record.data;
}
