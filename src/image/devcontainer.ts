/** What a `devcontainer.json` says of building an image (containers.dev, Image/Dockerfile specific properties). Pure. */
import { basename, dirname, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { parseCommentedJson, unreadable } from '../template/commentedJson.ts';
import { BerthError } from '../workspace/error.ts';
import { ArgumentName, StageName } from './buildRequest.ts';

export interface DevcontainerBuild {
  readonly dockerfile: string;
  readonly context: string;
  readonly args: Readonly<Record<string, string>>;
  readonly stage?: string;
  /** What else it asks for, such as 'features' and 'build.cacheFrom', and what a build takes no notice of. */
  readonly unused: readonly string[];
}

/** Where it stands, and what its variables mean. */
export interface DevcontainerPlace {
  /** Absolute path of the file. */
  readonly file: string;
  /** The folder that is open. */
  readonly workspaceFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const Text = z.string().min(1).max(4096);

const Build = z.looseObject({
  dockerfile: Text.optional(),
  context: Text.optional(),
  args: z.record(ArgumentName, z.string().max(65_536)).optional(),
  target: StageName.optional(),
});
const Devcontainer = z.looseObject({
  build: Build.optional(),
  /** As it was written before `build` came. */
  dockerFile: Text.optional(),
  context: Text.optional(),
});

const used = new Set(['$schema', 'name', 'build', 'dockerFile', 'context']);
const usedOfBuild = new Set(['dockerfile', 'context', 'args', 'target']);

/** Throws 'invalid' with the place of what is wrong, 'unsupported' where it builds nothing. */
export function readDevcontainer(text: string, place: DevcontainerPlace): DevcontainerBuild {
  const { build = {}, ...whole } = parsed(text, place.file);
  const dockerfile = build.dockerfile ?? whole.dockerFile;
  if (dockerfile === undefined) {
    throw new BerthError(
      l10n.t(
        '{0} builds no image: it has no build.dockerfile. Create a workspace from the image that it names instead.',
        place.file,
      ),
      { code: 'unsupported' },
    );
  }
  const fill = (value: string) => filledIn(value, place);
  const folder = dirname(place.file);
  const context = build.context ?? whole.context ?? '.';
  const args = Object.entries(build.args ?? {}).map(([name, value]) => [name, fill(value)] as const);
  return {
    dockerfile: resolve(folder, fill(dockerfile)),
    context: resolve(folder, fill(context)),
    args: Object.fromEntries(args),
    ...(build.target !== undefined && { stage: build.target }),
    unused: [
      ...Object.keys(whole).filter(key => !used.has(key)),
      ...Object.keys(build)
        .filter(key => !usedOfBuild.has(key))
        .map(key => `build.${key}`),
    ],
  };
}

function parsed(text: string, file: string): z.infer<typeof Devcontainer> {
  const result = Devcontainer.safeParse(parseCommentedJson(text, file));
  if (result.success) return result.data;
  const at = result.error.issues[0]?.path.map(String).join('.') ?? '';
  throw unreadable(
    file,
    at === '' ? l10n.t('it is not an object.') : l10n.t('‘{0}’ in it is not what it should be.', at),
  );
}

/** As containers.dev defines them; one that means something only in a running container is refused by name. */
function filledIn(value: string, { file, workspaceFolder, env }: DevcontainerPlace): string {
  return value.replace(/\$\{([^}]*)\}/g, (whole, inside: string) => {
    const [name = '', variable = '', ...otherwise] = inside.split(':');
    switch (name) {
      case 'localWorkspaceFolder':
        return workspaceFolder;
      case 'localWorkspaceFolderBasename':
        return basename(workspaceFolder);
      case 'localEnv':
      case 'env':
        return env[variable] ?? otherwise.join(':');
      default:
        throw new BerthError(
          l10n.t('Cannot read {0}: {1} has no meaning before there is a container.', file, whole),
          { code: 'invalid' },
        );
    }
  });
}
