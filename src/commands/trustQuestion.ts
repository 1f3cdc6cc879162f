/** What settings want of the engine that nobody has allowed: they came from another's workspace, a template, another image. */
import * as l10n from '@vscode/l10n';
import { withApproval } from '../image/catalogue/approvals.ts';
import { approve, notAllowed, type ReviewedGrant, withoutGrants } from '../image/catalogue/review.ts';
import type { ShelfMemory } from '../image/catalogue/shelf.ts';
import type { TrustPolicy } from '../image/catalogue/trustPolicy.ts';
import { askModally } from '../vscode/ask.ts';
import { grantsOf } from '../workspace/grants.ts';
import type { WorkspaceSettings } from '../workspace/settings.ts';

const longestValue = 200;

/**
 * Asks where there is something to ask: the settings as they may be sent, or undefined where the person would rather not.
 * What is forbidden is left out, and said.
 */
export async function settleTrust(
  settings: WorkspaceSettings,
  allowances: Pick<ShelfMemory, 'approvals' | 'setApprovals'>,
  policy: TrustPolicy,
): Promise<WorkspaceSettings | undefined> {
  const missing = notAllowed(settings, allowances.approvals(), policy);
  if (missing.length === 0) return settings;
  const forbidden = missing.filter(({ verdict }) => verdict === 'forbidden');
  const asked = missing.filter(({ verdict }) => verdict === 'asks');
  const [allow, without] = [l10n.t('Allow'), l10n.t('Go On Without')];
  const chosen = await askModally({
    message: l10n.t('These settings do more than you have allowed'),
    detail: [
      ...asked.map(line),
      ...(forbidden.length > 0 ? [l10n.t('Forbidden here, and left out:'), ...forbidden.map(line)] : []),
    ].join('\n'),
    buttons: asked.length > 0 ? [allow, without] : [without],
  });
  if (chosen === without) return withoutGrants(settings, missing);
  if (chosen !== allow) return undefined;
  const taken = withoutGrants(settings, forbidden);
  const ids = new Set(grantsOf(taken.overrides ?? {}).map(({ id }) => id));
  await allowances.setApprovals(withApproval(allowances.approvals(), approve(taken, ids, Date.now())));
  return taken;
}

function line({ words, value }: ReviewedGrant): string {
  const shown = value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
  return `• ${shown === '' ? words : `${words} (${shown})`}`;
}
