/** The variables of a `devcontainer.json` (containers.dev, variables in devcontainer.json), as far as they mean something before there is a container. Pure. */
import { posix, win32 } from 'node:path';
import * as l10n from '@vscode/l10n';

export interface FolderPlace {
  /** The file, as the person knows it. */
  readonly file: string;
  /** The folder that is open: a path of this machine. */
  readonly workspaceFolder: string;
  /** Of this machine. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the repository's folder in the home is called; '' where none is cloned. */
  readonly repositoryFolder: string;
}

export interface Filled {
  readonly text: string;
  /** Why it cannot be had; its text then is of no use. */
  readonly missing: string | undefined;
  /** A path of this machine is in it. */
  readonly isOfThisFolder: boolean;
  /** Something of this machine's environment is in it. */
  readonly isPrivate: boolean;
}

export function fillIn(value: string, { workspaceFolder, env }: FolderPlace): Filled {
  let missing: string | undefined;
  let isOfThisFolder = false;
  let isPrivate = false;
  const text = value.replace(/\$\{([^}]{0,200})\}/g, (whole, inside: string) => {
    const [name = '', variable = '', ...otherwise] = inside.split(':');
    switch (name) {
      case 'localWorkspaceFolder':
        isOfThisFolder = true;
        return workspaceFolder;
      case 'localWorkspaceFolderBasename':
        return lastOf(workspaceFolder);
      case 'localEnv':
      case 'env': {
        const found = env[variable];
        if (found !== undefined) {
          isPrivate = true;
          return found;
        }
        if (otherwise.length > 0) return otherwise.join(':');
        missing ??= l10n.t('{0} is not set on this machine', variable.slice(0, 100));
        return '';
      }
      default:
        missing ??= l10n.t('{0} is known only in a running container', whole.slice(0, 100));
        return '';
    }
  });
  return { text, missing, isOfThisFolder, isPrivate };
}

function lastOf(path: string): string {
  return (path.includes('\\') ? win32 : posix).basename(path);
}
