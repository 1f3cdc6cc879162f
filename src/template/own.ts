/** The person's own templates, as the editor's synced state keeps them. Pure. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { BerthError, isBerthError } from '../workspace/error.ts';
import { readTemplate, type Template } from './template.ts';

/** More than a person keeps in sight, and than the editor likes to synchronise. */
export const mostTemplates = 200;

export interface OwnTemplate {
  readonly id: string;
  readonly template: Template;
}

const Kept = z.looseObject({ id: z.string().min(1).max(100) });

/** Undefined for what is none, such as one that a newer Berth wrote. */
export function readOwnTemplate(value: unknown): OwnTemplate | undefined {
  const kept = Kept.safeParse(value).data;
  if (!kept) return undefined;
  const { id, ...file } = kept;
  try {
    return { id, template: readTemplate(file, id).template };
  } catch (error) {
    if (isBerthError(error)) return undefined;
    throw error;
  }
}

export function tooManyTemplates(): BerthError {
  return new BerthError(
    l10n.t('You have {0} templates already, the most there may be. Delete one first.', mostTemplates),
    { code: 'invalid' },
  );
}
