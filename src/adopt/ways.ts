/** Ways into what is adopted, worked out before anything is done there, and tried once before they are kept. */
import { randomBytes } from 'node:crypto';
import type { Adoptable, Place } from '../engine/adoptable.ts';
import { generateKey } from '../ssh/key.ts';
import { absolutePath } from '../workspace/absolutePath.ts';
import { BerthError } from '../workspace/error.ts';
import type { Adopted } from './adopted.ts';
import { enterAdopted } from './enter.ts';
import { guestProblem, putGuest, removeGuest } from './guestSshd.ts';
import type { Survey } from './survey.ts';

/** For what is over at once where the engine answers. */
const shortMs = 20_000;

export type Way = Pick<Adopted, 'entry' | 'user' | 'home'>;

/** By a session of sshd for each connection, with a host key made for it. Throws where sshd could let nobody in. */
export function sessionWay(place: Place, survey: Survey): Way {
  const problem = guestProblem(survey, place);
  const { user } = survey;
  if (problem !== undefined || !user) throw new BerthError(problem ?? '', { code: 'unsupported' });
  const folder = `/tmp/.berth-${randomBytes(8).toString('hex')}`;
  return {
    user: user.name,
    home: user.home,
    entry: { way: 'exec', folder, hostKey: generateKey('adopted') },
  };
}

/** By its own ssh server, which shows this host key. */
export async function serverWay(
  adoptable: Adoptable,
  place: Place,
  { port, user, hostKey }: { readonly port: number; readonly user: string; readonly hostKey: string },
): Promise<Way> {
  return { user, home: await homeOf(adoptable, place, user), entry: { way: 'server', port, hostKey } };
}

/**
 * Puts in what it takes and connects once. Where that fails, what was put in is taken away again; where it goes well, what
 * it answers with does that.
 */
export async function tryEntry(
  adoptable: Adoptable,
  { name, place, entry }: Adopted,
  publicKey: string,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const takeBack = async () => {
    if (entry.way !== 'exec') return;
    await removeGuest(adoptable, place, entry, AbortSignal.timeout(shortMs)).catch(() => undefined);
  };
  try {
    if (entry.way === 'exec') await putGuest(adoptable, place, entry, publicKey, signal);
    const stream = await enterAdopted(adoptable, { name, place, entry }, publicKey, { signal });
    stream.on('error', () => {}).destroy();
  } catch (error) {
    await takeBack();
    throw error;
  }
  return takeBack;
}

/** As /etc/passwd has it; the root of everything where it does not tell. */
async function homeOf(adoptable: Adoptable, place: Place, user: string): Promise<string> {
  const { stdout } = await adoptable.exec(place, ['cat', '/etc/passwd'], {
    signal: AbortSignal.timeout(shortMs),
  });
  const line = stdout.split('\n').find(line => line.startsWith(`${user}:`));
  return absolutePath.safeParse(line?.split(':')[5]).data ?? '/';
}
