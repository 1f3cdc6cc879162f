/** The workspace's environment as its two readers take it: sshd, for every session, and boot, for what it runs. */
import { isSessionName } from '../workspace/sessionNames.ts';
import type { EnvVariable } from '../workspace/settings.ts';
import { shellQuote } from '../workspace/shell.ts';
import { shellOwnNames } from './shell.ts';

export interface SplitEnvironment {
  readonly kept: readonly { readonly name: string; readonly value: string }[];
  /** Names that cannot reach a session because session or shell set them themselves. */
  readonly leftOut: readonly string[];
  /** Names whose value has a line break: they reach apps and scripts, but no ssh session (sshd refuses them). */
  readonly manyLines: readonly string[];
}

/** The last of several variables of one name wins. */
export function splitEnvironment(env: readonly EnvVariable[]): SplitEnvironment {
  const values = new Map(env.map(({ name, value = '' }) => [name, value]));
  const entries = [...values].map(([name, value]) => ({ name, value }));
  const kept = entries.filter(({ name }) => mayBeSet(name));
  return {
    kept,
    leftOut: entries.filter(({ name }) => !mayBeSet(name)).map(({ name }) => name),
    manyLines: kept.filter(({ value }) => hasLineBreak(value)).map(({ name }) => name),
  };
}

/** One argument of sshd_config's SetEnv a line, quoted as OpenSSH 8.7 and later read it (servconf.c, argv_split). */
export function setEnvArguments({ kept }: SplitEnvironment): string {
  return kept
    .filter(({ value }) => !hasLineBreak(value))
    .map(({ name, value }) => `"${name}=${value.replace(/[\\"]/g, '\\$&')}"`)
    .join('\n');
}

/** `export` lines, to be sourced in a subshell that ends in the program meant. */
export function exportLines({ kept }: SplitEnvironment): string {
  return kept.map(({ name, value }) => `export ${name}=${shellQuote(value)}\n`).join('');
}

function mayBeSet(name: string): boolean {
  return !isSessionName(name) && !shellOwnNames.has(name);
}

function hasLineBreak(value: string): boolean {
  return /[\n\r]/.test(value);
}
