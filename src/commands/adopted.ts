/** What can be done with what was adopted: connect to it, and forget it. */
import * as l10n from '@vscode/l10n';
import { type Adopted, placeWords } from '../adopt/adopted.ts';
import { stateProblem } from '../adopt/enter.ts';
import { removeGuest } from '../adopt/guestSshd.ts';
import { serverKeyOf } from '../adopt/serverKeys.ts';
import { surveyOf } from '../adopt/survey.ts';
import { tryEntry } from '../adopt/ways.ts';
import type { Adoptable } from '../engine/adoptable.ts';
import { adoptedStateWords } from '../views/adoptedItems.ts';
import { AdoptedArgument } from '../views/nodes.ts';
import { askModally, type Choice, pick } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { BerthError } from '../workspace/error.ts';
import { adopt, adoptableOn, consent } from './adopt.ts';
import type { Commands, Parts } from './parts.ts';

const removalMs = 20_000;

export function adoptionCommands(parts: Parts): Commands {
  return {
    adopt: (...args) => adopt(parts, args),
    forgetAdopted: (...args) => forget(parts, args),
  };
}

/** The one that a command was handed, or undefined where it was handed something else. */
export async function handedAdopted(parts: Parts, args: readonly unknown[]): Promise<Adopted | undefined> {
  const ref = AdoptedArgument.safeParse(args[0]).data;
  if (!ref) return undefined;
  await parts.adoptions.load();
  const found = parts.adoptions.find(ref)?.adopted;
  if (found) return found;
  throw new BerthError(l10n.t('“{0}” was forgotten meanwhile', ref.name), { code: 'not-found' });
}

/** Rows of all that were adopted, for a list to pick from. */
export async function adoptedChoices(parts: Parts): Promise<readonly Choice<Adopted>[]> {
  await parts.adoptions.load();
  return parts.adoptions.list().map(({ adopted, state }) => ({
    label: adopted.name,
    description: [l10n.t('adopted'), state && adoptedStateWords(state), adopted.image]
      .filter(Boolean)
      .join(' · '),
    detail: parts.fleet.target(adopted.target)?.target.title ?? adopted.target,
    value: adopted,
  }));
}

/** Sees that it runs and is the one that was adopted. False: the person turned back. Throws where it cannot be entered. */
export async function adoptedReady(parts: Parts, adopted: Adopted): Promise<boolean> {
  const adoptable = await adoptableOn(parts, adopted.target);
  const state = await adoptable.look(adopted.place, AbortSignal.timeout(removalMs));
  if (state.kind !== 'replaced') {
    const problem = stateProblem(state, adopted);
    if (problem) throw problem;
    return true;
  }
  if (!state.isRunning) {
    throw new BerthError(
      l10n.t('“{0}” was made anew, and does not run: start it where it came from', placeWords(adopted.place)),
      { code: 'conflict' },
    );
  }
  return await adoptAnew(parts, adoptable, { ...adopted, place: { ...adopted.place, id: state.id } });
}

/** Another one has taken its place, and everything is asked again. */
async function adoptAnew(parts: Parts, adoptable: Adoptable, adopted: Adopted): Promise<boolean> {
  const { place, entry } = adopted;
  const [survey, hostKey] = await withNotification(
    l10n.t('{0} was made anew since you adopted it: looking into it', placeWords(place)),
    (_report, signal) =>
      Promise.all([
        surveyOf(adoptable, place, signal),
        entry.way === 'server' ? serverKeyOf(adoptable, place, entry.port, signal) : undefined,
      ]),
  );
  const fresh: Adopted =
    entry.way === 'server'
      ? { ...adopted, entry: { ...entry, hostKey: hostKey ?? entry.hostKey } }
      : { ...adopted, user: survey.user?.name ?? adopted.user, home: survey.user?.home ?? adopted.home };
  if (!(await consent(fresh, survey))) return false;
  await withNotification(l10n.t('Adopting {0}', placeWords(place)), async (_report, signal) => {
    const { ssh } = parts.machine;
    const takeBack = await tryEntry(adoptable, fresh, (await ssh.identity()).publicKey, signal);
    try {
      await ssh.adopted.replace(fresh);
    } catch (error) {
      await takeBack();
      throw error;
    }
    await parts.adoptions.reload();
    await parts.upkeep.filesReady(fresh.target);
  });
  return true;
}

async function forget(parts: Parts, args: readonly unknown[]): Promise<void> {
  const title = l10n.t('Forget What Was Adopted');
  const adopted = (await handedAdopted(parts, args)) ?? (await pick(adoptedChoices(parts), title));
  if (!adopted) return;
  const { place, entry, name } = adopted;
  const yes = l10n.t('Forget');
  const chosen = await askModally({
    message: l10n.t('Forget {0}?', name),
    detail: [
      entry.way === 'exec'
        ? l10n.t('What Berth put into {0} is taken away, and its ssh name is gone.', placeWords(place))
        : l10n.t('Its ssh name is gone. Berth put nothing into {0}.', placeWords(place)),
      l10n.t('It keeps running as it does.'),
    ].join('\n\n'),
    buttons: [yes],
  });
  if (chosen !== yes) return;
  const left = await withNotification(l10n.t('Forgetting {0}', name), (_report, signal) =>
    takeAway(parts, adopted, signal),
  );
  await parts.machine.ssh.adopted.remove(adopted);
  await parts.adoptions.reload();
  await parts.upkeep.rewrite(adopted.target);
  if (left) void showMessage('warning', left);
}

/** What could not be taken away, in words, if so: forgetting does not depend on it. */
async function takeAway(parts: Parts, adopted: Adopted, signal: AbortSignal): Promise<string | undefined> {
  const { place, entry, target } = adopted;
  if (entry.way !== 'exec') return undefined;
  const until = AbortSignal.any([signal, AbortSignal.timeout(removalMs)]);
  try {
    const adoptable = await adoptableOn(parts, target);
    const state = await adoptable.look(place, until);
    if (state.kind === 'gone' || state.kind === 'replaced') return undefined;
    await removeGuest(adoptable, place, entry, until);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    parts.log.write('warn', `${entry.folder} was left in ${placeWords(place)}`, error);
    return l10n.t(
      '{0} is forgotten, but {1} is still in {2}: it could not be reached',
      adopted.name,
      entry.folder,
      placeWords(place),
    );
  }
}
