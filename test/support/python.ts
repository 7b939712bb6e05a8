import { spawnSync } from 'node:child_process';
import { root } from '../../scripts/house.ts';

/** A Python that can import the modules: `UNROLL_PYTHON`, or the machine's own. */
function findPython(modules: readonly string[]): string | undefined {
  const { UNROLL_PYTHON } = process.env;
  const candidates = UNROLL_PYTHON ? [UNROLL_PYTHON] : ['python3', 'python'];
  return candidates.find(
    (command) => spawnSync(command, ['-c', `import ${modules.join(', ')}`]).status === 0,
  );
}

/** A Python with some modules, and why tests that need it are skipped: false where there is one. */
export function python(...modules: string[]) {
  const command = findPython(modules);
  return {
    skip:
      command === undefined &&
      `no Python with ${modules.join(' and ')}: set UNROLL_PYTHON to one that can import ${modules.length > 1 ? 'them' : 'it'}`,
    command: command ?? 'python3',
    /** Runs a script of the repository on JSON, and parses what it prints. */
    run(script: string, input: unknown): unknown {
      const result = spawnSync(command ?? 'python3', [root + script], {
        input: JSON.stringify(input),
        encoding: 'utf8',
        maxBuffer: 2 ** 30,
        env: { ...process.env, TOKENIZERS_PARALLELISM: 'false' },
      });
      if (result.status !== 0) throw new Error(`${script} must end well, but: ${result.stderr}`);
      return JSON.parse(result.stdout);
    },
  };
}
