/**
 * Rewrites kernels for engines without relaxed SIMD (Safari up to 26.2): the same statements in the same order, with a
 * rounded product where `relaxed_madd` may round once. The bits are those of engines that have relaxed SIMD and do not
 * fuse.
 */

/** What stands in for each relaxed operation; AssemblyScript puts the bodies in place of the calls. */
const STAND_INS = {
  madd: '(a: v128, b: v128, c: v128): v128 { return f32x4.add(f32x4.mul(a, b), c); }',
  nmadd: '(a: v128, b: v128, c: v128): v128 { return f32x4.sub(c, f32x4.mul(a, b)); }',
  // `a` only where the comparison holds: of NaN, the second operand is returned, as by x64's minps and maxps
  min: '(a: v128, b: v128): v128 { return f32x4.pmin(b, a); }',
  max: '(a: v128, b: v128): v128 { return f32x4.pmax(b, a); }',
};

/**
 * The source without relaxed operations.
 * @throws Error for one that has no stand-in
 */
export function withoutRelaxed(source: string): string {
  const used = new Set<keyof typeof STAND_INS>();
  const plain = source.replaceAll(/\bf32x4\.relaxed_(\w+)/g, (_, name: string) => {
    if (!Object.hasOwn(STAND_INS, name))
      throw new Error(`f32x4.relaxed_${name} has no stand-in in scripts/plain-simd.ts`);
    used.add(name as keyof typeof STAND_INS);
    return `plain_${name}`;
  });
  const functions = [...used].map(
    (name) => `// @ts-ignore: decorator\n@inline\nfunction plain_${name}${STAND_INS[name]}\n`,
  );
  return plain + functions.join('');
}
