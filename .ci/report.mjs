// Reads the results and coverage that `dotnet test` left behind, writes docs/testing.md from them and ends with "N passed, N failed".
// Fails where a test failed, where there is no result or coverage at all, or where line coverage of src is under the floor.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const floor = 90;
const fileFloor = 80;
const scenarios = [
  'DeploymentFlowIntegrationTests',
  'CabApprovalFlowIntegrationTests',
  'EvidencePackGenerationIntegrationTests',
  'ConnectorPublishingFlowIntegrationTests',
];

/** All files below a folder whose name passes, in a fixed order. */
export function filesBelow(folder, passes) {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && passes(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

const attribute = (tag, name) => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  return found === null ? undefined : decode(found[1]);
};

const decode = (text) =>
  text.replace(/&(lt|gt|quot|apos|amp|#\d+|#x[0-9a-fA-F]+);/g, (_, name) => {
    const known = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
    if (known[name] !== undefined) {
      return known[name];
    }
    return String.fromCodePoint(name[1] === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10));
  });

/** The results of one .trx file: project, test class and outcome of each test. */
export function readResults(xml) {
  const classes = new Map();
  let project = 'unknown';
  for (const [definition] of xml.matchAll(/<UnitTest\b[\s\S]*?<\/UnitTest>/g)) {
    const method = /<TestMethod\b[^>]*>/.exec(definition)?.[0] ?? '';
    const assembly = (attribute(method, 'codeBase') ?? '').split(/[\\/]/).pop().replace(/\.(dll|exe)$/i, '');
    project = assembly === '' ? project : assembly;
    classes.set(attribute(definition, 'id'), (attribute(method, 'className') ?? '').split(',')[0]);
  }
  return [...xml.matchAll(/<UnitTestResult\b[^>]*>/g)].map(([tag]) => ({
    project,
    type: classes.get(attribute(tag, 'testId')) ?? '',
    name: attribute(tag, 'testName') ?? '',
    outcome: attribute(tag, 'outcome') ?? 'Failed',
  }));
}

/** Passed, failed and skipped; everything that is neither passed nor skipped has failed. */
export function count(results) {
  const passed = results.filter((result) => result.outcome === 'Passed').length;
  const skipped = results.filter((result) => result.outcome === 'NotExecuted').length;
  return { passed, skipped, failed: results.length - passed - skipped };
}

/** Adds the lines of one cobertura report to files: path below the top → line → covered by any report. */
export function addCoverage(files, xml, top) {
  const sources = [...xml.matchAll(/<source>([^<]*)<\/source>/g)].map((source) => decode(source[1]));
  for (const part of xml.split(/<class\s/).slice(1)) {
    const head = part.slice(0, part.indexOf('>'));
    const path = locate(attribute(` ${head}`, 'filename') ?? '', sources, top);
    if (path === undefined) {
      continue;
    }
    const lines = files.get(path) ?? new Map();
    files.set(path, lines);
    // A class lists its lines twice, by method and in all; the same line has the same hits.
    for (const [tag] of part.matchAll(/<line\s[^>]*>/g)) {
      const number = Number(attribute(tag, 'number'));
      lines.set(number, (lines.get(number) ?? false) || Number(attribute(tag, 'hits')) > 0);
    }
  }
}

function locate(name, sources, top) {
  const candidates = [name, ...sources.map((source) => join(source.startsWith('/') ? source : `/${source}`, name))];
  const absolute = candidates.filter((path) => path.startsWith('/')).find((path) => existsSync(path)) ?? resolve(top, name);
  const path = relative(top, absolute).split(sep).join('/');
  return path.startsWith('src/') && !path.split('/').includes('obj') && existsSync(absolute) ? path : undefined;
}

/** Covered and all lines of some files. */
export function lines(files) {
  let [covered, all] = [0, 0];
  for (const file of files) {
    for (const hit of file.values()) {
      all += 1;
      covered += hit ? 1 : 0;
    }
  }
  return { covered, all };
}

/** Percent with one decimal, rounded down: 89.96 is not 90. */
export const percent = ({ covered, all }) => (all === 0 ? '100.0' : (Math.floor((covered * 1000) / all) / 10).toFixed(1));

const table = (head, align, rows) =>
  [`| ${head.join(' | ')} |`, `| ${align.join(' | ')} |`, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');

const byKey = (entries, key) => {
  const groups = new Map();
  for (const entry of entries) {
    groups.set(key(entry), [...(groups.get(key(entry)) ?? []), entry]);
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
};

/** The page. The same results give the same bytes. */
export function page(results, files) {
  const counts = (some) => Object.values((({ passed, failed, skipped }) => ({ passed, failed, skipped }))(count(some)));
  const numbers = ['---', '---:', '---:', '---:'];
  const short = (type) => type.split('.').pop();
  const scenarioRows = scenarios.map((scenario) => [scenario, ...counts(results.filter((result) => short(result.type) === scenario))]);
  const others = byKey(
    results.filter((result) => result.project === 'Governance.IntegrationTests' && !scenarios.includes(short(result.type))),
    (result) => short(result.type),
  );
  const projects = byKey([...files], ([path]) => path.split('/')[1]);
  const low = [...files]
    .map(([path, file]) => ({ path, ...lines([file]) }))
    .filter((file) => file.covered * 100 < file.all * fileFloor)
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  return `# Tests

Written by \`.ci/run\` from the results of the last run; \`.ci/run\` runs everything from a clean checkout.

## Results by project

${table(['project', 'passed', 'failed', 'skipped'], numbers, [
    ...byKey(results, (result) => result.project).map(([project, some]) => [project, ...counts(some)]),
    ['**all**', ...counts(results)],
  ])}

## The whole app through HTTP

${table(['scenario', 'passed', 'failed', 'skipped'], numbers, [...scenarioRows, ...others.map(([type, some]) => [type, ...counts(some)])])}

## Line coverage of src

A line counts as covered where any test project runs it; generated code is left out. The floor is ${floor} %.

${table(['project', 'lines', 'covered', '%'], ['---', '---:', '---:', '---:'], [
    ...projects.map(([project, some]) => {
      const sum = lines(some.map(([, file]) => file));
      return [project, sum.all, sum.covered, percent(sum)];
    }),
    (({ covered, all }) => ['**all**', all, covered, percent({ covered, all })])(lines(files.values())),
  ])}

## What is not covered

${low.length === 0 ? `No file is below ${fileFloor} %.` : `Files below ${fileFloor} %:\n\n${table(['file', 'lines', 'covered', '%'], numbers, low.map((file) => [file.path, file.all, file.covered, percent(file)]))}`}
`;
}

function main(folder) {
  const top = resolve(dirname(fileURLToPath(import.meta.url)), '..');
  const results = filesBelow(folder, (name) => name.endsWith('.trx')).flatMap((file) => readResults(readFileSync(file, 'utf8')));
  const files = new Map();
  for (const file of filesBelow(folder, (name) => name === 'coverage.cobertura.xml')) {
    addCoverage(files, readFileSync(file, 'utf8'), top);
  }

  mkdirSync(join(top, 'docs'), { recursive: true });
  writeFileSync(join(top, 'docs', 'testing.md'), page(results, files));

  const { passed, failed, skipped } = count(results);
  const sum = lines(files.values());
  const tooLow = sum.all === 0 || sum.covered * 100 < sum.all * floor;
  for (const result of results.filter((result) => result.outcome !== 'Passed' && result.outcome !== 'NotExecuted')) {
    console.log(`failed: ${result.name}`);
  }
  if (results.length === 0) {
    console.log('No test results were found.');
  }
  console.log(`Line coverage of src: ${percent(sum)} % (${sum.covered} of ${sum.all})${tooLow ? `, under the floor of ${floor} %` : ''}`);
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = results.length === 0 || failed > 0 || tooLow ? 1 : 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  main(process.argv[2] ?? 'TestResults');
}
