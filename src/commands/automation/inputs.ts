/**
 * What assistants may hand to Berth's chat tools, and extensions to its API. The settings of a new workspace derive from
 * the one schema; package.json has all of it as JSON Schema (test/support/toolSchemas.ts). Pure.
 */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { type FormKey, formFields } from '../../workspace/draft.ts';
import { BerthError } from '../../workspace/error.ts';
import type { FieldMeta, Group } from '../../workspace/field.ts';
import { TargetId, WorkspaceName } from '../../workspace/name.ts';
import { WorkspaceForm } from '../../workspace/settings.ts';

/**
 * Folders of the host, keys, rights on the cluster and what catalogues ask for are left to the form, where a person sees
 * them.
 */
const openGroups: ReadonlySet<Group> = new Set([
  'basics',
  'resources',
  'apps',
  'environment',
  'startup',
  'time',
  'git',
]);

/** Whether a program may choose it for a new workspace. */
export function isOpen({ group, secret, control }: FieldMeta): boolean {
  return openGroups.has(group) && !secret && control !== 'hidden';
}

const openKeys: readonly FormKey[] = [...formFields].filter(([, meta]) => isOpen(meta)).map(([key]) => key);

export const NewWorkspace = z.strictObject({
  ...Object.fromEntries(openKeys.map(key => [key, WorkspaceForm.shape[key].optional()])),
  target: TargetId.optional().describe('Id of the target to create it on. Needed where there are several.'),
  name: WorkspaceName.optional().describe(
    'Lower-case letters, digits and dashes, at most 40. Left out: a readable one is made up.',
  ),
  image: WorkspaceForm.shape.image
    .optional()
    .describe('Any image reference, such as debian:bookworm. Left out: the default image of this person.'),
  start: z.boolean().optional().describe('False: only add it. Default: true.'),
});

/** What was chosen, and nothing else: everything that was left out is decided as in Quick Create. */
export interface NewWorkspace extends Partial<Record<FormKey, unknown>> {
  readonly target?: TargetId | undefined;
  readonly name?: WorkspaceName | undefined;
  readonly image?: string | undefined;
  readonly start?: boolean | undefined;
}

const workspace = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .describe('Its ssh alias, such as brave-otter.local.berth, or its name where no other has the same.');

const maxLogLines = 500;

export const ListInput = z.strictObject({
  target: TargetId.optional().describe('Only those of this target.'),
});
export const WorkspaceInput = z.strictObject({ workspace });
export const LogInput = z.strictObject({
  workspace,
  lines: z.int().min(1).max(maxLogLines).optional().describe('How many lines from its end. Default: 100.'),
});

/** Refuses in words what is not as it must be. The values themselves are not repeated. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  throw new BerthError(l10n.t('This is not understood: {0}', z.prettifyError(parsed.error)), {
    code: 'invalid',
  });
}

/** The settings that were given; what the schema would add by itself is left out. */
export function parseNewWorkspace(input: unknown): NewWorkspace {
  const parsed = parseInput(NewWorkspace, input);
  const given = new Set(Object.keys(Object(input ?? {})));
  return Object.fromEntries(Object.entries(parsed).filter(([key]) => given.has(key)));
}
