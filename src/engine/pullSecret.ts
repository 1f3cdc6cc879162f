/** A login that a cluster keeps, for its nodes to pull images with: what it is made of, and what of that will do. Pure. */
import * as l10n from '@vscode/l10n';
import { parseRegistry } from '../image/reference.ts';
import { WorkspaceSettings } from '../workspace/settings.ts';

export interface PullSecretRequest {
  /** By which settings refer to it. */
  readonly name: string;
  /** Such as 'ghcr.io' or 'docker.io'. */
  readonly registry: string;
  readonly username: string;
  /** Or a token that stands for one. Secret. */
  readonly password: string;
}

/** Names of workspaces' own objects begin so. */
const ownPrefix = 'berth-';
const maxCharacters = 16_384;

/** Why a value will not do, in words; undefined where it will. Never shows a password. */
export function pullSecretProblem(part: keyof PullSecretRequest, value: string): string | undefined {
  switch (part) {
    case 'name':
      return nameProblem(value);
    case 'registry':
      return registryProblem(value);
    case 'username':
      // RFC 7617: what follows the first colon is the password.
      if (value.includes(':')) return l10n.t('A user name has no colon.');
      return textProblem(value);
    case 'password':
      return textProblem(value);
  }
}

function nameProblem(name: string): string | undefined {
  if (name.startsWith(ownPrefix)) {
    return l10n.t('Names that begin with “{0}” are kept for the workspaces’ own objects.', ownPrefix);
  }
  return WorkspaceSettings.shape.imagePullSecrets.safeParse([name]).success
    ? undefined
    : l10n.t('Lower-case letters, digits, dots and dashes, beginning and ending with a letter or digit.');
}

function registryProblem(registry: string): string | undefined {
  try {
    parseRegistry(registry);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function textProblem(text: string): string | undefined {
  if (text === '') return l10n.t('It is empty.');
  if (text.length > maxCharacters) return l10n.t('It is too long.');
  return /\p{Cc}/u.test(text) ? l10n.t('It has a line break or another control character in it.') : undefined;
}
