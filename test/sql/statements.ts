import path from "node:path";
import ts from "typescript";

/** A raw query of the product as its source declares it. */
export interface Statement {
  /** `lib/orders/view-order.ts:42` */
  place: string;
  sql: string;
  /** The declared columns with the kind of their TypeScript type; undefined where the row type is `unknown`. */
  columns?: Record<string, Kind>;
}

export type Kind = "string" | "number" | "boolean" | "Date" | "json" | `${string}[]`;

/** Parameters of the functions that a fragment was followed through, with the arguments they were called with. */
type Scope = Map<ts.Symbol, { node: ts.Expression; scope: Scope }>;

/** Thrown for SQL that only exists at run time. */
class Dynamic extends Error {}

/** Reads every `$queryRaw` of the folders from their source, fragments inlined and values replaced by `$1`, `$2`, … */
export function readStatements(folders: string[]): { statements: Statement[]; dynamic: string[] } {
  const config = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config.config, ts.sys, process.cwd());
  const roots = fileNames.filter((file) =>
    folders.some((folder) => path.relative(process.cwd(), file).startsWith(folder)),
  );
  const program = ts.createProgram(roots, { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const statements: Statement[] = [];
  const dynamic: string[] = [];
  for (const file of program.getSourceFiles()) {
    const name = path.relative(process.cwd(), file.fileName);
    if (folders.some((folder) => name.startsWith(folder))) visit(file, name);
  }
  return { statements, dynamic };

  function visit(node: ts.Node, name: string): void {
    const query = queryOf(node);
    if (query) {
      const line = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const place = `${name}:${line}`;
      try {
        const parameters = { count: 0 };
        const sql = fragment(query.sql, new Map(), parameters);
        statements.push({ place, sql, columns: query.row && columnsOf(query.row) });
      } catch (error) {
        if (!(error instanceof Dynamic)) throw error;
        dynamic.push(`${place} ${error.message}`);
      }
    }
    ts.forEachChild(node, (child) => visit(child, name));
  }

  function queryOf(node: ts.Node): { sql: ts.Expression; row?: ts.TypeNode } | undefined {
    const isRaw = (tag: ts.Expression) => ts.isPropertyAccessExpression(tag) && tag.name.text === "$queryRaw";
    if (ts.isTaggedTemplateExpression(node) && isRaw(node.tag)) return { sql: node, row: node.typeArguments?.[0] };
    if (ts.isCallExpression(node) && isRaw(node.expression) && node.arguments[0])
      return { sql: node.arguments[0], row: node.typeArguments?.[0] };
    return undefined;
  }

  /** The SQL text of an expression of type `Prisma.Sql`, or of a tagged template. */
  function fragment(node: ts.Expression, scope: Scope, parameters: { count: number }): string {
    if (ts.isTaggedTemplateExpression(node)) {
      const { template } = node;
      if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text;
      return template.templateSpans.reduce(
        (sql, span) => sql + value(span.expression, scope, parameters) + span.literal.text,
        template.head.text,
      );
    }
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
      return fragment(node.expression, scope, parameters);
    if (ts.isConditionalExpression(node)) return fragment(node.whenTrue, scope, parameters);
    if (ts.isBinaryExpression(node)) return fragment(node.left, scope, parameters);
    if (ts.isPropertyAccessExpression(node) && node.getText() === "Prisma.empty") return "";
    if (ts.isIdentifier(node)) {
      const found = lookUp(node, scope);
      return fragment(found.node, found.scope, parameters);
    }
    if (ts.isCallExpression(node)) return call(node, scope, parameters);
    throw new Dynamic(`cannot follow ${node.getText().slice(0, 60)}`);
  }

  function value(node: ts.Expression, scope: Scope, parameters: { count: number }): string {
    const type = checker.getTypeAtLocation(node);
    const isSql = (one: ts.Type) => one.symbol?.name === "Sql";
    if (isSql(type) || (type.isUnion() && type.types.some(isSql))) return fragment(node, scope, parameters);
    return `$${++parameters.count}`;
  }

  function call(node: ts.CallExpression, scope: Scope, parameters: { count: number }): string {
    const callee = node.expression.getText();
    if (callee === "Prisma.raw") return text(node.arguments[0], scope);
    if (callee === "Prisma.join") {
      const [items, separator] = node.arguments;
      if (!items) throw new Dynamic("Prisma.join of nothing");
      const parts = elements(items, scope).map((item) => fragment(item.node, item.scope, parameters));
      return parts.join(separator && ts.isStringLiteral(separator) ? separator.text : ",");
    }
    // `publish.insert(events)` is the outbox's INSERT, handed through an interface.
    const symbol = /\.insert$/.test(callee) ? outboxInsert() : checker.getSymbolAtLocation(node.expression);
    const target = declarationOf(symbol);
    const fn = target && ts.isVariableDeclaration(target) ? target.initializer : target;
    if (!fn || !(ts.isFunctionDeclaration(fn) || ts.isArrowFunction(fn) || ts.isMethodDeclaration(fn)) || !fn.body)
      throw new Dynamic(`cannot follow ${callee}()`);
    const inner: Scope = new Map();
    fn.parameters.forEach((parameter, index) => {
      bind(parameter.name, node.arguments[index] ?? parameter.initializer, scope, inner);
    });
    const result = ts.isBlock(fn.body) ? lastReturn(fn.body) : fn.body;
    if (!result) throw new Dynamic(`${callee}() returns nothing`);
    return fragment(result, inner, parameters);
  }

  function bind(name: ts.BindingName, argument: ts.Expression | undefined, scope: Scope, inner: Scope): void {
    if (!argument) return;
    if (ts.isIdentifier(name)) {
      const symbol = checker.getSymbolAtLocation(name);
      if (symbol) inner.set(symbol, { node: argument, scope });
      return;
    }
    if (!ts.isObjectBindingPattern(name) || !ts.isObjectLiteralExpression(argument)) return;
    for (const element of name.elements) {
      const key = (element.propertyName ?? element.name).getText();
      const property = argument.properties.find((one) => one.name?.getText() === key);
      if (property && ts.isPropertyAssignment(property)) bind(element.name, property.initializer, scope, inner);
    }
  }

  function lookUp(node: ts.Identifier, scope: Scope): { node: ts.Expression; scope: Scope } {
    const symbol = checker.getSymbolAtLocation(node);
    const bound = symbol && scope.get(symbol);
    if (bound) return bound;
    const declaration = declarationOf(symbol);
    if (declaration && ts.isVariableDeclaration(declaration) && declaration.initializer)
      return { node: declaration.initializer, scope };
    throw new Dynamic(`cannot follow ${node.getText()}`);
  }

  function declarationOf(symbol: ts.Symbol | undefined): ts.Declaration | undefined {
    const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return target?.valueDeclaration;
  }

  function outboxInsert(): ts.Symbol | undefined {
    const file = program.getSourceFile(path.resolve("lib/outbox.ts"));
    const module = file && checker.getSymbolAtLocation(file);
    return module && checker.getExportsOfModule(module).find(({ name }) => name === "outboxInsert");
  }

  /** Of an array of conditions, all that can be in it. */
  function elements(node: ts.Expression, scope: Scope): { node: ts.Expression; scope: Scope }[] {
    if (ts.isIdentifier(node)) {
      const found = lookUp(node, scope);
      return elements(found.node, found.scope);
    }
    if (ts.isParenthesizedExpression(node)) return elements(node.expression, scope);
    if (ts.isConditionalExpression(node)) return elements(node.whenTrue, scope);
    if (!ts.isArrayLiteralExpression(node)) throw new Dynamic(`cannot list ${node.getText().slice(0, 60)}`);
    return node.elements.flatMap((item) =>
      ts.isSpreadElement(item) ? elements(item.expression, scope) : [{ node: item, scope }],
    );
  }

  /** The text of a string that is known from the source. */
  function text(node: ts.Expression | undefined, scope: Scope): string {
    if (node && ts.isStringLiteralLike(node)) return node.text;
    if (node && ts.isIdentifier(node)) {
      const found = lookUp(node, scope);
      return text(found.node, found.scope);
    }
    throw new Dynamic(`cannot read ${node?.getText().slice(0, 60)}`);
  }

  function columnsOf(row: ts.TypeNode): Record<string, Kind> | undefined {
    const rows = checker.getTypeFromTypeNode(row);
    const element = checker.getIndexTypeOfType(rows, ts.IndexKind.Number);
    if (!element || element.flags & ts.TypeFlags.Unknown) return undefined;
    return Object.fromEntries(
      checker.getPropertiesOfType(element).map((property) => {
        return [property.name, kindOf(checker.getTypeOfSymbol(property))];
      }),
    );
  }

  function kindOf(declared: ts.Type): Kind {
    const type = checker.getNonNullableType(declared);
    if (type.flags & ts.TypeFlags.StringLike) return "string";
    if (type.flags & ts.TypeFlags.NumberLike) return "number";
    if (type.flags & ts.TypeFlags.BooleanLike) return "boolean";
    if (type.isUnion()) {
      const kinds = new Set(type.types.map(kindOf));
      return kinds.size === 1 ? ([...kinds][0] ?? "json") : "json";
    }
    if (type.symbol?.name === "Date") return "Date";
    const element = checker.isArrayType(type) ? checker.getIndexTypeOfType(type, ts.IndexKind.Number) : undefined;
    return element ? `${kindOf(element)}[]` : "json";
  }
}

function lastReturn(body: ts.Block): ts.Expression | undefined {
  const last = body.statements.at(-1);
  return last && ts.isReturnStatement(last) ? last.expression : undefined;
}
