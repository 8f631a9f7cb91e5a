/** Serves the built site, shared folders and bytes to a browser on this machine, and takes files back. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, resolve, sep } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

export interface StaticServer {
  /** `http://127.0.0.1:port` */
  origin: string;
  /** Shares a folder; returns its path on the server. */
  share(folder: string): string;
  /** Keeps bytes until the page has asked for them once; returns their path on the server. */
  give(name: string, bytes: Uint8Array): string;
  /** Takes the bytes that the page sent to `/sent/<name>`. */
  take(name: string): Buffer;
  close(): void;
}

/** Listens on a free port of this machine alone. */
export async function startStaticServer(site: string): Promise<StaticServer> {
  const shared = new Map<string, string>();
  const given = new Map<string, Uint8Array>();
  const sent = new Map<string, Buffer>();

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://local').pathname);
    // The same headers as `npm start`: WASM threads need an isolated page.
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    if (request.method === 'POST' && path.startsWith('/sent/')) {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        sent.set(path.slice('/sent/'.length), Buffer.concat(parts));
        response.writeHead(204).end();
      });
      return;
    }
    const bytes = path.startsWith('/given/') ? given.get(path.slice('/given/'.length)) : undefined;
    if (bytes) {
      given.delete(path.slice('/given/'.length));
      response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes.length });
      response.end(bytes);
      return;
    }
    const share = /^\/shared\/(\d+)\/(.*)$/.exec(path);
    const root = share ? shared.get(share[1] as string) : site;
    const file = root && join(root, normalize(`/${share ? share[2] : path}`));
    if (
      !root ||
      !file?.startsWith(root.endsWith(sep) ? root : root + sep) ||
      !existsSync(file) ||
      !statSync(file).isFile()
    ) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
    response.setHeader('Content-Length', statSync(file).size);
    createReadStream(file).pipe(response);
  };

  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    share(folder) {
      const path = resolve(folder);
      const known = [...shared].find(([, other]) => other === path)?.[0];
      const key = known ?? String(shared.size);
      shared.set(key, path);
      return `/shared/${key}`;
    },
    give(name, bytes) {
      given.set(name, bytes);
      return `/given/${encodeURIComponent(name)}`;
    },
    take(name) {
      const bytes = sent.get(name);
      if (!bytes) throw new Error(`The browser sent nothing named ${name}.`);
      sent.delete(name);
      return bytes;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
