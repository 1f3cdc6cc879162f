/** Digests of content (OCI image 1.1, Descriptors): what was received is what was meant, or it is refused. */
import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { RegistryProblem } from './registryProblem.ts';

const algorithms: ReadonlySet<string> = new Set(['sha256', 'sha384', 'sha512']);

/** Such as 'sha256:…'. */
export function digestOf(content: Uint8Array, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`;
}

/** Throws where the content is not what the digest says. */
export function verifyDigest(content: Uint8Array, digest: string): void {
  const algorithm = digest.slice(0, digest.indexOf(':'));
  if (!algorithms.has(algorithm)) {
    throw new RegistryProblem(
      l10n.t('Berth cannot check digests of the kind {0}.', algorithm),
      'unsupported',
    );
  }
  const found = digestOf(content, algorithm);
  if (found === digest) return;
  throw new RegistryProblem(
    l10n.t(
      'the registry sent something else than was asked for: expected {0}, received {1}. Do not use this image before you know why.',
      digest,
      found,
    ),
    'invalid',
  );
}
