/** The person's list of registries (`berth.registries`). Pure. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { isBerthError } from '../workspace/error.ts';
import { isRepository, parseRegistry } from './reference.ts';
import { registryKinds } from './registryKinds.ts';

const Entry = z.object({
  host: z.string().transform((text, context) => {
    try {
      return parseRegistry(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: isBerthError(error) ? error.message : String(error) });
      return z.NEVER;
    }
  }),
  /** Added as one that speaks plain HTTP. */
  http: z.boolean().default(false),
  /** Told by its host where absent. */
  kind: z.enum(registryKinds).optional(),
  /** Typed ones, for registries that keep no list. */
  repositories: z.array(z.string().refine(isRepository)).max(1000).default([]),
});
export type RegistryEntry = Readonly<z.infer<typeof Entry>>;

/** One setting's worth: what can be used, and in words what cannot. */
export interface RegistryList {
  readonly entries: readonly RegistryEntry[];
  readonly problems: readonly string[];
}

/** One bad entry never hides the others; of two for the same host the first counts. */
export function parseRegistries(setting: unknown): RegistryList {
  const rows = z.array(z.unknown()).safeParse(setting);
  if (!rows.success) return { entries: [], problems: [l10n.t('berth.registries is not a list.')] };
  const entries = new Map<string, RegistryEntry>();
  const problems: string[] = [];
  for (const [index, row] of rows.data.entries()) {
    const parsed = Entry.safeParse(row);
    const [issue] = parsed.error?.issues ?? [];
    if (issue) {
      const place = [index + 1, ...issue.path].join('.');
      problems.push(l10n.t('berth.registries, entry {0}: {1}', place, issue.message));
    } else if (parsed.data && !entries.has(parsed.data.host)) entries.set(parsed.data.host, parsed.data);
  }
  return { entries: [...entries.values()], problems };
}

/** The setting with the registry in it, in the place of an older entry or at the end; all else stays as it was written. */
export function withRegistry(
  setting: unknown,
  entry: Pick<RegistryEntry, 'host'> & Partial<RegistryEntry>,
): unknown[] {
  const { host, http, kind, repositories = [] } = entry;
  const written = {
    host,
    ...(http && { http }),
    ...(kind && { kind }),
    ...(repositories.length > 0 && { repositories }),
  };
  const rows = rowsOf(setting);
  const at = rows.findIndex(row => hostOfRow(row) === host);
  return at < 0 ? [...rows, written] : rows.with(at, written);
}

export function withoutRegistry(setting: unknown, host: string): unknown[] {
  return rowsOf(setting).filter(row => hostOfRow(row) !== host);
}

function rowsOf(setting: unknown): unknown[] {
  return z.array(z.unknown()).catch([]).parse(setting);
}

function hostOfRow(row: unknown): string | undefined {
  return Entry.safeParse(row).data?.host;
}
