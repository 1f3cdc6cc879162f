/** What the proxy does next, from what the engine says of the workspace. */
import type { StartDecision } from '../ssh/mayStart.ts';
import type { StateCause, WorkspaceState } from '../workspace/state.ts';
import { isStartable } from '../workspace/state.ts';

export interface Situation {
  /** Undefined where the engine knows no such workspace. */
  readonly state: WorkspaceState | undefined;
  readonly decision: StartDecision;
}

export type Step =
  | { readonly do: 'dial' }
  | { readonly do: 'start' }
  /** It is on its way: the engine knows when it is ready, and helps where boot has to be put in. */
  | { readonly do: 'await' }
  | { readonly do: 'wait'; readonly for: 'creation' | 'stop' }
  | { readonly do: 'refuse'; readonly because: Exclude<StartDecision, { may: true }>['because'] }
  | { readonly do: 'fail'; readonly because: 'missing' | 'deleting' | 'state' };

/** No start mends these. */
const hopeless: readonly (StateCause | undefined)[] = [
  'foreign',
  'unreadable',
  'interrupted',
  'home-missing',
  'unreachable',
];

/** Pure: every row of the table in nextStep.test.ts is one line. */
export function nextStep({ state, decision }: Situation): Step {
  if (!state) return { do: 'fail', because: 'missing' };
  switch (state.kind) {
    case 'Running':
      return { do: 'dial' };
    case 'Initializing':
      return { do: 'await' };
    case 'Building':
      return { do: 'wait', for: 'creation' };
    case 'Turning off':
      return { do: 'wait', for: 'stop' };
    case 'Deleting':
      return { do: 'fail', because: 'deleting' };
    case 'Off':
    case 'Error':
    case 'Unknown':
      if (!isStartable(state) || hopeless.includes(state.cause)) {
        return { do: 'fail', because: 'state' };
      }
      return decision.may ? { do: 'start' } : { do: 'refuse', because: decision.because };
  }
}
