/** A connection to what was adopted, on which an ssh server has greeted. */
import type { Duplex } from 'node:stream';
import * as l10n from '@vscode/l10n';
import type { Adoptable, Place, PlaceState } from '../engine/adoptable.ts';
import { firstWords } from '../proxy/firstWords.ts';
import { BerthError } from '../workspace/error.ts';
import { type Adopted, placeWords } from './adopted.ts';
import { putGuest, sessionCommand } from './guestSshd.ts';

/** For the greeting, on a machine that is busy. */
const greetingMs = 30_000;

/**
 * The greeting is still to be read. Files that a restart took away are put in again, which `onHeal` hears of. Throws where it
 * does not run, is gone, or is another one than was adopted: nothing of this starts it.
 */
export async function enterAdopted(
  adoptable: Adoptable,
  adopted: Pick<Adopted, 'name' | 'place' | 'entry'>,
  publicKey: string,
  { signal, onHeal }: { readonly signal: AbortSignal; readonly onHeal?: () => void },
): Promise<Duplex> {
  const { place, entry } = adopted;
  const problem = stateProblem(await adoptable.look(place, signal), adopted);
  if (problem) throw problem;
  if (entry.way === 'server') {
    const stream = await greeting(await adoptable.dial(place, entry.port, signal), signal);
    if (stream) return stream;
    throw new BerthError(
      l10n.t('Nothing that speaks ssh answers on port {0} of “{1}”', String(entry.port), placeWords(place)),
      { code: 'unreachable' },
    );
  }
  const command = sessionCommand(entry, publicKey);
  for (const attempt of ['first', 'healed'] as const) {
    const stream = await greeting(await adoptable.open(place, command, signal), signal);
    if (stream) return stream;
    if (attempt === 'healed') break;
    onHeal?.();
    await putGuest(adoptable, place, entry, publicKey, signal);
  }
  throw new BerthError(l10n.t('sshd does not answer in “{0}”', placeWords(place)), { code: 'unreachable' });
}

/** Why what was adopted cannot be entered now, if so. */
export function stateProblem(
  state: PlaceState,
  { name, place }: { readonly name: string; readonly place: Place },
): BerthError | undefined {
  const where = placeWords(place);
  switch (state.kind) {
    case 'running':
      return undefined;
    case 'off':
      return new BerthError(
        l10n.t(
          '“{0}” does not run ({1}), and Berth starts nothing that it did not make: start it where it came from',
          where,
          state.reason,
        ),
        { code: 'conflict' },
      );
    case 'replaced':
      return new BerthError(
        l10n.t(
          '“{0}” is another one than was adopted as {1}: connect to it with Berth in the editor, which asks anew',
          where,
          name,
        ),
        { code: 'stale' },
      );
    case 'gone':
      return new BerthError(
        l10n.t('“{0}” is gone. If another one has taken its place, adopt that, and forget {1}', where, name),
        { code: 'not-found' },
      );
  }
}

/** The stream with its greeting still in it; undefined where something else came, or nothing. */
async function greeting(stream: Duplex, signal: AbortSignal): Promise<Duplex | undefined> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(greetingMs)]);
  const words = await firstWords(stream, until).catch((error: unknown) => {
    signal.throwIfAborted();
    stream.on('error', () => {}).destroy();
    if (until.aborted) return undefined;
    throw error;
  });
  if (words?.toString('latin1').startsWith('SSH-')) {
    stream.unshift(words);
    return stream;
  }
  stream.on('error', () => {}).destroy();
  return undefined;
}
