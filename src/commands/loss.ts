/** What a destructive command takes away, in words, before it does. Pure. */
import * as l10n from '@vscode/l10n';
import { shortDigest } from '../workspace/words.ts';

/** What the question needs to know of a workspace. */
export interface AtRisk {
  readonly name: string;
  readonly isUp: boolean;
  /** The folder of the home, such as '/home/dev'. */
  readonly home: string;
  /** Nothing outside the home outlives a stop: so it is on a cluster. */
  readonly keepsOnlyHome?: boolean | undefined;
  /** Who made it, where that is somebody else. */
  readonly madeBy?: string | undefined;
}

export interface Question {
  readonly message: string;
  readonly detail: string;
  /** Titles of the buttons, the mildest first. */
  readonly buttons: readonly string[];
}

/** How many names a question lists before it counts the rest. */
const namesShown = 8;

export function stopQuestion(workspaces: readonly AtRisk[], force: boolean): Question {
  const names = namesOf(workspaces);
  return {
    message: force ? l10n.t('Stop {0} by force?', names) : l10n.t('Stop {0}?', names),
    detail: paragraphs(
      whose(workspaces),
      force
        ? l10n.t(
            'Its programs are killed at once, without a chance to save. What is saved in the home stays.',
          )
        : l10n.t('Unsaved work in running programs is lost. What is saved in the home stays.'),
      onlyHomesStay(workspaces),
    ),
    buttons: [force ? l10n.t('Force Stop') : l10n.t('Stop')],
  };
}

export function restartQuestion(workspace: AtRisk): Question {
  return {
    message: l10n.t('Restart {0}?', workspace.name),
    detail: paragraphs(
      whose([workspace]),
      l10n.t('Unsaved work in running programs is lost. What is saved in the home stays.'),
      onlyHomesStay([workspace]),
    ),
    buttons: [l10n.t('Restart')],
  };
}

export function rebuildQuestion(workspace: AtRisk): Question {
  return {
    message: l10n.t('Rebuild {0}?', workspace.name),
    detail: paragraphs(
      whose([workspace]),
      workspace.keepsOnlyHome
        ? l10n.t(
            'A new pod is made from its image. The home, {0}, is kept; everything outside it is lost, as at every stop.',
            workspace.home,
          )
        : l10n.t(
            'A new container is made from its image. The home, {0}, is kept; everything outside it is lost: installed packages, changed system files.',
            workspace.home,
          ),
      workspace.isUp ? l10n.t('Unsaved work in running programs is lost too.') : '',
    ),
    buttons: [l10n.t('Rebuild'), l10n.t('Rebuild on the Newest Image')],
  };
}

/** A restore into a workspace that is there. */
export function replaceHomeQuestion(
  workspace: AtRisk,
  backup: { readonly name: string; readonly madeAt: string },
): Question {
  const { name, isUp, home } = workspace;
  return {
    message: l10n.t('Replace the home of {0} by the backup of {1}?', name, backup.name),
    detail: paragraphs(
      whose([workspace]),
      l10n.t(
        'Everything in {0} is lost; what was in it when the backup was made ({1}) takes its place. The old home stays until the new one is complete.',
        home,
        backup.madeAt,
      ),
      isUp
        ? l10n.t('It is stopped for that, and started again: unsaved work in running programs is lost.')
        : '',
    ),
    buttons: [l10n.t('Replace the Home')],
  };
}

/** `size`: what it takes, '' where that is not known. `madeBy`: whose it is, where that is somebody else. */
export function deleteKeptHomeQuestion(
  name: string,
  target: string,
  size: string,
  madeBy: string | undefined,
): Question {
  return {
    message: l10n.t('Delete the kept home of {0}?', name),
    detail: paragraphs(
      whose([{ name, madeBy }]),
      l10n.t('All files of it on {0} are lost, and cannot be brought back.', target),
      size === '' ? '' : l10n.t('Size: {0}', size),
    ),
    buttons: [l10n.t('Delete the Home')],
  };
}

export function updateQuestion(
  workspace: AtRisk,
  { image, from, to }: { readonly image: string; readonly from: string; readonly to: string },
): Question {
  const { detail } = rebuildQuestion(workspace);
  return {
    message: l10n.t('Update {0} to the newer {1}?', workspace.name, image),
    detail: paragraphs(
      l10n.t('It runs {0}. The registry now has {1}.', shortDigest(from), shortDigest(to)),
      detail,
    ),
    buttons: [l10n.t('Update')],
  };
}

/** The first button keeps the home, the second does not. */
export function deleteQuestion(workspaces: readonly AtRisk[]): Question {
  const homes = workspaces.slice(0, namesShown).map(({ name, home }) => `${name}: ${home}`);
  return {
    message: l10n.t('Delete {0}?', namesOf(workspaces)),
    detail: paragraphs(
      whose(workspaces),
      workspaces.every(({ keepsOnlyHome }) => keepsOnlyHome)
        ? l10n.t(
            'The pod goes, and with it the record: settings, keys and secrets. The home, a volume claim, can be kept for a new workspace of the same name, or deleted with all that is in it, for good:',
          )
        : l10n.t(
            'The container goes with everything outside the home. The home can be kept for a new workspace of the same name, or deleted with all that is in it, for good:',
          ),
      homes.join('\n') + (workspaces.length > namesShown ? '\n…' : ''),
      workspaces.some(({ isUp }) => isUp) ? l10n.t('Unsaved work in running programs is lost.') : '',
    ),
    buttons: [l10n.t('Delete, Keep the Home'), l10n.t('Delete Everything')],
  };
}

/** Nothing is asked about one's own: what an edit costs is said by its form. */
export function editQuestion(workspace: AtRisk): Question | undefined {
  if (workspace.madeBy === undefined) return undefined;
  return {
    message: l10n.t('Edit {0} of {1}?', workspace.name, workspace.madeBy),
    detail: paragraphs(
      whose([workspace]),
      l10n.t('What you change is changed for everybody who uses it, some of it at once.'),
    ),
    buttons: [l10n.t('Edit')],
  };
}

/** Nothing is lost, but a home may hold what its owner shows to nobody. Of one's own nothing is asked. */
export function readHomeQuestion(workspace: AtRisk, what: 'clone' | 'back-up'): Question | undefined {
  const { name, madeBy, home } = workspace;
  if (madeBy === undefined) return undefined;
  const isClone = what === 'clone';
  return {
    message: isClone
      ? l10n.t('Clone {0} of {1}?', name, madeBy)
      : l10n.t('Back up {0} of {1}?', name, madeBy),
    detail: paragraphs(
      whose([workspace]),
      l10n.t('All files in {0} are copied, private ones too, such as keys and logins.', home),
    ),
    buttons: [isClone ? l10n.t('Clone') : l10n.t('Back Up')],
  };
}

/** The same of a home that was kept: it belongs to whoever makes a workspace on it. */
export function takeKeptHomeQuestion(name: string, madeBy: string | undefined): Question | undefined {
  if (madeBy === undefined) return undefined;
  return {
    message: l10n.t('Create a workspace on the kept home of {0}?', name),
    detail: paragraphs(
      whose([{ name, madeBy }]),
      l10n.t('You can then read and change all files in it, private ones too, such as keys and logins.'),
    ),
    buttons: [l10n.t('Fill In the Form')],
  };
}

/** Who may enter another's is theirs to say. */
export function accessQuestion(workspace: AtRisk): Question | undefined {
  if (workspace.madeBy === undefined) return undefined;
  return {
    message: l10n.t('Manage who may enter {0} of {1}?', workspace.name, workspace.madeBy),
    detail: whose([workspace]),
    buttons: [l10n.t('Manage Access')],
  };
}

/** With two buttons the first also ends what is open. */
export function removeKeyQuestion(
  workspace: string,
  row: {
    readonly name: string;
    readonly isThisMachine: boolean;
    readonly sessions: number;
    readonly untold: number;
  },
): Question {
  const open =
    row.sessions === 0
      ? l10n.t('{0} connections are open of which nobody can tell whose they are.', row.untold)
      : row.sessions === 1
        ? l10n.t('One connection is open with it.')
        : l10n.t('{0} connections are open with it.', row.sessions);
  return {
    message: l10n.t('Take the key of {0} out of {1}?', row.name, workspace),
    detail: paragraphs(
      row.isThisMachine
        ? l10n.t('It is the key of this very machine: you can no longer enter from here.')
        : l10n.t('Nobody can enter with it any more.'),
      row.sessions + row.untold === 0
        ? ''
        : `${open} ${l10n.t('Left alone, it goes on until it is closed. Ending it also ends bare forwards of others, of which nobody can tell whose they are: they can come back.')}`,
    ),
    buttons:
      row.sessions + row.untold === 0
        ? [l10n.t('Take It Out')]
        : [l10n.t('Take It Out and Disconnect'), l10n.t('Take It Out Only')],
  };
}

/** Names the place: whoever sent the file may mean any. */
export function importQuestion(
  connection: { readonly workspace: string; readonly title: string; readonly madeBy: string },
  place: string,
): Question {
  return {
    message: l10n.t('Add the target “{0}” of this file?', connection.title),
    detail: paragraphs(
      l10n.t(
        'The file tells of the workspace {0}, made by {1}. To reach it Berth will speak, as you, to this place:',
        connection.workspace,
        connection.madeBy || l10n.t('somebody unknown'),
      ),
      place,
      l10n.t(
        'Go on only if you know it. It is asked for the workspace first, whose host key has to be the one in the file.',
      ),
    ),
    buttons: [l10n.t('Add')],
  };
}

export function removeTargetQuestion(title: string, workspaces: number): Question {
  return {
    message: l10n.t('Remove the target “{0}” from the list?', title),
    detail:
      workspaces === 0
        ? l10n.t('Nothing on it is changed. It can be added again.')
        : l10n.t(
            'Its {0} workspaces go on as they are, but their ssh names no longer work on this machine until the target is added again.',
            workspaces,
          ),
    buttons: [l10n.t('Remove')],
  };
}

export function removeImageQuestion(reference: string, target: string): Question {
  return {
    message: l10n.t('Remove the image {0} from “{1}”?', reference, target),
    detail: l10n.t('A workspace that needs it pulls it again. An image that was only built there is lost.'),
    buttons: [l10n.t('Remove')],
  };
}

/** `user`: whose typed login goes with it. */
export function removeRegistryQuestion(registry: string, user: string | undefined): Question {
  return {
    message: l10n.t('Remove the registry {0} from the list?', registry),
    detail: [
      l10n.t('Images and workspaces stay as they are, and it can be added again.'),
      user === undefined ? '' : l10n.t('The login of {0} that was typed for it is forgotten.', user),
    ]
      .filter(Boolean)
      .join(' '),
    buttons: [l10n.t('Remove')],
  };
}

/** Of running ones on a cluster: what else a stop takes. With others among them it is said whose. */
function onlyHomesStay(workspaces: readonly AtRisk[]): string {
  const affected = workspaces.filter(({ keepsOnlyHome }) => keepsOnlyHome);
  if (affected.length === 0) return '';
  if (workspaces.length === 1) {
    return l10n.t(
      'Everything outside the home, {0}, is lost at every stop: installed packages, changed system files.',
      affected[0]?.home ?? '~',
    );
  }
  const lost = l10n.t(
    'Everything outside the homes is lost at every stop: installed packages, changed system files.',
  );
  return affected.length === workspaces.length ? lost : `${namesOf(affected)}: ${lost}`;
}

/** Of those that others made: whose they are. */
function whose(workspaces: readonly Pick<AtRisk, 'name' | 'madeBy'>[]): string {
  const others = workspaces.filter(({ madeBy }) => madeBy !== undefined);
  if (others.length === 0) return '';
  if (workspaces.length === 1) {
    return l10n.t('It belongs to {0}, not to you: ask first.', others[0]?.madeBy ?? '');
  }
  const owners = [...new Set(others.map(({ madeBy }) => madeBy ?? ''))].slice(0, namesShown);
  const lines = owners.map(owner => {
    const theirs = others.filter(({ madeBy }) => madeBy === owner);
    return l10n.t('{0}: belongs to {1}', namesOf(theirs), owner);
  });
  return [l10n.t('Not all of these are yours. Ask first:'), ...lines].join('\n');
}

function paragraphs(...texts: readonly string[]): string {
  return texts.filter(text => text !== '').join('\n\n');
}

function namesOf(workspaces: readonly Pick<AtRisk, 'name'>[]): string {
  const names = workspaces.slice(0, namesShown).map(({ name }) => name);
  const more = workspaces.length - names.length;
  return more > 0 ? l10n.t('{0} and {1} more', names.join(', '), more) : names.join(', ');
}
