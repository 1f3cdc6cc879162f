/** JSON as people write it by hand, with comments and commas before closing brackets. Pure. */
import * as l10n from '@vscode/l10n';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { BerthError } from '../workspace/error.ts';

/** More than anybody writes by hand; it is kept from taking the editor's time. */
export const mostCharacters = 1024 * 1024;

/** `what`: the file as the person knows it. Throws 'invalid' with the line of what is wrong. */
export function parseCommentedJson(text: string, what: string): unknown {
  if (text.length > mostCharacters) throw unreadable(what, l10n.t('it is too large.'));
  const errors: ParseError[] = [];
  let value: unknown;
  try {
    value = parse(text.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true, disallowComments: false });
  } catch {
    // Nested so deeply that the stack does not do.
    throw unreadable(what, l10n.t('it is not JSON.'));
  }
  const [error] = errors;
  if (!error) return value;
  const line = text.slice(0, error.offset).split('\n').length;
  throw unreadable(
    what,
    l10n.t('line {0} is not JSON with comments ({1}).', line, printParseErrorCode(error.error)),
  );
}

export function unreadable(what: string, why: string): BerthError {
  return new BerthError(l10n.t('Cannot read {0}: {1}', what, why), { code: 'invalid' });
}
