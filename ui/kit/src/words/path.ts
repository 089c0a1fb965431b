// A path in words. Operators and customers only ever need to know whether another machine carries the session.
import type { PathKind } from '../generated/PathKind';
import { m } from '../paraglide/messages.js';

const direct: Record<PathKind, boolean> = { relay: false, turn: false, direct_tcp: true, direct_udp: true };

export const isDirect = (path: PathKind): boolean => direct[path];

export const pathWord = (path: PathKind): string => (direct[path] ? m.path_direct() : m.path_relayed());
