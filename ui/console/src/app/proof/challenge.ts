// A challenge of the broker (docs/protocol.md): expiry u64 ‖ bits u8 ‖ nonce of 16 ‖ MAC of 32, in Base64url.

const LABEL = 'beside1 proof';
const LENGTH = 8 + 1 + 16 + 32;
/** More would keep a machine busy for minutes, and no broker asks for it. */
const BITS_MAX = 24;

export interface Work {
  /** What stands before the counter. */
  prefix: Uint8Array;
  /** Zero bits that the hash has to begin with. */
  bits: number;
}

/** What there is to compute; nothing for what is no challenge. */
export function workOf(challenge: string): Work | null {
  const bytes = decoded(challenge);
  const bits = bytes?.[8];
  if (!bytes || bits === undefined || bytes.length !== LENGTH || bits > BITS_MAX) return null;
  const label = new TextEncoder().encode(LABEL);
  const prefix = new Uint8Array(label.length + bytes.length);
  prefix.set(label);
  prefix.set(bytes, label.length);
  return { prefix, bits };
}

function decoded(text: string): Uint8Array | null {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
  } catch {
    return null;
  }
}
