/**
 * Unrolls the inner loops of the kernels before AssemblyScript sees them:
 *
 *     do { // unrolled by the build        { BODY }
 *       BODY                          →    while (true) {
 *     } while (CONDITION);                   if (!(CONDITION)) break; { BODY }   // four times
 *                                          }
 *
 * The same statements run in the same order, so no bit changes. It pays in V8 for two reasons. The address of an
 * element at a constant distance is computed anew in each turn of a loop, unless the same distance was used before the
 * loop: the first copy does that, and saves five instructions in thirty. The other copies share the loop's own
 * instructions. The test between two copies is what keeps them apart: without it the copies are mixed, and the
 * accumulators no longer fit the registers.
 */

/** Copies inside the loop. Eight were no faster than four. */
const COPIES = 4;

const LOOP = /^( *)do \{ \/\/ unrolled by the build\n(.*?)^\1\} while \((.*?)\);\n/gms;

/** The source with every loop that is marked unrolled. */
export function unrollLoops(source: string): string {
  return source.replaceAll(LOOP, (_, indent: string, body: string, condition: string) => {
    const copy = `${indent}  if (!(${condition})) break;\n${indent}  {\n${body}${indent}  }\n`;
    return `${indent}{\n${body}${indent}}\n${indent}while (true) {\n${copy.repeat(COPIES)}${indent}}\n`;
  });
}
