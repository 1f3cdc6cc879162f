/**
 * A key of the person's own in place of Berth's (`berth.ssh.identity`): the path of a private key, a public key whose
 * private half an agent holds (its path, or the line itself), or `agent` for the first that the agent offers.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import { keyBody } from '../workspace/keyBody.ts';
import { hasCode } from './ioError.ts';
import { publicKeyOf } from './key.ts';
import { type OfferedKey, readPublicKeys } from './publicKey.ts';

const run = promisify(execFile);
const askMs = 5_000;

/** Where a key is, as the setting says it. */
export type IdentityChoice =
  | { readonly kind: 'own' }
  | { readonly kind: 'agent' }
  | { readonly kind: 'line'; readonly line: string }
  /** `isPublic`: the private half is the agent's. */
  | { readonly kind: 'file'; readonly path: string; readonly isPublic: boolean };

/** What a chosen key comes to. */
export interface ChosenIdentity {
  /** One OpenSSH line. */
  readonly publicKey: string;
  /** What IdentityFile names; undefined where it is the public half that Berth keeps. */
  readonly path: string | undefined;
  /** The private half is in an agent: what IdentityAgent names (ssh_config(5)). */
  readonly agent: string | undefined;
}

/** Pure: what the setting means. Throws 'invalid'. */
export function identityChoice(setting: string, home = homedir()): IdentityChoice {
  const text = setting.trim();
  if (text === '') return { kind: 'own' };
  if (text === 'agent') return { kind: 'agent' };
  if (/^(?:ssh-|ecdsa-|sk-)\S+ /.test(text)) {
    const { keys, refused } = readPublicKeys(text);
    const [key] = keys;
    if (key && keys.length === 1 && refused.length === 0) return { kind: 'line', line: key.line };
    throw unusable(refused[0]?.why ?? l10n.t('it is more than one key.'));
  }
  const path = text.replace(/^~(?=[\\/])/, home);
  if (!isAbsolute(path)) {
    throw unusable(l10n.t('it is neither an absolute path, nor a public key, nor the word agent.'));
  }
  return { kind: 'file', path, isPublic: path.endsWith('.pub') };
}

/** `before`: the line that was chosen last time, which stays chosen while the agent has it. */
export async function chosenIdentity(
  choice: Exclude<IdentityChoice, { kind: 'own' }>,
  before: string | undefined,
): Promise<ChosenIdentity> {
  switch (choice.kind) {
    case 'agent': {
      const { address, name } = await agentOfPerson();
      const keys = await agentKeys(address);
      const kept = keys.find(({ line }) => before !== undefined && keyBody(line) === keyBody(before));
      const key = kept ?? keys[0];
      if (!key) throw unusable(l10n.t('the ssh agent has no key that can be used: add one with ssh-add.'));
      return { publicKey: key.line, path: undefined, agent: name };
    }
    case 'line':
      return { publicKey: choice.line, path: undefined, agent: (await agentOfPerson()).name };
    case 'file': {
      if (!choice.isPublic)
        return { publicKey: await publicHalf(choice.path), path: choice.path, agent: undefined };
      const publicKey = onlyKey(await text(choice.path), choice.path);
      return { publicKey, path: choice.path, agent: (await agentOfPerson()).name };
    }
  }
}

/** From the file beside it, else out of the private one, where OpenSSH writes it in clear. */
async function publicHalf(path: string): Promise<string> {
  const privateKey = await text(path);
  const beside = await readFile(`${path}.pub`, 'utf8').catch(error => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (beside !== undefined) return onlyKey(beside, `${path}.pub`);
  const found = publicKeyOf(privateKey, '');
  if (found !== undefined) return found;
  throw unusable(
    l10n.t('its public half is not beside it: `ssh-keygen -y -f {0} > {0}.pub` writes it there.', path),
  );
}

function onlyKey(content: string, path: string): string {
  const { keys, refused } = readPublicKeys(content);
  const [key] = keys;
  if (key) return key.line;
  throw unusable(l10n.t('{0} has no public key in it: {1}', path, refused[0]?.why ?? l10n.t('it is empty.')));
}

async function text(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(cause => {
    const why = hasCode(cause, 'ENOENT') ? l10n.t('there is no file {0}.', path) : String(cause.message);
    throw unusable(why, cause);
  });
}

/**
 * The agent that the person's own ssh config names, else the one of the environment. `name` as ssh_config has it; on
 * Windows ssh knows its agent by itself.
 */
async function agentOfPerson(): Promise<{ address: string | undefined; name: string | undefined }> {
  const config = await run('ssh', ['-G', 'berth.invalid'], { timeout: askMs }).then(
    ({ stdout }) => stdout,
    () => '',
  );
  const [, named = ''] = /^identityagent (.+)$/m.exec(config) ?? [];
  if (named === '' || named === 'none' || named === 'SSH_AUTH_SOCK') {
    return {
      address: process.env.SSH_AUTH_SOCK,
      name: process.platform === 'win32' ? undefined : 'SSH_AUTH_SOCK',
    };
  }
  const address = named.startsWith('~/') ? join(homedir(), named.slice(2)) : named;
  return { address, name: address };
}

/** In the agent's order; what may not enter is left out. */
async function agentKeys(address: string | undefined): Promise<readonly OfferedKey[]> {
  const env = address === undefined ? process.env : { ...process.env, SSH_AUTH_SOCK: address };
  try {
    const { stdout } = await run('ssh-add', ['-L'], { timeout: askMs, env });
    return readPublicKeys(stdout).keys;
  } catch (cause) {
    // ssh-add(1): 1 where the agent has none, 2 where there is no agent.
    if (typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 1) return [];
    throw unusable(l10n.t('no ssh agent answers: start one, or name a key.'), cause);
  }
}

function unusable(why: string, cause?: unknown): BerthError {
  return new BerthError(l10n.t('The key of the setting berth.ssh.identity cannot be used: {0}', why), {
    code: 'invalid',
    cause,
    action: {
      label: l10n.t('Open Settings'),
      command: 'workbench.action.openSettings',
      args: ['berth.ssh.identity'],
    },
  });
}
