/** What Stryker tells of a piece of syntax (a path of Babel's), as far as it is looked at here. */
interface SyntaxPath {
  readonly key: string | number | null;
  readonly node: { readonly type: string };
  readonly parent?: {
    readonly type: string;
    readonly callee?: {
      readonly type: string;
      readonly name?: string;
      readonly property?: { readonly name?: string };
    };
  } | null;
}

/** Mutants that no test should have to kill, each with its reason. */
function shouldIgnore({ key, node, parent }: SyntaxPath): string | undefined {
  const callee = parent?.callee;
  if (parent?.type === 'CallExpression' && callee?.name === 'promise' && key === 1)
    return 'The words of a promise that the engine broke are for whoever repairs it.';
  if (parent?.type === 'NewExpression' && /^(EngineFault|Error)$/.test(callee?.name ?? ''))
    return 'The words of a fault are for whoever repairs it.';
  if (
    parent?.type === 'CallExpression' &&
    callee?.property?.name === 'meta' &&
    node.type === 'ObjectExpression'
  )
    return 'Documentation: the generated reference is compared with the one in docs.';
  return undefined;
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'words', value: { shouldIgnore } }];
