// What pages may do. Nothing is loaded from elsewhere, nothing is evaluated, no style or script is inline.
// `vite preview` serves these policies, so that the screens are tested under them.

/** Every window of both apps. Their tauri.conf.json say the same. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self' ipc: http://ipc.localhost",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The broker's pages. The broker says the same. */
export const pagesSecurityPolicy = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
