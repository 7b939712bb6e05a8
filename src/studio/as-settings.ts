/** Messages of jobs for the pages, which have settings in place of the options of the command line. */
import { configKeys } from '../config/keys.ts';

const keys: ReadonlySet<string> = new Set(configKeys.map(({ path }) => path));

/** A message in which each option about data is called as its setting: `--text-col` is `data.text_col`. */
export function asSettings(message: string): string {
  return message.replace(/(?<![\w-])--([a-z]+(?:[-_.][a-z]+)*)/g, (option, name: string) => {
    const key = name.replaceAll('-', '_');
    return [`data.${key}`, key].find((one) => keys.has(one)) ?? option;
  });
}
