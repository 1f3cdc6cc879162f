/** What the server says of a pod's streams when the pod goes, which is no error of who listens. Pure. */
import { isKubeStatus } from './status.ts';

export function runEnded(error: unknown): boolean {
  return (
    isKubeStatus(error, 'NotFound') ||
    (isKubeStatus(error) &&
      /container .* (?:not found|is terminated|is waiting)|not running/i.test(error.message))
  );
}
