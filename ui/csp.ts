// The policy of every window. tauri.conf.json of both apps says the same; `vite preview` serves it, so that the screens
// are tested under it. Nothing is loaded from elsewhere, nothing is evaluated, no style or script is inline.
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
