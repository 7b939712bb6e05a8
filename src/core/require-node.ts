/**
 * Imported for its effect, before anything else of Unroll runs: an old version of Node gets a clear message instead
 * of an obscure error.
 */
import { nodeProblem } from './node-version.ts';

const problem = nodeProblem();
if (problem !== undefined) throw new Error(problem);
