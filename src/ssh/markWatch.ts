/** Tells when a mark was left on a workspace, by whichever program of this machine. */
import { watchFolder } from '../engine/fileWatch.ts';
import { parseAlias } from '../workspace/name.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { BerthFolder, MarkKind } from './folder.ts';

/** Calls at least once for each. */
export function watchMarks(
  { marks }: Pick<BerthFolder, 'marks'>,
  kind: MarkKind,
  listener: (marked: Pick<Workspace, 'target' | 'name'>) => void,
): Disposable {
  const ending = `.${kind}`;
  return watchFolder(marks, file => {
    const marked = file?.endsWith(ending) ? parseAlias(file.slice(0, -ending.length)) : undefined;
    if (marked) listener(marked);
  });
}
