/** The row of what was adopted: marked as such, and with nothing in its menu that would change it. Pure. */
import * as l10n from '@vscode/l10n';
import type { Adopted } from '../adopt/adopted.ts';
import { placeWords } from '../adopt/adopted.ts';
import type { PlaceState } from '../engine/adoptable.ts';
import type { TargetId, WorkspaceName } from '../workspace/name.ts';
import { workspaceAlias } from '../workspace/workspace.ts';
import type { ItemLook } from './itemLook.ts';

/** What was adopted, as last looked at; the state is undefined until then, and where its target does not answer. */
export interface AdoptedNow {
  readonly adopted: Adopted;
  readonly state: PlaceState | undefined;
}

export interface AdoptedNode {
  readonly kind: 'adopted';
  readonly target: TargetId;
  readonly name: WorkspaceName;
  readonly of: AdoptedNow;
  readonly isPod: boolean;
}

export function adoptedItem({ target, name, of: { adopted, state }, isPod }: AdoptedNode): ItemLook {
  const { place, image, entry, user } = adopted;
  const words = adoptedStateWords(state);
  return {
    id: `adopted:${target}/${name}`,
    label: name,
    description: [l10n.t('adopted'), words, image].filter(Boolean).join(' · '),
    icon: state?.kind === 'gone' || state?.kind === 'replaced' ? 'warning' : 'link',
    ...(state?.kind === 'running' && { color: 'charts.green' }),
    tooltip: [
      name,
      isPod
        ? l10n.t('Adopted: the pod {0}, which Berth did not make', placeWords(place))
        : l10n.t('Adopted: the container {0}, which Berth did not make', placeWords(place)),
      l10n.t('Berth connects to it, and never starts, stops, rebuilds or deletes it.'),
      stateHelp(state) ?? words,
      l10n.t('Image {0}', image || l10n.t('unknown')),
      entry.way === 'server'
        ? l10n.t('By its own ssh server on port {0}, as {1}', String(entry.port), user)
        : l10n.t('By sshd, run in it for each connection, as {0}; its files are in {1}', user, entry.folder),
      `ssh ${workspaceAlias(adopted)}`,
    ],
    // None of the words that the menus of workspaces look for.
    context: `adopted ${state?.kind ?? 'unknown'}`,
    expansion: 'none',
    spoken: l10n.t('{0}, adopted, {1}', name, words),
  };
}

/** In a word or two. */
export function adoptedStateWords(state: PlaceState | undefined): string {
  switch (state?.kind) {
    case 'running':
      return l10n.t('Running');
    case 'off':
      return l10n.t('Off: {0}', state.reason);
    case 'replaced':
      return l10n.t('replaced by another');
    case 'gone':
      return l10n.t('gone');
    case undefined:
      return l10n.t('Unknown');
  }
}

function stateHelp(state: PlaceState | undefined): string | undefined {
  switch (state?.kind) {
    case 'replaced':
      return l10n.t('Another one of that name has taken its place. Connecting asks whether to adopt that.');
    case 'gone':
      return l10n.t('It is gone. If another one has taken its place, adopt that, and forget this.');
    default:
      return undefined;
  }
}
