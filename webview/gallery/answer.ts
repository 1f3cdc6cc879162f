/** What a person says to a review. Pure. */
import type { Details } from '../../src/panels/galleryMessages.ts';

export interface Answer {
  /** Ids of grants. */
  readonly accepted: ReadonlySet<string>;
  readonly scope: Details['scope'];
}

/** An answer as it stood when its review was drawn anew, with the ids of what that one asked. */
export interface EarlierAnswer extends Answer {
  readonly asked: ReadonlySet<string>;
}

/** Ids of what is to be accepted or allowed. */
export function askedIn({ grants }: Pick<Details, 'grants'>): ReadonlySet<string> {
  return new Set(grants.filter(({ verdict }) => verdict === 'asks').map(({ id }) => id));
}

/**
 * What is warned of is taken unless it is unticked; what is blocked only when it is ticked. What the person has said to
 * the same question already stays said, whatever else is another one now.
 */
export function answerTo(details: Pick<Details, 'grants' | 'scope'>, earlier?: EarlierAnswer): Answer {
  const isAccepted = ({ id, level }: Details['grants'][number]) =>
    earlier?.asked.has(id) ? earlier.accepted.has(id) : level === 'warned';
  const asked = details.grants.filter(({ verdict }) => verdict === 'asks');
  return {
    accepted: new Set(asked.filter(isAccepted).map(({ id }) => id)),
    scope: earlier?.scope ?? details.scope,
  };
}
