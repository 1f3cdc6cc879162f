/** Adopting a container or pod that Berth did not make: which one, what it is called here, how it is entered, and a yes. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type Adopted, placeWords } from '../adopt/adopted.ts';
import { installCommand, installSshd } from '../adopt/install.ts';
import { serverKeyOf } from '../adopt/serverKeys.ts';
import { type Survey, surveyOf } from '../adopt/survey.ts';
import { serverWay, sessionWay, tryEntry, type Way } from '../adopt/ways.ts';
import type { Adoptable, Candidate, Place } from '../engine/adoptable.ts';
import type { FleetTarget } from '../engine/fleetMember.ts';
import { fingerprintOf, isSameKey } from '../ssh/publicKey.ts';
import { askModally, askText, type Choice, pick } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { BerthError } from '../workspace/error.ts';
import { type TargetId, WorkspaceName } from '../workspace/name.ts';
import { LoginUser } from '../workspace/record.ts';
import { workspaceAlias } from '../workspace/workspace.ts';
import { chooseTarget } from './choose.ts';
import type { Parts } from './parts.ts';

const usualPort = 22;

export async function adopt(parts: Parts, args: readonly unknown[]): Promise<void> {
  const target = await chooseTarget(parts, args, l10n.t('Adopt a Container or Pod'));
  if (!target) return;
  const { id } = target.target;
  const adoptable = await adoptableOn(parts, id);
  const place = await choosePlace(parts, adoptable, target);
  if (!place) return;
  const survey = await withNotification(l10n.t('Looking into {0}', placeWords(place)), (_report, signal) =>
    surveyOf(adoptable, place, signal),
  );
  const way = await chooseWay(adoptable, place, survey);
  if (!way) return;
  const name = await chooseName(parts, target, place);
  if (!name) return;
  const { id: placeId, name: placeName, container, image } = place;
  const adopted: Adopted = {
    target: id,
    name,
    place: { id: placeId, name: placeName, ...(container !== undefined && { container }) },
    image,
    ...way,
  };
  if (!(await consent(adopted, survey))) return;
  await withNotification(l10n.t('Adopting {0}', placeWords(place)), async (_report, signal) => {
    const { publicKey } = await parts.machine.ssh.identity();
    const takeBack = await tryEntry(adoptable, adopted, publicKey, signal);
    try {
      await parts.machine.ssh.adopted.add(adopted);
    } catch (error) {
      await takeBack();
      throw error;
    }
    await parts.adoptions.reload();
    await parts.upkeep.filesReady(adopted.target);
  });
  void showMessage(
    'information',
    l10n.t('Adopted: {0} is reached as {1}', placeWords(place), workspaceAlias(adopted)),
  );
}

/** The engine's own part for it; 'unsupported' where it has none. */
export async function adoptableOn(parts: Parts, id: TargetId): Promise<Adoptable> {
  const { adoptable } = await parts.fleet.engine(id);
  if (adoptable) return adoptable;
  throw new BerthError(l10n.t('Nothing can be adopted on this target'), { code: 'unsupported' });
}

/** What is put into it, or whose key is trusted, said before it is done. True: go on. */
export async function consent(adopted: Adopted, survey: Survey): Promise<boolean> {
  const { entry, place, user } = adopted;
  const yes = l10n.t('Adopt');
  const isKnown = entry.way === 'server' && survey.hostKeys.some(key => isSameKey(key, entry.hostKey));
  const what =
    entry.way === 'exec'
      ? [
          l10n.t(
            'Berth puts a folder into it, {0}, readable by {1} alone: a host key made for it, this machine’s public key, and a configuration for sshd with the container’s variables.',
            entry.folder,
            user,
          ),
          l10n.t(
            'For each connection the engine runs sshd in it as {0}; where sshd wants the directory /run/sshd and it is missing, that is made too. If a restart takes the files away, the next connection puts them back.',
            user,
          ),
          l10n.t('Forget takes away what Berth put there. What you do in it over ssh stays.'),
        ]
      : [
          l10n.t('Berth writes nothing into it. You log in as {0}, with your own keys or password.', user),
          isKnown
            ? l10n.t(
                'Its host key, which is also in its /etc/ssh, will be trusted:\n{0}',
                fingerprintOf(entry.hostKey),
              )
            : l10n.t(
                'Its host key, as its ssh server shows it, will be trusted. None like it is in its /etc/ssh, so compare it:\n{0}',
                fingerprintOf(entry.hostKey),
              ),
        ];
  const chosen = await askModally({
    message: l10n.t('Adopt {0}?', placeWords(place)),
    detail: [...what, l10n.t('Berth never starts, stops, rebuilds or deletes it.')].join('\n\n'),
    buttons: [yes],
  });
  return chosen === yes;
}

async function choosePlace(
  parts: Parts,
  adoptable: Adoptable,
  { target }: FleetTarget,
): Promise<Candidate | undefined> {
  await parts.adoptions.load();
  const known = new Set(
    parts.adoptions
      .list()
      .filter(({ adopted }) => adopted.target === target.id)
      .map(({ adopted: { place } }) => keyOf(place)),
  );
  const candidates = (await adoptable.candidates(AbortSignal.timeout(15_000))).filter(
    place => !known.has(keyOf(place)),
  );
  if (candidates.length === 0) {
    throw new BerthError(
      l10n.t(
        'Nothing runs on {0} that could be adopted: Berth’s own and the system’s are left out',
        target.title,
      ),
      { code: 'not-found' },
    );
  }
  return await pick(
    candidates.map(
      (place): Choice<Candidate> => ({
        label: place.name,
        ...(place.container !== undefined && { description: place.container }),
        detail: place.image,
        iconPath: new vscode.ThemeIcon('link'),
        value: place,
      }),
    ),
    l10n.t('Adopt a Container or Pod of {0}', target.title),
    l10n.t('Which one? Berth will connect to it, and never start, stop or delete it.'),
  );
}

async function chooseWay(adoptable: Adoptable, place: Place, survey: Survey): Promise<Way | undefined> {
  const { sshd, listens, user } = survey;
  const ways: Choice<'exec' | 'server' | 'install'>[] = [
    ...(sshd === undefined
      ? []
      : [
          {
            label: l10n.t('$(key) By sshd, run for each connection'),
            detail: l10n.t('As {0}, with this machine’s own key', user?.name ?? String(survey.uid)),
            value: 'exec' as const,
          },
        ]),
    ...(sshd === undefined && survey.uid === 0 && installCommand(survey.manager ?? '') !== undefined
      ? [
          {
            label: l10n.t('$(cloud-download) Install openssh-server first'),
            detail: l10n.t('By {0}, in the container: it has no sshd', survey.manager ?? ''),
            value: 'install' as const,
          },
        ]
      : []),
    {
      label: l10n.t('$(server) By its own ssh server'),
      detail: listens
        ? l10n.t('One listens on port 22. With your own keys or password')
        : l10n.t('On a port that you name. With your own keys or password'),
      value: 'server',
    },
  ];
  const way = await pick(
    listens ? ways.toReversed() : ways,
    l10n.t('How is {0} entered?', placeWords(place)),
    sshd === undefined ? l10n.t('There is no sshd in it') : undefined,
  );
  if (way === undefined) return undefined;
  if (way === 'server') return await byServer(adoptable, place, survey);
  if (way === 'exec') return sessionWay(place, survey);
  const installed = await install(adoptable, place, survey);
  return installed && sessionWay(place, installed);
}

async function byServer(adoptable: Adoptable, place: Place, survey: Survey): Promise<Way | undefined> {
  const port = await askText({
    title: l10n.t('The Port of the ssh Server in {0}', placeWords(place)),
    value: String(usualPort),
    validateInput: text =>
      /^\d{1,5}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 65535
        ? undefined
        : l10n.t('A number from 1 to 65535'),
  });
  if (port === undefined) return undefined;
  const user = await askText({
    title: l10n.t('The User to Log In as'),
    value: survey.user?.name ?? 'root',
    validateInput: text =>
      LoginUser.shape.name.safeParse(text.trim()).success ? undefined : l10n.t('That is no name of a user'),
  });
  if (user === undefined) return undefined;
  const number = Number(port);
  const hostKey = await withNotification(
    l10n.t('Asking the ssh server for its host key'),
    (_report, signal) => serverKeyOf(adoptable, place, number, signal),
  );
  if (hostKey === undefined) {
    throw new BerthError(
      l10n.t('Nothing that speaks ssh answers on port {0} of “{1}”', port, placeWords(place)),
      { code: 'unreachable' },
    );
  }
  return await serverWay(adoptable, place, { port: number, user: user.trim(), hostKey });
}

/** Only after a yes; the container as it is then. */
async function install(adoptable: Adoptable, place: Place, survey: Survey): Promise<Survey | undefined> {
  const { manager = '' } = survey;
  const yes = l10n.t('Install');
  const chosen = await askModally({
    message: l10n.t('Install openssh-server in {0}?', placeWords(place)),
    detail: l10n.t(
      '{0} downloads and installs it there. It changes the container, and Forget does not take it away again.',
      manager,
    ),
    buttons: [yes],
  });
  if (chosen !== yes) return undefined;
  return await withNotification(l10n.t('Installing openssh-server'), async (_report, signal) => {
    await installSshd(adoptable, place, manager, signal);
    return await surveyOf(adoptable, place, signal);
  });
}

async function chooseName(
  parts: Parts,
  { target }: FleetTarget,
  place: Place,
): Promise<WorkspaceName | undefined> {
  const taken = () =>
    new Set<string>([
      ...(parts.fleet.target(target.id)?.workspaces ?? []).map(({ name }) => name),
      ...parts.adoptions.list().flatMap(({ adopted }) => (adopted.target === target.id ? adopted.name : [])),
    ]);
  const typed = await askText({
    title: l10n.t('Adopt: the Name'),
    prompt: l10n.t('Lower-case letters, digits and dashes. It becomes the ssh name, on this machine only.'),
    value: nameFor(place.name, taken()),
    validateInput: text => {
      if (!WorkspaceName.safeParse(text.trim()).success) {
        return l10n.t('1 to 40 lower-case letters, digits and dashes, with a letter or digit at both ends');
      }
      return taken().has(text.trim())
        ? l10n.t('“{0}” is taken on {1}', text.trim(), target.title)
        : undefined;
    },
  });
  return typed === undefined ? undefined : WorkspaceName.parse(typed.trim());
}

/** Like the container's own, and free. */
function nameFor(place: string, taken: ReadonlySet<string>): string {
  const stem =
    place
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 36)
      .replace(/^-+|-+$/g, '') || 'adopted';
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}-${number}`;
    if (!taken.has(name)) return name;
  }
}

function keyOf({ id, container = '' }: Place): string {
  return `${id}/${container}`;
}
