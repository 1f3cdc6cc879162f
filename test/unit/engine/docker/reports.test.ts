import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { containerReport, fileTime, volumeReports } from '../../../../src/engine/docker/reports.ts';

const inspected = {
  Id: 'abc',
  Name: '/berth-web',
  Image: 'sha256:1',
  State: {
    Status: 'exited',
    ExitCode: 137,
    OOMKilled: true,
    Error: '',
    StartedAt: '2026-01-02T03:04:05.123456789Z',
    FinishedAt: '0001-01-01T00:00:00Z',
  },
  Config: { Labels: null },
  Mounts: [{ Type: 'volume', Name: 'berth-web-record' }, { Type: 'bind' }],
  NetworkSettings: { Ports: { '22/tcp': [{ HostIp: '127.0.0.1', HostPort: '32768' }] } },
};

describe('containerReport', () => {
  it('keeps what decides', () => {
    assert.deepEqual(containerReport(inspected), {
      id: 'abc',
      name: 'berth-web',
      labels: {},
      status: 'exited',
      exitCode: 137,
      oomKilled: true,
      error: '',
      startedAt: '2026-01-02T03:04:05.123456789Z',
      finishedAt: undefined,
      volumes: ['berth-web-record'],
      sshPort: 32768,
      image: 'sha256:1',
    });
  });

  for (const [status, expected] of [
    ['configured', 'created'],
    ['stopped', 'exited'],
    ['stopping', 'running'],
    ['of tomorrow', 'dead'],
  ] as const) {
    it(`takes the status '${status}' for ${expected}`, () => {
      assert.equal(containerReport({ ...inspected, State: { Status: status } }).status, expected);
    });
  }

  it('has no port where none is published', () => {
    for (const Ports of [null, {}, { '22/tcp': null }, { '22/tcp': [] }, { '22/tcp': [{ HostPort: '' }] }]) {
      assert.equal(containerReport({ ...inspected, NetworkSettings: { Ports } }).sshPort, undefined);
    }
  });
});

describe('volumeReports', () => {
  it('takes lists without volumes and volumes without labels', () => {
    assert.deepEqual(volumeReports({ Volumes: null }), []);
    assert.deepEqual(volumeReports({ Volumes: [{ Name: 'a', Labels: null }] }), [{ name: 'a', labels: {} }]);
  });
});

describe('fileTime', () => {
  const header = (mtime: string) => Buffer.from(JSON.stringify({ name: 'ready', mtime })).toString('base64');
  it('reads the header of an archive’s head', () => {
    assert.equal(fileTime(header('2026-01-02T03:04:05Z')), Date.parse('2026-01-02T03:04:05Z'));
  });
  it('anything else is no time', () => {
    fc.assert(
      fc.property(fc.anything(), value => typeof value === 'string' || fileTime(value) === undefined),
    );
    for (const text of ['', '???', header('never'), Buffer.from('{}').toString('base64')]) {
      assert.equal(fileTime(text), undefined);
    }
  });
});
