/** Imported for its effect, before anything else of Unroll runs: an old Node is told so, and not by what it lacks. */
import { nodeProblem } from './node-version.ts';

const problem = nodeProblem();
if (problem !== undefined) throw new Error(problem);
