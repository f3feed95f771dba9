/** The engine's version: `%V` in configurations, `version` in the stats document. A test keeps it equal to package.json. */
export const ENGINE_VERSION = 'reeve-0.1.0';
