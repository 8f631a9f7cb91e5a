/** The engine that a `--backend` stands for. */
import type { CommandBackend } from './arguments';
import type { Engine } from './engine';

/** Starts it; says on stderr what was chosen. @throws Error where that very backend cannot be had. */
export async function openEngine(name: CommandBackend): Promise<Engine> {
  // Loaded only when asked for: Playwright is slow to load and WASM not needed beside it.
  const engine =
    name === 'webgpu'
      ? await (await import('./browserEngine')).startBrowserEngine()
      : await (await import('./nodeEngine')).startNodeEngine(name);
  const { backend } = engine;
  const wanted = name === 'dawn' ? 'webgpu' : name;
  if (backend.name !== wanted) {
    await engine.close();
    const reason =
      backend.rejected.find((rejected) => rejected.name === wanted)?.reason ?? 'It could not be started.';
    throw new Error(`The backend ${name} was refused. ${reason}`);
  }
  process.stderr.write(
    `Backend: ${backend.name} (${backend.description}${backend.software ? ', a software renderer' : ''}); ` +
      `self-check within ${backend.selfCheckError.toExponential(1)} of the CPU.\n`,
  );
  return engine;
}
