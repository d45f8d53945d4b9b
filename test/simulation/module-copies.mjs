/** Loads the modules that a module of the second process imports for this process too. Those in node_modules are shared. */
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const isCopy = context.parentURL?.endsWith("?process=2");
  return isCopy && /^file:.*\/(?:app|inngest|lib)\/[^?]+$/.test(found.url) && !found.url.includes("/node_modules/")
    ? { ...found, url: `${found.url}?process=2` }
    : found;
}
