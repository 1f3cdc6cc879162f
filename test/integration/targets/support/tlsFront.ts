/** TLS in front of the engine's socket, with a CA and certificates made for the test. */
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { Background, findProgram, freePort, run } from '../../../support/command.ts';
import { dockerSocket } from '../../../support/dockerd.ts';
import type { Scene } from './folder.ts';

/** A CA (`ca.pem`), clients (`client.pem`, `colleague.pem`) and servers of it: `server`, `expired`, `other` (of another name). */
export async function makeCertificates(scene: Scene): Promise<void> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: scene.folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const ca of ['ca', 'otherCa']) {
    const subject = ['-subj', `/CN=Berth test ${ca}`];
    await openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      `${ca}.key`,
      '-out',
      `${ca}.pem`,
      '-days',
      '2',
      ...subject,
    );
  }
  const leaf = async (name: string, ca: string, days: string, alternative: string) => {
    await writeFile(scene.path(`${name}.ext`), `subjectAltName=${alternative}\n`);
    await openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const signer = ['-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-extfile', `${name}.ext`];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-days', days, '-out', `${name}.pem`);
  };
  await leaf('server', 'ca', '2', 'IP:127.0.0.1,DNS:localhost');
  await leaf('expired', 'ca', '-1', 'IP:127.0.0.1');
  await leaf('other', 'ca', '2', 'DNS:elsewhere.example');
  await leaf('client', 'ca', '2', 'DNS:client');
  await leaf('colleague', 'ca', '2', 'DNS:colleague');
  await leaf('stranger', 'otherCa', '2', 'DNS:client');
}

/** Listens with that server certificate and asks for a client certificate of the CA; answers the port. */
export async function startTlsFront(scene: Scene, certificate: string): Promise<number> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', `${certificate}.pem`, `${certificate}.key`].map(name => readFile(scene.path(name))),
  );
  const server = createServer({ ca: ca ?? '', cert: cert ?? '', key: key ?? '', requestCert: true }, near => {
    const far = connect({ path: dockerSocket });
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  scene.later(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A server written in Go, as Docker's engine is, that wants a client certificate of the CA: Go says why it refuses. */
export async function startGoServer(scene: Scene): Promise<number> {
  const port = await freePort();
  const config = {
    version: 0.1,
    storage: { inmemory: {} },
    http: {
      addr: `127.0.0.1:${port}`,
      tls: {
        certificate: scene.path('server.pem'),
        key: scene.path('server.key'),
        clientcas: [scene.path('ca.pem')],
      },
    },
  };
  await writeFile(scene.path('go.yml'), JSON.stringify(config));
  const program = (await findProgram('docker-registry')) ?? 'docker-registry';
  const server = new Background(program, ['serve', scene.path('go.yml')]);
  scene.later(() => server.stop());
  await server.until(() => accepts(port), 'the Go server listened');
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
