import assert from 'node:assert/strict';
import { test } from 'node:test';
import pc from 'picocolors';
import { configKeys } from '../config/keys.ts';
import { loadCommands } from './commands/index.ts';
import { commandHelp, programHelp } from './help.ts';

const output = (columns: number, terminal = true) => ({ colors: pc.createColors(false), columns, terminal });
const commands = await loadCommands();
/** Lines that break between words; a long option or an example to copy stays in one piece. */
const prose = (help: string) =>
  help
    .split('\n')
    .filter((line) => !/^ {2}(-|unroll )\S*.* [^ ]*$/.test(line) || / {2}\S.* /.test(line.trim()));

test('help fits a terminal, and keeps its full width where it goes to a file', () => {
  for (const columns of [80, 100]) {
    const helps = [
      programHelp(commands, '1', output(columns)),
      ...commands.map((command) => commandHelp(command, configKeys, output(columns), false)),
    ];
    for (const help of helps)
      for (const line of prose(help))
        assert.ok(line.length <= columns, `${line.length} > ${columns}: ${line}`);
  }
  const wide = programHelp(commands, '1', output(80, false));
  assert.ok(wide.split('\n').some((line) => line.length > 80));
});

test('the usage line has no double space, also of a command without arguments', () => {
  for (const command of commands)
    assert.doesNotMatch(commandHelp(command, [], output(80)).split('\n')[0], / {2}/);
});

test('no command says the same twice', () => {
  for (const { name, details = '' } of commands) {
    const beginnings = details.split(/(?<=\.) /).map((part) => part.slice(0, 25));
    assert.deepEqual(beginnings, [...new Set(beginnings)], name);
  }
});
