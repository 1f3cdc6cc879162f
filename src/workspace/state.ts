/** The state of a workspace as people see it. Each engine works it out from its own reports, purely. */

export const stateKinds = [
  'Off',
  'Building',
  'Initializing',
  'Running',
  'Turning off',
  'Deleting',
  'Error',
  'Unknown',
] as const;
export type StateKind = (typeof stateKinds)[number];

/** Why it is so, as a code that decisions are made by; the words beside it are for people. */
export const stateCauses = [
  'person', // stopped by a person
  'machine', // stopped by the engine or the machine
  'limit', // lifespan, daily or idle stop
  'never-started',
  'removed', // the container is gone, home and record are there
  'exit',
  'out-of-memory',
  'image-missing',
  'pull-refused',
  'port-taken',
  'no-space',
  'boot-failed',
  'paused',
  'interrupted', // a creation whose maker is gone
  'home-missing',
  'unreadable', // labels or record that this version cannot read
  'unreachable',
  'foreign',
  'unschedulable', // no node takes it
  'forbidden', // the cluster does not let it in
] as const;
export type StateCause = (typeof stateCauses)[number];

export function isStateCause(text: string): text is StateCause {
  return (stateCauses as readonly string[]).includes(text);
}

export interface WorkspaceState {
  readonly kind: StateKind;
  /** One short sentence in words, '' only where the kind says it all. */
  readonly reason: string;
  readonly cause?: StateCause;
}

/** Whether a start makes sense from here. */
export function isStartable(state: WorkspaceState): boolean {
  return state.kind === 'Off' || state.kind === 'Error';
}

/** Errors of workspaces of which something is up, or still on its way. */
const upThoughFailed: ReadonlySet<StateCause> = new Set([
  'paused',
  'boot-failed',
  'unschedulable',
  'forbidden',
]);

/** Whether something of the workspace is up, so that a stop makes sense. */
export function isStoppable(state: WorkspaceState): boolean {
  return (
    state.kind === 'Running' ||
    state.kind === 'Initializing' ||
    (state.kind === 'Error' && state.cause !== undefined && upThoughFailed.has(state.cause))
  );
}
