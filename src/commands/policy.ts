/** What organisations allow, shown and read again. */
import * as l10n from '@vscode/l10n';
import { TargetArgument } from '../views/nodes.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import type { Commands, Parts } from './parts.ts';

export function policyCommands({ policyDesk }: Parts): Commands {
  return {
    showPolicy: () => policyDesk.show(),
    readPolicy: async (...args) => {
      const target = TargetArgument.safeParse(args[0]).data?.target;
      const { refusal } = await withNotification(l10n.t('Reading the policy'), () => policyDesk.look(target));
      if (refusal) throw refusal;
      void showMessage('information', l10n.t('Every policy can be read.'));
    },
  };
}
