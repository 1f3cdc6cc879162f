/** The homes of deleted workspaces: a new workspace on one, or its end. */
import * as l10n from '@vscode/l10n';
import { KeptHomeArgument } from '../views/nodes.ts';
import { askModally, pick } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { BerthError } from '../workspace/error.ts';
import { binarySize } from '../workspace/words.ts';
import { chooseTarget } from './choose.ts';
import { deleteKeptHomeQuestion, takeKeptHomeQuestion } from './loss.ts';
import type { Ref } from './operations.ts';
import type { Commands, Parts } from './parts.ts';

export function keptHomeCommands(parts: Parts): Commands {
  return {
    createOnKeptHome: async (...args) => {
      const home = await chooseKeptHome(parts, args, l10n.t('Create on a Kept Home'));
      if (!home) return;
      const { target, name } = home;
      const question = takeKeptHomeQuestion(name, await otherOf(parts, home));
      if (question && (await askModally(question)) === undefined) return;
      await parts.pages.openForm({ mode: 'create', target, given: [{ by: 'typed', values: { name } }] });
    },
    deleteKeptHome: async (...args) => {
      const home = await chooseKeptHome(parts, args, l10n.t('Delete a Kept Home'));
      if (!home) return;
      const { target, name } = home;
      const bytes = parts.keptHomes.bytesOf(target, name);
      const title = parts.fleet.target(target)?.target.title ?? target;
      const question = deleteKeptHomeQuestion(
        name,
        title,
        bytes === undefined ? '' : binarySize(bytes),
        await otherOf(parts, home),
      );
      if ((await askModally(question)) === undefined) return;
      const { volumes } = await parts.fleet.engine(target);
      if (!volumes) throw new BerthError(l10n.t('“{0}” keeps no homes', title), { code: 'unsupported' });
      try {
        await volumes.removeKeptHome(name);
      } finally {
        await parts.keptHomes
          .ask(target)
          .catch(error => parts.log.write('warn', `the kept homes of ${title} cannot be listed`, error));
      }
    },
  };
}

/** Who made its workspace, where that was somebody else and is known. */
async function otherOf({ keptHomes, me }: Parts, { target, name }: Ref): Promise<string | undefined> {
  const { createdBy = '' } = keptHomes.of(target).find(kept => kept.name === name) ?? {};
  await me.ask();
  return me.other({ createdBy });
}

async function chooseKeptHome(
  parts: Parts,
  args: readonly unknown[],
  title: string,
): Promise<Ref | undefined> {
  const handed = KeptHomeArgument.safeParse(args[0]).data;
  if (handed) return { target: handed.target, name: handed.name };
  const of = await chooseTarget(parts, args, title, ({ health }) => health !== 'down');
  if (!of) return undefined;
  const { id } = of.target;
  await parts.keptHomes.ask(id);
  const homes = parts.keptHomes.of(id);
  if (homes.length === 0) {
    await showMessage(
      'information',
      l10n.t('No home of a deleted workspace was kept on {0}.', of.target.title),
    );
    return undefined;
  }
  return await pick(
    homes.map(({ name }) => ({ label: name, value: { target: id, name } })),
    title,
  );
}
