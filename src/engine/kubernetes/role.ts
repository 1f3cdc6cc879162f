/** The rights that Berth needs in a namespace: one table for the preflight and for the Role that grants them. Pure. */

import { createHash } from 'node:crypto';
import { policyMapName } from './policyMap.ts';

export interface Right {
  /** '' is the core group. */
  readonly group: string;
  /** With its subresource, as in a Role: `pods/log`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Only those of these names. */
  readonly names?: readonly string[];
  /** What is done with it, in English, for the Role's comments. */
  readonly why: string;
  /** Without it something is missing, but workspaces can be made. */
  readonly optional?: true;
}

const look = ['get', 'list', 'watch'];
const write = ['create', 'patch', 'delete'];

/** Least privilege: every verb here is one that Berth uses. */
export const neededRights: readonly Right[] = [
  { group: '', resource: 'secrets', verbs: [...look, ...write], why: 'the record of each workspace' },
  {
    group: '',
    resource: 'persistentvolumeclaims',
    verbs: [...look, ...write],
    why: 'the home of each workspace',
  },
  {
    group: 'batch',
    resource: 'jobs',
    verbs: [...look, 'create', 'delete'],
    why: 'starting and stopping workspaces',
  },
  {
    group: '',
    resource: 'pods',
    verbs: [...look, 'create', 'delete', 'patch'],
    why: 'their state, and asking whether the cluster takes them',
  },
  { group: '', resource: 'pods/log', verbs: ['get'], why: 'their log' },
  // exec and port-forward are a GET over WebSocket, and a POST over SPDY and in newer authorization checks.
  { group: '', resource: 'pods/exec', verbs: ['get', 'create'], why: 'putting boot and keys in' },
  { group: '', resource: 'pods/portforward', verbs: ['get', 'create'], why: 'connecting by ssh' },
  { group: '', resource: 'events', verbs: ['list'], why: 'why a workspace does not start' },
  {
    group: '',
    resource: 'services',
    verbs: ['get', 'create', 'delete', 'patch'],
    why: 'the setting Publish ssh',
    optional: true,
  },
  {
    group: '',
    resource: 'configmaps',
    names: [policyMapName],
    verbs: ['get'],
    why: 'what the organisation allows in this namespace',
    optional: true,
  },
  {
    group: '',
    resource: 'configmaps',
    verbs: ['get', 'list'],
    why: 'offering them as mounts',
    optional: true,
  },
  {
    group: 'batch',
    resource: 'jobs',
    verbs: ['patch'],
    why: 'extending the lifespan by more than a day',
    optional: true,
  },
  {
    group: 'metrics.k8s.io',
    resource: 'pods',
    verbs: ['get'],
    why: 'how much a workspace uses, where it cannot be read inside it',
    optional: true,
  },
];

/** Stands in the RoleBinding where nobody told whom it is for. */
const placeholder = 'REPLACE-WITH-THE-USER';

/** One binding for each identity: a second person's applied over the first's would take the first one's rights away. */
function bindingName(identity: string): string {
  return `berth-${createHash('sha256').update(identity).digest('hex').slice(0, 10)}`;
}

/**
 * A Role and a RoleBinding to apply with `kubectl apply -f -`. `identity` is the user's name as the cluster knows it
 * (SelfSubjectReview), a service account's too.
 */
export function roleYaml(namespace: string, identity = placeholder): string {
  const needed = neededRights.filter(({ optional }) => !optional);
  const wished = neededRights.filter(({ optional }) => optional);
  return `${[
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: Role',
    'metadata:',
    '  name: berth',
    `  namespace: ${quoted(namespace)}`,
    'rules:',
    ...needed.flatMap(ruleLines),
    '  # What follows can be left out: Berth then does without.',
    ...wished.flatMap(ruleLines),
    '---',
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: RoleBinding',
    'metadata:',
    `  name: ${bindingName(identity)}`,
    `  namespace: ${quoted(namespace)}`,
    'roleRef:',
    '  apiGroup: rbac.authorization.k8s.io',
    '  kind: Role',
    '  name: berth',
    'subjects:',
    ...subjectLines(identity),
  ].join('\n')}\n`;
}

function ruleLines({ group, resource, names, verbs, why }: Right): string[] {
  return [
    `  # ${why}`,
    `  - apiGroups: [${quoted(group)}]`,
    `    resources: [${quoted(resource)}]`,
    ...(names ? [`    resourceNames: [${names.map(quoted).join(', ')}]`] : []),
    `    verbs: [${verbs.map(quoted).join(', ')}]`,
  ];
}

/** A service account is a subject of its own kind (RBAC, 'Referring to subjects'). */
function subjectLines(identity: string): string[] {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(identity) ?? [];
  return namespace && name
    ? ['  - kind: ServiceAccount', `    name: ${quoted(name)}`, `    namespace: ${quoted(namespace)}`]
    : ['  - apiGroup: rbac.authorization.k8s.io', '    kind: User', `    name: ${quoted(identity)}`];
}

/** A JSON string is a YAML string, whatever is in it. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
