import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { kubeError, upgradeError } from '../../../../src/engine/kubernetes/errors.ts';
import { faultOf } from '../../../../src/engine/kubernetes/faults.ts';
import { quantity } from '../../../../src/engine/kubernetes/quantity.ts';
import { isKubeStatus, KubeStatusError, statusError } from '../../../../src/engine/kubernetes/status.ts';
import { UpgradeRefused } from '../../../../src/engine/kubernetes/webSocket.ts';
import { BerthError, type ErrorCode } from '../../../../src/workspace/error.ts';

/** As an API server of Kubernetes 1.34 says it. */
const words: [string, ErrorCode, RegExp][] = [
  [
    'pods "t" is forbidden: exceeded quota: berth-quota, requested: limits.cpu=3,limits.memory=1Gi,requests.cpu=500m,requests.memory=1Gi, used: limits.cpu=0,limits.memory=1536Mi,requests.cpu=0,requests.memory=0, limited: limits.cpu=2,limits.memory=2Gi,requests.cpu=1,requests.memory=2Gi',
    'no-capacity',
    /“berth-quota”.*: CPUs: 3 asked for, 0 of 2 in use; memory: 1Gi asked for, 1536Mi of 2Gi in use\. Choose less/,
  ],
  [
    'persistentvolumeclaims "p" is forbidden: exceeded quota: berth-quota, requested: requests.storage=20Gi, used: requests.storage=0, limited: requests.storage=5Gi',
    'no-capacity',
    /disk: 20Gi asked for, 0 of 5Gi in use/,
  ],
  [
    'pods "t" is forbidden: failed quota: q: must specify limits.cpu for: main; limits.memory for: main',
    'invalid',
    /CPUs, memory/,
  ],
  [
    'pods "t" is forbidden: [maximum cpu usage per Container is 1, but limit is 4, maximum memory usage per Container is 1Gi, but limit is 8Gi]',
    'no-capacity',
    /no more than 1 of CPUs, and 4/,
  ],
  [
    'pods "t" is forbidden: violates PodSecurity "baseline:latest": hostPath volumes (volume "h"), privileged (container "main" must not set securityContext.privileged=true)',
    'invalid',
    /“baseline”.*hostPath volumes/,
  ],
  [
    'Pod "t" is invalid: spec.containers[0].resources.requests: Invalid value: "4": must be less than or equal to cpu limit of 2',
    'invalid',
    /request of CPUs is above its limit of 2/,
  ],
  ['pods "t" is forbidden: no PriorityClass with name nope was found', 'invalid', /priority class nope/],
  ['pods "t" is forbidden: pod rejected: RuntimeClass "nope" not found', 'invalid', /runtime class nope/],
  [
    'pods "t" is forbidden: error looking up service account berth-test/nope: serviceaccount "nope" not found',
    'invalid',
    /service account nope/,
  ],
  [
    'PersistentVolumeClaim "berth-web-home" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n@@ -6,7 +6,7 @@\n  "Resources": {',
    'conflict',
    /Start it once, then grow it\.$/,
  ],
  ['namespaces "nope" not found', 'not-found', /namespace nope/],
  ['secrets "web" already exists', 'conflict', /secrets\/web/],
  ['Secret "big" is invalid: data: Too long: may not be more than 1048576 bytes', 'invalid', /too long/],
  ['Request entity too large: limit is 3145728', 'invalid', /too long/],
  [
    'Operation cannot be fulfilled on secrets "web": the object has been modified; please apply your changes to the latest version and try again',
    'stale',
    /another change came first/,
  ],
  [
    'secrets is forbidden: User "dev" cannot list resource "secrets" in API group "" in the namespace "kube-system"',
    'failed',
    /\(dev\) may not list secrets in the namespace kube-system.*Role/,
  ],
  [
    'jobs.batch is forbidden: User "dev" cannot create resource "jobs" in API group "batch" in the namespace "n"',
    'failed',
    /may not create jobs\.batch/,
  ],
  [
    'nodes is forbidden: User "dev" cannot list resource "nodes" in API group "" at the cluster scope',
    'failed',
    /list nodes of the whole cluster/,
  ],
  [
    "pods \"x\" is forbidden: ValidatingAdmissionPolicy 'pinned' with binding 'b' denied request: images must be pinned",
    'invalid',
    /\(pinned\) refuses it: images must be pinned/,
  ],
  [
    'admission webhook "validate.kyverno.svc" denied the request: \n\nresource Pod/x was blocked',
    'invalid',
    /validate\.kyverno\.svc/,
  ],
  [
    'Internal error occurred: failed calling webhook "check.example": failed to call webhook: Post "https://127.0.0.1:1/x?timeout=2s": dial tcp',
    'failed',
    /check\.example.*does not answer/,
  ],
  [
    'Internal error occurred: error sending request: Post "https://10.0.0.1:10250/exec/n/p/main?command=true": dial tcp 10.0.0.1:10250: connect: connection refused',
    'unreachable',
    /node/,
  ],
  ['error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused', 'unreachable', /node/],
  [
    'persistentvolumeclaims "p" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    'unsupported',
    /does not let it grow/,
  ],
];

describe('faultOf', () => {
  for (const [message, code, expected] of words) {
    it(`tells in a sentence: ${message.slice(0, 70)}`, () => {
      const fault = faultOf(new KubeStatusError(403, 'Forbidden', message));
      assert.equal(fault?.code, code);
      assert.match(fault?.words ?? '', expected);
    });
  }

  it('names the settings of the fields that the server does not take, each once', () => {
    const why = 'Invalid value: "1500m": must be an integer';
    const fields = ['limits', 'requests'].map(
      kind => `spec.template.spec.containers[0].resources.${kind}[nvidia.com/gpu]`,
    );
    const details = { causes: fields.map(field => ({ field, message: why, reason: 'x' })) };
    const fault = faultOf(new KubeStatusError(422, 'Invalid', 'Job "t" is invalid: …', details));
    assert.equal(fault?.words, `the cluster does not take these settings: GPUs: ${why}`);
  });

  it('takes any text, in no time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), message => {
        faultOf(new KubeStatusError(400, '', message));
      }),
    );
    const startedAt = performance.now();
    for (const piece of [
      'exceeded quota: a, requested: ',
      'violates PodSecurity "',
      "ValidatingAdmissionPolicy 'a' ",
    ]) {
      faultOf(new KubeStatusError(400, '', piece.repeat(20_000)));
    }
    assert.ok(performance.now() - startedAt < 5000);
  });
});

describe('kubeError', () => {
  it('puts what was tried before the reason, and keeps the cause', () => {
    const cause = new KubeStatusError(404, 'NotFound', 'secrets "web" not found');
    const error = kubeError(cause, 'Cannot start “web”');
    assert.deepEqual(
      [error.message, error.code, error.cause],
      ['Cannot start “web”: secrets "web" not found', 'not-found', cause],
    );
  });

  it('leaves a BerthError as it is', () => {
    const error = new BerthError('x');
    assert.equal(kubeError(error, 'Cannot'), error);
  });

  it('tells why the cluster is not reached', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const error = kubeError(new AggregateError([refused]), 'Cannot list');
    assert.deepEqual([error.code, /nothing listens/.test(error.message)], ['unreachable', true]);
  });

  it('takes what breaks off by our own abort for that', () => {
    const broken = new BerthError('x', { code: 'unreachable' });
    assert.equal(kubeError(broken, 'Cannot list', AbortSignal.abort()).code, 'cancelled');
  });
});

describe('upgradeError', () => {
  const status = (code: number, message: string) =>
    JSON.stringify({ kind: 'Status', status: 'Failure', code, message, reason: 'x' });
  const rows: [number, string, 'server' | 'WebSocket'][] = [
    [403, status(403, 'pods is forbidden'), 'server'],
    [404, status(404, 'pods "web" not found'), 'server'],
    [500, status(500, 'unable to upgrade connection: container not found'), 'server'],
    [400, status(400, 'unable to upgrade: missing upgrade headers in request'), 'WebSocket'],
    [503, 'no healthy upstream', 'server'],
    [400, status(400, 'Upgrade request required'), 'WebSocket'],
    [426, '', 'WebSocket'],
    [404, '<html>not here</html>', 'WebSocket'],
    [200, 'welcome', 'WebSocket'],
    [101, '', 'WebSocket'],
  ];
  for (const [code, body, whose] of rows) {
    it(`takes ${code} ${body.slice(0, 60)} for a refusal of the ${whose}`, () => {
      assert.equal(isKubeStatus(upgradeError(new UpgradeRefused(code, body))), whose === 'server');
    });
  }
});

describe('statusError', () => {
  it('is made of what the server says, or of its HTTP code', () => {
    const said = statusError(
      409,
      '{"kind":"Status","status":"Failure","reason":"AlreadyExists","message":"m"}',
    );
    assert.deepEqual([said.code, said.reason, said.message], [409, 'AlreadyExists', 'm']);
    const silent = statusError(410, '');
    assert.deepEqual([silent.code, silent.reason, silent.message], [410, 'Expired', 'HTTP 410']);
  });
});

describe('quantity', () => {
  for (const [text, value] of [
    ['250m', 0.25],
    ['1.5', 1.5],
    ['2Gi', 2 ** 31],
    ['1e3', 1000],
    ['1E', 1e18],
    ['5k', 5000],
    ['', Number.NaN],
    ['lots', Number.NaN],
  ] as const) {
    it(`${text} is ${value}`, () => assert.equal(quantity(text), value));
  }
});
