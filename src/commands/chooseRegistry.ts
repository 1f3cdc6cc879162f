/** Which registry a command is about. */
import * as l10n from '@vscode/l10n';
import { RegistryArgument } from '../views/registryNodes.ts';
import { pick } from '../vscode/ask.ts';
import { BerthError } from '../workspace/error.ts';
import type { Parts } from './parts.ts';

/** The registry that a command is about; the only one is not asked for. */
export async function chooseRegistry(
  { desk }: Parts,
  args: readonly unknown[],
  title: string,
): Promise<string | undefined> {
  const given = RegistryArgument.safeParse(args[0]).data;
  if (given) return given.registry;
  const hosts = desk.registries.entries().map(({ host }) => host);
  if (hosts.length === 0) {
    throw new BerthError(l10n.t('There is no registry in the list'), {
      code: 'not-found',
      action: { label: l10n.t('Add Registry…'), command: 'berth.addRegistry' },
    });
  }
  return hosts.length === 1
    ? hosts[0]
    : await pick(
        hosts.map(host => ({ label: host, value: host })),
        title,
      );
}
