/** Which workspaces the tree shows and in which order. */
import type { StateKind } from '../workspace/state.ts';
import { type Workspace, workspaceKey } from '../workspace/workspace.ts';

export const sortOrders = ['name', 'state', 'newest', 'image'] as const;
export type SortOrder = (typeof sortOrders)[number];

export interface Arrangement {
  readonly order: SortOrder;
  /** Words that must all be found; '' shows everything. */
  readonly filter: string;
  /** workspaceKey()s; they come first. */
  readonly favourites: ReadonlySet<string>;
}

/** What is up comes before what is not. */
const stateRank: Readonly<Record<StateKind, number>> = {
  Running: 0,
  Initializing: 1,
  Building: 2,
  'Turning off': 3,
  Deleting: 4,
  Error: 5,
  Off: 6,
  Unknown: 7,
};

/** Pure; the list that was given stays as it was. */
export function arrange(workspaces: readonly Workspace[], arrangement: Arrangement): Workspace[] {
  const isFavourite = (workspace: Workspace) => arrangement.favourites.has(workspaceKey(workspace));
  return workspaces
    .filter(workspace => matches(workspace, arrangement.filter))
    .sort(
      (a, b) =>
        Number(isFavourite(b)) - Number(isFavourite(a)) ||
        compare(a, b, arrangement.order) ||
        compareText(a.name, b.name),
    );
}

/** Whether every word of the filter stands in its name, image, description, state or maker. */
export function matches(workspace: Workspace, filter: string): boolean {
  return hasWords(
    [
      workspace.name,
      workspace.target,
      workspace.image,
      workspace.settings?.description ?? '',
      workspace.state.kind,
      workspace.createdBy,
    ],
    filter,
  );
}

/** Whether every word of the filter stands in one of the texts. */
export function hasWords(texts: readonly string[], filter: string): boolean {
  const text = texts.join('\n').toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}

function compare(a: Workspace, b: Workspace, order: SortOrder): number {
  switch (order) {
    case 'name':
      return 0;
    case 'state':
      return stateRank[a.state.kind] - stateRank[b.state.kind];
    case 'newest':
      return compareText(b.createdAt, a.createdAt);
    case 'image':
      return compareText(a.image, b.image);
  }
}

/** Plain order of code units: names are ASCII, and a locale's order costs a hundred times more. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
