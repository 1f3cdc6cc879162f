/** From the text of a policy to what it says. */
import * as l10n from '@vscode/l10n';
import type * as z from 'zod';
import { parseLenientJson } from '../image/catalogue/lenientJson.ts';
import { BerthError } from '../workspace/error.ts';
import { Policy } from '../workspace/policy/policy.ts';

/** More is no policy, wherever it comes from. */
export const mostPolicyBytes = 512 * 1024;

/** Throws 'invalid', with what is wrong and where. */
export function parsePolicy(text: string): Policy {
  const parsed = Policy.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new BerthError(l10n.t('it is not as a policy has to be: {0}.', issueWords(parsed.error)), {
    code: 'invalid',
    cause: parsed.error,
  });
}

function jsonOf(text: string): unknown {
  try {
    return parseLenientJson(text).value;
  } catch (cause) {
    throw new BerthError(l10n.t('it is not JSON.'), { code: 'invalid', cause });
  }
}

function issueWords({ issues }: z.ZodError): string {
  const [first] = issues;
  if (!first) return '';
  const path = first.path.map(String).join('.');
  if (first.code === 'unrecognized_keys') {
    return l10n.t('nothing is known of “{0}”', [path, first.keys[0]].filter(Boolean).join('.'));
  }
  return path === '' ? first.message : `${path}: ${first.message}`;
}
