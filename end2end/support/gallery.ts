// Serves the component gallery that `cargo xtask gallery` built.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";

import { setting } from "./kosapo.ts";

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

export async function startGallery() {
  const folder = setting("KOSAPO_GALLERY");
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://gallery").pathname;
    const name = path === "/" ? "index.html" : path.slice(1);
    const type = TYPES[extname(name)];
    if (!type || name.includes("/")) {
      response.writeHead(404).end();
      return;
    }
    try {
      const content = await readFile(join(folder, name));
      response.writeHead(200, { "content-type": type }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, stop: () => new Promise((resolve) => server.close(resolve)) };
}
