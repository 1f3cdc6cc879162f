/** What creating a workspace has in common on every engine. Pure. */
import { isDeepStrictEqual } from 'node:util';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import type { WorkspaceName } from '../workspace/name.ts';
import { recordSchema, type Record as WorkspaceRecord } from '../workspace/record.ts';
import type { EngineClock } from './clock.ts';
import type { CreateRequest } from './engine.ts';

/**
 * Nothing but a review lets overrides in: not a page, a template, a link or another workspace. Throws 'invalid' where
 * the settings have others than those that were reviewed.
 */
export function refuseUnreviewed({ settings, reviewed }: Pick<CreateRequest, 'settings' | 'reviewed'>): void {
  const { overrides = {}, fromCatalogue } = settings;
  if (Object.keys(overrides).length === 0) return;
  if (
    isDeepStrictEqual(overrides, reviewed?.overrides) &&
    isDeepStrictEqual(fromCatalogue, reviewed?.fromCatalogue)
  )
    return;
  throw new BerthError(
    l10n.t('These settings want more of the engine than was reviewed. Review them before they are used.'),
    { code: 'invalid' },
  );
}

/** What another process needs to finish; image and login are known once the image was looked at. */
export function draftRecord(request: CreateRequest, clock: Pick<EngineClock, 'now'>): WorkspaceRecord {
  refuseUnreviewed(request);
  return shownRecord(request, clock);
}

/** The same for a preview, which makes nothing. */
export function shownRecord(request: CreateRequest, clock: Pick<EngineClock, 'now'>): WorkspaceRecord {
  const { name, settings, maker, hostKey, authorizedKeys, gitKey, capHours } = request;
  return {
    schema: recordSchema,
    revision: 1,
    name,
    createdBy: maker.identity,
    createdAt: new Date(clock.now()).toISOString(),
    settings,
    hostKey,
    authorizedKeys: [...authorizedKeys],
    image: { reference: settings.image, digest: '' },
    login: { name: 'root', uid: 0, gid: 0, home: settings.home ?? '/root' },
    ...(gitKey && { gitKey }),
    ...(capHours !== undefined && { capHours }),
  };
}

export function taken(name: WorkspaceName): BerthError {
  return new BerthError(
    l10n.t('There is already a workspace “{0}” on this target. Choose another name.', name),
    { code: 'conflict' },
  );
}

export function homeKept(name: WorkspaceName): BerthError {
  return new BerthError(
    l10n.t(
      'The home of a deleted workspace “{0}” was kept on this target. Choose another name, or delete that home first.',
      name,
    ),
    { code: 'conflict' },
  );
}

export function tooEarly(name: WorkspaceName, cause?: unknown): BerthError {
  return new BerthError(
    l10n.t(
      'The creation of “{0}” was interrupted too early to be finished. Delete it and create it again.',
      name,
    ),
    { code: 'invalid', cause },
  );
}
