/**
 * The end of a query that gives at most so many rows. A bare parameter there is looked at when the query is planned, so SQLite
 * compiles it anew for each number that it is given, which takes longer than most queries; an expression is not looked at.
 */
export const AT_MOST = "LIMIT ? + 0";
