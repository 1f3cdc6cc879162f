/** What differs between kinds of engines for whoever looks from outside: asked by what it is, not by which kind. Pure. */
import type { EngineKind } from './field.ts';

/** Only the home outlives a stop: all else is made anew by the next start. */
export function keepsOnlyHome(engine: EngineKind): boolean {
  return engine === 'kubernetes';
}

/** What a workspace is made of can be shown as a document. */
export function hasManifests(engine: EngineKind): boolean {
  return engine === 'kubernetes';
}
