/** What the page keeps over hiding and reload: which workspace it is of, and how a person left it. */
import * as z from 'zod';
import type { WorkspaceInfo } from '../../src/panels/messages.ts';
import { editor } from '../shared/editor.ts';

const Kept = z.object({
  log: z.string().optional(),
  search: z.string().default(''),
  /** Classes of the parts that are unfolded. */
  unfolded: z.array(z.string()).default([]),
});
type Kept = z.infer<typeof Kept>;

let kept: Kept = Kept.safeParse(editor.getState()).data ?? Kept.parse({});
let owner: Pick<WorkspaceInfo, 'target' | 'name'> | undefined;

export function keptState(): Kept {
  return kept;
}

/** The panel is made again from what stands here. */
export function keepFor({ target, name }: Pick<WorkspaceInfo, 'target' | 'name'>): void {
  owner = { target, name };
  keep({});
}

export function keep(change: Partial<Kept>): void {
  kept = { ...kept, ...change };
  editor.setState({ ...owner, ...kept });
}
