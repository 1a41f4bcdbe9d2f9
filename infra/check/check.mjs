// Parses every Bicep file of infra/ and follows what they refer to. Exit code 0: all is well; 1: each problem is a line.
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Language, Parser } from 'web-tree-sitter';

const here = dirname(fileURLToPath(import.meta.url));
const infra = resolve(here, '..');
const problems = [];

await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(createRequire(import.meta.url).resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));

const files = readdirSync(infra, { recursive: true }).filter(file => /\.bicep(param)?$/.test(file) && !file.includes('node_modules')).sort();

for (const file of files) {
  const path = join(infra, file);
  const text = readFileSync(path, 'utf8');

  // The grammar knows no assignments of parameters; as variables they have the same form.
  const root = parser.parse(file.endsWith('.bicepparam') ? text.replace(/^param /gm, 'var ') : text).rootNode;
  errors(file, root);
  for (const node of root.descendantsOfType(['module_declaration', 'import_statement', 'using_statement', 'import_with_statement'])) {
    const target = /'([^']+\.bicep)'/.exec(node.text)?.[1];
    if (target && !existsSync(resolve(dirname(path), target))) {
      problems.push(`${file}:${node.startPosition.row + 1}: ${target} does not exist`);
    }
  }
}

const main = parametersOf(join(infra, 'main.bicep'));
for (const file of files.filter(file => file.endsWith('.bicepparam'))) {
  compare(file, 'main.bicep', main, [...readFileSync(join(infra, file), 'utf8').matchAll(/^param\s+(\w+)\s*=/gm)].map(match => match[1]));
}

for (const file of files.filter(file => file.endsWith('.bicep'))) {
  const path = join(infra, file);
  const text = readFileSync(path, 'utf8');
  for (const [, kind, name] of text.matchAll(/^(param|var)\s+(\w+)/gm)) {
    if ((text.match(new RegExp(`\\b${name}\\b`, 'g')) ?? []).length < 2) {
      problems.push(`${file}: ${kind} ${name} is used nowhere`);
    }
  }

  for (const [, target, body] of text.matchAll(/^module\s+\w+\s+'([^']+)'[^{]*\{([\s\S]*?)^\}/gm)) {
    const given = [...(/params:\s*\{([\s\S]*)\}/.exec(body)?.[1] ?? '').matchAll(/^ {4}(\w+):/gm)].map(match => match[1]);
    compare(file, target, parametersOf(resolve(dirname(path), target)), given);
  }
}

console.log(problems.length === 0 ? `${files.length} Bicep files parse, and what they refer to is there.` : problems.join('\n'));
process.exit(problems.length === 0 ? 0 : 1);

function parametersOf(path) {
  return [...readFileSync(path, 'utf8').matchAll(/^param\s+(\w+)\s+[^=\n]+(=)?/gm)].map(([, name, byDefault]) => ({ name, required: !byDefault }));
}

function compare(file, target, wanted, given) {
  for (const { name } of wanted.filter(({ name, required }) => required && !given.includes(name))) {
    problems.push(`${file}: ${target} is not given ${name}`);
  }

  for (const name of given.filter(name => !wanted.some(each => each.name === name))) {
    problems.push(`${file}: ${target} takes no ${name}`);
  }
}

function errors(file, node) {
  if (node.isError || node.isMissing) {
    problems.push(`${file}:${node.startPosition.row + 1}:${node.startPosition.column + 1}: cannot be parsed: ${node.text.slice(0, 80).replaceAll('\n', ' ')}`);
    return;
  }

  for (const child of node.hasError ? node.children : []) {
    errors(file, child);
  }
}
