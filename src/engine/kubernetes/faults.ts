/** What an API server's refusals mean, as one table of sentences that name the setting in question. Pure. */
import * as l10n from '@vscode/l10n';
import type { ErrorCode } from '../../workspace/error.ts';
import { quantity } from './quantity.ts';
import { fieldWords, resourceWords } from './settingWords.ts';
import type { KubeStatusError } from './status.ts';

export interface Fault {
  readonly code: ErrorCode;
  /** What is wrong and what to do, one or two sentences. */
  readonly words: string;
}

/** The first line of the table that fits, or undefined: then the server's own words must do. Any text will do. */
export function faultOf(
  error: Pick<KubeStatusError, 'code' | 'reason' | 'message' | 'details'>,
): Fault | undefined {
  const message = error.message.slice(0, 20_000);
  for (const { pattern, code, say } of table) {
    const match = pattern.exec(message);
    if (match) return { code, words: say(match.slice(1).map(caught => caught ?? '')) };
  }
  if (error.code === 422) return invalid(error);
  return undefined;
}

interface Rule {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  /** Is given what the pattern's groups caught. */
  readonly say: (caught: readonly string[]) => string;
}

const table: readonly Rule[] = [
  {
    pattern:
      /User "([^"]*)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)" in the namespace "([^"]+)"/,
    code: 'failed',
    say: ([user = '', verb = '', resource = '', group = '', namespace = '']) =>
      l10n.t(
        'you ({0}) may not {1} {2} in the namespace {3}. Whoever runs the cluster can grant it with a Role.',
        user,
        verb,
        withGroup(resource, group),
        namespace,
      ),
  },
  {
    pattern: /User "([^"]*)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)" at the cluster scope/,
    code: 'failed',
    say: ([user = '', verb = '', resource = '', group = '']) =>
      l10n.t(
        'you ({0}) may not {1} {2} of the whole cluster. Whoever runs it can grant it with a ClusterRole.',
        user,
        verb,
        withGroup(resource, group),
      ),
  },
  {
    pattern: /exceeded quota: ([^,\s]+), requested: (\S+), used: (\S+), limited: (\S+)/,
    code: 'no-capacity',
    say: ([quota = '', requested = '', used = '', limited = '']) =>
      l10n.t(
        'the quota “{0}” of the namespace does not allow it: {1}. Choose less, or stop or delete another workspace.',
        quota,
        quotaWords(requested, used, limited),
      ),
  },
  {
    pattern: /failed quota: ([^:\s]+): must specify ([^\n]+)/,
    code: 'invalid',
    say: ([quota = '', resources = '']) =>
      l10n.t(
        'the quota “{0}” of the namespace wants a value for each of these settings: {1}.',
        quota,
        resources
          .split(/[,;]\s*/)
          .map(one => resourceWords(one.replace(/ for: .*/, '')))
          .join(', '),
      ),
  },
  {
    pattern:
      /(maximum|minimum) ([\w./-]+) usage per (\w+) is ([^,\s]+), but (?:limit|request) is ([^\s,\]]+)/,
    code: 'no-capacity',
    say: ([bound = '', resource = '', , allowed = '', asked = '']) =>
      bound === 'maximum'
        ? l10n.t(
            'the namespace allows no more than {0} of {1}, and {2} are asked for. Choose less.',
            allowed,
            resourceWords(resource),
            asked.replace(/\.$/, ''),
          )
        : l10n.t(
            'the namespace wants at least {0} of {1}, and {2} are asked for. Choose more.',
            allowed,
            resourceWords(resource),
            asked.replace(/\.$/, ''),
          ),
  },
  {
    pattern: /(\S+) max limit to request ratio per \w+ is ([^,\s]+), but provided ratio is ([^\s,\]]+)/,
    code: 'invalid',
    say: ([resource = '', allowed = '', given = '']) =>
      l10n.t(
        'the namespace allows limits of {0} up to {1} times the request, here it is {2}.',
        resourceWords(resource),
        allowed,
        given,
      ),
  },
  {
    pattern: /violates PodSecurity "([^":]+)[^"]*": ([^\n]+)/,
    code: 'invalid',
    say: ([level = '', why = '']) =>
      l10n.t(
        'the namespace has the Pod Security level “{0}”, which forbids this: {1}. Change these settings, or choose another namespace.',
        level,
        why.trim().replace(/\.$/, ''),
      ),
  },
  {
    pattern: /admission webhook "([^"]+)" denied the request(?:: ([^\n]+))?/,
    code: 'invalid',
    say: ([webhook = '', why = '']) =>
      l10n.t(
        'a rule of the cluster ({0}) refuses it: {1}',
        webhook,
        why === '' ? l10n.t('no reason given.') : why,
      ),
  },
  {
    pattern: /ValidatingAdmissionPolicy '([^']+)'[^\n]{0,300}? denied request: ([^\n]+)/,
    code: 'invalid',
    say: ([policy = '', why = '']) => l10n.t('a rule of the cluster ({0}) refuses it: {1}', policy, why),
  },
  {
    pattern: /failed calling webhook "([^"]+)"/,
    code: 'failed',
    say: ([webhook = '']) =>
      l10n.t(
        'the cluster asks a check of its own ({0}), which does not answer. Whoever runs the cluster can repair it.',
        webhook,
      ),
  },
  {
    pattern: /namespaces? "?([\w.-]+)"? not found/,
    code: 'not-found',
    say: ([namespace = '']) => l10n.t('there is no namespace {0} in the cluster.', namespace),
  },
  {
    pattern: /unable to create new content in namespace (\S+) because it is being terminated/,
    code: 'failed',
    say: ([namespace = '']) => l10n.t('the namespace {0} is being deleted.', namespace),
  },
  {
    pattern: /error looking up service account [^\n]{0,200}?serviceaccount "([^"]+)" not found/,
    code: 'invalid',
    say: ([account = '']) =>
      l10n.t('there is no service account {0} in the namespace. Choose another service account.', account),
  },
  {
    pattern: /no PriorityClass with name (\S+) was found/i,
    code: 'invalid',
    say: ([name = '']) =>
      l10n.t('the cluster has no priority class {0}. Choose another priority class.', name),
  },
  {
    pattern: /RuntimeClass "([^"]+)" not found/i,
    code: 'invalid',
    say: ([name = '']) => l10n.t('the cluster has no runtime class {0}. Choose another runtime class.', name),
  },
  {
    pattern: /storageclass(?:es)?\S* "([^"]+)" not found/i,
    code: 'invalid',
    say: ([name = '']) => l10n.t('the cluster has no storage class {0}. Choose another storage class.', name),
  },
  {
    pattern:
      /only dynamically provisioned pvc can be resized|storageclass that provisions the pvc must support resize/i,
    code: 'unsupported',
    say: () => l10n.t('the storage class of the home does not let it grow. The size of the disk must stay.'),
  },
  {
    pattern: /spec is immutable after creation except resources\.requests [^\n]{0,60}for bound claims/,
    code: 'conflict',
    say: () =>
      l10n.t(
        'the home gets its volume at the first start, and can grow from then on. Start it once, then grow it.',
      ),
  },
  {
    pattern: /field can ?not be less than (?:previous value|status\.capacity)/i,
    code: 'invalid',
    say: () => l10n.t('a disk can grow but not shrink. Choose at least the size that it has.'),
  },
  {
    pattern: /provided port is already allocated/i,
    code: 'port-taken',
    say: () => l10n.t('another Service of the cluster has that node port. Choose another, or none.'),
  },
  {
    pattern: /provided port is not in the valid range[^\n]{0,40}?([\d]+-[\d]+)/i,
    code: 'invalid',
    say: ([range = '']) => l10n.t('the node port must be in the cluster’s range, {0}.', range),
  },
  {
    pattern: /must be less than or equal to (\S+) limit of (\S+)/,
    code: 'invalid',
    say: ([resource = '', limit = '']) =>
      l10n.t('the request of {0} is above its limit of {1}.', resourceWords(resource), limit),
  },
  {
    pattern: /request is too large|Request entity too large|(?:data|annotations): Too long/i,
    code: 'invalid',
    say: () =>
      l10n.t(
        'the settings are too long for the cluster, which keeps up to 1 MiB. Shorten the environment or the init script.',
      ),
  },
  {
    pattern: /database space exceeded/i,
    code: 'no-space',
    say: () => l10n.t('the cluster’s own database is full. Whoever runs the cluster must make room.'),
  },
  {
    pattern: /the object has been modified|object has been deleted and recreated|Precondition failed/i,
    code: 'stale',
    say: () => l10n.t('another change came first. Look at it, then try again.'),
  },
  {
    pattern: /^(\S+) "([^"]+)" already exists/,
    code: 'conflict',
    say: ([kind = '', name = '']) => l10n.t('there is already a {0} in the cluster.', `${kind}/${name}`),
  },
  {
    pattern:
      /error dialing backend|error sending request: Post |pod \S+ does not have a host assigned|No agent available|the server is currently unable to handle/i,
    code: 'unreachable',
    say: () =>
      l10n.t('the node on which it runs does not answer. Wait a moment; if it stays so, the node is lost.'),
  },
  {
    pattern:
      /container not found|container "?[^"]{0,100}"? (?:not found|is not (?:running|valid))|cannot exec in a (?:stopped|deleted)/i,
    code: 'not-found',
    say: () => l10n.t('it does not run (any more).'),
  },
  {
    pattern: /the server could not find the requested resource/i,
    code: 'unsupported',
    say: () => l10n.t('the cluster does not have this part of the Kubernetes API.'),
  },
  {
    pattern: /too many requests|please try again later/i,
    code: 'unreachable',
    say: () => l10n.t('the cluster is too busy to answer. Try again in a while.'),
  },
];

/** Names the settings where the server says which fields it means. */
function invalid({ details, message }: Pick<KubeStatusError, 'details' | 'message'>): Fault {
  const all = (details?.causes ?? []).map(({ field, message: why }) => {
    const setting = fieldWords(field ?? '') ?? field ?? '';
    return setting === '' ? (why ?? '') : `${setting}: ${why ?? ''}`;
  });
  const causes = [...new Set(all)].slice(0, 5);
  return {
    code: 'invalid',
    words: l10n.t(
      'the cluster does not take these settings: {0}',
      causes.length > 0 ? causes.join('; ') : message,
    ),
  };
}

function withGroup(resource: string, group: string): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** One part for each setting, of those that are too much where that can be told. */
function quotaWords(requested: string, used: string, limited: string): string {
  const [usedOf, limitOf] = [pairs(used), pairs(limited)];
  const rows = [...pairs(requested)].map(([resource, asked]) => {
    const [inUse = '?', limit = '?'] = [usedOf.get(resource), limitOf.get(resource)];
    const isOver = quantity(asked) + quantity(inUse) > quantity(limit);
    return { setting: resourceWords(resource), asked, inUse, limit, isOver };
  });
  const over = rows.some(({ isOver }) => isOver) ? rows.filter(({ isOver }) => isOver) : rows;
  const ofEach = new Map(over.toReversed().map(row => [row.setting, row]));
  return [...ofEach.values()]
    .toReversed()
    .map(({ setting, asked, inUse, limit }) =>
      l10n.t('{0}: {1} asked for, {2} of {3} in use', setting, asked, inUse, limit),
    )
    .join('; ');
}

/** `cpu=1,memory=2Gi`. */
function pairs(text: string): Map<string, string> {
  return new Map(
    text.split(',').map(pair => {
      const at = pair.lastIndexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
