/** Kubernetes' quantities, such as '250m', '1.5', '2Gi', '1e3' (k8s.io/apimachinery, pkg/api/resource). Pure. */

/** NaN for what is none. */
export function quantity(text: string): number {
  const [, number = '', suffix = ''] =
    /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  const factor = factors[suffix];
  return number === '' || factor === undefined ? Number.NaN : Number(number) * factor;
}

const factors: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
