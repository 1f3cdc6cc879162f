/** What can be connected to: a workspace, or what was adopted. */
import type { Adopted } from '../adopt/adopted.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { adoptedChoices, handedAdopted } from './adopted.ts';
import { chooseWorkspace, type Fitting, pickWorkspace } from './choose.ts';
import type { Parts } from './parts.ts';

export type Enterable = Workspace | Adopted;

export function isAdopted(enterable: Enterable): enterable is Adopted {
  return 'place' in enterable;
}

/** The one that a command is about, or undefined when the person left. */
export async function chooseEnterable(
  parts: Parts,
  args: readonly unknown[],
  title: string,
  fits: Fitting = () => true,
): Promise<Enterable | undefined> {
  const adopted = await handedAdopted(parts, args);
  if (adopted) return adopted;
  if (args[0] !== undefined) return await chooseWorkspace(parts, args, title, fits);
  return await pickWorkspace(parts, title, fits, adoptedChoices(parts));
}
