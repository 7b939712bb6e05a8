/**
 * Runs a script of this repository with the Node that package.json pins, on a machine whose own Node is 18 or later:
 * installs the dependencies where they are missing or out of date, builds the kernels where they are (and the pages of
 * the studio for `unroll studio`), then hands over.
 *
 *     node scripts/with-node.mjs [--here] SCRIPT [ARGS...]
 *
 * `--here` runs SCRIPT in the folder where npm was called, so that relative paths mean what the user typed.
 * Plain JavaScript, since it must run before anything is installed and on a Node that cannot read TypeScript.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const pinnedNode = join(root, 'node_modules/node/bin', windows ? 'node.exe' : 'node');
const lockFile = join(root, 'build', 'setup.lock');
const kernelSources = [
  'kernels',
  ...['build-kernels', 'patch', 'plain-simd', 'unroll'].map((name) => `scripts/${name}.ts`),
  'src/engine/wasm/patch.ts',
];
const kernelOutput = join(root, 'src/engine/wasm/binaries.ts');
const pageSources = ['studio', 'src', 'scripts/build-studio.ts', 'package-lock.json'];
const pageOutput = join(root, 'build/studio/teach/index.html');
/** Wait between two checks of a lock that another process holds, in ms. */
const POLL = 200;
/** Whether the owner of a lock on another machine (a shared disk) lives cannot be known: after this many ms it is removed. */
const FOREIGN_LOCK_AGE = 15 * 60_000;
/** The terminal and npm both send a signal: a second one within this many ms is the same key press. */
const SAME_SIGNAL = 300;
/** How often to check that the npm that started us is running, in ms. */
const PARENT_POLL = 250;

const say = (message) => process.stderr.write(`unroll: ${message}\n`);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Stops with a message for the user; `code` is the exit code. */
function stop(message, code = 1) {
  say(message);
  process.exit(code);
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** True where node_modules holds what package-lock.json asks for (npm writes its own record at the very end). */
function installed() {
  const wanted = readJson(join(root, 'package-lock.json'));
  const present = readJson(join(root, 'node_modules/.package-lock.json'));
  if (!wanted || !present) return false;
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (path === '' || entry.optional || entry.devOptional) continue;
    const found = present.packages[path];
    if (!found || found.version !== entry.version || found.integrity !== entry.integrity) return false;
  }
  return existsSync(pinnedNode);
}

function install() {
  say('installing the dependencies (npm ci), once…');
  // npm's own program where npm started us, so that this works without npm on the PATH
  const npm = process.env.npm_execpath ?? '';
  const [command, first] = /npm-cli\.c?js$/.test(npm)
    ? [process.execPath, [npm]]
    : [windows ? 'npm.cmd' : 'npm', []];
  const args = [...first, 'ci', '--loglevel=error', '--no-audit', '--no-fund', '--include=dev'];
  // standard output belongs to the command that is run; npm gets standard error
  const stdio = ['ignore', process.stderr, process.stderr];
  const result = spawnSync(command, args, { cwd: root, stdio, shell: windows && first.length === 0 });
  if (result.status !== 0) {
    const reason = result.error ? result.error.message : `exit code ${result.status ?? result.signal}`;
    stop(
      `the dependencies could not be installed (npm ci: ${reason}). The first run needs npm and its registry; ` +
        'without a network, copy node_modules from an installed clone of the same commit, or fill the npm cache, and try again.',
    );
  }
  if (!existsSync(pinnedNode)) placePinnedNode();
}

/** npm with install scripts switched off leaves the `node` package without its binary. */
function placePinnedNode() {
  say('install scripts are switched off here; placing the pinned Node without them…');
  const cwd = join(root, 'node_modules/node');
  const stdio = ['ignore', process.stderr, process.stderr];
  const result = spawnSync(process.execPath, ['installArchSpecificPackage.js'], { cwd, stdio });
  if (result.status !== 0 || !existsSync(pinnedNode)) {
    stop(
      'the pinned Node could not be placed. Allow the install script of the package "node" (see package.json, allowScripts).',
    );
  }
}

/** Newest change below `path`, in ms; 0 where there is nothing. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((time, name) => Math.max(time, newest(join(path, name))), stat.mtimeMs);
}

function kernelsBuilt() {
  if (!existsSync(join(root, 'scripts/build-kernels.ts'))) return true;
  if (!existsSync(kernelOutput)) return false;
  const sources = Math.max(...kernelSources.map((path) => newest(join(root, path))));
  return sources <= statSync(kernelOutput).mtimeMs;
}

function buildKernels() {
  const stdio = ['ignore', process.stderr, process.stderr];
  const result = spawnSync(pinnedNode, ['scripts/build-kernels.ts'], { cwd: root, stdio });
  if (result.status !== 0)
    stop('the kernels could not be built: see the message of scripts/build-kernels.ts above.');
  if (!existsSync(kernelOutput))
    stop(`scripts/build-kernels.ts succeeded but did not write ${kernelOutput}.`);
  // it does not write a file whose content is right: note that it was checked
  const now = new Date();
  utimesSync(kernelOutput, now, now);
}

/** True where the pages of `unroll studio` are newer than their sources. */
function pagesBuilt() {
  if (!existsSync(pageOutput)) return false;
  const sources = Math.max(...pageSources.map((path) => newest(join(root, path))));
  return sources <= statSync(pageOutput).mtimeMs;
}

function buildPages() {
  say('building the pages of the studio…');
  const stdio = ['ignore', process.stderr, process.stderr];
  const result = spawnSync(pinnedNode, ['scripts/build-studio.ts'], { cwd: root, stdio });
  if (result.status !== 0)
    stop('the pages of the studio could not be built: see the message of scripts/build-studio.ts above.');
}

/** True where the process that holds the lock has ended. */
function lockIsStale() {
  let age;
  let holder;
  try {
    age = Date.now() - statSync(lockFile).mtimeMs;
    holder = readFileSync(lockFile, 'utf8');
  } catch {
    return false; // gone in the meantime
  }
  const [pid, host] = holder.split(' ');
  if (host === undefined) return age > 10_000; // being written just now, or its writer died
  if (host !== hostname()) return age > FOREIGN_LOCK_AGE;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function tryLock(file) {
  try {
    writeFileSync(file, `${process.pid} ${hostname()}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    return stop(`this folder must be writable to install what is missing, but got: ${error.message}`);
  }
}

/** Removes a dead process's lock; a second lock keeps two waiters from removing each other's. */
function clearStaleLock() {
  const takeover = `${lockFile}.takeover`;
  if (!tryLock(takeover)) {
    if (Date.now() - (statSync(takeover, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > 10_000)
      rmSync(takeover, { force: true });
    return;
  }
  if (lockIsStale()) rmSync(lockFile, { force: true });
  rmSync(takeover, { force: true });
}

/** Runs `work` while no other process of this clone does. */
async function locked(work) {
  mkdirSync(dirname(lockFile), { recursive: true });
  for (let waited = 0; !tryLock(lockFile); waited += POLL) {
    if (waited === 0) say('another process is installing; waiting for it…');
    if (lockIsStale()) clearStaleLock();
    await sleep(POLL);
  }
  const release = () => rmSync(lockFile, { force: true });
  process.once('exit', release);
  work();
  process.removeListener('exit', release);
  release();
}

/** True where Ctrl-C on the terminal reaches the whole process group, our child included, without our help. */
function terminalSignalsUs() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [, , group, , terminal, foreground] = fields.map(Number);
    return terminal !== 0 && group === foreground;
  } catch {
    return process.stdin.isTTY === true || process.stderr.isTTY === true;
  }
}

/** Runs the target; signals reach it once, and its exit code or signal becomes ours. */
function handOver(args, cwd) {
  const child = spawn(pinnedNode, args, { cwd, stdio: 'inherit' });
  const lastSeen = new Map();
  const forward = (signal) => {
    const now = Date.now();
    const repeated = now - (lastSeen.get(signal) ?? -Infinity) < SAME_SIGNAL;
    lastSeen.set(signal, now);
    const fromTerminal = signal !== 'SIGTERM' && terminalSignalsUs();
    if (!repeated && !fromTerminal) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  if (process.env.npm_lifecycle_event) {
    // npm that is killed outright passes nothing on, and nobody would be left to stop the child
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      child.kill('SIGTERM');
    }, PARENT_POLL);
  }
  child.on('error', (error) => stop(`the pinned Node could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const handled of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeListener(handled, forward);
    process.kill(process.pid, signal);
    // a signal that does not end us (or is not known here) still has to end as a failure
    setTimeout(() => process.exit(1), 500);
  });
}

const args = process.argv.slice(2);
const here = args[0] === '--here';
if (here) args.shift();
if (args.length === 0)
  stop('[with-node] a script must be given: node scripts/with-node.mjs [--here] SCRIPT [ARGS...]', 2);
// only the studio shows pages
const pagesNeeded = args[0] === 'src/cli/main.ts' && args[1] === 'studio';
const ready = () => installed() && kernelsBuilt() && (!pagesNeeded || pagesBuilt());
if (!ready()) {
  await locked(() => {
    if (!installed()) install();
    if (!kernelsBuilt()) buildKernels();
    if (pagesNeeded && !pagesBuilt()) buildPages();
  });
}
if (!args[0].startsWith('-')) args[0] = resolve(root, args[0]);
handOver(args, here ? (process.env.INIT_CWD ?? process.cwd()) : root);
