/** Ports of a workspace on this machine's loopback, by an ssh of their own. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { forwardPort } from '../../../src/ssh/portForward.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import { type Alias, aliasOf, type WorkspaceName } from '../../../src/workspace/name.ts';
import { Background, eventually, freePort } from '../../support/command.ts';
import { Room } from './room.ts';

/** A web server of one page, in what every image with perl has. */
const server = `
  $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8123, Listen => 5, ReuseAddr => 1) or die;
  while ($c = $l->accept) {
    while (<$c>) { last if /^\\r?$/ }
    print $c "HTTP/1.0 200 OK\\r\\n\\r\\nfrom inside";
    close $c;
  }`;

describe('a forwarded port', () => {
  let room: Room;
  let yak: WorkspaceName;
  let alias: Alias;
  before(async () => {
    room = await Room.open();
    yak = await room.create('yak');
    alias = room.alias(yak);
    await room.ssh(
      yak,
      `nohup perl -MIO::Socket::INET -e '${server}' >/dev/null 2>&1 </dev/null & sleep 0.3`,
    );
  });
  after(() => room?.[Symbol.asyncDispose]());
  const request = (preferredPort: number) => ({
    configFile: room.home.folder.config(room.target.id),
    alias,
    port: 8123,
    preferredPort,
  });
  const text = async (port: number) => (await fetch(`http://127.0.0.1:${port}/`)).text();

  it('has the same number where it is free, and ends when it is let go', async () => {
    const port = await freePort();
    const forward = await forwardPort(request(port));
    assert.equal(forward.port, port);
    assert.deepEqual(await Promise.all([text(port), text(port)]), ['from inside', 'from inside']);
    forward[Symbol.dispose]();
    await forward.ended;
    await assert.rejects(text(port));
  });

  it('has another number where that one is taken', async () => {
    const other = createServer();
    const taken = await new Promise<number>(resolve => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    using forward = await forwardPort(request(taken));
    assert.notEqual(forward.port, taken);
    assert.equal(await text(forward.port), 'from inside');
    other.close();
  });

  it('ends with the process that asked for it, however that ends', async () => {
    const port = await freePort();
    const module = new URL('../../../src/ssh/portForward.ts', import.meta.url).href;
    const program = `
      const { forwardPort } = await import(${JSON.stringify(module)});
      await forwardPort(${JSON.stringify(request(port))});
      console.log('stands');
      setInterval(() => {}, 1000);`;
    const asker = new Background(process.execPath, ['--input-type=module', '-e', program]);
    try {
      await asker.until(() => asker.output.includes('stands'), 'the forward stands');
      assert.equal(await text(port), 'from inside');
      asker.child.kill('SIGKILL');
      await eventually(
        () =>
          text(port).then(
            () => false,
            () => true,
          ),
        'the port is closed',
      );
    } finally {
      await asker.stop();
    }
  });

  it('says in ssh’s own words why it cannot be', async () => {
    const gone = { ...request(0), alias: aliasOf('gone' as WorkspaceName, room.target.id) };
    await assert.rejects(forwardPort(gone), (error: unknown) => {
      assert.ok(isBerthError(error, 'unreachable'));
      assert.match(error.message, /^Port 8123 of gone\.t\.berth cannot be reached: .*gone/);
      return true;
    });
  });

  it('is not waited for any longer once it is cancelled', async () => {
    const abort = new AbortController();
    const begun = forwardPort(request(0), abort.signal);
    abort.abort();
    await assert.rejects(begun, { name: 'AbortError' });
  });
});
