/** A workspace's record in its Secret: read, and written so that no other writer's change is lost. */
import * as l10n from '@vscode/l10n';
import { limitsFile } from '../../boot/bootConfig.ts';
import { bootInputs } from '../../boot/bootFiles.ts';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import { labelKeys } from '../labels.ts';
import { parseRecord } from '../recordFile.ts';
import { bootHash, secretAnnotations, secretData } from './manifests.ts';
import { objectName } from './names.ts';
import { type ImageCommand, imageCommandIn, noteKeys } from './notes.ts';
import { passwdKey } from './podTemplate.ts';
import type { SecretObject } from './reports.ts';
import { isKubeStatus } from './status.ts';
import type { Workbench } from './workbench.ts';

/** Annotations of one object together, less what Kubernetes and others put there (apimachinery: 256 KiB). */
const maxSettingsBytes = 200_000;

export interface StoredRecord {
  readonly record: WorkspaceRecord;
  readonly image: ImageCommand;
  readonly secret: SecretObject;
}

export async function readRecord(
  { objects }: Workbench,
  name: WorkspaceName,
  signal?: AbortSignal,
): Promise<StoredRecord> {
  const secret = await objects.get('secret', objectName(name), signal);
  if (!secret) {
    throw new BerthError(
      l10n.t('The record of “{0}” is gone: the workspace was deleted, or its Secret by hand.', name),
      {
        code: 'not-found',
      },
    );
  }
  const text = secret.data[bootInputs.record];
  const record = parseRecord(name, text === undefined ? undefined : Buffer.from(text, 'base64').toString());
  return { record, image: imageCommandIn(secret.annotations), secret };
}

/** Annotations of whoever does something to a workspace: its creation, if it still goes on, may not take it back then. */
export const takenOver = { [labelKeys.token]: null };

/** What else the write changes on the Secret; null takes an annotation away. */
export interface WriteOptions {
  /** For images that lack the login user. */
  readonly passwd?: string | undefined;
  readonly annotations?: Readonly<Record<string, string | null>>;
}

/** Throws 'stale' where the Secret is another than the one that was read. */
export async function writeRecord(
  { objects, bootScript }: Workbench,
  basis: SecretObject,
  { record, image }: { readonly record: WorkspaceRecord; readonly image: ImageCommand },
  options: WriteOptions = {},
): Promise<SecretObject> {
  refuseTooLarge(record);
  const annotations = { ...secretAnnotations(record, image, bootScript), ...options.annotations };
  const metadata = { resourceVersion: basis.resourceVersion, annotations };
  try {
    return await objects.patch('secret', basis.name, {
      metadata,
      data: { ...secretData(record, bootScript), ...passwdData(options.passwd) },
    });
  } catch (cause) {
    if (!isKubeStatus(cause, 'Conflict')) throw cause;
    throw new BerthError(
      l10n.t(
        '“{0}” was changed by somebody else meanwhile. Look at the new settings and try again.',
        record.name,
      ),
      { code: 'stale', cause },
    );
  }
}

const newestTries = 5;

/**
 * Reads, decides and writes anew where the Secret was changed between the first and the last of them (by a start's note,
 * say): what another has decided since is seen by then. A record of a later revision is the action's own to judge.
 */
export async function onNewest<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (error) {
      const isOvertaken = isBerthError(error, 'stale') && isKubeStatus(error.cause, 'Conflict');
      if (!isOvertaken || tries >= newestTries) throw error;
      signal.throwIfAborted();
    }
  }
}

function passwdData(passwd: string | undefined): Record<string, string> {
  return passwd === undefined ? {} : { [passwdKey]: Buffer.from(passwd).toString('base64') };
}

/** Brings boot.sh up to date where another version of Berth has put its own there, and the days of a daily stop. */
export async function refreshBoot(
  { objects, bootScript }: Workbench,
  { secret, record }: Pick<StoredRecord, 'secret' | 'record'>,
): Promise<void> {
  const hash = bootHash(bootScript);
  const isOtherBoot = secret.annotations[noteKeys.boot] !== hash;
  // The record of an older Berth has no such file, and a pod waits for ever for what its Secret lacks.
  const areLimitsOld = secret.data[bootInputs.limits] === undefined || record.settings.dailyStop !== '';
  if (!isOtherBoot && !areLimitsOld) return;
  const limits = limitsFile(record, objects.api.clock.now()).content;
  const data = {
    ...(isOtherBoot && { [bootInputs.boot]: Buffer.from(bootScript).toString('base64') }),
    [bootInputs.limits]: Buffer.from(limits).toString('base64'),
  };
  await objects.patch('secret', secret.name, { metadata: { annotations: { [noteKeys.boot]: hash } }, data });
}

export function refuseTooLarge(record: WorkspaceRecord): void {
  const text =
    secretAnnotations(record, { user: '', entrypoint: [], command: [] }, '')[labelKeys.settings] ?? '';
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxSettingsBytes) return;
  throw new BerthError(
    l10n.t(
      'The settings of “{0}” are too large for Kubernetes: {1} KiB of at most {2}. Make the init script shorter, or keep it in a repository.',
      record.name,
      Math.ceil(bytes / 1024),
      Math.floor(maxSettingsBytes / 1024),
    ),
    { code: 'invalid' },
  );
}
