import { type Import, importsOf, type SourceFile } from './source-files.ts';

/** Floors of engine/, lowest first: a floor imports itself and those before it. */
export const FLOORS = [
  'core',
  'lifecycle',
  'store',
  'connectors',
  'transform',
  'pipeline',
  'precheck',
  'verify',
  'services', // the rules of the API's objects; the runner is called, and answers, by their port
  'runner',
] as const;

/** The engine's contract with the gateway: words as those of core, made of core's alone. */
const CONTRACT = 'engine/engine.ts';

/** A floor that may also import one above it, and why. */
export const UPWARD: readonly { readonly from: string; readonly to: string; readonly why: string }[] = [
  { from: 'connectors', to: 'transform', why: 'a connector may convert the types of its own system' },
];

/** What engine/core may import from outside the repository: nothing that touches the world. */
export const CORE_BUILTINS: readonly string[] = [
  'node:timers',
  'node:timers/promises',
  'node:events',
  'node:zlib',
];

/** Programs of core that npm scripts run; no module imports them. */
export const CORE_PROGRAMS: readonly string[] = ['engine/core/print-error-codes.ts'];

/** The one door into the engine for everybody outside it. */
export const ENGINE_DOOR = 'engine/index.ts';

/** The plugin framework: knows nothing of what it serves. */
const FRAMEWORK = 'terraform/provider/protocol/';

/** What the provider is made of: knows the framework's contracts, and nothing of how a CLI is spoken to. */
const PARTS = /^terraform\/provider\/(?:data-sources|ephemeral|functions|gateway|resources)\//;

/** The framework's words for them. */
const CONTRACTS = /^terraform\/provider\/protocol\/(?:contracts|schema|values)\/(?!msgpack\.ts$)/;

/** Libraries of the wire. */
const WIRE_LIBRARIES = /^(?:@grpc|@msgpack|@protobufjs|protobufjs)(?:\/|$)/;

/** Stand on the provider: its schema makes them, its rules check them. */
const CONSTRUCTS = 'terraform/constructs/';

/** Each way in which the file breaks the directions, in words. */
export function violations(file: SourceFile): string[] {
  return importsOf(file)
    .map((each) => violation(file.path, each))
    .filter((reason) => reason !== undefined)
    .map((reason) => `${file.path}: ${reason}`);
}

function violation(from: string, { target }: Import): string | undefined {
  const [area, floor] = from.split('/');
  if (area === 'engine') return engineViolation(from, floor ?? '', target);
  if (!['gateway', 'examples', 'terraform'].includes(area ?? '')) return undefined;
  if (target.startsWith('engine/')) {
    if (area === 'terraform') return `${target}: terraform talks to a running gateway alone`;
    return target === ENGINE_DOOR ? undefined : `${target}: the engine is imported through ${ENGINE_DOOR}`;
  }
  if (from.startsWith(FRAMEWORK) && isInside(target) && !target.startsWith(FRAMEWORK))
    return `${target}: the framework knows nothing of what it serves`;
  const isWire = (target.startsWith(FRAMEWORK) && !CONTRACTS.test(target)) || WIRE_LIBRARIES.test(target);
  if (PARTS.test(from) && isWire) return `${target}: what the provider is made of knows nothing of gRPC`;
  if (from.startsWith('terraform/provider/') && target.startsWith(CONSTRUCTS))
    return `${target}: the provider knows nothing of the constructs`;
  if (area === 'terraform' && target.startsWith('gateway/')) return `${target}: terraform imports no gateway`;
  return undefined;
}

function engineViolation(from: string, floor: string, target: string): string | undefined {
  const own = FLOORS.indexOf(floor as (typeof FLOORS)[number]);
  if (/^(gateway|examples|terraform|test)\//.test(target))
    return `${target}: the engine knows nothing outside itself`;
  if (from === CONTRACT && target.startsWith('engine/core/')) return undefined;
  if (from === CONTRACT) return `${target}: the contract is made of core alone`;
  if (floor.endsWith('.ts')) return undefined; // engine/index.ts and its like put the floors together
  if (own === -1) return `${target}: engine/${floor} is no floor; see FLOORS`;
  if (!target.startsWith('engine/')) {
    if (floor !== 'core' || CORE_BUILTINS.includes(target) || CORE_PROGRAMS.includes(from)) return undefined;
    return `${target}: core imports nothing outside core`;
  }
  const [, targetFloor = '', targetSystem] = target.split('/');
  if (CORE_PROGRAMS.includes(target)) return `${target}: is a program, not a module`;
  if (target === CONTRACT && floor !== 'core') return undefined;
  const other = FLOORS.indexOf(targetFloor as (typeof FLOORS)[number]);
  if (other === -1) return `${target}: lies above every floor`;
  const upward = UPWARD.some((each) => each.from === floor && each.to === targetFloor);
  if (other > own && !upward) return `${target}: ${floor} lies below ${targetFloor}`;
  if (floor === 'connectors' && targetFloor === 'connectors' && isFolder(targetSystem)) {
    const system = from.split('/')[2];
    if (isFolder(system) && system !== targetSystem) return `${target}: connectors never import each other`;
  }
  return undefined;
}

function isInside(target: string): boolean {
  return /^(engine|gateway|terraform|examples|test)\//.test(target);
}

/** Files beside the connectors' folders, such as their registry, belong to none of them. */
function isFolder(name: string | undefined): boolean {
  return name !== undefined && !name.endsWith('.ts');
}

/** Every circle of imports that run, each once, as the files on it. Types alone make no circle: they are gone at run time. */
export function circles(files: readonly SourceFile[]): string[][] {
  const known = new Map(files.map((file) => [file.path, file]));
  const state = new Map<string, 'open' | 'done'>();
  const found: string[][] = [];
  const path: string[] = [];
  const visit = (name: string) => {
    const file = known.get(name);
    if (file === undefined || state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      found.push([...path.slice(path.indexOf(name)), name]);
      return;
    }
    state.set(name, 'open');
    path.push(name);
    for (const { target, typeOnly } of importsOf(file)) if (!typeOnly) visit(target);
    path.pop();
    state.set(name, 'done');
  };
  for (const name of known.keys()) visit(name);
  return found;
}
