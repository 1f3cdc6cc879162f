/** What Docker's and Podman's words about a failure mean, as one table for errors and for the states of workspaces. Pure. */
import * as l10n from '@vscode/l10n';
import type { ErrorCode } from '../../workspace/error.ts';
import type { StateCause } from '../../workspace/state.ts';

export interface Fault {
  readonly code: ErrorCode;
  readonly cause: StateCause;
  /** What is wrong and what to do, one or two sentences. */
  readonly words: string;
}

/** The first line of the table that fits the engine's words, or undefined. Any text will do, hostile ones too. */
export function faultOf(text: string): Fault | undefined {
  for (const { pattern, code, cause, say } of table) {
    const match = pattern.exec(text);
    if (match) return { code, cause, words: say(match.slice(1).find(caught => caught !== undefined) ?? '') };
  }
  return undefined;
}

interface Rule {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly cause: StateCause;
  /** Is given what the pattern's group caught. */
  readonly say: (caught: string) => string;
}

const table: readonly Rule[] = [
  {
    pattern: /no space left on device|disk quota exceeded/i,
    code: 'no-space',
    cause: 'no-space',
    say: () => l10n.t('the disk of the target is full. Remove images or volumes there, then try again.'),
  },
  {
    pattern:
      /port is already allocated|address already in use|cannot assign requested address|failed to bind host port|ports are not available/i,
    code: 'port-taken',
    cause: 'port-taken',
    say: () =>
      l10n.t(
        'another program took the port of the target on which ssh is published. Start it again, or rebuild it.',
      ),
  },
  {
    pattern: /bind source path does not exist: ([^\n]{1,500})|statfs ([^\n:]{1,500}): no such file/i,
    code: 'invalid',
    cause: 'exit',
    say: folder => l10n.t('the folder to mount is not on the target: {0}', folder),
  },
  {
    pattern:
      /exec: "\/bin\/sh"|\/bin\/sh[`'"]?: (?:stat|no such file|not found)|exec[^\n]{0,40}`?\/bin\/sh`?[^\n]{0,20}: no such file/i,
    code: 'unsupported',
    cause: 'boot-failed',
    say: () => l10n.t('the image has no shell (/bin/sh). Choose an image with one.'),
  },
  {
    pattern:
      /exec format error|image with reference [^\n]{0,300} does not match the specified platform|no image found in manifest list for architecture/i,
    code: 'unsupported',
    cause: 'boot-failed',
    say: () => l10n.t('the image is made for another platform than the target’s.'),
  },
  {
    pattern:
      /(?:exec|executable file)[^\n]{0,200}(?:no such file or directory|not found in \$PATH|permission denied)/i,
    code: 'unsupported',
    cause: 'boot-failed',
    say: () =>
      l10n.t('the image’s first process cannot be run. Choose another first process, or another image.'),
  },
  {
    pattern: /no such image:? ?([^\n]{0,300})|image not known/i,
    code: 'not-found',
    cause: 'image-missing',
    say: () => l10n.t('the image is not on the target any more. A rebuild pulls it again.'),
  },
  {
    pattern:
      /pull access denied|unauthorized: |requested access to the resource is denied|authentication required/i,
    code: 'pull-refused',
    cause: 'pull-refused',
    say: () => l10n.t('the registry refused to give the image. Log in to it (docker login), then try again.'),
  },
  {
    pattern: /could not select device driver|nvidia-container-cli|unresolvable CDI devices/i,
    code: 'unsupported',
    cause: 'exit',
    say: () => l10n.t('the target gives no GPUs to containers. Set the GPUs to 0, or choose another target.'),
  },
  {
    pattern:
      /(?:unknown or invalid runtime name|unknown runtime specified|invalid runtime name|default OCI runtime)[: ]*"?([\w.-]{0,64})/i,
    code: 'unsupported',
    cause: 'exit',
    say: runtime => l10n.t('the target has no container runtime {0}. Choose another runtime.', runtime),
  },
  {
    pattern: /range of CPUs is from [\d.]+ to ([\d.]{1,20})/i,
    code: 'no-capacity',
    cause: 'exit',
    say: cpus => l10n.t('the target has only {0} CPUs. Choose fewer.', cpus),
  },
  {
    pattern:
      /failed to mount local volume|error while mounting volume|failed to mount volume|mount\.(?:nfs|cifs)|mounting volume/i,
    code: 'failed',
    cause: 'exit',
    say: () => l10n.t('a volume cannot be mounted. Check its server, path and options in the settings.'),
  },
  {
    pattern:
      /(?:plugin|volume driver)[^\n]{0,10} "?([\w./:-]{1,100})"? not found|no such plugin|error looking up volume plugin ([\w./:-]{1,100})/i,
    code: 'invalid',
    cause: 'exit',
    say: driver => l10n.t('the target has no volume driver {0}.', driver),
  },
  {
    pattern: /cannot allocate memory|out of memory/i,
    code: 'no-capacity',
    cause: 'out-of-memory',
    say: () => l10n.t('the target has not enough memory for it.'),
  },
];
