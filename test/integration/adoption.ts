/** Adopting as commands do it, without an editor: what they ask is answered here. */
import type { Adopted } from '../../src/adopt/adopted.ts';
import { removeGuest } from '../../src/adopt/guestSshd.ts';
import { surveyOf } from '../../src/adopt/survey.ts';
import { sessionWay, tryEntry, type Way } from '../../src/adopt/ways.ts';
import type { Adoptable, Candidate } from '../../src/engine/adoptable.ts';
import type { WorkspaceName } from '../../src/workspace/name.ts';
import type { Room } from './ssh/room.ts';

const patience = () => AbortSignal.timeout(120_000);

export function adoptableOf({ engine }: Room): Adoptable {
  if (!engine.adoptable) throw new Error('the engine has nothing to adopt');
  return engine.adoptable;
}

/** The one of that name among what can be adopted. */
export async function candidate(room: Room, name: string, container?: string): Promise<Candidate> {
  const all = await adoptableOf(room).candidates();
  const found = all.find(
    place => place.name === name && (container === undefined || place.container === container),
  );
  if (!found) throw new Error(`${name} is not among ${all.map(place => place.name).join(', ')}`);
  return found;
}

/** `way`: default, by sshd over exec. */
export async function adoptAs(
  room: Room,
  name: WorkspaceName,
  { image, ...place }: Candidate,
  way?: Way,
): Promise<Adopted> {
  const adoptable = adoptableOf(room);
  const entered = way ?? sessionWay(place, await surveyOf(adoptable, place, patience()));
  const adopted: Adopted = { target: room.target.id, name, place, image, ...entered };
  await tryEntry(adoptable, adopted, (await room.home.identity()).publicKey, patience());
  await room.home.adopted.add(adopted);
  await room.writeConfig();
  return adopted;
}

export async function forget(room: Room, adopted: Adopted): Promise<void> {
  const { place, entry } = adopted;
  if (entry.way === 'exec') await removeGuest(adoptableOf(room), place, entry, patience());
  await room.home.adopted.remove(adopted);
  await room.writeConfig();
}

/** Every call of the engine that changes a workspace, made on the name: how each was refused. */
export async function refusals({ engine }: Room, name: WorkspaceName): Promise<readonly string[]> {
  const report = () => {};
  const record = engine.record(name);
  const calls = [
    engine.start(name, report, patience()),
    engine.stop(name, { force: true }, report, patience()),
    engine.rebuild(name, { pull: false }, report, patience()),
    engine.remove(name, { keepHome: false }, report, patience()),
    record.then(({ settings, revision }) => engine.edit(name, { settings, revision }, report, patience())),
  ];
  const results = await Promise.allSettled(calls);
  return results.map(result => (result.status === 'rejected' ? String(result.reason.code) : 'done'));
}
