/** The version of the package: as in package.json, which a browser does not have. A test compares the two. */
export const VERSION = '0.1.0';
