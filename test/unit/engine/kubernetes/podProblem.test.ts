import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { podProblem, refusedPod } from '../../../../src/engine/kubernetes/podProblem.ts';
import type { StateCause } from '../../../../src/workspace/state.ts';
import { eventOf, pendingPod, podOf } from './support.ts';

/** What kubelet and containerd say, cut where only names differ. */
const waiting: [string, string, string, StateCause, RegExp][] = [
  [
    'Docker Hub has no such image, or does not tell',
    'ErrImagePull',
    'failed to pull and unpack image "docker.io/library/nope:1": failed to resolve reference "docker.io/library/nope:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    'pull-refused',
    /pull secret/,
  ],
  [
    'a registry wants a login',
    'ErrImagePull',
    'failed to pull and unpack image "10.0.0.1:5000/dev:1": failed to resolve reference "10.0.0.1:5000/dev:1": failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized',
    'pull-refused',
    /pull secret/,
  ],
  [
    'a registry without tokens wants a login',
    'ImagePullBackOff',
    'Back-off pulling image "10.0.0.1:5000/dev:1": ErrImagePull: failed to pull and unpack image "10.0.0.1:5000/dev:1": failed to resolve reference "10.0.0.1:5000/dev:1": pull access denied: no basic auth credentials',
    'pull-refused',
    /pull secret/,
  ],
  [
    'the tag is not there',
    'ErrImagePull',
    'rpc error: code = NotFound desc = failed to pull and unpack image "ghcr.io/acme/dev:nope": failed to resolve reference "ghcr.io/acme/dev:nope": ghcr.io/acme/dev:nope: not found',
    'image-missing',
    /Check its name/,
  ],
  [
    'an image with a name that sounds like a refusal is not there',
    'ErrImagePull',
    'failed to pull and unpack image "r.example/denied/forbidden:1": failed to resolve reference "r.example/denied/forbidden:1": r.example/denied/forbidden:1: not found',
    'image-missing',
    /Check its name/,
  ],
  [
    'made for other processors',
    'ErrImagePull',
    'failed to pull and unpack image "ghcr.io/acme/arm:1": no match for platform in manifest: not found',
    'image-missing',
    /processors/,
  ],
  [
    'the registry is not there',
    'ImagePullBackOff',
    'Back-off pulling image "nope.example/a:1": ErrImagePull: failed to pull and unpack image "nope.example/a:1": failed to do request: Head "https://nope.example/v2/a/manifests/1": dial tcp: lookup nope.example on 10.0.0.2:53: no such host',
    'pull-refused',
    /cannot pull .*no such host/,
  ],
  [
    'too many pulls',
    'ErrImagePull',
    'failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/debian/manifests/sha256:1: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.',
    'pull-refused',
    /rate limit/,
  ],
  [
    'never to be pulled',
    'ErrImageNeverPull',
    'Container image "dev:1" is not present with pull policy of Never',
    'pull-refused',
    /policy of Never/,
  ],
  [
    'no image name',
    'InvalidImageName',
    'Failed to apply default image tag "A:b": couldn\'t parse image name "A:b": invalid reference format: repository name (library/A) must be lowercase',
    'pull-refused',
    /lowercase/,
  ],
  ['nothing said', 'ImagePullBackOff', '', 'pull-refused', /ImagePullBackOff/],
  [
    'a missing key',
    'CreateContainerConfigError',
    'secret "token" not found',
    'exit',
    /secret "token" not found/,
  ],
  [
    'root where none is allowed',
    'CreateContainerConfigError',
    'container has runAsNonRoot and image will run as root (pod: "berth-web-x_default(1)", container: workspace)',
    'exit',
    /will run as root/,
  ],
  [
    'no shell',
    'CreateContainerError',
    'failed to create containerd task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/bin/sh": stat /bin/sh: no such file or directory',
    'boot-failed',
    /no shell/,
  ],
  [
    'a shell for other processors',
    'RunContainerError',
    'failed to start containerd task: exec /bin/sh: exec format error',
    'image-missing',
    /processors/,
  ],
  [
    'less memory than a process needs',
    'RunContainerError',
    'failed to create containerd task: container init was OOM-killed (memory limit too low?)',
    'out-of-memory',
    /more memory/,
  ],
];

/** What the scheduler says. */
const unscheduled: [string, string, RegExp][] = [
  [
    'no processors',
    '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    /too little of CPUs\. /,
  ],
  [
    'neither',
    '0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient memory, 3 Insufficient cpu.',
    /too little of CPUs, memory\. /,
  ],
  ['no GPU', '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.', /too little of GPUs\. /],
  [
    'no other device',
    '0/1 nodes are available: 1 Insufficient example.org/tpu-v5.',
    /too little of example\.org\/tpu-v5\. /,
  ],
  [
    'a taint',
    '0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}. preemption: no',
    /toleration/,
  ],
  [
    'a node that is not ready',
    '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.',
    /^no node is ready/,
  ],
  ['a node that was cordoned', '0/1 nodes are available: 1 node(s) were unschedulable.', /^no node is ready/],
  [
    'no such node',
    "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
    /node selector/,
  ],
  [
    'no volume',
    '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
    /storage class/,
  ],
  ['a volume elsewhere', '0/2 nodes are available: 2 node(s) had volume node affinity conflict.', /volume/],
  [
    'no claim',
    '0/1 nodes are available: persistentvolumeclaim "berth-web-home" not found.',
    /no volume claim “berth-web-home”/,
  ],
  ['something else', '0/1 nodes are available: 1 Too many pods.', /^no node takes it: 0\/1 .*Too many pods$/],
];

describe('what keeps a pod from running', () => {
  for (const [what, reason, message, cause, words] of waiting) {
    it(what, () => {
      const problem = podProblem(podOf({ ...pendingPod, node: 'n', waiting: { reason, message } }));
      assert.equal(problem?.cause, cause, problem?.words);
      assert.match(problem?.words ?? '', words);
    });
  }
  for (const [what, message, words] of unscheduled) {
    it(`is the scheduler’s: ${what}`, () => {
      const problem = podProblem(podOf({ ...pendingPod, unscheduled: { reason: 'Unschedulable', message } }));
      assert.equal(problem?.cause, 'unschedulable');
      assert.match(problem?.words ?? '', words);
    });
  }

  it('is nothing while the scheduler has not heard of a claim that stands', () => {
    const message = '0/1 nodes are available: persistentvolumeclaim "berth-web-home" not found.';
    const pod = podOf({ ...pendingPod, unscheduled: { reason: 'Unschedulable', message } });
    assert.equal(podProblem(pod, { name: 'berth-web-home' }), undefined);
    assert.match(podProblem(pod, { name: 'berth-other-home' })?.words ?? '', /berth-web-home/);
  });

  it('is nothing while it only takes its time', () => {
    for (const reason of ['ContainerCreating', 'PodInitializing', '']) {
      assert.equal(podProblem(podOf({ ...pendingPod, waiting: { reason, message: '' } })), undefined);
    }
    const gated = {
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    };
    assert.equal(podProblem(podOf({ ...pendingPod, unscheduled: gated })), undefined);
  });

  it('is one line of bounded length, whatever is said', () => {
    const message = `denied "${'x'.repeat(50_000)}"\n\n`.repeat(20);
    const { words = '' } = podProblem(podOf({ waiting: { reason: 'ErrImagePull', message } })) ?? {};
    assert.ok(words.length < 600 && !words.includes('\n'));
  });
});

describe('a pod that was not let in', () => {
  const quota =
    'Error creating: pods "berth-web-8zqfs" is forbidden: exceeded quota: berth-quota, requested: limits.cpu=2, used: limits.cpu=1, limited: limits.cpu=2';
  it('is told in the words of admission', () => {
    const problem = refusedPod([eventOf({ message: quota })]);
    assert.equal(problem?.cause, 'forbidden');
    assert.match(problem?.words ?? '', /exceeded quota: berth-quota/);
  });

  it('is told by the newest refusal', () => {
    const events = [
      eventOf({ message: 'newest', at: '2026-01-02T03:05:00Z' }),
      eventOf({ message: 'older', at: '2026-01-02T03:04:00Z' }),
    ];
    for (const each of [events, events.toReversed()]) assert.match(refusedPod(each)?.words ?? '', /newest/);
  });

  it('is forgotten once a later one was', () => {
    const letIn = eventOf({ reason: 'SuccessfulCreate', isWarning: false, at: '2026-01-02T03:05:00Z' });
    assert.equal(refusedPod([eventOf({ message: quota }), letIn]), undefined);
  });

  it('is nothing that other events tell', () => {
    assert.equal(refusedPod([]), undefined);
    assert.equal(
      refusedPod([eventOf({ kind: 'Pod' }), eventOf({ reason: 'BackoffLimitExceeded' })]),
      undefined,
    );
  });
});
