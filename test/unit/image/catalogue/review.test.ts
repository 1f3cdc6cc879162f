import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { draftRecord, refuseUnreviewed } from '../../../../src/engine/creating.ts';
import { containerOptions } from '../../../../src/engine/docker/containerOptions.ts';
import { editedRecord } from '../../../../src/engine/editedRecord.ts';
import type { CreateRequest } from '../../../../src/engine/engine.ts';
import type { PodSpec } from '../../../../src/engine/kubernetes/models.ts';
import { podTemplate } from '../../../../src/engine/kubernetes/podTemplate.ts';
import { Approval, withApproval, withoutApprovals } from '../../../../src/image/catalogue/approvals.ts';
import { parseCatalogue } from '../../../../src/image/catalogue/catalogue.ts';
import type { Entry } from '../../../../src/image/catalogue/entry.ts';
import {
  approve,
  decide,
  entryDigest,
  notAllowed,
  reviewEntry,
  reviewed,
  withoutGrants,
} from '../../../../src/image/catalogue/review.ts';
import type { Scope } from '../../../../src/image/catalogue/scope.ts';
import { settingsOf } from '../../../../src/image/catalogue/settingsOf.ts';
import { galleryProtocol } from '../../../../src/panels/galleryMessages.ts';
import { isBerthError } from '../../../../src/workspace/error.ts';
import { withoutCounterpart } from '../../../../src/workspace/grantSupport.ts';
import { grantsOf, overridesOf } from '../../../../src/workspace/grants.ts';
import type { GrantLevel } from '../../../../src/workspace/grantWords.ts';
import { Overrides } from '../../../../src/workspace/overrides.ts';
import { WorkspaceSettings } from '../../../../src/workspace/settings.ts';
import { recordOf } from '../../engine/records.ts';

const address = 'https://acme.org/catalogue/';

function entryOf(run_config: object, exec_config: object = {}, more: object = {}): Entry {
  const raw = {
    friendly_name: 'Tool',
    description: '',
    image_src: 'a.png',
    architecture: ['amd64'],
    name: 'acme/tool:1',
  };
  const text = JSON.stringify({
    workspaces: [{ ...raw, compatibility: ['1.17.x'], run_config, exec_config, ...more }],
  });
  const { entries, unusable } = parseCatalogue(text);
  const [entry] = entries;
  assert.ok(entry, JSON.stringify(unusable));
  return entry;
}
const refused = (action: () => unknown) =>
  assert.throws(action, (error: unknown) => isBerthError(error, 'invalid'));

describe('the level of what an entry wants', () => {
  const rows: readonly [object, GrantLevel, RegExp][] = [
    [{ privileged: true }, 'blocked', /all rights on the engine’s host/],
    [{ volumes: ['/etc/../:/host'] }, 'blocked', /^Can read and change every file of the engine’s host$/],
    [{ volumes: ['/:/host:ro'] }, 'blocked', /^Can read every file of the engine’s host$/],
    [{ volumes: ['/:/host'] }, 'blocked', /^Can read and change every file/],
    [{ volumes: ['/etc/:/host'] }, 'blocked', /\/etc on the engine’s host/],
    [{ volumes: ['/var/run/docker.sock:/var/run/docker.sock'] }, 'blocked', /Controls the engine/],
    [{ volumes: ['//var/run//:/x:ro'] }, 'blocked', /Controls the engine/],
    [{ mounts: [{ target: '/a', source: '/home', type: 'bind' }] }, 'blocked', /\/home/],
    [{ volumes_from: ['db'] }, 'blocked', /container db/],
    [{ ipc_mode: 'host' }, 'blocked', /memory/],
    [{ ipc_mode: 'container:db' }, 'blocked', /another container/],
    [{ userns_mode: 'host' }, 'blocked', /root of the engine’s host/],
    [{ uts_mode: 'host' }, 'blocked', /name/],
    [{ cgroupns: 'host' }, 'blocked', /host/],
    ...['SYS_ADMIN', 'SYS_PTRACE', 'SYS_MODULE', 'DAC_READ_SEARCH', 'ALL', 'BPF', 'NOBODY_KNOWS'].map(
      (name): [object, GrantLevel, RegExp] => [{ cap_add: [name] }, 'blocked', /./],
    ),
    ...[
      '/dev/sda',
      '/dev/nvme0n1',
      '/dev/mem',
      '/dev/kmsg',
      '/dev/unknown',
      '/dev/dri/../sda',
      '/dev/driver',
      '/dev/snd-x',
      '/dev/video',
    ].map((host): [object, GrantLevel, RegExp] => [
      { devices: [`${host}:/dev/x`] },
      'blocked',
      /engine’s host/,
    ]),
    [{ device_cgroup_rules: ['a *:* rwm'] }, 'blocked', /devices/],
    [{ runtime: 'other' }, 'blocked', /runtime/],
    [{ cgroup_parent: '/' }, 'blocked', /limits/],
    [{ volume_driver: 'x' }, 'blocked', /plugin/],
    [{ security_opt: ['seccomp=unconfined'] }, 'warned', /Switches off a protection/],
    [{ security_opt: ['apparmor:unconfined'] }, 'warned', /protection/],
    ...['NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'SYS_NICE'].map((name): [object, GrantLevel, RegExp] => [
      { cap_add: [name] },
      'warned',
      /./,
    ]),
    [{ devices: ['/dev/net/tun'] }, 'warned', /tunnels/],
    ...['/dev/dri', '/dev/dri/renderD128', '/dev/nvidia-uvm', '/dev/nvidia-caps/nvidia-cap1', '/dev/kfd'].map(
      (host): [object, GrantLevel, RegExp] => [{ devices: [host] }, 'warned', /graphics/],
    ),
    [{ devices: ['/dev/snd/pcmC0D0p'] }, 'warned', /microphone/],
    [{ devices: ['/dev/video0'] }, 'warned', /cameras/],
    [{ device_requests: [{ Count: -1, Capabilities: [['gpu']] }] }, 'warned', /all GPUs/],
    [{ ports: { '80/tcp': 80 } }, 'warned', /everybody/],
    [{ ports: { '80/tcp': ['192.168.1.2', 80] } }, 'warned', /everybody/],
    [{ publish_all_ports: true }, 'warned', /every port/],
    [{ sysctls: { 'net.a': '1' } }, 'warned', /kernel/],
    [{ user: 'root' }, 'warned', /root/],
    [{ user: '0:0' }, 'warned', /root/],
    [{ user: 0 }, 'warned', /root/],
    [{ group_add: ['docker'] }, 'warned', /group/],
    [{ dns: ['1.1.1.1'] }, 'warned', /names/],
    [{ extra_hosts: { 'github.com': '6.6.6.6' } }, 'warned', /another machine/],
    [{ oom_kill_disable: true }, 'warned', /memory/],
    [{ pids_limit: -1 }, 'warned', /processes/],
    [{ log_config: { type: 'syslog' } }, 'warned', /prints/],
    [{ network: 'lan' }, 'warned', /network lan/],
    [{ ulimits: [{ name: 'nofile', soft: 1 }] }, 'warned', /programs/],
    [{ volumes: ['data:/data'] }, 'warned', /volume data/],
    [{ entrypoint: '/init' }, 'shown', /every start/],
    [{ command: 'serve' }, 'shown', /every start/],
    [{ healthcheck: { test: 'true' } }, 'warned', /as root .* again and again/],
    [{ healthcheck: { test: ['NONE'] } }, 'safe', /image’s own/],
    [{ environment: { PAGER: null } }, 'safe', /variable/],
    [{ ports: { '80/tcp': ['127.0.0.1', 80] } }, 'safe', /programs on that host/],
    [{ volumes: ['/scratch'] }, 'safe', /its own/],
    [{ hostname: 'a' }, 'safe', /name/],
    [{ working_dir: '/a' }, 'safe', /folder/],
    [{ tmpfs: { '/tmp': '' } }, 'safe', /memory/],
    [{ cap_drop: ['MKNOD'] }, 'safe', /right/],
    [{ cap_add: ['CHOWN'] }, 'safe', /usually/],
    [{ network_mode: 'bridge' }, 'safe', /usual/],
    [{ user: 'dev' }, 'safe', /user/],
    [{ pids_limit: 100 }, 'safe', /processes/],
  ];
  for (const [config, level, words] of rows) {
    it(`${JSON.stringify(config)} is ${level}`, () => {
      const { grants, leftOut } = reviewEntry(address, entryOf(config), []);
      assert.deepEqual(leftOut, []);
      assert.deepEqual(
        grants.map(grant => grant.level),
        [level],
      );
      assert.match(grants[0]?.words ?? '', words);
      assert.equal(grants[0]?.verdict, level === 'blocked' || level === 'warned' ? 'asks' : 'free');
    });
  }

  const commands: readonly [object, GrantLevel][] = [
    [{ first_launch: { cmd: 'id' } }, 'shown'],
    [{ first_launch: { cmd: 'id', user: 'root' } }, 'warned'],
    [{ assign: { cmd: 'id', user: 0 } }, 'warned'],
    [{ go: { cmd: 'id', privileged: true } }, 'warned'],
  ];
  for (const [config, level] of commands) {
    it(`${JSON.stringify(config)} is ${level}, with the command as it is`, () => {
      const [grant] = reviewEntry(address, entryOf({}, config), []).grants;
      assert.equal(grant?.level, level);
      assert.match(grant?.value ?? '', /^id/);
    });
  }
});

describe('the review', () => {
  const wanting = entryOf({ privileged: true, cap_add: ['NET_ADMIN'], hostname: 'a' });
  const accept = new Set(['capAdd:NET_ADMIN']);

  it('gives what is safe, and of the rest what was accepted', () => {
    const review = reviewEntry(address, wanting, []);
    assert.equal(review.isSettled, false);
    assert.deepEqual(decide(review, new Set(), 'entry', 1).overrides, { hostname: 'a' });
    assert.deepEqual(decide(review, accept, 'entry', 1).overrides, { hostname: 'a', capAdd: ['NET_ADMIN'] });
  });

  it('asks no more once everything was allowed, and again once the entry has changed', () => {
    const { approval } = decide(
      reviewEntry(address, wanting, []),
      new Set(['privileged', ...accept]),
      'entry',
      1,
    );
    assert.equal(reviewEntry(address, wanting, [approval]).isSettled, true);
    const changed = reviewEntry(address, entryOf({ privileged: true, cap_add: ['SYS_ADMIN'] }), [approval]);
    assert.equal(changed.hasChanged, true);
    assert.equal(changed.isSettled, false);
    assert.deepEqual(
      changed.grants.map(({ id, isNew, verdict }) => [id, isNew, verdict]),
      [
        ['privileged', false, 'asks'],
        ['capAdd:SYS_ADMIN', true, 'asks'],
      ],
    );
    assert.deepEqual(
      changed.gone.map(({ id }) => id),
      ['hostname:a', 'capAdd:NET_ADMIN'],
    );
  });

  it('asks again where only the image has changed', () => {
    const { approval } = decide(reviewEntry(address, wanting, []), accept, 'entry', 1);
    const other = entryOf(wanting.runConfig, {}, { name: 'evil/tool:1' });
    assert.equal(
      reviewEntry(address, other, [approval]).grants.find(({ key }) => key === 'capAdd')?.verdict,
      'asks',
    );
  });

  it('is the same whatever the order of the keys', () => {
    const [a, b] = [entryOf({ hostname: 'a', user: 'b' }), entryOf({ user: 'b', hostname: 'a' })];
    assert.equal(entryDigest(a), entryDigest(b));
    assert.equal(reviewEntry(address, a, []).origin.digest, entryDigest(b));
  });

  it('allows the same to other entries of the catalogue where that was said, and not to those of others', () => {
    const { approval } = decide(reviewEntry(address, wanting, []), accept, 'catalogue', 1);
    const other = entryOf(
      { cap_add: ['NET_ADMIN', 'NET_RAW'] },
      {},
      { friendly_name: 'Other', name: 'acme/other:1' },
    );
    const verdicts = (catalogue: string) =>
      reviewEntry(catalogue, other, [approval]).grants.map(({ id, verdict }) => [id, verdict]);
    assert.deepEqual(verdicts(address), [
      ['capAdd:NET_ADMIN', 'allowed'],
      ['capAdd:NET_RAW', 'asks'],
    ]);
    assert.deepEqual(verdicts('https://other.org/'), [
      ['capAdd:NET_ADMIN', 'asks'],
      ['capAdd:NET_RAW', 'asks'],
    ]);
  });

  it('asks again about what has changed, though all of the catalogue is allowed, unless changes were allowed, too', () => {
    const reviewOf = (scope: Scope) => {
      const { approval } = decide(reviewEntry(address, wanting, []), accept, scope, 1);
      const changed = reviewEntry(address, entryOf({ cap_add: ['NET_ADMIN'], domainname: 'a.b' }), [
        approval,
      ]);
      assert.deepEqual([changed.hasChanged, changed.gone.length], [true, 2], scope);
      return changed.grants.map(({ id, verdict, isNew }) => [id, verdict, isNew]);
    };
    const added = ['domainname:a.b', 'free', true];
    assert.deepEqual(reviewOf('entry'), [['capAdd:NET_ADMIN', 'asks', false], added]);
    assert.deepEqual(reviewOf('catalogue'), [['capAdd:NET_ADMIN', 'asks', false], added]);
    assert.deepEqual(reviewOf('changes'), [['capAdd:NET_ADMIN', 'allowed', false], added]);
  });

  it('never accepts what a policy forbids, by level, key or id', () => {
    for (const forbidden of ['blocked', 'privileged']) {
      const review = reviewEntry(address, wanting, [], { forbidden: [{ value: forbidden, by: 'Acme' }] });
      const { overrides } = decide(review, new Set(['privileged', ...accept]), 'entry', 1);
      assert.deepEqual(overrides, { hostname: 'a', capAdd: ['NET_ADMIN'] });
    }
    const { approval } = decide(
      reviewEntry(address, wanting, []),
      new Set(['privileged', ...accept]),
      'entry',
      1,
    );
    const review = reviewEntry(address, wanting, [approval], {
      forbidden: [{ value: 'capAdd:NET_ADMIN', by: 'Acme' }],
    });
    assert.equal(review.grants.find(({ key }) => key === 'capAdd')?.verdict, 'forbidden');
    assert.equal(review.isSettled, false);
  });

  it('is taken back from the entry that it is taken back from, also where all of the catalogue had it', () => {
    const whole = new Set(['privileged', ...accept]);
    const first = decide(reviewEntry(address, wanting, []), whole, 'catalogue', 1).approval;
    const other = { ...wanting, id: 'Other' };
    const second = decide(reviewEntry(address, other, [first]), new Set(), 'entry', 2).approval;
    const all = withApproval([first], second);
    const asks = (entry: Entry, approvals: readonly Approval[]) =>
      !reviewEntry(address, entry, approvals).isSettled;
    assert.deepEqual([asks(wanting, all), asks(other, all)], [false, false]);
    const withoutOther = withoutApprovals(all, { catalogue: address, entry: 'Other' });
    assert.deepEqual([asks(wanting, withoutOther), asks(other, withoutOther)], [false, true]);
    const withoutFirst = withoutApprovals(all, { catalogue: address, entry: 'Tool' });
    assert.deepEqual([asks(wanting, withoutFirst), asks(other, withoutFirst)], [true, true]);
  });

  it('is kept and read again, however long the script is that was accepted', () => {
    const long = entryOf(
      {},
      { first_launch: { cmd: ['sh', '-c', '"'.repeat(16_000), '\n'.repeat(14_000)], user: 'root' } },
    );
    const review = reviewEntry(address, long, []);
    const [grant] = review.grants;
    assert.equal(grant?.verdict, 'asks');
    const { approval } = decide(review, new Set([grant.id]), 'entry', 1);
    const kept = Approval.parse(JSON.parse(JSON.stringify(approval)));
    assert.equal(reviewEntry(address, long, [kept]).isSettled, true);
    const { params } = galleryProtocol.requests.use;
    const ref = { catalogue: address, entry: 'Tool', digest: review.origin.digest, scope: 'entry' };
    params.parse({ ...ref, accepted: [grant.id] });
  });

  it('is forgotten with the entry or the catalogue', () => {
    const { approval } = decide(reviewEntry(address, wanting, []), accept, 'entry', 1);
    const all = withApproval([], approval);
    assert.equal(withApproval(all, { ...approval, at: 2 }).length, 1);
    assert.deepEqual(withoutApprovals(all, { catalogue: address, entry: 'Tool' }), []);
    assert.deepEqual(withoutApprovals(all, { catalogue: address }), []);
    assert.deepEqual(withoutApprovals(all, { catalogue: 'https://other.org/' }), all);
  });
});

describe('the only way to an engine', () => {
  const entry = entryOf({ privileged: true, cap_add: ['NET_ADMIN'] });
  const review = reviewEntry(address, entry, []);
  const { overrides, approval } = decide(review, new Set(['privileged', 'capAdd:NET_ADMIN']), 'entry', 1);
  const settings = WorkspaceSettings.parse(settingsOf(entry, review, overrides, {}).settings);
  const record = recordOf();
  const request: CreateRequest = {
    name: record.name,
    settings,
    maker: { identity: 'me', host: 'here', pid: 1 },
    hostKey: record.hostKey,
    authorizedKeys: [],
    start: false,
  };
  const clock = { now: () => 0 };

  it('lets in what was allowed, as it was allowed', () => {
    const pass = reviewed(settings, [approval]);
    assert.deepEqual(draftRecord({ ...request, reviewed: pass }, clock).settings.overrides, overrides);
  });

  const others: readonly [string, WorkspaceSettings, readonly Approval[]][] = [
    ['without any approval (a template, a link, a duplicate of somebody else’s)', settings, []],
    ['for another image', { ...settings, image: 'evil/tool:1' }, [approval]],
    ['for another entry', { ...settings, fromCatalogue: { ...review.origin, entry: 'Other' } }, [approval]],
    [
      'for another catalogue',
      { ...settings, fromCatalogue: { ...review.origin, catalogue: 'https://x.org' } },
      [approval],
    ],
    [
      'of an entry that was another then',
      { ...settings, fromCatalogue: { ...review.origin, digest: `sha256:${'0'.repeat(64)}` } },
      [approval],
    ],
    ['without their origin', { ...settings, fromCatalogue: undefined }, [approval]],
    ['with one thing more', { ...settings, overrides: { ...overrides, ipc: 'host' } }, [approval]],
    ['with another value', { ...settings, overrides: { ...overrides, capAdd: ['SYS_ADMIN'] } }, [approval]],
    ['once it was revoked', settings, withoutApprovals([approval], { catalogue: address })],
    [
      'by a catalogue’s approval that no review turned into the entry’s',
      { ...settings, fromCatalogue: { ...review.origin, entry: 'Other' } },
      [{ ...approval, scope: 'catalogue' }],
    ],
  ];
  for (const [what, wanted, approvals] of others) {
    it(`refuses overrides ${what}`, () => {
      refused(() => reviewed(wanted, approvals));
      assert.ok(notAllowed(wanted, approvals).length > 0);
    });
  }

  it('lets another tag of the same image in, and a template once it was approved', () => {
    reviewed({ ...settings, image: 'acme/tool:2' }, [approval]);
    const template = { image: 'acme/tool', overrides: { privileged: true as const } };
    refused(() => reviewed(template, []));
    const allowed = approve(template, new Set(notAllowed(template, []).map(({ id }) => id)), 1);
    reviewed(template, [allowed]);
    refused(() => reviewed({ ...template, image: 'acme/other' }, [allowed]));
  });

  it('lets in what is only shown where a review has shown it, and nowhere else', () => {
    const running = entryOf({ command: 'serve' }, { first_launch: { cmd: 'id' } });
    const plain = reviewEntry(address, running, []);
    assert.equal(plain.isSettled, true);
    const seen = decide(plain, new Set(), 'entry', 1);
    assert.deepEqual(seen.approval.allowed, []);
    const wanted = { image: 'acme/tool', overrides: seen.overrides, fromCatalogue: plain.origin };
    reviewed(wanted, [seen.approval]);
    const asked = ['command:serve', 'firstLaunch:id'];
    const others: readonly (readonly [Parameters<typeof reviewed>[0], readonly Approval[]])[] = [
      [wanted, []],
      [{ ...wanted, fromCatalogue: undefined }, [seen.approval]],
      [{ ...wanted, image: 'evil/tool' }, [seen.approval]],
      [{ ...wanted, overrides: { ...seen.overrides, command: ['steal'] } }, [seen.approval]],
    ];
    for (const [other, approvals] of others) {
      refused(() => reviewed(other, approvals));
      const ids = new Set(notAllowed(other, approvals).map(({ id }) => id));
      assert.ok([...asked, 'command:steal'].some(id => ids.has(id)));
      reviewed(other, [approve(other, ids, 2)]);
    }
  });

  it('lets settings in without the pieces that nobody allowed', () => {
    const wanted = {
      image: 'acme/tool',
      overrides: { privileged: true as const, capAdd: ['NET_ADMIN', 'SYS_ADMIN'], hostname: 'a' },
    };
    const missing = notAllowed(wanted, []);
    const less = withoutGrants(wanted, missing);
    assert.deepEqual(reviewed(less, []).overrides, { hostname: 'a' });
    assert.equal(
      withoutGrants({ image: 'a', overrides: { privileged: true } }, missing).overrides,
      undefined,
    );
  });

  it('is closed at the engine, too: settings with overrides that nobody reviewed make no record', () => {
    refused(() => draftRecord(request, clock));
    const other = reviewed({ image: settings.image, overrides: { hostname: 'a' } }, []);
    refused(() => draftRecord({ ...request, reviewed: other }, clock));
    refuseUnreviewed({ settings: WorkspaceSettings.parse({ image: 'debian' }) });
  });

  it('is closed for edits, but for those that leave the overrides and the image as they are', () => {
    const before = { ...record, settings };
    const edit = (edited: WorkspaceSettings) =>
      editedRecord(before, { settings: edited, revision: record.revision }, 'docker');
    assert.deepEqual(edit({ ...settings, cpus: 1 }).settings.overrides, overrides);
    assert.deepEqual(edit({ ...settings, image: 'docker.io/acme/tool:9' }).settings.overrides, overrides);
    refused(() => edit({ ...settings, image: 'docker.io/evil/tool:1' }));
    refused(() => edit({ ...settings, overrides: { ...overrides, ipc: 'host' } }));
    assert.equal(edit({ ...settings, overrides: undefined }).settings.overrides, undefined);
  });

  it('has no second maker of what it lets through', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(file =>
      file.endsWith('.ts'),
    );
    const makers = sources.filter(file =>
      /as (?:unknown as )?Reviewed\b|<Reviewed>/.test(readFileSync(join('src', file), 'utf8')),
    );
    assert.deepEqual(makers, [join('image', 'catalogue', 'review.ts')]);
    const callers = sources.filter(file => /\breviewed\(/.test(readFileSync(join('src', file), 'utf8')));
    assert.deepEqual(callers.toSorted(), [
      join('commands', 'operations.ts'),
      join('image', 'catalogue', 'review.ts'),
    ]);
  });
});

const names = fc.constantFrom('NET_ADMIN', 'SYS_ADMIN', 'CHOWN', 'NET_RAW', 'BPF');
const paths = fc.constantFrom('/', '/etc', '/var/run/docker.sock', '/home/me');
/** Everything dangerous, in every form, and anything at all. */
const runConfigs = fc.record(
  {
    privileged: fc.oneof(fc.boolean(), fc.jsonValue()),
    cap_add: fc.oneof(fc.array(names, { maxLength: 3 }), fc.jsonValue()),
    volumes: fc.oneof(
      fc.array(
        fc.tuple(paths, fc.constantFrom('/a', '/b')).map(([from, to]) => `${from}:${to}`),
        { maxLength: 3 },
      ),
      fc.dictionary(paths, fc.record({ bind: fc.constant('/c'), mode: fc.constantFrom('ro', 'rw') })),
    ),
    mounts: fc.array(
      fc.record({ Target: fc.constant('/m'), Source: paths, Type: fc.constantFrom('bind', 'volume') }),
      { maxLength: 2 },
    ),
    devices: fc.array(fc.constantFrom('/dev/sda', '/dev/dri', '/dev/mem:/dev/x:r'), { maxLength: 3 }),
    ipc_mode: fc.constantFrom('host', 'private', 'container:x'),
    pid_mode: fc.constantFrom('host', 'container:x'),
    network_mode: fc.constantFrom('host', 'none', 'bridge', 'lan'),
    userns_mode: fc.constant('host'),
    security_opt: fc.array(fc.constantFrom('seccomp=unconfined', 'no-new-privileges'), { maxLength: 2 }),
    sysctls: fc.dictionary(fc.constantFrom('a.b', 'c.d'), fc.constantFrom('1', '2')),
    ports: fc.dictionary(
      fc.constantFrom('80/tcp', '22/tcp', '53/udp'),
      fc.oneof(fc.constantFrom(null, 80), fc.constant(['127.0.0.1', 81])),
    ),
    runtime: fc.constantFrom('runc', 'evil'),
    user: fc.constantFrom('root', 'dev', 0),
    group_add: fc.array(fc.constantFrom('0', '44'), { maxLength: 2 }),
    dns: fc.array(fc.constantFrom('1.1.1.1', '6.6.6.6'), { maxLength: 2 }),
    extra_hosts: fc.dictionary(fc.constantFrom('a.b', 'c.d'), fc.constantFrom('6.6.6.6', 'host-gateway')),
    environment: fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom(null, 'x')),
    healthcheck: fc.record({ test: fc.constantFrom('true', ['NONE']) }),
    command: fc.constantFrom('serve --all', ['sh', '-c', 'id']),
    entrypoint: fc.constantFrom('/start', ['/bin/run', 'it']),
    working_dir: fc.constantFrom('/a', '/b'),
    hostname: fc.constantFrom('a', 'A.b'),
    tmpfs: fc.dictionary(fc.constantFrom('/t', '/u'), fc.constantFrom('', 'size=8m')),
    read_only: fc.boolean(),
    labels: fc.dictionary(fc.string(), fc.string()),
    lxc_conf: fc.jsonValue(),
    Privileged: fc.boolean(),
    HostConfig: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

const harmless: ReadonlySet<string> = new Set(['capAdd:CHOWN']);

/** Every piece of power that a container has beyond an ordinary workspace, as ids of grants. */
function powersOf(overrides: Overrides | undefined): Set<string> {
  const record = recordOf({ firstProcess: 'beside', ...(overrides && { overrides }) });
  const image = { id: 'sha256:1', user: 'dev', entrypoint: [], command: ['serve'] };
  const { HostConfig: host = {}, Cmd: command = [] } = containerOptions(record, image, 'berth-web');
  const mounts = (host.Mounts ?? []).slice(2).filter(({ Source }) => Source !== '');
  return new Set([
    ...(host.Privileged ? ['privileged'] : []),
    ...(host.CapAdd ?? []).map((name: string) => `capAdd:${name}`),
    ...mounts.map(({ Source, Target, ReadOnly }) => `mounts:${Source}:${Target}${ReadOnly ? ':ro' : ''}`),
    ...(host.Binds ?? []).map(bind => `bind:${bind}`),
    ...(host.Devices ?? []).map(
      ({ PathOnHost, PathInContainer, CgroupPermissions }: Record<string, string>) =>
        `devices:${PathOnHost}:${PathInContainer}:${CgroupPermissions}`,
    ),
    ...(host.IpcMode && host.IpcMode !== 'private' ? [`ipc:${host.IpcMode}`] : []),
    ...(host.PidMode ? [`pid:${host.PidMode}`] : []),
    ...(host.UsernsMode ? [`userns:${host.UsernsMode}`] : []),
    ...(host.NetworkMode && host.NetworkMode !== 'bridge' ? [`network:${host.NetworkMode}`] : []),
    ...(host.SecurityOpt ?? []).map((option: string) => `securityOpt:${option}`),
    ...Object.entries(host.Sysctls ?? {}).map(([name, value]) => `sysctls:${name}=${value}`),
    ...(host.Runtime === undefined ? [] : [`runtime:${host.Runtime}`]),
    ...(command[1] === 'root' || command[1] === '0' ? [`user:${command[1]}`] : []),
    ...Object.entries(host.PortBindings ?? {})
      .filter(([key]) => key !== '22/tcp')
      .flatMap(([key, ports]) =>
        (ports as { HostIp: string; HostPort: string }[])
          .filter(({ HostIp }) => HostIp !== '127.0.0.1')
          .map(({ HostIp, HostPort }) => `publish:${HostIp || '0.0.0.0'}:${HostPort || '*'}->${key}`),
      ),
  ]);
}

describe('whatever an entry wants', () => {
  it('the engine is given no power that was not accepted, whatever was', () => {
    let powers = 0;
    fc.assert(
      fc.property(runConfigs, fc.infiniteStream(fc.boolean()), (config, coins) => {
        const review = reviewEntry(address, entryOf(config), []);
        const accepted = new Set(review.grants.filter(() => coins.next().value).map(({ id }) => id));
        const { overrides, approval } = decide(review, accepted, 'entry', 1);
        const given = powersOf(overrides);
        powers += given.size;
        for (const power of given) {
          assert.ok(accepted.has(power) || harmless.has(power), `${power} of ${JSON.stringify(config)}`);
        }
        assert.ok(![...given].some(power => power.startsWith('pid:')));
        // And it is all that the gate lets through.
        const asking = { image: 'acme/tool', overrides, fromCatalogue: review.origin };
        reviewed(asking, [approval]);
        const all = { ...asking, overrides: review.translation.overrides };
        if (notAllowed(all, [approval]).length > 0) refused(() => reviewed(all, [approval]));
        // Ssh stays Berth's own.
        const { HostConfig: host } = containerOptions(
          recordOf({ overrides }),
          { id: '1', user: '', entrypoint: [], command: [] },
          'a',
        );
        assert.deepEqual(host?.PortBindings?.['22/tcp'], [{ HostIp: '127.0.0.1', HostPort: '' }]);
        assert.equal(host?.ReadonlyRootfs, undefined);
      }),
      { numRuns: 400 },
    );
    assert.ok(powers > 100, 'the property was put to the test');
  });

  it('every piece of its overrides belongs to a grant, and the grants make the same again', () => {
    fc.assert(
      fc.property(runConfigs, config => {
        const { overrides } = reviewEntry(address, entryOf(config), []).translation;
        assert.deepEqual(overridesOf(grantsOf(overrides)), overrides);
        assert.deepEqual(Overrides.parse(overrides), overrides);
      }),
      { numRuns: 300 },
    );
  });

  it('the pod is given no power that was not accepted, whatever was, and is Berth’s own in all else', () => {
    const plain = withoutPowers(plainPod);
    let powers = 0;
    fc.assert(
      fc.property(runConfigs, fc.infiniteStream(fc.boolean()), (config, coins) => {
        const review = reviewEntry(address, entryOf(config), []);
        const accepted = new Set(review.grants.filter(() => coins.next().value).map(({ id }) => id));
        const free = review.grants.filter(({ level }) => level === 'safe' || level === 'shown');
        const may = new Set([...accepted, ...free.map(({ id }) => id)]);
        const { overrides } = decide(review, accepted, 'entry', 1);
        const { spec } = podOf(overrides);
        const given = podPowersOf(spec);
        powers += given.length;
        for (const power of given) assert.ok(may.has(power), `${power} of ${JSON.stringify(config)}`);
        assert.deepEqual(withoutPowers(spec), plain);
        const runs = ['user', 'folder', 'entrypoint', 'command'];
        const mayRun = review.grants.filter(({ id, key }) => runs.includes(key) && may.has(id));
        // What it runs is that of what was accepted of it, and of nothing else.
        assert.deepEqual(processOf(spec), processOf(podOf(overridesOf(mayRun)).spec));
      }),
      { numRuns: 120 },
    );
    assert.ok(powers > 50, 'the property was put to the test');
  });

  it('changes the pod, or is said to have no counterpart', () => {
    const plain = JSON.stringify(podOf({}));
    fc.assert(
      fc.property(runConfigs, config => {
        const { overrides } = reviewEntry(address, entryOf(config), []).translation;
        const missing = new Set(withoutCounterpart(overrides, 'kubernetes').map(({ id }) => id));
        for (const { id, key, level, part } of grantsOf(overrides)) {
          const isUsual = ['ipc:private', 'network:bridge', 'userns:host'].includes(id) || key === 'user';
          if (isUsual) continue;
          assert.equal(JSON.stringify(podOf(part)) === plain, missing.has(id), `${level} ${id}`);
        }
      }),
      { numRuns: 150 },
    );
  });
});

function mainOf({ containers }: PodSpec) {
  const [main] = containers;
  assert.ok(main);
  return main;
}

function processOf(spec: PodSpec) {
  const { command, args, workingDir } = mainOf(spec);
  return { command, args, workingDir };
}

const plainPod = podOf({}).spec;

const isOverride = ({ name }: { readonly name: string }) => /^(?:override|tmpfs)-\d+$/.test(name);

/** Every piece of a pod that overrides can change, as ids of grants. */
function podPowersOf(spec: PodSpec): string[] {
  const { securityContext: security, volumeMounts = [] } = mainOf(spec);
  const { capabilities, privileged, seccompProfile, appArmorProfile } = security ?? {};
  const { dnsConfig, hostAliases = [], hostIPC, hostname, securityContext } = spec;
  const sysctls = (securityContext?.sysctls ?? []).slice(plainPod.securityContext?.sysctls?.length ?? 0);
  const mounts = (spec.volumes ?? []).filter(isOverride).map(volume => {
    const at = volumeMounts.find(({ name }) => name === volume.name);
    assert.ok(at, volume.name);
    const { hostPath, persistentVolumeClaim: claim, emptyDir } = volume;
    if (volume.name.startsWith('tmpfs')) {
      const size = emptyDir?.sizeLimit?.replace('Mi', 'm');
      return `tmpfs:${at.mountPath}${size === undefined ? '' : `:size=${size}`}`;
    }
    return `mounts:${hostPath?.path ?? claim?.claimName ?? ''}:${at.mountPath}${at.readOnly ? ':ro' : ''}`;
  });
  return [
    ...(privileged ? ['privileged'] : []),
    ...(capabilities?.add ?? []).map(name => `capAdd:${name}`),
    ...(capabilities?.drop ?? []).map(name => `capDrop:${name}`),
    ...(seccompProfile?.type === 'Unconfined' ? ['securityOpt:seccomp=unconfined'] : []),
    ...(appArmorProfile?.type === 'Unconfined' ? ['securityOpt:apparmor=unconfined'] : []),
    ...mounts,
    ...(hostIPC ? ['ipc:host'] : []),
    ...(hostname === plainPod.hostname ? [] : [`hostname:${hostname}`]),
    ...sysctls.map(({ name, value }) => `sysctls:${name}=${value}`),
    ...(securityContext?.supplementalGroups ?? []).map(group => `groups:${group}`),
    ...(dnsConfig?.nameservers ?? []).map(server => `dns:${server}`),
    ...hostAliases.flatMap(({ ip, hostnames = [] }) => hostnames.map(host => `extraHosts:${host}:${ip}`)),
  ];
}

/** All of the pod that no entry has a say in. */
function withoutPowers(spec: PodSpec) {
  const { dnsConfig: _dns, hostAliases: _hosts, hostIPC: _ipc, hostname: _name, ...rest } = spec;
  const { supplementalGroups: _groups, sysctls = [], ...security } = spec.securityContext ?? {};
  const usual = sysctls.slice(0, plainPod.securityContext?.sysctls?.length ?? 0);
  const containers = spec.containers.map(
    ({
      command: _c,
      args: _a,
      workingDir: _w,
      securityContext: own = {},
      volumeMounts = [],
      ...container
    }) => {
      const { privileged: _p, capabilities: _caps, seccompProfile: _s, appArmorProfile: _aa, ...kept } = own;
      return { ...container, own: kept, mounts: volumeMounts.filter(mount => !isOverride(mount)) };
    },
  );
  return {
    ...rest,
    securityContext: { ...security, sysctls: usual },
    volumes: (spec.volumes ?? []).filter(volume => !isOverride(volume)),
    containers,
  };
}

function podOf(overrides: Overrides) {
  const image = { user: 'dev', entrypoint: [], command: ['serve'] };
  return podTemplate({
    record: recordOf({ firstProcess: 'beside', overrides }),
    image,
    as: 'root',
    fillsHome: false,
  });
}
