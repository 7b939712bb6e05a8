/** The oldest major version of Node that runs Unroll, as in `engines` of package.json. */
export const OLDEST_NODE = 24;

/**
 * Why this runtime cannot run Unroll; undefined in a browser, in another runtime and in a recent Node. Must itself
 * run in old versions of Node.
 */
export function nodeProblem(
  versions: Readonly<Record<string, string | undefined>> | undefined = (
    globalThis as { process?: { versions?: Record<string, string> } }
  ).process?.versions,
): string | undefined {
  const { node, bun, deno } = versions ?? {};
  if (node === undefined || bun !== undefined || deno !== undefined) return undefined;
  const major = Number(node.split('.')[0]);
  return major < OLDEST_NODE
    ? `unroll needs Node ${OLDEST_NODE} or later, this is ${node}. Install it from https://nodejs.org or with your version manager.`
    : undefined;
}
