/**
 * The native library: `prebuilds/PLATFORM-ARCH/unroll.node`, in the package where it was packed with one, in a clone
 * where `npm run build:native` made it. Only Node can load it, so Node's modules are loaded at run time.
 */
import { UnsupportedError } from '../../core/errors.ts';

/** A kernel of the library, which takes its arguments from a buffer. */
export type NativeKernel = () => void;

/** What the library exports; see `native/addon.c`. */
export interface NativeLibrary {
  /** Hash of the sources that it was built from. */
  readonly stamp: string;
  /** The instruction sets that this processor has, with their numbers. */
  readonly sets: Readonly<Record<string, number>>;
  /** The kernels of a set on a memory, and `x`, where they find their arguments. */
  bind(
    set: number,
    memory: Float32Array,
  ): { readonly x: Float64Array } & Readonly<Record<string, NativeKernel>>;
}

/** The part of Node that loading takes. */
interface NodeProcess {
  readonly platform: string;
  readonly arch: string;
  getBuiltinModule(name: string): unknown;
}

interface NodeFiles {
  existsSync(path: URL): boolean;
  readdirSync(path: URL): string[];
  readFileSync(path: URL): Uint8Array;
}

interface NodeCrypto {
  createHash(name: string): Hash;
}

interface Hash {
  update(data: string | Uint8Array): Hash;
  digest(encoding: 'hex'): string;
}

interface NodeModule {
  createRequire(url: string): (path: string) => unknown;
}

/** The repository or package that this file belongs to; the compiled file lies as deep as the source. */
const HOME = new URL('../../../', import.meta.url);
/** The sources, which exist in a clone but not in a package. */
const SOURCES = new URL('native/', HOME);
const BUILD = 'npm run build:native';
/** How many characters of `sealOf` stand at the end of the file. */
const SEAL = 64;

let loaded: NativeLibrary | undefined;

/**
 * Loads the library, once per thread.
 * @throws UnsupportedError with the reason where there is none for this machine or it is older than its sources
 */
export function loadLibrary(): NativeLibrary {
  loaded ??= load();
  return loaded;
}

function load(): NativeLibrary {
  const { process } = globalThis as { process?: Partial<NodeProcess> };
  if (!process?.getBuiltinModule) throw new UnsupportedError('it needs Node');
  const { platform, arch, getBuiltinModule: builtin } = process as NodeProcess;
  const [files, crypto] = [builtin('node:fs') as NodeFiles, builtin('node:crypto') as NodeCrypto];
  const machine = `${platform}-${arch}`;
  const file = new URL(`prebuilds/${machine}/unroll.node`, HOME);
  const cloned = files.existsSync(SOURCES);
  if (!files.existsSync(file))
    throw new UnsupportedError(
      cloned ? `it is not built: ${BUILD}` : `this package has none for ${platform} ${arch}`,
    );
  let library: NativeLibrary;
  try {
    const whole = files.readFileSync(file);
    const [code, seal] = [whole.subarray(0, -SEAL), new TextDecoder().decode(whole.subarray(-SEAL))];
    if (seal !== sealOf(machine, code, crypto)) throw new Error(`it is damaged or not made for ${machine}`);
    const { createRequire } = builtin('node:module') as NodeModule;
    const { fileURLToPath } = builtin('node:url') as { fileURLToPath(url: URL): string };
    library = createRequire(import.meta.url)(fileURLToPath(file)) as NativeLibrary;
  } catch (cause) {
    const advice = cloned ? BUILD : 'install the package again';
    throw new UnsupportedError(`it cannot be loaded: ${(cause as Error).message}: ${advice}`, { cause });
  }
  if (cloned && library.stamp !== sourceStamp(files, crypto))
    throw new UnsupportedError(`it is older than its sources: ${BUILD}`);
  return library;
}

/** Hash of a library and its machine: Node does not check, and half a file would end it without a word. */
export function sealOf(machine: string, library: Uint8Array, { createHash }: NodeCrypto): string {
  return createHash('sha256').update(machine).update(library).digest('hex');
}

/** Hash of the library's sources; `scripts/build-native.ts` builds it in. */
export function sourceStamp(
  { readdirSync, readFileSync }: Pick<NodeFiles, 'readdirSync' | 'readFileSync'>,
  { createHash }: NodeCrypto,
): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(SOURCES).sort())
    hash.update(name).update(readFileSync(new URL(name, SOURCES)));
  return hash
    .update(readFileSync(new URL('scripts/build-native.ts', HOME)))
    .digest('hex')
    .slice(0, 16);
}
