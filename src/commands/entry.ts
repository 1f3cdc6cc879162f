/** Lets this machine into a workspace where it may enter: its key is added after one question. */
import * as l10n from '@vscode/l10n';
import type { Engine } from '../engine/engine.ts';
import { askModally } from '../vscode/ask.ts';
import { BerthError } from '../workspace/error.ts';
import type { AuthorizedKey } from '../workspace/record.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { maker } from './identity.ts';
import { entryDecision } from './mayEnter.ts';
import type { Parts } from './parts.ts';

/** Adds this machine's key after one question where it is missing. False: the person would rather not. */
export async function ensureEntry(parts: Parts, engine: Engine, workspace: Workspace): Promise<boolean> {
  const { ssh } = parts.machine;
  const [record, identity, me] = await Promise.all([engine.record(workspace.name), ssh.identity(), maker()]);
  const decision = entryDecision(record, identity.publicKey, me.identity);
  switch (decision.kind) {
    case 'enter':
      return true;
    case 'refuse':
      throw new BerthError(
        l10n.t(
          '{0} belongs to {1}, and the key of this machine is not among those that may enter. Ask for it to be added: {2}',
          workspace.name,
          decision.owner,
          identity.publicKey,
        ),
        {
          code: 'invalid',
          action: {
            label: l10n.t('Copy My Public Key'),
            command: 'berth.copyReference',
            args: [{ text: identity.publicKey }],
          },
        },
      );
    case 'ask': {
      const add = l10n.t('Add the Key');
      const chosen = await askModally({
        message: l10n.t('Let this machine into {0}?', workspace.name),
        detail: l10n.t(
          'You made it on another machine, or with another key. The public key of this one is added to those that may enter.',
        ),
        buttons: [add],
      });
      if (chosen !== add) return false;
      const authorizedKeys: AuthorizedKey[] = [
        ...record.authorizedKeys,
        { key: identity.publicKey, owner: me.identity },
      ];
      await parts.operations
        .edit(workspace, record.settings, { revision: record.revision, authorizedKeys })
        .succeeded();
      return true;
    }
  }
}
