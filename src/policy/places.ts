/** Where policies are read from that hold for everybody: a file of this machine, the namespace of a target. */
import { readFile, stat } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import type { PolicySource } from '../engine/engine.ts';
import { hasCode } from '../ssh/ioError.ts';
import { BerthError } from '../workspace/error.ts';
import type { TargetId } from '../workspace/name.ts';
import { mostPolicyBytes } from './policyText.ts';

/** What was read, and by what the next reading may be spared. */
export interface PolicyText {
  readonly text: string;
  readonly etag?: string | undefined;
}

export interface PolicyPlace {
  /** By which its last good copy is kept; also shown. */
  readonly address: string;
  /** Undefined: there is none, which is an answer. `known`: the last good copy. Throws where it cannot be told. */
  read(known: PolicyText | undefined, signal: AbortSignal): Promise<PolicyText | undefined>;
}

/** `isOptional`: that it is not there means that there is no policy; else it cannot be read. */
export function filePlace(path: string, { isOptional }: { readonly isOptional: boolean }): PolicyPlace {
  return {
    address: path,
    read: async () => {
      try {
        return { text: await textOf(path) };
      } catch (error) {
        if (isOptional && hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
        throw error;
      }
    },
  };
}

/** Only a plain file: a pipe or a device would never come to its end. */
async function textOf(path: string): Promise<string> {
  const info = await stat(path);
  if (!info.isFile()) throw new BerthError(l10n.t('it is not a file.'), { code: 'invalid' });
  if (info.size > mostPolicyBytes) {
    throw new BerthError(l10n.t('it is larger than a policy may be.'), { code: 'invalid' });
  }
  return await readFile(path, 'utf8');
}

/** The ConfigMap of a namespace. */
export function targetPlace(target: TargetId, source: PolicySource): PolicyPlace {
  return {
    address: `${target}: ${source.title}`,
    read: async (_, signal) => {
      const text = await source.read(signal);
      return text === undefined ? undefined : { text };
    },
  };
}
