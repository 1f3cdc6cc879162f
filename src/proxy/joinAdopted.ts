/** ssh and what was adopted, joined: nothing is started, and its host key is pinned as it was at the adoption. */
import * as l10n from '@vscode/l10n';
import { type Adopted, hostKeyOf } from '../adopt/adopted.ts';
import { enterAdopted } from '../adopt/enter.ts';
import type { Engine } from '../engine/engine.ts';
import type { BerthFolder } from '../ssh/folder.ts';
import { isPinned, withPin } from '../ssh/knownHosts.ts';
import { changeKnownHosts } from '../ssh/pin.ts';
import { BerthError } from '../workspace/error.ts';
import { workspaceAlias } from '../workspace/workspace.ts';
import { carry, takesSocket } from './join.ts';
import { readText } from './readText.ts';
import type { Voice } from './voice.ts';

export interface AdoptedJoining {
  readonly folder: BerthFolder;
  readonly adopted: Adopted;
  readonly engine: Engine;
  readonly voice: Voice;
  readonly signal: AbortSignal;
}

/** What is left to do once a connection stands; resolves to the exit code. */
export async function joinAdopted({
  folder,
  adopted,
  engine,
  voice,
  signal,
}: AdoptedJoining): Promise<() => Promise<number>> {
  const { name } = adopted;
  if (takesSocket()) {
    throw new BerthError(
      l10n.t('ssh wants a socket, and {0} has none to give: set ProxyUseFdpass no for it', name),
    );
  }
  const publicKey = (readText(folder.chosenIdentity) ?? readText(folder.publicIdentity))?.trim();
  if (!engine.adoptable || !publicKey) {
    throw new BerthError(
      l10n.t('{0} cannot be reached from here: connect to it with Berth in the editor', name),
    );
  }
  const pin = { alias: workspaceAlias(adopted), hostKey: hostKeyOf(adopted) };
  const [stream] = await Promise.all([
    enterAdopted(engine.adoptable, adopted, publicKey, {
      signal,
      onHeal: () => voice.note(l10n.t('putting into {0} what ssh needs there, because it is gone', name)),
    }),
    changeKnownHosts(folder, text => (isPinned(text, pin) ? text : withPin(text, pin))),
  ]);
  return async () => ((await carry(stream)) ? 0 : 1);
}
