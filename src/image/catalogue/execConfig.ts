/** `exec_config`: what is run at which moment, with the arguments of docker-py's `exec_run`. Pure. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import type { ExecMoment } from '../../workspace/overrides.ts';
import * as docker from './dockerPy.ts';
import type { Reader } from './translation.ts';

const Text = z.string().max(65_536);

/** What has no meaning for a command that nobody watches is passed over; an argument that is not here makes it unknown. */
const ExecArguments = z.strictObject({
  cmd: z.unknown(),
  user: z.union([Text, z.int().min(0)]).nullish(),
  privileged: z.boolean().nullish(),
  environment: z.unknown().optional(),
  workdir: Text.nullish(),
  detach: z.boolean().nullish(),
  stdout: z.boolean().nullish(),
  stderr: z.boolean().nullish(),
  stdin: z.literal(false).nullish(),
  tty: z.boolean().nullish(),
});

export const execKeys: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['first_launch', exec('firstLaunch')],
  ['assign', exec('assign')],
  ['go', exec('go')],
]);

function exec(moment: ExecMoment): Reader {
  return value => {
    const { cmd, user, privileged, environment, workdir } = ExecArguments.parse(value);
    const variables = docker.variables(environment ?? {});
    const set = variables.flatMap(([name, item]) => (item === undefined ? [] : [[name, item] as const]));
    return {
      overrides: {
        [moment]: {
          command: docker.words(cmd),
          ...(user !== undefined && user !== null && user !== '' && { user: String(user) }),
          ...(privileged && { privileged: true }),
          ...(set.length > 0 && { environment: Object.fromEntries(set) }),
          ...(workdir && { folder: workdir }),
        },
      },
      leftOut: variables.flatMap(([name, item]) =>
        item === undefined
          ? [
              {
                level: 'conflict',
                words: l10n.t('A variable cannot be taken away from one command alone'),
                value: name,
              },
            ]
          : [],
      ),
    };
  };
}
